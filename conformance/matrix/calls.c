/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The part in which the user calls: RFC 9293 3.10.1 to 3.10.6 in every state, by the socket calls
 * that stand for OPEN, SEND, RECEIVE, CLOSE, ABORT and STATUS. What a call does is a table, too.
 */
#include "matrix/matrix.h"
#include "matrix/rows.h"
#include "matrix/scene.h"

enum call {
    CALL_LISTEN, CALL_CONNECT, CALL_SEND, CALL_SEND_URGENT, CALL_RECEIVE, CALL_CLOSE, CALL_ABORT,
    CALL_SHUTDOWN_WRITE, CALL_SHUTDOWN_READ, CALL_SHUTDOWN_BOTH, CALL_STATUS, CALLS
};

/* What follows from a call. */
enum effect {
    EFFECT_ERROR,   /* it is refused, and nothing changes */
    EFFECT_NOTHING, /* it succeeds, and nothing is sent */
    EFFECT_LISTEN,  /* a new socket listens */
    EFFECT_CONNECT, /* a new socket sends a SYN */
    EFFECT_QUEUE,   /* data waits until what was sent before is acknowledged */
    EFFECT_URGENT,  /* data goes at once, with URG */
    EFFECT_READ,
    EFFECT_FIN,     /* our FIN goes out */
    EFFECT_RESET,   /* a RST goes out, and the connection is gone */
    EFFECT_GONE,    /* the connection is gone without a segment */
    EFFECT_DEAF,    /* what was received, and will be, is thrown away */
    EFFECT_STATE    /* the state is told */
};

enum waiting { ANYHOW, NOTHING_WAITS, DATA_WAITS };

struct rule {
    enum call call;
    unsigned states;
    enum waiting waiting;
    enum effect effect;
    const char *result;   /* behind "= " */
    const char *covers;
};

enum {
    OPEN_STATES = MATRIX_IN_ESTABLISHED | MATRIX_IN_CLOSE_WAIT,
    SENT_FIN = MATRIX_IN_FIN_WAIT_1 | MATRIX_IN_FIN_WAIT_2 | MATRIX_IN_CLOSING |
               MATRIX_IN_LAST_ACK | MATRIX_IN_TIME_WAIT,
    BOTH_FINS = MATRIX_IN_CLOSING | MATRIX_IN_LAST_ACK | MATRIX_IN_TIME_WAIT,
    FIN_WAIT = MATRIX_IN_FIN_WAIT_1 | MATRIX_IN_FIN_WAIT_2,
    OPENING = MATRIX_IN_SYN_SENT | MATRIX_IN_SYN_RECEIVED,
    NO_STREAM = MATRIX_IN_LISTEN | OPENING
};

static const char again[] = "-1 EAGAIN (Resource temporarily unavailable)";
static const char not_connected[] = "-1 ENOTCONN (Transport endpoint is not connected)";
static const char pipe_broken[] = "-1 EPIPE (Broken pipe)";

