/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of a script, from the endpoint's numbers. */
#include "matrix/scene.h"

#include <string.h>

enum { WINDOW_UNSAID = 65536 };

static const char *const clocks[MATRIX_CLOCKS] = {
    NULL, "4293.967296s", /* 2^32 us - 1 s */ "4294966.296s", /* 2^32 ms - 1 s */
};

static const uint32_t isns[MATRIX_ISNS] = { 0, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff };

uint32_t matrix_isn(unsigned index)
{
    return isns[index];
}

const char *matrix_clock(uint8_t index)
{
    return clocks[index];
}

void matrix_scene_head(struct matrix_scene *scene)
{
    struct matrix_text *text = scene->text;
    const struct matrix_setting *setting = &scene->setting;
    matrix_put(text, "//: exact\n//: iss ");
    matrix_put_number(text, setting->iss);
    matrix_put(text, "\n//: irs ");
    matrix_put_number(text, setting->irs);
    const char *clock = matrix_clock(setting->clock);
    matrix_put_all(text, "\n//: clock ", clock == NULL ? "0s" : clock, "\n", NULL);
    if (setting->zero_window)
        matrix_put(text, "//: policy receive_buffer=10\n");
    matrix_put(text, setting->ipv6 ? "--ip_version=ipv6\n" : "--ip_version=ipv4\n");
}

uint32_t matrix_peer_window(const struct matrix_scene *scene)
{
    return scene->setting.options == MATRIX_SCALING ? 40000U << MATRIX_SHIFT : 40000U;
}

static void put_flags(struct matrix_text *text, uint8_t flags)
{
    static const struct { uint8_t flag; char letter; } letters[] = {
        { MATRIX_FIN, 'F' }, { MATRIX_SYN, 'S' }, { MATRIX_RST, 'R' }, { MATRIX_PSH, 'P' },
        { MATRIX_ACK, '.' }, { MATRIX_URG, 'U' },
    };
    if (flags == 0)
        matrix_put(text, "-");
    for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++)
        if ((flags & letters[i].flag) != 0)
            matrix_put_bytes(text, &letters[i].letter, 1);
}

/* " 1:11(10)" */
static void put_range(struct matrix_text *text, uint32_t start, uint32_t length)
{
    matrix_put(text, " ");
    matrix_put_number(text, start);
    matrix_put(text, ":");
    matrix_put_number(text, start + length);
    matrix_put(text, "(");
    matrix_put_number(text, length);
    matrix_put(text, ")");
}

static void put_labelled(struct matrix_text *text, const char *label, uint32_t number)
{
    matrix_put(text, label);
    matrix_put_number(text, number);
}

static void put_mss(struct matrix_scene *scene)
{
    matrix_put(scene->text, scene->setting.ipv6 ? " <mss 1440" : " <mss 1460");
}

static void put_options_in(struct matrix_scene *scene, const struct matrix_segment *segment)
{
    const char *echo = (segment->flags & MATRIX_ACK) != 0 ? " ecr 1000>" : " ecr 0>";
    bool syn = (segment->flags & MATRIX_SYN) != 0;
    if (syn)
        put_mss(scene);
    if (scene->setting.options == MATRIX_TIMESTAMPS) {
        put_labelled(scene->text, syn ? ",nop,nop,TS val " : " <nop,nop,TS val ",
                     segment->ts_val);
        matrix_put(scene->text, echo);
    } else if (syn) {
        matrix_put(scene->text, scene->setting.options == MATRIX_SCALING ? ",nop,wscale 2>" : ">");
    }
}

/* Follows what the runner counts the peer's numbers from, once this line has been sent. */
static void hear_syn(struct matrix_scene *scene, uint32_t seq)
{
    if (!scene->confirmed) {
        scene->peer_base = seq;
        return;
    }
    scene->has_fresh = true;
    scene->fresh = seq;
}

