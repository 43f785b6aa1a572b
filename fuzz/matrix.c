/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Target: one endpoint of the core, with the profile rfc9293, in whatever state events lead it to.
 * Input: event records (event.h), as of the harness endpoint; what the table leaves out is plain.
 * Oracle: the reference table (matrix/reference.h), moved by the same segments: a second reading of
 * the standard. The rules that `endpoint` is judged by are off.
 */
#include "fuzz/mirror.h"
#include "fuzz/play.h"

#include <string.h>

/* A listener whose queue is full, and challenges that are rationed, are not in the table; nor is
 * that the user has gone, which a RST tells the peer when there is text for it (SHLD-3); nor ACKs
 * past the window (AMBIG-37), nor which windows some stacks pass over (AMBIG-32). */
static const struct anvil_target_setting settings[] = {
    { "challenge_count", 255 }, { "reset_on_late_data", 0 }, { "ack_past_window", 0 },
    { "window_update", 0 },
};
#define STAMPS_NEAR UINT32_C(0x40000001)
enum { SETTINGS = sizeof settings / sizeof settings[0], BACKLOG = 6 };

const struct anvil_target_setting *fuzz_matrix_settings(size_t *count)
{
    *count = SETTINGS;
    return settings;
}

/* Whether an area of octets is more than the table describes: an option has a wrong length, or is
 * there twice; or both sides agreed on timestamps, and there is none, or one about half the space
 * away. */
static bool is_strange(const struct fuzz_event *event, const struct matrix_endpoint *now)
{
    struct wire_tcp tcp = { .option_bytes_count = 0 };
    if (!fuzz_segment_octets(event, &tcp))
        return false;
    wire_parse_options(&tcp);
    const struct wire_option *stamps = wire_find_option(&tcp, WIRE_OPTION_TIMESTAMPS);
    if (now->timestamps &&
        (stamps == NULL || !stamps->parsed ||
         stamps->value.timestamps.value - now->ts_recent + STAMPS_NEAR > 2 * STAMPS_NEAR))
        return true;
    for (size_t i = 0; i < tcp.option_count; i++) {
        const struct wire_option *option = &tcp.options[i];
        bool known = option->kind <= WIRE_OPTION_TIMESTAMPS && option->kind > WIRE_OPTION_NOP;
        bool again = known && wire_find_option(&tcp, option->kind) != option;
        if (option->malformed || (!option->parsed && known) || again ||
            option->kind == WIRE_OPTION_USER_TIMEOUT)
            return true;
    }
    return false;
}

/* Whether a socket option changes nothing of the table. */
static bool is_harmless(enum anvil_target_option option)
{
    static const enum anvil_target_option those[] = {
        ANVIL_OPTION_REUSEADDR, ANVIL_OPTION_LINGER, ANVIL_OPTION_KEEPALIVE, ANVIL_OPTION_RCVBUF,
        ANVIL_OPTION_SNDBUF, ANVIL_OPTION_ERROR, ANVIL_OPTION_NODELAY, ANVIL_OPTION_USER_TIMEOUT,
        ANVIL_OPTION_TOS, ANVIL_OPTION_TTL,
    };
    for (size_t i = 0; i < sizeof those / sizeof those[0]; i++)
        if (those[i] == option)
            return true;
    return false;
}

/* Words that say what the table does not describe: which are they? */
static unsigned unheard(const struct fuzz_event *event, const struct matrix_endpoint *now)
{
    const uint8_t *word;
    unsigned those = 1u << FUZZ_WORD_ICMP | 1u << FUZZ_WORD_CALL;
    if (is_strange(event, now))
        those |= 1u << FUZZ_WORD_OCTETS;
    if (event->kind == FUZZ_CALL)
        those |= 1u << FUZZ_WORD_NUMBER; /* a small backlog, or reading shut down */
    for (size_t i = 0; (word = fuzz_word(event, FUZZ_WORD_OPTION, i)) != NULL; i++)
        if (!is_harmless((enum anvil_target_option)(word[2] % ANVIL_OPTION_QUEUED_IN)))
            return those | 1u << FUZZ_WORD_OPTION;
    return those;
}

/* What the table does not describe becomes plain. RFC 7323 3.2 leaves open what becomes of a
 * segment without a stamp where both sides agreed on them. */
static void make_plain(const struct fuzz_mirror *mirror, struct fuzz_event *event)
{
    bool stamps = mirror->now.timestamps;
    bool leaves_out = event->options != FUZZ_OLD_STAMP && event->options != FUZZ_FAR_STAMP;
    if (event->word_count > 0)
        event->unheard = unheard(event, &mirror->now);
    if (mirror->now.state == MATRIX_SYN_SENT && mirror->now.next_wnd < FUZZ_SEGMENT_TEXT_MAX) {
        event->length = FUZZ_NO_TEXT; /* how much fits a small buffer before there is a window */
        event->unheard |= 1u << FUZZ_WORD_ROOM;
    }
    if (event->options == FUZZ_ZERO_LENGTH || event->options == FUZZ_USER_TIMEOUT ||
        (stamps && leaves_out))
        event->options = FUZZ_AS_AGREED;
    if (event->kind == FUZZ_CALL && event->call == FUZZ_OPEN_PASSIVE)
        event->option |= BACKLOG;
    if (event->kind == FUZZ_TIME && event->time == FUZZ_25_DAYS)
        event->time = FUZZ_1_H; /* TS.Recent lasts for 24 days */
}

