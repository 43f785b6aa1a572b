/* SPDX-License-Identifier: BSD-2-Clause */
/* Compares mutants with the core as it is: see twin.h. */
#define _GNU_SOURCE
#include "mutants/twin.h"
#include "mutants/guard.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* A mutant that was compared so often in a program is compared from then on only now and then. */
#define OFTEN UINT64_C(20000)
#define OFTEN_HOST UINT64_C(300)
#define NOW_AND_THEN 32u

struct row {
    unsigned number;
    uint64_t compared;
    bool differs;
};

/* The mutants that are compared at calls of one kind. */
struct group {
    struct row *rows;
    size_t count, room;
    size_t *reached;          /* places of those that the call in progress has reached */
    bool busy;                /* a call of this kind is in progress */
    uint8_t *before, *after;  /* its areas, one after the other */
    size_t size, capacity;
};

struct twins {
    struct group group[TWIN_KINDS];
    bool again;               /* a call is made with a mutant */
    FILE *out;
    volatile uint32_t *at;
};

static struct twins twins;

static void add_row(unsigned number, unsigned kind)
{
    struct group *group = &twins.group[kind];
    if (group->count == group->room) {
        group->room = 2 * group->room + 16;
        group->rows = realloc(group->rows, group->room * sizeof *group->rows);
        group->reached = realloc(group->reached, group->room * sizeof *group->reached);
    }
    if (group->rows == NULL || group->reached == NULL)
        abort();
    group->rows[group->count++] = (struct row){ .number = number };
}

static void read_rows(const char *path)
{
    unsigned number, kind;
    FILE *file = fopen(path, "r");
    while (file != NULL && fscanf(file, "%u %u", &number, &kind) == 2)
        if (kind < TWIN_KINDS)
            add_row(number, kind);
    if (file != NULL)
        fclose(file);
}

__attribute__((constructor)) static void start(void)
{
    char name[4096];
    const char *path = getenv("ANVIL_TWINS");
    if (path == NULL)
        return;
    read_rows(path);
    snprintf(name, sizeof name, "%s.out", path);
    twins.out = fopen(name, "a");
    snprintf(name, sizeof name, "%s.at", path);
    int file = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (twins.out == NULL || file < 0 || ftruncate(file, sizeof *twins.at) != 0)
        abort();
    void *at = mmap(NULL, sizeof *twins.at, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (at == MAP_FAILED)
        abort();
    twins.at = at;
    close(file);
}

/* How many were compared, and how often in all: for who asks whether it was enough. */
__attribute__((destructor)) static void tell_counts(void)
{
    for (unsigned kind = 0; kind < TWIN_KINDS && twins.out != NULL; kind++)
        for (size_t i = 0; i < twins.group[kind].count; i++)
            fprintf(twins.out, "%u\t#%llu\n", twins.group[kind].rows[i].number,
                    (unsigned long long)twins.group[kind].rows[i].compared);
    if (twins.out != NULL)
        fclose(twins.out);
}

void twin_begin(struct twin *twin, enum twin_kind kind, const char *name)
{
    struct group *group = &twins.group[kind];
    memset(twin, 0, sizeof *twin);
    twin->kind = kind;
    twin->name = name;
    twin->watched = group->count > 0 && !group->busy && !twins.again;
    if (!twin->watched)
        return;
    group->busy = true;
    group->size = 0;
    for (size_t i = 0; i < group->count; i++)
        anvil_reached[group->rows[i].number] = 0;
}

void twin_leave(struct twin *twin)
{
    if (twin->watched)
        twins.group[twin->kind].busy = false;
    twin->watched = false;
}

struct twin_area *twin_area(struct twin *twin, const char *name, void *at, size_t size)
{
    struct group *group = &twins.group[twin->kind];
    struct twin_area *area = &twin->area[twin->areas];
    *area = (struct twin_area){ .name = name, .at = at, .size = size };
    if (!twin->watched || at == NULL)
        return area;
    twin->areas++;
    if (group->size + size > group->capacity) {
        group->capacity = 2 * (group->size + size);
        group->before = realloc(group->before, group->capacity);
        group->after = realloc(group->after, group->capacity);
        if (group->before == NULL || group->after == NULL)
            abort();
    }
    memcpy(group->before + group->size, at, size);
    group->size += size;
    return area;
}

/* Puts all areas where they were, from one of the copies, or into it. */
static void copy_areas(const struct twin *twin, uint8_t *copy, bool back)
{
    for (unsigned i = 0; i < twin->areas; copy += twin->area[i++].size)
        memcpy(back ? twin->area[i].at : copy, back ? copy : twin->area[i].at, twin->area[i].size);
}

static bool is_due(const struct row *row, enum twin_kind kind)
{
    uint64_t often = kind == TWIN_HOST ? OFTEN_HOST : OFTEN;
    return !row->differs && (row->compared < often || row->compared % NOW_AND_THEN == 0);
}

/* The call was made without a mutant: which ones are to follow. */
static void choose_rows(struct twin *twin)
{
    struct group *group = &twins.group[twin->kind];
    for (size_t i = 0; i < group->count; i++) {
        struct row *row = &group->rows[i];
        if (!anvil_reached[row->number])
            continue;
        if (is_due(row, twin->kind))
            group->reached[twin->count++] = i;
        row->compared++;
    }
    if (twin->count > 0)
        copy_areas(twin, group->after, false);
}

/* The area that a mutant has left in another state; NULL: none. */
static const struct twin_area *difference(const struct twin *twin)
{
    const uint8_t *copy = twins.group[twin->kind].after;
    for (unsigned i = 0; i < twin->areas; copy += twin->area[i++].size) {
        const struct twin_area *area = &twin->area[i];
        if (memcmp(copy, area->at, area->size) == 0)
            continue;
        if (area->same == NULL || !area->same(twin, copy, area->at))
            return area;
    }
    return NULL;
}

/* The call was made with a mutant. */
static void compare(const struct twin *twin)
{
    struct group *group = &twins.group[twin->kind];
    struct row *row = &group->rows[group->reached[twin->next - 1]];
    anvil_mutant = 0;
    *twins.at = 0;
    const struct twin_area *area = difference(twin);
    if (area == NULL)
        return;
    row->differs = true;
    const uint8_t *copy = group->after;
    for (const struct twin_area *one = twin->area; one != area; one++)
        copy += one->size;
    size_t octet = 0;
    while (copy[octet] == ((const uint8_t *)area->at)[octet])
        octet++;
    fprintf(twins.out, "%u\t%s: %s differs at octet %zu", row->number, twin->name, area->name,
            octet);
    if (twin->tell != NULL)
        twin->tell(twins.out, twin);
    fprintf(twins.out, "\n");
    fflush(twins.out);
}

bool twin_again(struct twin *twin, void *result, size_t size)
{
    struct group *group = &twins.group[twin->kind];
    if (!twin->watched)
        return false;
    if (!twin->made) {
        twin->made = true;
        if (size > 0)
            twin_area(twin, "result", result, size);
        choose_rows(twin);
    } else {
        compare(twin);
    }
    twins.again = twin->next < twin->count;
    if (twins.again) {
        copy_areas(twin, group->before, true);
        anvil_mutant = *twins.at = group->rows[group->reached[twin->next++]].number;
        return true;
    }
    if (twin->count > 0)
        copy_areas(twin, group->after, true);
    group->busy = false;
    return false;
}
