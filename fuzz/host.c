/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Target: a host of the core with connections on several ports, of both versions of IP, listeners
 * that share them, and strangers that knock.
 * Input: event records (event.h), each for one of the connections, relative to its state.
 * Oracle: all rules of conformance/oracle; and that what happens to one connection changes nothing
 * of what is sent for those on other ports: the input runs once more without its events (O15).
 */
#include "fuzz/end.h"
#include "fuzz/finding.h"

#include <string.h>

enum { ENDS = 6, STRANGERS = 8, SOCKETS_MOST = 32, FIRST_STRANGER = 20000 };
enum { EVENTS_MAX = FUZZ_EVENTS_MAX + FUZZ_SCENE_MAX, NOBODY = ENDS };

struct host {
    struct fuzz_end ends[ENDS];
    uint64_t now_us;
    size_t left_out;                   /* whose events do not happen; NOBODY: all do */
    uint64_t until_us[EVENTS_MAX];     /* where each event ended, when all happened */
    size_t events;                     /* so far */
    bool again;                        /* until_us is known */
};

/* Who shares a local port shares its listener. The last one speaks the other version of IP. */
static void name_ends(struct host *host, const struct fuzz_opening *opening)
{
    static const uint16_t local[ENDS] = { 40001, 40001, 40001, 40002, 40003, 40001 };
    static const uint16_t remote[ENDS] = { 8080, 8081, 8082, 8080, 8080, 8080 };
    for (size_t i = 0; i < ENDS; i++) {
        struct fuzz_end *end = &host->ends[i];
        uint8_t family = i + 1 < ENDS ? opening->family : opening->family == 4 ? 6 : 4;
        if (i > 0)
            *end = host->ends[0];
        end->local = world_address(family, WORLD_A);
        end->remote = world_address(family, WORLD_B);
        end->local.port = local[i];
        end->remote.port = remote[i];
        end->others = host->ends;
        end->other_count = ENDS;
    }
}

/* A segment of somebody who has no socket here, to a port of one who may. */
static void knock(struct fuzz_end *end, const struct fuzz_event *event)
{
    struct fuzz_end stranger = *end;
    stranger.remote.port = (uint16_t)(FIRST_STRANGER + event->raw % STRANGERS);
    stranger.socket = stranger.listener = -1;
    fuzz_end_look(&stranger);
    fuzz_happen(&stranger, event);
    end->now_us = stranger.now_us;
}

/* One event for the one that it is for. */
static void happen(struct host *host, struct fuzz_event *event)
{
    size_t who = event->who % (ENDS + 1);
    bool stranger = who == ENDS;
    if (stranger)
        who = event->who / (ENDS + 1) % ENDS;
    struct fuzz_end *end = &host->ends[who];
    size_t index = host->events++;
    if (event->kind == FUZZ_TIME && host->again)
        event->until_us = host->until_us[index];
    else if (event->kind != FUZZ_TIME && who == host->left_out)
        return;
    end->now_us = host->now_us;
    fuzz_end_look(end);
    if (stranger && event->kind == FUZZ_SEGMENT)
        knock(end, event);
    else
        fuzz_happen(end, event);
    host->now_us = end->now_us;
    if (!host->again)
        host->until_us[index] = host->now_us;
}

static void happen_all(struct host *host, const uint8_t *data, size_t size)
{
    struct fuzz_event event;
    size_t read, at = 0;
    const struct fuzz_finding *finding = host->ends[0].finding;
    for (; !finding->found && (read = fuzz_read_event(&event, data, size, at)) > 0; at += read)
        happen(host, &event);
}

/* Runs an input on a fresh host; false: no memory. */
static bool run(struct host *host, const struct fuzz_opening *opening, const uint8_t *data,
                size_t size)
{
    uint8_t scene[FUZZ_HEAD_OCTETS + FUZZ_SCENE_MAX * FUZZ_RECORD_OCTETS];
    struct fuzz_end *first = &host->ends[0];
    first->sockets = SOCKETS_MOST;
    if (!fuzz_end_open(first, opening))
        return false;
    name_ends(host, opening);
    host->now_us = first->now_us;
    size_t count = fuzz_scene(opening, scene + FUZZ_HEAD_OCTETS);
    happen_all(host, scene, FUZZ_HEAD_OCTETS + count * FUZZ_RECORD_OCTETS);
    happen_all(host, data, size);
    first->now_us = host->now_us;
    fuzz_end_close(first);
    return true;
}

/* The input again, without the events of one: what is sent for those on other ports is the same. */
static bool compare(const struct host *all, struct fuzz_opening opening, const uint8_t *data,
                    size_t size, size_t left_out)
{
    struct fuzz_finding *finding = all->ends[0].finding;
    struct fuzz_finding ignored = { .found = false };
    struct host host = { .left_out = left_out, .again = true };
    memcpy(host.until_us, all->until_us, sizeof host.until_us);
    host.ends[0].finding = &ignored;
    opening.ruled = false;
    if (!run(&host, &opening, data, size))
        return false;
    for (size_t i = 0; i < ENDS && !ignored.found; i++)
        if (host.ends[i].local.port != host.ends[left_out].local.port &&
            host.ends[i].digest != all->ends[i].digest)
            fuzz_find(finding, "O15", "what is sent from port %u to port %u depends on events of "
                      "the connection from port %u to port %u", host.ends[i].local.port,
                      host.ends[i].remote.port, host.ends[left_out].local.port,
                      host.ends[left_out].remote.port);
    return true;
}

/* Runs an input, and once more without one of the connections; false: no memory. */
static bool play(const uint8_t *data, size_t size, struct host *host)
{
    struct fuzz_opening opening;
    fuzz_read_opening(&opening, data, size);
    host->left_out = NOBODY;
    if (!run(host, &opening, data, size))
        return false;
    size_t left_out = size > FUZZ_HEAD_TWIN ? data[FUZZ_HEAD_TWIN] % (ENDS + 1) : 0;
    return host->ends[0].finding->found || left_out == NOBODY ||
           compare(host, opening, data, size, left_out);
}

int fuzz_host(const uint8_t *data, size_t size)
{
    struct fuzz_finding finding = { .found = false };
    struct host host = { .ends[0].finding = &finding };
    if (!play(data, size, &host))
        fuzz_find(&finding, "memory", "there is none");
    return fuzz_end_of_run(&finding);
}

void fuzz_host_tell(const uint8_t *data, size_t size, struct fuzz_story *story)
{
    struct host host = { .ends[0].finding = &story->finding };
    memset(story, 0, sizeof *story);
    host.ends[0].record = &story->record;
    if (!play(data, size, &host)) {
        story->record.failed = true;
        return;
    }
    fuzz_end_plan(&host.ends[0], &story->plan);
}