void matrix_line_in(struct matrix_scene *scene, const char *time,
                    const struct matrix_segment *segment)
{
    struct matrix_text *text = scene->text;
    bool syn = (segment->flags & MATRIX_SYN) != 0;
    matrix_put_all(text, time, " < ", NULL);
    put_flags(text, segment->flags);
    put_range(text, segment->seq - (syn ? 0 : scene->peer_base), segment->length);
    if ((segment->flags & MATRIX_ACK) != 0)
        put_labelled(text, " ack ", segment->ack - scene->our_base);
    bool scaled = scene->setting.options == MATRIX_SCALING && !syn;
    put_labelled(text, " win ", scaled ? segment->wnd >> MATRIX_SHIFT : segment->wnd);
    if ((segment->flags & MATRIX_URG) != 0)
        put_labelled(text, " urg ", segment->up);
    put_options_in(scene, segment);
    matrix_put(text, "\n");
    if (syn)
        hear_syn(scene, segment->seq);
}

void matrix_line_peer(struct matrix_scene *scene, const char *time, uint8_t flags, int offset,
                      uint32_t length, uint32_t ack)
{
    struct matrix_segment segment = { .flags = flags, .length = length, .ack = ack,
                                      .ts_val = scene->endpoint.ts_recent };
    segment.seq = scene->endpoint.rcv_nxt + (uint32_t)offset;
    segment.wnd = (flags & MATRIX_SYN) != 0 ? 65535 : matrix_peer_window(scene);
    matrix_line_in(scene, time, &segment);
}

/* A SYN,ACK to the peer's newest SYN begins the numbers anew, as the runner sees it. */
static void say_syn(struct matrix_scene *scene, const struct matrix_reply *reply)
{
    bool acks = (reply->flags & MATRIX_ACK) != 0;
    if (acks && scene->has_fresh) {
        scene->peer_base = scene->fresh;
        scene->has_fresh = false;
        scene->our_base = reply->seq;
    }
    scene->confirmed = scene->confirmed || acks;
}

/* On a RST other stacks, too, put stamps as they like. A stamp of ours is any, its echo is not. */
static void put_options_out(struct matrix_scene *scene, uint8_t flags)
{
    struct matrix_text *text = scene->text;
    bool stamps = scene->setting.options == MATRIX_TIMESTAMPS;
    bool syn = (flags & MATRIX_SYN) != 0;
    if ((flags & MATRIX_RST) != 0) {
        matrix_put(text, stamps ? " <...>" : "");
        return;
    }
    if (syn)
        put_mss(scene);
    if (stamps) {
        /* The first stamp of a passive opening is the one that others are counted from. */
        matrix_put_all(text, syn ? ",nop,nop,TS val " : " <nop,nop,TS val ",
                       syn && scene->endpoint.passive ? "1000" : "...", NULL);
        put_labelled(text, " ecr ", scene->endpoint.ts_recent);
        matrix_put(text, ">");
    } else if (syn) {
        matrix_put(text, scene->setting.options == MATRIX_SCALING ? ",nop,wscale 0>" : ">");
    }
}

void matrix_line_out(struct matrix_scene *scene, const char *time, const struct matrix_reply *reply,
                     uint32_t length, uint32_t window)
{
    struct matrix_text *text = scene->text;
    bool syn = (reply->flags & MATRIX_SYN) != 0;
    bool from_zero = reply->flags == (MATRIX_RST | MATRIX_ACK);
    if (syn)
        say_syn(scene, reply);
    matrix_put_all(text, time, " > ", NULL);
    put_flags(text, reply->flags);
    put_range(text, from_zero ? reply->seq : reply->seq - scene->our_base, length);
    matrix_put(text, from_zero ? "!" : "");
    if ((reply->flags & MATRIX_ACK) != 0)
        put_labelled(text, " ack ", reply->ack - (syn ? 0 : scene->peer_base));
    if (window != WINDOW_UNSAID)
        put_labelled(text, " win ", window);
    if (scene->repeats && syn) {
        matrix_put(text, " <...>\n");
        return;
    }
    if ((reply->flags & MATRIX_URG) != 0)
        put_labelled(text, " urg ", length); /* the urgent data ends with the text */
    put_options_out(scene, reply->flags);
    matrix_put(text, "\n");
    if ((reply->flags & (MATRIX_ACK | MATRIX_RST)) == MATRIX_ACK)
        scene->confirmed = true;
}

