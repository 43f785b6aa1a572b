/* SPDX-License-Identifier: BSD-2-Clause */
/* The part in which one segment arrives: each state x segment x SEG.SEQ x SEG.ACK. */
#include "matrix/segments.h"

#include "matrix/matrix.h"

#include <string.h>

enum { INSIDE_BY = 100, URGENT_BY = 1000, COVERS_MAX = 64 };

static const struct { uint8_t flags; const char *article; } events[MATRIX_EVENTS] = {
    [MATRIX_EVENT_SYN] = { MATRIX_SYN, "A SYN" },
    [MATRIX_EVENT_SYN_ACK] = { MATRIX_SYN | MATRIX_ACK, "A SYN,ACK" },
    [MATRIX_EVENT_ACK] = { MATRIX_ACK, "An ACK" },
    [MATRIX_EVENT_DATA] = { MATRIX_ACK, "Data" },
    [MATRIX_EVENT_FIN] = { MATRIX_FIN, "A FIN without ACK" },
    [MATRIX_EVENT_FIN_ACK] = { MATRIX_FIN | MATRIX_ACK, "A FIN,ACK" },
    [MATRIX_EVENT_SYN_FIN] = { MATRIX_SYN | MATRIX_FIN, "A SYN,FIN" },
    [MATRIX_EVENT_RST] = { MATRIX_RST, "A RST" },
    [MATRIX_EVENT_RST_ACK] = { MATRIX_RST | MATRIX_ACK, "A RST,ACK" },
    [MATRIX_EVENT_URG] = { MATRIX_URG | MATRIX_ACK, "A segment with URG" },
    [MATRIX_EVENT_NO_FLAGS] = { 0, "A segment without flags" },
    [MATRIX_EVENT_ALL_FLAGS] = { MATRIX_FIN | MATRIX_SYN | MATRIX_RST | MATRIX_PSH | MATRIX_ACK |
                                 MATRIX_URG, "A segment with all flags" },
};

static const struct { const char *word, *where; } places[MATRIX_SEQ_PLACES] = {
    [MATRIX_SEQ_LEFT_BY_1] = { "left-by-1", "one before the window" },
    [MATRIX_SEQ_LEFT_BY_2_31] = { "left-by-2-31", "half the numbers before the window" },
    [MATRIX_SEQ_LEFT_EDGE] = { "left-edge", "at the left edge of the window" },
    [MATRIX_SEQ_INSIDE] = { "inside", "inside the window" },
    [MATRIX_SEQ_RIGHT_EDGE] = { "right-edge", "at the last number of the window" },
    [MATRIX_SEQ_OUTSIDE] = { "outside", "just beyond the window" },
};

static const struct { const char *word, *which; } acks[MATRIX_ACK_PLACES] = {
    [MATRIX_ACK_BELOW] = { "below-una", "one before SND.UNA" },
    [MATRIX_ACK_OLDEST] = { "oldest", "what is as old as the largest window" },
    [MATRIX_ACK_TOO_OLD] = { "too-old", "what is older than the largest window" },
    [MATRIX_ACK_UNA] = { "una", "SND.UNA" },
    [MATRIX_ACK_BETWEEN] = { "between", "part of what was sent" },
    [MATRIX_ACK_NXT] = { "nxt", "SND.NXT" },
    [MATRIX_ACK_UNSENT] = { "unsent", "one beyond SND.NXT" },
    [MATRIX_ACK_FAR] = { "far", "what lies far beyond SND.NXT" },
};

static void list(struct matrix_list *list)
{
    struct matrix_cell cell;
    for (uint32_t code = 0; code < matrix_cell_codes(); code++) {
        matrix_cell_decode(code, &cell);
        const char *removed = matrix_cell_removed(&cell);
        if (removed != NULL) {
            matrix_list_remove(list, removed, 1);
            continue;
        }
        matrix_list_add(list, code);
        for (unsigned i = 0; (removed = matrix_cell_fixed(&cell, i)) != NULL; i++)
            matrix_list_remove(list, removed, 1);
    }
}

static void put_name(uint32_t code, struct matrix_text *text)
{
    struct matrix_cell cell;
    matrix_cell_decode(code, &cell);
    matrix_put_all(text, "matrix/", matrix_state_word(cell.state), "/",
                   matrix_event_word(cell.event), "/", places[cell.seq].word, NULL);
    if (matrix_event_has_ack(cell.event))
        matrix_put_all(text, "/", acks[cell.ack].word, NULL);
    if (cell.zero_window)
        matrix_put(text, "/zero-window");
}