/* By call, then by state, in the order of 3.10. */
static const struct rule rules[] = {
    { CALL_LISTEN, MATRIX_IN_CLOSED, ANYHOW, EFFECT_LISTEN, "0", "EP-POPEN-CLOSED" },
    { CALL_LISTEN, MATRIX_IN_LISTEN, ANYHOW, EFFECT_NOTHING, "0", "EP-POPEN-LISTEN AMBIG-12" },
    { CALL_LISTEN, OPENING | MATRIX_SYNCHRONIZED, ANYHOW, EFFECT_ERROR,
      "-1 EINVAL (Invalid argument)", "EP-OPEN-OTHER S17" },
    { CALL_CONNECT, MATRIX_IN_CLOSED, ANYHOW, EFFECT_CONNECT, "", "EP-AOPEN-CLOSED" },
    { CALL_CONNECT, MATRIX_IN_LISTEN, ANYHOW, EFFECT_ERROR,
      "-1 EOPNOTSUPP (Operation not supported)", "S17" },
    { CALL_CONNECT, OPENING, ANYHOW, EFFECT_ERROR, "-1 EALREADY (Operation already in progress)",
      "EP-OPEN-OTHER S17" },
    { CALL_CONNECT, MATRIX_SYNCHRONIZED, ANYHOW, EFFECT_ERROR,
      "-1 EISCONN (Transport endpoint is already connected)", "EP-OPEN-OTHER S17" },

    { CALL_SEND, MATRIX_IN_CLOSED, ANYHOW, EFFECT_ERROR, pipe_broken,
      "EP-SEND-CLOSED-2 AMBIG-13 S17" },
    { CALL_SEND, MATRIX_IN_LISTEN, ANYHOW, EFFECT_ERROR, not_connected, "EP-SEND-LISTEN-2 S17" },
    { CALL_SEND, OPENING, ANYHOW, EFFECT_ERROR, again, "EP-SEND-SYN-1 S17" },
    { CALL_SEND, OPEN_STATES, ANYHOW, EFFECT_QUEUE, "10",
      "EP-SEND-EST-1 SHLD-7 RFC9293-U-24" },
    { CALL_SEND, SENT_FIN, ANYHOW, EFFECT_ERROR, pipe_broken, "EP-SEND-CLOSING S9 S17" },
    { CALL_SEND_URGENT, MATRIX_IN_CLOSED, ANYHOW, EFFECT_ERROR, pipe_broken,
      "EP-SEND-CLOSED-2 AMBIG-13 S17" },
    { CALL_SEND_URGENT, MATRIX_IN_LISTEN, ANYHOW, EFFECT_ERROR, not_connected,
      "EP-SEND-LISTEN-2 S17" },
    { CALL_SEND_URGENT, OPENING, ANYHOW, EFFECT_ERROR, again, "EP-SEND-SYN-1 S17" },
    { CALL_SEND_URGENT, OPEN_STATES, ANYHOW, EFFECT_URGENT, "10",
      "EP-SEND-EST-3 MUST-62 AMBIG-11" },
    { CALL_SEND_URGENT, SENT_FIN, ANYHOW, EFFECT_ERROR, pipe_broken, "EP-SEND-CLOSING S9 S17" },

    { CALL_RECEIVE, MATRIX_IN_CLOSED, ANYHOW, EFFECT_NOTHING, "0",
      "EP-RECV-CLOSED-2 AMBIG-13 S17" },
    { CALL_RECEIVE, MATRIX_IN_LISTEN, ANYHOW, EFFECT_ERROR, not_connected, "S17" },
    { CALL_RECEIVE, OPENING, ANYHOW, EFFECT_ERROR, again, "EP-RECV-SYN-1 S17" },
    { CALL_RECEIVE, MATRIX_OPEN_FOR_TEXT, NOTHING_WAITS, EFFECT_READ, "", "EP-RECV-EST-2 S17" },
    { CALL_RECEIVE, MATRIX_OPEN_FOR_TEXT, DATA_WAITS, EFFECT_READ, "",
      "EP-RECV-EST-1 RFC9293-U-34" },
    { CALL_RECEIVE, MATRIX_IN_CLOSE_WAIT, NOTHING_WAITS, EFFECT_READ, "", "EP-RECV-CW-2 S9 S17" },
    { CALL_RECEIVE, MATRIX_IN_CLOSE_WAIT, DATA_WAITS, EFFECT_READ, "",
      "EP-RECV-CW-1 EP-RECV-CW-2 S9 S17" },
    { CALL_RECEIVE, BOTH_FINS, ANYHOW, EFFECT_READ, "", "EP-RECV-CLOSING AMBIG-6 S9 S17" },

    { CALL_CLOSE, MATRIX_IN_CLOSED, ANYHOW, EFFECT_NOTHING, "0", "EP-CLOSE-CLOSED-2 S17" },
    { CALL_CLOSE, MATRIX_IN_LISTEN, ANYHOW, EFFECT_GONE, "0", "EP-CLOSE-LISTEN S17" },
    { CALL_CLOSE, MATRIX_IN_SYN_SENT, ANYHOW, EFFECT_GONE, "0", "EP-CLOSE-SYNSENT S17" },
    { CALL_CLOSE, MATRIX_IN_SYN_RECEIVED, ANYHOW, EFFECT_FIN, "0",
      "EP-CLOSE-SYNRCVD-1 AMBIG-31 S17" },
    { CALL_CLOSE, OPEN_STATES | FIN_WAIT, DATA_WAITS, EFFECT_RESET, "0", "AMBIG-42 SHLD-3 S17" },
    { CALL_CLOSE, MATRIX_IN_ESTABLISHED, NOTHING_WAITS, EFFECT_FIN, "0", "EP-CLOSE-EST S2 S17" },
    { CALL_CLOSE, MATRIX_IN_CLOSE_WAIT, NOTHING_WAITS, EFFECT_FIN, "0",
      "EP-CLOSE-CW AMBIG-15 S2 S17" },
    { CALL_CLOSE, FIN_WAIT, NOTHING_WAITS, EFFECT_NOTHING, "0", "EP-CLOSE-FW AMBIG-14 S17" },
    { CALL_CLOSE, BOTH_FINS, ANYHOW, EFFECT_NOTHING, "0", "EP-CLOSE-CLOSING S17" },

    { CALL_ABORT, MATRIX_IN_CLOSED, ANYHOW, EFFECT_NOTHING, "0", "EP-ABORT-CLOSED-2 S15" },
    { CALL_ABORT, MATRIX_IN_LISTEN, ANYHOW, EFFECT_GONE, "0", "EP-ABORT-LISTEN" },
    { CALL_ABORT, MATRIX_IN_SYN_SENT, ANYHOW, EFFECT_GONE, "0", "EP-ABORT-SYNSENT AMBIG-40 S15" },
    { CALL_ABORT, MATRIX_IN_SYN_RECEIVED | OPEN_STATES | FIN_WAIT, ANYHOW, EFFECT_RESET, "0",
      "EP-ABORT-EST AMBIG-7 AMBIG-40 S15" },
    { CALL_ABORT, BOTH_FINS, ANYHOW, EFFECT_GONE, "0", "EP-ABORT-CLOSING AMBIG-40 S15" },

    { CALL_SHUTDOWN_WRITE, MATRIX_IN_CLOSED, ANYHOW, EFFECT_ERROR, not_connected,
      "EP-CLOSE-CLOSED-2 S17" },
    { CALL_SHUTDOWN_WRITE, NO_STREAM, ANYHOW, EFFECT_ERROR, not_connected, "S17" },
    { CALL_SHUTDOWN_WRITE, MATRIX_IN_ESTABLISHED, ANYHOW, EFFECT_FIN, "0",
      "EP-CLOSE-EST AMBIG-42 RFC9293-U-20 S9" },
    { CALL_SHUTDOWN_WRITE, MATRIX_IN_CLOSE_WAIT, ANYHOW, EFFECT_FIN, "0",
      "EP-CLOSE-CW AMBIG-15 AMBIG-42 S9" },
    { CALL_SHUTDOWN_WRITE, FIN_WAIT, ANYHOW, EFFECT_NOTHING, "0", "EP-CLOSE-FW AMBIG-14" },
    { CALL_SHUTDOWN_WRITE, BOTH_FINS, ANYHOW, EFFECT_NOTHING, "0", "EP-CLOSE-CLOSING AMBIG-14" },

    { CALL_SHUTDOWN_READ, MATRIX_IN_CLOSED | NO_STREAM, ANYHOW, EFFECT_ERROR, not_connected,
      "S17" },
    { CALL_SHUTDOWN_READ, MATRIX_SYNCHRONIZED, ANYHOW, EFFECT_DEAF, "0", "S17" },

    { CALL_SHUTDOWN_BOTH, MATRIX_IN_CLOSED, ANYHOW, EFFECT_ERROR, not_connected,
      "EP-CLOSE-CLOSED-2 S17" },
    { CALL_SHUTDOWN_BOTH, NO_STREAM, ANYHOW, EFFECT_ERROR, not_connected, "S17" },
    { CALL_SHUTDOWN_BOTH, MATRIX_IN_ESTABLISHED, ANYHOW, EFFECT_FIN, "0", "EP-CLOSE-EST S17" },
    { CALL_SHUTDOWN_BOTH, MATRIX_IN_CLOSE_WAIT, ANYHOW, EFFECT_FIN, "0", "EP-CLOSE-CW S17" },
    { CALL_SHUTDOWN_BOTH, FIN_WAIT, ANYHOW, EFFECT_DEAF, "0", "EP-CLOSE-FW AMBIG-14 S17" },
    { CALL_SHUTDOWN_BOTH, BOTH_FINS, ANYHOW, EFFECT_DEAF, "0", "EP-CLOSE-CLOSING AMBIG-14 S17" },

    { CALL_STATUS, MATRIX_IN_CLOSED, ANYHOW, EFFECT_STATE, "", "EP-STATUS-CLOSED-2" },
    { CALL_STATUS, OPENING | MATRIX_SYNCHRONIZED, ANYHOW, EFFECT_STATE, "", "EP-STATUS" },
};

