/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of the matrix as one list. */
#include "matrix/matrix.h"

#include <stdlib.h>
#include <string.h>

enum { RULES_MAX = 64 };

static const struct matrix_part *const parts[] = { &matrix_segments, &matrix_calls,
                                                   &matrix_timeouts };

struct entry { uint32_t part, code; };

struct matrix_list {
    uint32_t part;
    struct entry *entries;
    size_t count, capacity;
    struct matrix_removal rules[RULES_MAX];
    size_t rule_count;
    bool failed;
};

struct matrix { struct matrix_list list; };

void matrix_list_add(struct matrix_list *list, uint32_t code)
{
    if (list->count == list->capacity) {
        size_t wanted = list->capacity * 2 + 1024;
        struct entry *grown = realloc(list->entries, wanted * sizeof *grown);
        if (grown == NULL) {
            list->failed = true;
            return;
        }
        list->entries = grown;
        list->capacity = wanted;
    }
    struct entry entry = { list->part, code };
    list->entries[list->count++] = entry;
}

void matrix_list_remove(struct matrix_list *list, const char *sentence, size_t count)
{
    for (size_t i = 0; i < list->rule_count; i++) {
        struct matrix_removal *rule = &list->rules[i];
        if (rule->part == parts[list->part]->name &&
            (rule->sentence == sentence || strcmp(rule->sentence, sentence) == 0)) {
            rule->removed += count;
            return;
        }
    }
    if (list->rule_count == RULES_MAX) {
        list->failed = true;
        return;
    }
    struct matrix_removal rule = { parts[list->part]->name, sentence, count };
    list->rules[list->rule_count++] = rule;
}

struct matrix *matrix_open(void)
{
    struct matrix *matrix = calloc(1, sizeof *matrix);
    if (matrix == NULL)
        return NULL;
    for (uint32_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        matrix->list.part = i;
        parts[i]->list(&matrix->list);
    }
    if (!matrix->list.failed)
        return matrix;
    matrix_close(matrix);
    return NULL;
}

void matrix_close(struct matrix *matrix)
{
    if (matrix != NULL)
        free(matrix->list.entries);
    free(matrix);
}

size_t matrix_count(const struct matrix *matrix)
{
    return matrix->list.count;
}

size_t matrix_name(const struct matrix *matrix, size_t index, char *out, size_t size)
{
    const struct entry *entry = &matrix->list.entries[index];
    struct matrix_text text = { .out = out, .size = size };
    parts[entry->part]->put_name(entry->code, &text);
    return matrix_text_end(&text);
}

size_t matrix_text(const struct matrix *matrix, size_t index, char *out, size_t size)
{
    const struct entry *entry = &matrix->list.entries[index];
    struct matrix_text text = { .out = out, .size = size };
    parts[entry->part]->put_text(entry->code, &text);
    return matrix_text_end(&text);
}

bool matrix_find(const struct matrix *matrix, const char *name, size_t *index)
{
    char other[MATRIX_NAME_MAX];
    for (size_t i = 0; i < matrix->list.count; i++) {
        matrix_name(matrix, i, other, sizeof other);
        if (strcmp(other, name) != 0)
            continue;
        *index = i;
        return true;
    }
    return false;
}

bool matrix_removal(const struct matrix *matrix, size_t index, struct matrix_removal *removal)
{
    if (index >= matrix->list.rule_count)
        return false;
    *removal = matrix->list.rules[index];
    return true;
}
