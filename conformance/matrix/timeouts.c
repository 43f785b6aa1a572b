/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The part in which time passes: RFC 9293 3.10.8 and the timers of 3.8 in every state. Where a
 * timer runs, the peer's answer comes a tick before its moment, at it, and a tick after it; where
 * it cannot run, nothing happens for longer than that.
 */
#include "matrix/matrix.h"
#include "matrix/rows.h"
#include "matrix/scene.h"

enum timer {
    TIMER_RTO, TIMER_R2, TIMER_USER, TIMER_2MSL, TIMER_KEEPALIVE, TIMER_PERSIST, TIMERS
};

/* When the answer comes. At its moment itself a timer is first. */
enum moment { MOMENT_BEFORE, MOMENT_AT, MOMENT_AFTER, MOMENTS };

enum {
    OUTSTANDING = MATRIX_IN_SYN_SENT | MATRIX_IN_SYN_RECEIVED | MATRIX_IN_ESTABLISHED |
                  MATRIX_IN_FIN_WAIT_1 | MATRIX_IN_CLOSE_WAIT | MATRIX_IN_CLOSING |
                  MATRIX_IN_LAST_ACK,
    NEVER_IDLE = MATRIX_IN_SYN_SENT | MATRIX_IN_SYN_RECEIVED | MATRIX_IN_FIN_WAIT_1 |
                 MATRIX_IN_CLOSING | MATRIX_IN_LAST_ACK,
    BUSY = MATRIX_IN_SYN_SENT | MATRIX_IN_SYN_RECEIVED | MATRIX_IN_LAST_ACK
};

/*
 * `runs`: the states in which the timer can run. `hidden`: those in which it does not, but another
 * one does that cannot be kept still. `lines` stand in front of the case, `idle` is for how long
 * nothing happens elsewhere, and `left` what that leaves of TIME-WAIT, less a tick.
 */
static const struct {
    const char *word, *sentence;
    unsigned runs, hidden;
    const char *lines, *idle, *left, *covers;
} timers[TIMERS] = {
    [TIMER_RTO] = { "rto", "The retransmission timeout", OUTSTANDING, 0, "", "10s",
                    "+2MSL-10s-1tick", "EP-TO-RTO S3" },
    [TIMER_R2] = { "r2", "R2", OUTSTANDING, 0,
                   "//: policy r2_us=5000000\n//: policy syn_r2_us=5000000\n"
                   "//: prefer rto_min_us=1000000\n", "10s",
                   "+2MSL-10s-1tick", "EP-TO-R2 AMBIG-17 AMBIG-35" },
    [TIMER_USER] = { "user", "The user timeout", OUTSTANDING, 0,
                     "//: policy user_timeout_us=5000000\n//: prefer rto_min_us=1000000\n",
                     "10s", "+2MSL-10s-1tick", "EP-TO-USER AMBIG-17" },
    [TIMER_2MSL] = { "2msl", "The TIME-WAIT timeout", MATRIX_IN_TIME_WAIT, NEVER_IDLE, "",
                     "2MSL+1tick", "", "EP-TO-TW MUST-13 S5" },
    [TIMER_KEEPALIVE] = { "keepalive", "Keep-alive", MATRIX_IN_ESTABLISHED |
                          MATRIX_IN_FIN_WAIT_2 | MATRIX_IN_CLOSE_WAIT, NEVER_IDLE, "", "20s",
                          "+2MSL-20s-1tick", "EP-TO-KA MUST-26 AMBIG-36" },
    [TIMER_PERSIST] = { "persist", "The probe of a closed window", MATRIX_IN_ESTABLISHED |
                        MATRIX_IN_FIN_WAIT_1 | MATRIX_IN_CLOSE_WAIT | MATRIX_IN_CLOSING, BUSY,
                        "//: prefer persist_min_us=0\n", "10s", "+2MSL-10s-1tick",
                        "EP-TO-ZWP MUST-36 SHLD-29 AMBIG-37" },
};