static uint32_t place_seq(const struct matrix_endpoint *endpoint, enum matrix_seq_place place)
{
    uint32_t room = endpoint->rcv_wnd > 0 ? endpoint->rcv_wnd : 1;
    switch (place) {
    case MATRIX_SEQ_LEFT_BY_1: return endpoint->rcv_nxt - 1;
    case MATRIX_SEQ_LEFT_BY_2_31: return endpoint->rcv_nxt - UINT32_C(0x80000000);
    case MATRIX_SEQ_LEFT_EDGE: return endpoint->rcv_nxt;
    case MATRIX_SEQ_INSIDE: return endpoint->rcv_nxt + INSIDE_BY;
    case MATRIX_SEQ_RIGHT_EDGE: return endpoint->rcv_nxt + room - 1;
    case MATRIX_SEQ_OUTSIDE: return endpoint->rcv_nxt + room;
    case MATRIX_SEQ_PLACES: break;
    }
    return 0;
}

static uint32_t place_ack(const struct matrix_endpoint *endpoint, enum matrix_ack_place place)
{
    switch (place) {
    case MATRIX_ACK_BELOW: return endpoint->snd_una - 1;
    case MATRIX_ACK_OLDEST: return endpoint->snd_una - endpoint->max_snd_wnd;
    case MATRIX_ACK_TOO_OLD: return endpoint->snd_una - endpoint->max_snd_wnd - 1;
    case MATRIX_ACK_UNA: return endpoint->snd_una;
    case MATRIX_ACK_BETWEEN:
        return endpoint->snd_una + (endpoint->snd_nxt - endpoint->snd_una) / 2;
    case MATRIX_ACK_NXT: return endpoint->snd_nxt;
    case MATRIX_ACK_UNSENT: return endpoint->snd_nxt + 1;
    case MATRIX_ACK_FAR: return endpoint->snd_nxt + UINT32_C(0x40000000);
    case MATRIX_ACK_PLACES: break;
    }
    return 0;
}

static void make_segment(const struct matrix_cell *cell, const struct matrix_scene *scene,
                         struct matrix_segment *segment)
{
    memset(segment, 0, sizeof *segment);
    segment->flags = events[cell->event].flags;
    segment->length = cell->payload ? MATRIX_DATA : 0;
    if (segment->length > 0 && cell->event != MATRIX_EVENT_NO_FLAGS)
        segment->flags |= MATRIX_PSH;
    segment->seq = place_seq(&scene->endpoint, cell->seq);
    segment->ack = place_ack(&scene->endpoint, cell->ack);
    if (!cell->closes)
        segment->wnd = (segment->flags & MATRIX_SYN) != 0 ? 65535 : matrix_peer_window(scene);
    segment->up = URGENT_BY;
    segment->has_ts = cell->options == MATRIX_TIMESTAMPS;
    segment->ts_val = scene->endpoint.ts_recent + 1 - (uint32_t)cell->stamp;
}

/* ---- the first lines: what the case says, and what it covers ---- */

/* What comes, where, in which state, and what follows. */
static void put_sentence(struct matrix_text *text, const struct matrix_cell *cell,
                         const struct matrix_outcome *outcome)
{
    uint8_t flags = outcome->reply.flags;
    const char *what = !outcome->replies ? " draws nothing" : flags == MATRIX_ACK
                           ? " draws an ACK" : (flags & MATRIX_SYN) != 0 ? " draws a SYN,ACK"
                                                                         : " draws a RST";
    static const char *const stamps[MATRIX_STAMPS] = { ", newer than TS.Recent", "",
                                                       ", older than TS.Recent" };
    bool plain = !cell->payload || cell->event == MATRIX_EVENT_DATA;
    bool acks_something = matrix_event_has_ack(cell->event);
    matrix_put_all(text, "// ", events[cell->event].article, plain ? " " : " with text ",
                   places[cell->seq].where, " in ", matrix_state_name(cell->state),
                   acks_something ? ", acknowledging " : "",
                   acks_something ? acks[cell->ack].which : "",
                   cell->closes ? ", with a window of zero" : "", stamps[cell->stamp],
                   acks_something || cell->closes || cell->stamp != MATRIX_STAMP_EQUAL ? "," : "",
                   what, NULL);
    if (outcome->next.state == cell->state)
        matrix_put(text, " and leads nowhere else.\n");
    else
        matrix_put_all(text, " and leads to ", matrix_state_name(outcome->next.state), ".\n", NULL);
}