static const struct { const char *word, *sentence, *before, *after; } calls[CALLS] = {
    [CALL_LISTEN] = { "listen", "A passive OPEN", "listen(", ", 1) = " },
    [CALL_CONNECT] = { "connect", "An active OPEN", "connect(", ", ..., ...) = " },
    [CALL_SEND] = { "send", "A SEND", "send(", ", ..., 10, MSG_DONTWAIT) = " },
    [CALL_SEND_URGENT] = { "send-urgent", "A SEND of urgent data", "send(",
                           ", ..., 10, MSG_OOB|MSG_DONTWAIT) = " },
    [CALL_RECEIVE] = { "receive", "A RECEIVE", "recv(", ", ..., 1000, MSG_DONTWAIT) = " },
    [CALL_CLOSE] = { "close", "A close()", "close(", ") = " },
    [CALL_ABORT] = { "abort", "An ABORT", "close(", ") = " },
    [CALL_SHUTDOWN_WRITE] = { "shutdown-write", "A CLOSE", "shutdown(", ", SHUT_WR) = " },
    [CALL_SHUTDOWN_READ] = { "shutdown-read", "A shutdown of reading", "shutdown(",
                             ", SHUT_RD) = " },
    [CALL_SHUTDOWN_BOTH] = { "shutdown-both", "A shutdown of both directions", "shutdown(",
                             ", SHUT_RDWR) = " },
    [CALL_STATUS] = { "status", "A STATUS", NULL, NULL },
};