static const struct { const char *word, *when; } moments[MOMENTS] = {
    [MOMENT_BEFORE] = { "before", "a tick before" }, [MOMENT_AT] = { "at", "at" },
    [MOMENT_AFTER] = { "after", "a tick after" },
};

struct timer_cell {
    enum matrix_state state;
    enum timer timer;
    enum moment moment;
    bool passive;
};

enum { CODES = MATRIX_STATES * TIMERS * MOMENTS * 2 };

static void decode(uint32_t code, struct timer_cell *cell)
{
    cell->passive = code % 2 != 0;
    cell->moment = (enum moment)(code / 2 % MOMENTS);
    cell->timer = (enum timer)(code / 2 / MOMENTS % TIMERS);
    cell->state = (enum matrix_state)(code / 2 / MOMENTS / TIMERS);
}

static bool runs(const struct timer_cell *cell)
{
    return (timers[cell->timer].runs & (1U << cell->state)) != 0;
}

static const char *removed(const struct timer_cell *cell)
{
    if (cell->state == MATRIX_LISTEN && !cell->passive)
        return "LISTEN is reached by a passive opening only.";
    if (cell->state == MATRIX_SYN_SENT && cell->passive)
        return "SYN-SENT is reached by an active opening only.";
    if ((timers[cell->timer].hidden & (1U << cell->state)) != 0)
        return "Where something is always unacknowledged its timers speak, and no other can be"
               " waited for.";
    if (!runs(cell) && cell->moment != MOMENT_BEFORE)
        return "A timer that does not run has no moment: one case waits.";
    return NULL;
}

static void list(struct matrix_list *list)
{
    struct timer_cell cell;
    for (uint32_t code = 0; code < CODES; code++) {
        decode(code, &cell);
        const char *why = removed(&cell);
        if (why == NULL)
            matrix_list_add(list, code);
        else
            matrix_list_remove(list, why, 1);
    }
}

static void put_name(uint32_t code, struct matrix_text *text)
{
    struct timer_cell cell;
    decode(code, &cell);
    matrix_put_all(text, "matrix/", matrix_state_word(cell.state), "/timer-",
                   timers[cell.timer].word, cell.passive ? "/passive/" : "/active/",
                   runs(&cell) ? moments[cell.moment].word : "idle", NULL);
}

/* ---- what the peer and we send ---- */

/* "+RTO", less a tick where the answer is to come before. */
static void put_time(struct matrix_scene *scene, const char *time, enum moment moment)
{
    matrix_put_all(scene->text, time, moment == MOMENT_BEFORE ? "-1tick" : "", NULL);
}

/* The rest of the answer's time: the moment's own line was before it, unless it comes first. */
static const char *since_moment(enum moment moment)
{
    return moment == MOMENT_AT ? "+0" : moment == MOMENT_AFTER ? "+1tick" : "";
}

/* The answer that acknowledges everything, in any state. Its time has been written if it is "". */
static void answer(struct matrix_scene *scene, const char *time, uint32_t window)
{
    struct matrix_endpoint *endpoint = &scene->endpoint;
    struct matrix_outcome outcome;
    struct matrix_segment all = { .flags = MATRIX_ACK, .seq = endpoint->rcv_nxt,
                                  .ack = endpoint->snd_nxt, .wnd = window,
                                  .has_ts = endpoint->timestamps, .ts_val = endpoint->ts_recent };
    if (endpoint->state == MATRIX_SYN_SENT) {
        all.flags |= MATRIX_SYN;
        all.seq--;
        all.wnd = 65535;
    }
    matrix_scene_take(scene, time, &all, &outcome);
}