/* The segment that came: the first arrival since `from`. */
static bool find_segment(const struct fuzz_end *end, size_t from, struct wire_frame *frame)
{
    for (size_t i = from; i < end->record->count; i++) {
        const struct world_event *event = &end->record->events[i];
        if (event->kind == WORLD_EVENT_ARRIVED)
            return wire_decode(frame, end->record->bytes + event->offset, event->length) ==
                       WIRE_OK && frame->kind == WIRE_KIND_TCP;
    }
    return false;
}

/* Whether it is an ACK past RCV.NXT while both windows are closed, as a peer sends that counts the
 * octet of its probe: to take it is allowed (RFC 9293 3.10.7.4 first), and what follows differs. */
static bool is_beside_probe(const struct anvil_target_observation *seen,
                            const struct wire_frame *frame)
{
    uint16_t control = frame->tcp.flags & (WIRE_SYN | WIRE_FIN | WIRE_RST | WIRE_ACK);
    return control == WIRE_ACK && frame->payload_bytes == 0 && seen->rcv_wnd == 0 &&
           seen->snd_wnd == 0 && seen->snd_una != seen->snd_nxt &&
           frame->tcp.seq == (uint32_t)seen->rcv_nxt + 1;
}

/* One event, at the endpoint and beside it. */
static void happen(struct fuzz_end *end, struct fuzz_mirror *mirror, struct fuzz_event *event,
                   bool keep)
{
    struct fuzz_end before = *end;
    struct matrix_segment segment;
    struct wire_frame frame;
    if (!keep)
        world_record_clear(end->record);
    size_t from = end->record->count;
    make_plain(mirror, event);
    fuzz_happen(end, event);
    if (end->finding->found)
        return;
    if (strcmp(end->target->explain(end->self), "accept queue full") == 0) {
        mirror->lost = true;
    } else if (event->kind == FUZZ_SEGMENT && find_segment(end, from, &frame)) {
        mirror->lost = is_beside_probe(&before.seen, &frame);
        if (mirror->lost)
            return;
        fuzz_mirror_segment(&before, &frame, &segment);
        fuzz_mirror_arrival(mirror, end, &segment, from);
    } else {
        fuzz_mirror_follow(mirror, end, from);
    }
}

/* A run: the endpoint, the table beside it, and whether the whole record is wanted. */
struct run {
    struct fuzz_end *end;
    struct fuzz_mirror mirror;
    bool keep;
};

static void happen_all(struct run *run, const uint8_t *data, size_t size)
{
    struct fuzz_event event;
    size_t read, at = 0;
    for (; (read = fuzz_read_event(&event, data, size, at)) > 0; at += read) {
        if (run->end->finding->found || run->mirror.lost)
            return;
        happen(run->end, &run->mirror, &event, run->keep);
    }
}

/* Of what an input sets, that which changes nothing of the table: how much room there is. */
static void choose_settings(struct fuzz_opening *opening)
{
    size_t said = opening->setting_count, kept = 0;
    for (size_t i = 0; i < said && kept + SETTINGS < FUZZ_SETTINGS_MAX; i++)
        if (strcmp(opening->settings[i].name, "receive_buffer") == 0)
            opening->settings[kept++] = opening->settings[i];
    for (size_t i = 0; i < SETTINGS; i++)
        opening->settings[kept++] = settings[i];
    opening->setting_count = kept;
}

/* Runs an input; false: no memory. Without a record of its own the end keeps only what the event
 * that is going on does. */
static bool play(const uint8_t *data, size_t size, struct fuzz_end *end)
{
    static struct world_record record; /* its memory is used again */
    uint8_t scene[FUZZ_HEAD_OCTETS + FUZZ_SCENE_MAX * FUZZ_RECORD_OCTETS];
    struct run run = { .end = end, .keep = end->record != NULL };
    struct fuzz_opening opening;
    if (!run.keep)
        end->record = &record;
    fuzz_read_opening(&opening, data, size);
    opening.profile = "rfc9293";
    choose_settings(&opening);
    opening.ruled = false;
    if (!fuzz_end_open(end, &opening))
        return false;
    size_t count = fuzz_scene(&opening, scene + FUZZ_HEAD_OCTETS);
    happen_all(&run, scene, FUZZ_HEAD_OCTETS + count * FUZZ_RECORD_OCTETS);
    happen_all(&run, data, size);
    fuzz_end_close(end);
    return !end->record->failed;
}

int fuzz_matrix(const uint8_t *data, size_t size)
{
    return fuzz_play(play, data, size);
}

void fuzz_matrix_tell(const uint8_t *data, size_t size, struct fuzz_story *story)
{
    fuzz_play_tell(play, data, size, story);
}