struct call_cell {
    enum matrix_state state;
    enum call call;
    bool passive, waiting;
};

enum { CODES = MATRIX_STATES * CALLS * 4 };

static void decode(uint32_t code, struct call_cell *cell)
{
    cell->waiting = code % 2 != 0;
    cell->passive = code / 2 % 2 != 0;
    cell->call = (enum call)(code / 4 % CALLS);
    cell->state = (enum matrix_state)(code / 4 / CALLS);
}

static const char *removed(const struct call_cell *cell)
{
    if (cell->state == MATRIX_LISTEN && !cell->passive)
        return "LISTEN is reached by a passive opening only.";
    if (cell->state == MATRIX_SYN_SENT && cell->passive)
        return "SYN-SENT is reached by an active opening only.";
    if (cell->state == MATRIX_SYN_RECEIVED && cell->passive)
        return "A half-open connection of a listener has no descriptor that could be called on.";
    if (cell->call == CALL_STATUS && cell->state == MATRIX_LISTEN)
        return "STATUS is asked of a connection; a listener shows its state by what it answers.";
    if (cell->waiting && cell->state <= MATRIX_SYN_RECEIVED)
        return "Before ESTABLISHED nothing can have been received.";
    return NULL;
}

static const struct rule *rule_for(const struct call_cell *cell)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        const struct rule *rule = &rules[i];
        if (rule->call == cell->call && (rule->states & (1U << cell->state)) != 0 &&
            (rule->waiting == ANYHOW || (rule->waiting == DATA_WAITS) == cell->waiting))
            return rule;
    }
    return NULL;
}

static void list(struct matrix_list *list)
{
    struct call_cell cell;
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
    struct call_cell cell;
    decode(code, &cell);
    matrix_put_all(text, "matrix/", matrix_state_word(cell.state), "/call-",
                   calls[cell.call].word, cell.passive ? "/passive" : "/active", NULL);
    if (cell.waiting)
        matrix_put(text, "/data-waits");
}

/* ---- what follows ---- */

/* A new socket, on which nothing was sent yet: numbers count anew. */
static void take_new_socket(struct matrix_scene *scene)
{
    struct matrix_endpoint *endpoint = &scene->endpoint;
    scene->descriptor = scene->setting.passive ? 3 : 4; /* the lowest that is free */
    scene->our_base = scene->peer_base = 0;
    scene->confirmed = scene->has_fresh = false;
    endpoint->iss = endpoint->snd_una = 0;
    endpoint->snd_nxt = endpoint->rcv_nxt = 1;
    endpoint->passive = false;
    matrix_put(scene->text, "+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = ");
    matrix_put_number(scene->text, (uint32_t)scene->descriptor);
    matrix_put(scene->text, "\n");
}

static void follow_open(struct matrix_scene *scene, bool passive)
{
    take_new_socket(scene);
    if (passive) {
        matrix_line_call(scene, "bind(", ", ..., ...) = 0");
        matrix_line_call(scene, "listen(", ", 1) = 0");
        scene->endpoint.state = MATRIX_LISTEN;
        scene->endpoint.listener = true;
        scene->descriptor = -1;
        return;
    }
    matrix_line_call(scene, "fcntl(", ", F_SETFL, O_RDWR|O_NONBLOCK) = 0");
    matrix_line_call(scene, "connect(", ", ..., ...) = -1 EINPROGRESS (in progress)");
    matrix_line_syn(scene);
    scene->endpoint.state = MATRIX_SYN_SENT;
}