void matrix_line_again(struct matrix_scene *scene, const char *time, uint32_t window)
{
    const struct matrix_endpoint *endpoint = &scene->endpoint;
    uint8_t fin = endpoint->fin_sent ? MATRIX_FIN : 0;
    uint32_t text = endpoint->snd_nxt - endpoint->snd_una - endpoint->fin_sent;
    uint32_t acked = text > 0 && text < MATRIX_DATA ? MATRIX_DATA - text : 0;
    struct matrix_reply again = { .seq = endpoint->snd_una, .ack = endpoint->rcv_nxt };
    struct matrix_reply whole = again, last = again;
    again.flags = MATRIX_ACK | (text > 0 ? MATRIX_PSH : 0) | fin;
    matrix_line_out(scene, time, &again, text, window);
    whole.flags = MATRIX_ACK | MATRIX_PSH;
    whole.seq -= acked;
    again.flags = whole.flags;
    if (fin != 0 && text > 0)
        matrix_line_out(scene, "//: or", &again, text, window);
    if (acked > 0)
        matrix_line_out(scene, "//: or", &whole, MATRIX_DATA, window);
    whole.flags |= MATRIX_FIN;
    if (fin != 0 && acked > 0)
        matrix_line_out(scene, "//: or", &whole, MATRIX_DATA, window);
    last.flags = MATRIX_ACK | MATRIX_FIN;
    last.seq += text;
    if (fin != 0 && text > 0)
        matrix_line_out(scene, "//: +0 may", &last, 0, window);
}

void matrix_line_syn(struct matrix_scene *scene)
{
    matrix_put(scene->text, "+0 > S 0:0(0)");
    put_labelled(scene->text, " win ", scene->endpoint.next_wnd);
    if (scene->setting.options == MATRIX_TIMESTAMPS)
        matrix_put_all(scene->text, scene->setting.ipv6 ? " <mss 1440" : " <mss 1460",
                       ",sackOK,TS val 1000 ecr 0,nop,wscale 0>\n", NULL);
    else
        matrix_put(scene->text, " <...>\n");
}

void matrix_line_syn_may(struct matrix_scene *scene)
{
    matrix_put(scene->text, "//: +0 may > S 0:0(0) <...>\n");
}

void matrix_line_ack(struct matrix_scene *scene, const char *time)
{
    struct matrix_reply reply = { .flags = MATRIX_ACK, .seq = scene->endpoint.snd_nxt,
                                  .ack = scene->endpoint.rcv_nxt };
    matrix_line_out(scene, time, &reply, 0,
                    scene->window_moved ? WINDOW_UNSAID : scene->endpoint.rcv_wnd);
}

void matrix_line_call(struct matrix_scene *scene, const char *before, const char *after)
{
    matrix_put_all(scene->text, "+0 ", before, NULL);
    matrix_put_number(scene->text, (uint32_t)scene->descriptor);
    matrix_put_all(scene->text, after, "\n", NULL);
}

static void put_end(struct matrix_scene *scene, unsigned signals)
{
    matrix_line_call(scene, "getsockopt(", (signals & MATRIX_SIGNAL_RESET) != 0
                         ? ", SOL_SOCKET, SO_ERROR, [ECONNRESET], [4]) = 0"
                         : (signals & MATRIX_SIGNAL_REFUSED) != 0
                               ? ", SOL_SOCKET, SO_ERROR, [ECONNREFUSED], [4]) = 0"
                               : ", SOL_SOCKET, SO_ERROR, [0], [4]) = 0");
}

/* What the user can see at once: an open connection, or the end of one. */
static void put_signals(struct matrix_scene *scene, enum matrix_state before, unsigned signals)
{
    if ((signals & MATRIX_SIGNAL_OPEN) != 0 && scene->descriptor < 0) {
        matrix_put(scene->text, "+0 accept(3, ..., ...) = 4\n");
        scene->descriptor = 4;
    }
    if (scene->descriptor < 0)
        return;
    if (scene->endpoint.state == MATRIX_CLOSED && before != MATRIX_CLOSED)
        put_end(scene, signals);
    else if ((signals & MATRIX_SIGNAL_OPEN) != 0)
        matrix_line_call(scene, "getsockopt(", ", SOL_SOCKET, SO_ERROR, [0], [4]) = 0");
}

static bool rests_on(const struct matrix_outcome *outcome, const char *position)
{
    for (size_t i = 0; i < outcome->applied_count; i++) {
        const char *also = outcome->applied[i].also;
        const char *found = also == NULL ? NULL : strstr(also, position);
        if (found != NULL && (found[strlen(position)] == ' ' || found[strlen(position)] == '\0'))
            return true;
    }
    return false;
}