/* What is unacknowledged goes again: our SYN, with whatever stamp, or what came after it. */
static void repeat(struct matrix_scene *scene, const char *time)
{
    const struct matrix_endpoint *endpoint = &scene->endpoint;
    struct matrix_reply syn = { .flags = MATRIX_SYN, .seq = endpoint->snd_una,
                                .ack = endpoint->rcv_nxt };
    if (endpoint->snd_una != endpoint->iss) {
        matrix_line_again(scene, time, endpoint->rcv_wnd);
        return;
    }
    syn.flags |= endpoint->state == MATRIX_SYN_SENT ? 0 : MATRIX_ACK;
    scene->repeats = true;
    matrix_line_out(scene, time, &syn, 0, endpoint->rcv_wnd);
    scene->repeats = false;
}

/* The timeout that counts: the one before the first sample, or after it. */
static const char *rto(const struct matrix_scene *scene, unsigned times)
{
    static const char *const words[2][3] = { { "+RTO", "+2RTO", "+4RTO" },
                                             { "+RTO_MIN", "+2RTO_MIN", "+4RTO_MIN" } };
    bool sampled = scene->endpoint.state >= MATRIX_ESTABLISHED;
    return words[sampled][times];
}

/* ---- one function a timer ---- */

/* Nothing goes again once it was acknowledged, were it a tick before. */
static void pass_rto(struct matrix_scene *scene, enum moment moment)
{
    if (moment == MOMENT_BEFORE)
        put_time(scene, rto(scene, 0), moment);
    else
        repeat(scene, rto(scene, 0));
    answer(scene, since_moment(moment), matrix_peer_window(scene));
}

/* The connection is given up; whoever can be told is told. Another stack may send a RST, too. */
static void give_up(struct matrix_scene *scene, const char *time, enum moment moment)
{
    struct matrix_reply reset = { .flags = MATRIX_RST, .seq = scene->endpoint.snd_nxt };
    struct matrix_outcome outcome;
    struct matrix_segment late = { .flags = MATRIX_ACK, .seq = scene->endpoint.rcv_nxt,
                                   .ack = scene->endpoint.snd_nxt,
                                   .wnd = matrix_peer_window(scene),
                                   .has_ts = scene->endpoint.timestamps,
                                   .ts_val = scene->endpoint.ts_recent };
    if (moment == MOMENT_BEFORE) {
        put_time(scene, time, moment);
        answer(scene, "", matrix_peer_window(scene));
        return;
    }
    matrix_put_all(scene->text, "//: ", time, NULL); /* AMBIG-17 */
    matrix_line_out(scene, " may", &reset, 0, 65536);
    matrix_put_all(scene->text, time, moment == MOMENT_AFTER ? "+1tick" : "", NULL);
    scene->endpoint.state = MATRIX_CLOSED;
    matrix_scene_take(scene, "", &late, &outcome);
    if (scene->descriptor >= 0)
        matrix_line_call(scene, "getsockopt(",
                         ", SOL_SOCKET, SO_ERROR, [ETIMEDOUT], [4]) = 0");
}

static void pass_r2(struct matrix_scene *scene, enum moment moment)
{
    repeat(scene, rto(scene, 0));
    repeat(scene, rto(scene, 1));
    give_up(scene, rto(scene, 2), moment);
}

static void pass_user(struct matrix_scene *scene, enum moment moment)
{
    bool sampled = scene->endpoint.state >= MATRIX_ESTABLISHED;
    repeat(scene, rto(scene, 0));
    repeat(scene, rto(scene, 1));
    give_up(scene, sampled ? "+5s-3RTO_MIN" : "+5s-3RTO", moment);
}

static void pass_2msl(struct matrix_scene *scene, enum moment moment)
{
    if (moment == MOMENT_BEFORE)
        return; /* the probe itself looks a tick before */
    matrix_put_all(scene->text, "//: +0 quiet 2MSL+late", moment == MOMENT_AFTER ? "+1tick" : "",
                   "\n", NULL);
    scene->endpoint.state = MATRIX_CLOSED;
}

static void switch_keepalive_on(struct matrix_scene *scene)
{
    int descriptor = scene->descriptor;
    if (scene->endpoint.state == MATRIX_LISTEN)
        scene->descriptor = 3;
    matrix_line_call(scene, "setsockopt(", ", SOL_TCP, TCP_KEEPIDLE, [10], 4) = 0");
    matrix_line_call(scene, "setsockopt(", ", SOL_SOCKET, SO_KEEPALIVE, [1], 4) = 0");
    scene->descriptor = descriptor;
}