/* Nagle: small data waits for the ACK of what is under way, and not longer. */
static void follow_send(struct matrix_scene *scene, bool urgent)
{
    struct matrix_endpoint *endpoint = &scene->endpoint;
    struct matrix_reply data = { .flags = MATRIX_PSH | MATRIX_ACK, .seq = endpoint->snd_nxt,
                                 .ack = endpoint->rcv_nxt };
    if (urgent) {
        data.flags |= MATRIX_URG;
    } else {
        matrix_put(scene->text, "//: +0 quiet 0.1s\n");
        matrix_acknowledge_all(scene);
    }
    matrix_line_out(scene, "+0", &data, MATRIX_DATA, endpoint->rcv_wnd);
    endpoint->snd_nxt += MATRIX_DATA;
    if (urgent)
        matrix_acknowledge_all(scene); /* it would go again in more than one segment */
}

static void follow_fin(struct matrix_scene *scene)
{
    struct matrix_endpoint *endpoint = &scene->endpoint;
    struct matrix_reply fin = { .flags = MATRIX_FIN | MATRIX_ACK, .seq = endpoint->snd_nxt,
                                .ack = endpoint->rcv_nxt };
    matrix_line_out(scene, "+0", &fin, 0, endpoint->rcv_wnd);
    endpoint->snd_nxt++;
    endpoint->fin_sent = true;
    endpoint->state = endpoint->state == MATRIX_CLOSE_WAIT ? MATRIX_LAST_ACK : MATRIX_FIN_WAIT_1;
    if (endpoint->snd_una != endpoint->iss)
        return;
    /* Our SYN is still unacknowledged: what acknowledges another one is reset, as before. */
    struct matrix_reply reset = { .flags = MATRIX_RST, .seq = endpoint->snd_una };
    matrix_line_peer(scene, "+0", MATRIX_ACK, 0, 0, endpoint->snd_una);
    matrix_line_out(scene, "+0", &reset, 0, 65536);
    endpoint->snd_una++; /* the ACK of our SYN, which does not acknowledge the FIN */
    matrix_line_peer(scene, "+0", MATRIX_ACK, 0, 0, endpoint->snd_una);
}

static void follow_end(struct matrix_scene *scene, bool resets)
{
    struct matrix_reply reset = { .flags = MATRIX_RST, .seq = scene->endpoint.snd_nxt };
    if (resets)
        matrix_line_out(scene, "+0", &reset, 0, 65536);
    if (scene->endpoint.state == MATRIX_LISTEN)
        scene->endpoint.listener = false;
    scene->endpoint.state = MATRIX_CLOSED;
}

static void follow_status(struct matrix_scene *scene)
{
    static const char *const names[MATRIX_STATES] = {
        "TCP_CLOSE", "TCP_LISTEN", "TCP_SYN_SENT", "TCP_SYN_RECV", "TCP_ESTABLISHED",
        "TCP_FIN_WAIT1", "TCP_FIN_WAIT2", "TCP_CLOSE_WAIT", "TCP_CLOSING", "TCP_LAST_ACK",
        "TCP_TIME_WAIT",
    };
    matrix_put_all(scene->text, "+0 %{ assert tcpi_state == ", names[scene->endpoint.state],
                   " }%\n", NULL);
}

/* What waited for the reader goes. Where the peer may still send it is told that there is room. */
static void follow_deafness(struct matrix_scene *scene)
{
    scene->window_moved = scene->window_moved || scene->unread > 0;
    if (scene->unread > 0 && ((1U << scene->endpoint.state) & MATRIX_OPEN_FOR_TEXT) != 0) {
        scene->endpoint.rcv_wnd = scene->endpoint.next_wnd;
        matrix_line_ack(scene, "+0");
    }
    scene->unread = 0;
    scene->end_waits = true;
}

static void follow(struct matrix_scene *scene, enum effect effect)
{
    switch (effect) {
    case EFFECT_ERROR:
    case EFFECT_NOTHING: break;
    case EFFECT_LISTEN: follow_open(scene, true); break;
    case EFFECT_CONNECT: follow_open(scene, false); break;
    case EFFECT_QUEUE: follow_send(scene, false); break;
    case EFFECT_URGENT: follow_send(scene, true); break;
    case EFFECT_READ: matrix_read_all(scene); break;
    case EFFECT_FIN: follow_fin(scene); break;
    case EFFECT_RESET: follow_end(scene, true); break;
    case EFFECT_GONE: follow_end(scene, false); break;
    case EFFECT_DEAF: follow_deafness(scene); break;
    case EFFECT_STATE: follow_status(scene); break;
    }
}