/* Without RFC 5961 a SYN in the window draws a reset. RFC 9293 3.10.7.4 fourth. */
static void put_reset_by_syn(struct matrix_scene *scene, const struct matrix_segment *segment)
{
    struct matrix_reply reset = { .flags = MATRIX_RST, .seq = segment->ack };
    if ((segment->flags & MATRIX_ACK) == 0) {
        reset.flags |= MATRIX_ACK;
        reset.seq = 0;
        reset.ack = segment->seq + matrix_segment_length(segment);
    }
    matrix_line_out(scene, "//: or", &reset, 0, WINDOW_UNSAID);
}

/* A smaller window with no newer number: many stacks do not believe it. AMBIG-32. */
static bool shrinks_alone(const struct matrix_endpoint *endpoint,
                          const struct matrix_segment *segment)
{
    return endpoint->state >= MATRIX_ESTABLISHED && segment->seq == endpoint->snd_wl1 &&
           segment->ack == endpoint->snd_wl2 && segment->wnd < endpoint->snd_wnd;
}

/* Whether the segment comes as far as the right edge of the window, which is then exact. */
static bool reaches_the_edge(const struct matrix_endpoint *endpoint,
                             const struct matrix_segment *segment)
{
    return endpoint->state >= MATRIX_SYN_RECEIVED &&
           !matrix_before(segment->seq + segment->length + 1,
                          endpoint->rcv_nxt + endpoint->rcv_wnd);
}

/* Whether it is an ACK without text from past the window, as of a peer whose flight was lost. */
static bool is_ack_past_window(const struct matrix_endpoint *endpoint,
                               const struct matrix_segment *segment)
{
    uint32_t past = segment->seq - endpoint->rcv_nxt;
    return endpoint->state >= MATRIX_SYN_RECEIVED && endpoint->state <= MATRIX_FIN_WAIT_2 &&
           past >= endpoint->rcv_wnd && past > 0 && past <= MATRIX_BUFFER &&
           (segment->flags & MATRIX_ACK) != 0 && matrix_segment_length(segment) == 0 &&
           (segment->flags & MATRIX_RST) == 0;
}

/* The policy that the last row rests on, where a stack may leave it out: RFC 5961 3.2, 4.2 (9293
 * 3.10.7.4 second, fourth) and 5.2 (MAY-12), which may also take the largest window that there can
 * be for MAX.SND.WND (fifth); a SYN in the window of a passive SYN-RECEIVED (AMBIG-24). */
static const char *needs_of(const char *row)
{
    static const struct { const char *row, *lines; } needs[] = {
        { "EP-SA-2-in", "//: policy rfc5961_reset=1\n" },
        { "EP-SA-4-SYNC", "//: policy rfc5961_syn=1\n" },
        { "EP-SA-4-SR-a", "//: policy rfc5961_syn=1\n" },
        { "EP-SA-4-SR-p", "//: policy syn_received_challenge=0\n" },
        { "EP-SA-5-5961", "//: policy rfc5961_ack=1\n//: choice\n" },
        { "EP-SA-5-EST-new2", "//: prefer unsent_ack_silent=0\n" },
    };
    for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++)
        if (strcmp(row, needs[i].row) == 0)
            return needs[i].lines;
    return "";
}

/* What a case rests on that a stack may leave out: its last row; leaving TIME-WAIT by a RST, which
 * RFC 1337 would rather ignore, or by a SYN, and a bad ACK there. */
static void put_needs(struct matrix_scene *scene, const struct matrix_segment *segment,
                      const struct matrix_outcome *outcome)
{
    const char *row = outcome->applied_count == 0
                          ? "" : outcome->applied[outcome->applied_count - 1].row;
    matrix_put(scene->text, needs_of(row));
    if (strcmp(row, "EP-SA-5-5961") != 0 && shrinks_alone(&scene->endpoint, segment))
        matrix_put(scene->text, "//: choice\n//: prefer window_update=0\n");
    if (is_ack_past_window(&scene->endpoint, segment))
        matrix_put(scene->text, "//: prefer ack_past_window=0\n");
    if (reaches_the_edge(&scene->endpoint, segment))
        matrix_put(scene->text, "//: prefer window_follows_room=0\n"
                                "//: prefer buffer_whole_segments=0\n");
    if (scene->endpoint.state != MATRIX_TIME_WAIT)
        return;
    matrix_put(scene->text, "//: prefer time_wait_answers=0\n");
    if ((segment->flags & MATRIX_SYN) != 0)
        matrix_put(scene->text, "//: prefer time_wait_silent_syn=0\n");
    if (strncmp(row, "EP-SA-2-", 8) == 0)
        matrix_put(scene->text, "//: policy rfc1337=0\n");
    if ((outcome->reply.flags & MATRIX_SYN) != 0)
        matrix_put(scene->text, "//: policy time_wait_reuse=1\n"); /* MAY-2 */
    if (strcmp(row, "EP-SA-5-LATW-bad") == 0)
        matrix_put(scene->text, "//: choice\n");
}