/* Another stack may send an octet of garbage with it. AMBIG-36 */
static void put_keepalive(struct matrix_scene *scene)
{
    struct matrix_reply alive = { .flags = MATRIX_ACK, .seq = scene->endpoint.snd_nxt - 1,
                                  .ack = scene->endpoint.rcv_nxt };
    matrix_line_out(scene, "+10s", &alive, 0, scene->endpoint.rcv_wnd);
    matrix_line_out(scene, "//: or", &alive, 1, scene->endpoint.rcv_wnd);
}

/* Any segment puts it off: what comes a tick before leaves another ten seconds but one. */
static void pass_keepalive(struct matrix_scene *scene, enum moment moment)
{
    if (scene->endpoint.state == MATRIX_FIN_WAIT_2)
        matrix_put(scene->text, "//: choice\n"); /* whether there, too: AMBIG-36 */
    if (moment == MOMENT_BEFORE)
        matrix_put(scene->text, "+10s-1tick");
    else
        put_keepalive(scene);
    answer(scene, since_moment(moment), matrix_peer_window(scene));
    matrix_put(scene->text, "//: +0 quiet 9s\n");
    matrix_line_call(scene, "setsockopt(", ", SOL_SOCKET, SO_KEEPALIVE, [0], 4) = 0");
}

/* Our data waits at a closed window, and behind it our FIN, if we have closed. */
static void wait_at_closed_window(struct matrix_scene *scene, enum matrix_state state)
{
    answer(scene, "+0", 0);
    matrix_line_call(scene, "write(", ", ..., 10) = 10");
    if (state == MATRIX_FIN_WAIT_1 || state == MATRIX_CLOSING)
        matrix_line_call(scene, "shutdown(", ", SHUT_WR) = 0");
    if (state != MATRIX_CLOSING)
        return;
    struct matrix_segment fin = { .flags = MATRIX_FIN | MATRIX_ACK,
                                  .seq = scene->endpoint.rcv_nxt,
                                  .ack = scene->endpoint.snd_nxt,
                                  .ts_val = scene->endpoint.ts_recent };
    matrix_line_in(scene, "+0", &fin);
    scene->endpoint.rcv_nxt++;
    scene->endpoint.rcv_wnd--;
    matrix_line_ack(scene, "+0");
    scene->end_waits = true;
}

/* Another stack may probe with a number that was acknowledged before. AMBIG-37 */
static void put_probe(struct matrix_scene *scene, const struct matrix_reply *octet)
{
    struct matrix_reply before = *octet;
    before.seq--;
    matrix_line_out(scene, "+RTO_MIN", octet, 1, scene->endpoint.rcv_wnd);
    matrix_line_out(scene, "//: or", &before, 0, scene->endpoint.rcv_wnd);
}

/* What waited goes once the window is open: all of it, with a FIN if we have closed. */
static void pass_persist(struct matrix_scene *scene, enum matrix_state state, enum moment moment)
{
    struct matrix_endpoint *endpoint = &scene->endpoint;
    struct matrix_reply data = { .flags = MATRIX_ACK, .seq = endpoint->snd_nxt,
                                 .ack = endpoint->rcv_nxt };
    bool closed = state == MATRIX_FIN_WAIT_1 || state == MATRIX_CLOSING;
    if (moment == MOMENT_BEFORE)
        put_time(scene, "+RTO_MIN", moment);
    else
        put_probe(scene, &data);
    matrix_line_peer(scene, since_moment(moment), MATRIX_ACK, 0, 0, endpoint->snd_nxt);
    data.flags |= closed ? MATRIX_PSH | MATRIX_FIN : MATRIX_PSH;
    matrix_line_out(scene, "+0", &data, MATRIX_DATA, endpoint->rcv_wnd);
    endpoint->snd_nxt += MATRIX_DATA + closed;
    endpoint->fin_sent = closed;
    endpoint->state = state;
}