/* The call and its result. What it closes has no descriptor, and no reader, from then on. */
static void put_call(struct matrix_scene *scene, const struct call_cell *cell,
                     const struct rule *rule)
{
    bool new_socket = rule->effect == EFFECT_LISTEN || rule->effect == EFFECT_CONNECT;
    if (cell->state == MATRIX_LISTEN)
        scene->descriptor = 3;
    if (cell->call == CALL_ABORT)
        matrix_line_call(scene, "setsockopt(",
                         ", SOL_SOCKET, SO_LINGER, {onoff=1, linger=0}, 8) = 0");
    if (calls[cell->call].before != NULL && rule->result[0] != '\0' && !new_socket) {
        matrix_put_all(scene->text, "+0 ", calls[cell->call].before, NULL);
        matrix_put_number(scene->text, (uint32_t)scene->descriptor);
        matrix_put_all(scene->text, calls[cell->call].after, rule->result, "\n", NULL);
    }
    if (cell->call == CALL_ABORT && rule->effect == EFFECT_GONE && cell->state != MATRIX_LISTEN)
        matrix_put_all(scene->text, "//: +0 may > R ...(0)\n", NULL); /* AMBIG-40 */
    if (cell->call == CALL_CLOSE || cell->call == CALL_ABORT || cell->state == MATRIX_LISTEN)
        scene->descriptor = -1;
    if (scene->descriptor >= 0)
        return;
    scene->window_moved = scene->unread > 0;
    scene->unread = 0;
}

static const char *what_follows(enum effect effect)
{
    switch (effect) {
    case EFFECT_ERROR: return " is refused and changes nothing";
    case EFFECT_NOTHING: return " succeeds and sends nothing";
    case EFFECT_LISTEN: return " listens";
    case EFFECT_CONNECT: return " sends a SYN";
    case EFFECT_QUEUE: return " waits for the ACK of what is under way";
    case EFFECT_URGENT: return " goes out at once";
    case EFFECT_READ: return " gives what was received";
    case EFFECT_FIN: return " sends a FIN";
    case EFFECT_RESET: return " sends a RST and ends the connection";
    case EFFECT_GONE: return " ends the connection without a segment";
    case EFFECT_DEAF: return " throws away what is received";
    case EFFECT_STATE: return " tells the state";
    }
    return "";
}

/* Other values go round with the state and the call. */
static void put_text(uint32_t code, struct matrix_text *text)
{
    struct call_cell cell;
    decode(code, &cell);
    const struct rule *rule = rule_for(&cell);
    unsigned turn = (unsigned)cell.state + (unsigned)cell.call;
    struct matrix_scene scene = { .text = text, .setting = {
        .state = cell.state, .passive = cell.passive, .zero_window = cell.waiting,
        .ipv6 = (turn / 2 + cell.passive + cell.waiting) % 2 != 0,
        .options = (enum matrix_options)((turn + cell.waiting) % MATRIX_OPTIONS),
        .iss = matrix_isn(turn % MATRIX_ISNS),
        .irs = matrix_isn((turn + (unsigned)cell.call) % MATRIX_ISNS),
        .clock = (uint8_t)((turn + cell.passive) % MATRIX_CLOCKS) } };
    matrix_put_all(text, "// ", calls[cell.call].sentence, " in ", matrix_state_name(cell.state),
                   cell.waiting ? " with data unread" : "", what_follows(rule->effect),
                   ".\n//: covers ", rule->covers, "\n", NULL);
    if (cell.waiting)
        matrix_put(text, "//: prefer reset_on_unread=1\n//: prefer shutdown_discards=1\n");
    matrix_scene_head(&scene);
    matrix_scene_reach(&scene);
    put_call(&scene, &cell, rule);
    bool deaf = cell.call == CALL_SHUTDOWN_BOTH && rule->effect == EFFECT_FIN;
    follow(&scene, rule->effect);
    if (deaf)
        follow_deafness(&scene);
    matrix_scene_probe(&scene, "+2MSL-1tick");
}

const struct matrix_part matrix_calls = { "calls", list, put_name, put_text };