/* What our positions let other stacks do in place of the reply, or beside silence. */
static void put_tolerance(struct matrix_scene *scene, const struct matrix_segment *segment,
                          const struct matrix_outcome *outcome)
{
    struct matrix_reply ack = { .flags = MATRIX_ACK, .seq = outcome->next.snd_nxt,
                                .ack = outcome->next.rcv_nxt };
    struct matrix_reply synack = { .flags = MATRIX_SYN | MATRIX_ACK, .seq = outcome->next.iss,
                                   .ack = outcome->next.rcv_nxt };
    struct matrix_scene kept = *scene; /* what might be sent counts for nothing */
    if (outcome->replies && rests_on(outcome, "AMBIG-16"))
        matrix_line_out(scene, "//: or", &ack, 0, WINDOW_UNSAID);
    if (outcome->replies && rests_on(outcome, "AMBIG-24"))
        matrix_line_out(scene, "//: or", &synack, 0, WINDOW_UNSAID);
    bool edge = segment->seq == scene->endpoint.rcv_nxt + scene->endpoint.rcv_wnd; /* AMBIG-18 */
    if (!outcome->replies && (segment->flags & MATRIX_RST) != 0 && edge &&
        scene->endpoint.state >= MATRIX_SYN_RECEIVED)
        matrix_line_out(scene, "//: +0 may", &ack, 0, WINDOW_UNSAID);
    if (!outcome->replies && rests_on(outcome, "AMBIG-20"))
        matrix_line_out(scene, "//: +0 may", &ack, 0, WINDOW_UNSAID);
    if (outcome->replies && rests_on(outcome, "AMBIG-27"))
        matrix_put(scene->text, "//: or nothing\n");
    if (outcome->replies && scene->endpoint.state == MATRIX_TIME_WAIT &&
        (segment->flags & (MATRIX_SYN | MATRIX_RST)) == MATRIX_SYN &&
        (outcome->reply.flags & MATRIX_SYN) == 0)
        put_reset_by_syn(scene, segment);
    *scene = kept;
    if (outcome->replies && scene->endpoint.state == MATRIX_SYN_SENT &&
        (outcome->reply.flags & MATRIX_RST) != 0)
        matrix_line_syn_may(scene);
    put_needs(scene, segment, outcome);
}

void matrix_scene_take(struct matrix_scene *scene, const char *time,
                       const struct matrix_segment *segment, struct matrix_outcome *outcome)
{
    enum matrix_state before = scene->endpoint.state;
    matrix_reference(&scene->endpoint, segment, outcome);
    matrix_line_in(scene, time, segment);
    bool resets = (outcome->reply.flags & MATRIX_RST) != 0;
    scene->endpoint.ts_recent = outcome->next.ts_recent;
    if (outcome->replies)
        matrix_line_out(scene, outcome->reply.may_wait ? "+DELAYED_ACK" : "+0", &outcome->reply, 0,
                        resets ? WINDOW_UNSAID : outcome->next.rcv_wnd);
    put_tolerance(scene, segment, outcome);
    scene->restarts = before == MATRIX_TIME_WAIT && outcome->next.state == MATRIX_TIME_WAIT &&
                      (outcome->signals & MATRIX_TIMER_2MSL_STARTS) != 0;
    scene->endpoint = outcome->next;
    scene->unread += outcome->delivered;
    scene->end_waits = scene->end_waits || (outcome->signals & MATRIX_SIGNAL_CLOSING) != 0;
    put_signals(scene, before, outcome->signals);
}