static void pass(struct matrix_scene *scene, const struct timer_cell *cell)
{
    switch (cell->timer) {
    case TIMER_RTO: pass_rto(scene, cell->moment); break;
    case TIMER_R2: pass_r2(scene, cell->moment); break;
    case TIMER_USER: pass_user(scene, cell->moment); break;
    case TIMER_2MSL: pass_2msl(scene, cell->moment); break;
    case TIMER_KEEPALIVE: pass_keepalive(scene, cell->moment); break;
    case TIMER_PERSIST: pass_persist(scene, cell->state, cell->moment); break;
    case TIMERS: break;
    }
}

/* Makes the connection one in which this timer is the one that counts. */
static void prepare(struct matrix_scene *scene, const struct timer_cell *cell)
{
    bool data = cell->state == MATRIX_ESTABLISHED || cell->state == MATRIX_CLOSE_WAIT;
    bool idles = cell->timer == TIMER_2MSL || cell->timer == TIMER_KEEPALIVE;
    if (idles && data)
        answer(scene, "+0", matrix_peer_window(scene));
    if (cell->timer == TIMER_KEEPALIVE)
        switch_keepalive_on(scene);
    if (cell->timer == TIMER_PERSIST && runs(cell))
        wait_at_closed_window(scene, cell->state);
    else if (cell->timer == TIMER_PERSIST && cell->state >= MATRIX_FIN_WAIT_2)
        answer(scene, "+0", 0);
}

static void put_sentence(struct matrix_text *text, const struct timer_cell *cell)
{
    if (runs(cell))
        matrix_put_all(text, "// ", timers[cell->timer].sentence, " in ",
                       matrix_state_name(cell->state), ": an answer comes ",
                       moments[cell->moment].when, " its moment.\n", NULL);
    else
        matrix_put_all(text, "// ", timers[cell->timer].sentence, " has no part in ",
                       matrix_state_name(cell->state), ".\n", NULL);
    matrix_put_all(text, "//: covers ", timers[cell->timer].covers, "\n",
                   timers[cell->timer].lines, NULL);
}

/* Other values go round with the state, the timer and the moment. */
static void put_text(uint32_t code, struct matrix_text *text)
{
    struct timer_cell cell;
    decode(code, &cell);
    unsigned turn = (unsigned)cell.state + (unsigned)cell.timer;
    /* Data that waits at a closed window is written in a state in which one can still write. */
    bool from_open = cell.timer == TIMER_PERSIST && runs(&cell) &&
                     cell.state != MATRIX_CLOSE_WAIT;
    struct matrix_scene scene = { .text = text, .setting = {
        .state = from_open ? MATRIX_ESTABLISHED : cell.state, .passive = cell.passive,
        .ipv6 = (turn / 2 + cell.passive) % 2 != 0,
        .options = (enum matrix_options)((turn + (unsigned)cell.moment) % MATRIX_OPTIONS),
        .iss = matrix_isn((turn + (unsigned)cell.moment) % MATRIX_ISNS),
        .irs = matrix_isn((turn + (unsigned)cell.timer) % MATRIX_ISNS),
        .clock = (uint8_t)((turn + cell.passive) % MATRIX_CLOCKS) } };
    put_sentence(text, &cell);
    matrix_scene_head(&scene);
    matrix_scene_reach(&scene);
    prepare(&scene, &cell);
    if (runs(&cell))
        pass(&scene, &cell);
    bool still = !runs(&cell) || (cell.timer <= TIMER_USER && scene.endpoint.state > MATRIX_LISTEN);
    if (still)
        matrix_put_all(text, "//: +0 quiet ", timers[cell.timer].idle, "\n", NULL);
    matrix_scene_probe(&scene, still ? timers[cell.timer].left : "+2MSL-1tick");
}

const struct matrix_part matrix_timeouts = { "timeouts", list, put_name, put_text };