struct covers { const char *at[COVERS_MAX]; size_t length[COVERS_MAX]; size_t count; };

/* Adds each word of `ids`, once. */
static void add_ids(struct covers *covers, const char *ids)
{
    while (ids != NULL && *ids != '\0' && covers->count < COVERS_MAX) {
        size_t length = strcspn(ids, " "), i = 0;
        while (i < covers->count && (covers->length[i] != length ||
                                     memcmp(covers->at[i], ids, length) != 0))
            i++;
        if (i == covers->count) {
            covers->at[i] = ids;
            covers->length[covers->count++] = length;
        }
        ids += length + (ids[length] == ' ' ? 1 : 0);
    }
}

static void put_covers(struct matrix_text *text, const struct matrix_cell *cell,
                       const struct matrix_outcome *outcome)
{
    struct covers covers = { .count = 0 };
    char id[32];
    for (size_t i = 0; i < outcome->applied_count; i++)
        add_ids(&covers, outcome->applied[i].row);
    for (size_t i = 0; i < outcome->applied_count; i++)
        add_ids(&covers, outcome->applied[i].also);
    if (cell->closes && outcome->next.snd_wnd == 0)
        add_ids(&covers, "MUST-34 SHLD-15");
    matrix_put(text, "//: covers");
    for (size_t i = 0; i < covers.count; i++) {
        size_t length = covers.length[i] < sizeof id ? covers.length[i] : sizeof id - 1;
        memcpy(id, covers.at[i], length);
        id[length] = '\0';
        matrix_put_all(text, " ", id, NULL);
    }
    matrix_put(text, "\n");
}

/* An urgent pointer is told at once, or not at all. */
static void put_urgent(struct matrix_scene *scene, unsigned signals)
{
    enum matrix_state state = scene->endpoint.state;
    if (scene->descriptor < 0 || state < MATRIX_ESTABLISHED)
        return;
    matrix_line_call(scene, "poll([{fd=", (signals & MATRIX_SIGNAL_URGENT) != 0
                         ? ", events=POLLPRI, revents=POLLPRI}], 1, 0) = 1"
                         : state >= MATRIX_CLOSING /* both sides are shut */
                               ? ", events=POLLPRI, revents=POLLHUP}], 1, 0) = 1"
                               : ", events=POLLPRI, revents=0}], 1, 0) = 0");
}

/* What comes before the segment is written aside: the first lines tell what the segment does. */
static void put_text(uint32_t code, struct matrix_text *text)
{
    struct matrix_cell cell;
    struct matrix_outcome outcome;
    struct matrix_segment segment;
    matrix_cell_decode(code, &cell);
    struct matrix_scene scene = { .text = text, .setting = {
        .state = cell.state, .passive = cell.passive, .zero_window = cell.zero_window,
        .no_delay = cell.closes,
        .ipv6 = cell.ipv6, .options = cell.options, .iss = matrix_isn(cell.iss),
        .irs = matrix_isn(cell.irs), .clock = cell.clock } };
    char stage[MATRIX_TEXT_MAX / 2];
    struct matrix_text before = { .out = stage, .size = sizeof stage };
    scene.text = &before;
    matrix_scene_head(&scene);
    matrix_scene_reach(&scene);
    make_segment(&cell, &scene, &segment);
    matrix_reference(&scene.endpoint, &segment, &outcome);
    matrix_text_end(&before);
    put_sentence(text, &cell, &outcome);
    put_covers(text, &cell, &outcome);
    matrix_put(text, stage);
    scene.text = text;
    matrix_scene_take(&scene, cell.state == MATRIX_TIME_WAIT ? "+MSL" : "+0.1", &segment,
                      &outcome);
    if (cell.event == MATRIX_EVENT_URG)
        put_urgent(&scene, outcome.signals);
    bool stays = cell.state == MATRIX_TIME_WAIT &&
                 (outcome.signals & MATRIX_TIMER_2MSL_STARTS) == 0;
    matrix_scene_probe(&scene, stays ? "+MSL-1tick" : "+2MSL-1tick");
}

const struct matrix_part matrix_segments = { "segments", list, put_name, put_text };
