/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The end of each case: lines that tell every state from every other from outside, by what a
 * segment, a call and time do there, and that show SND.NXT, SND.UNA and RCV.NXT.
 *
 *              bad ACK  old segment  send()  recv()         our FIN   peer's FIN
 * SYN-SENT     RST      -            -       -              -         -
 * SYN-RECEIVED RST      ACK          -       -              -         -
 * ESTABLISHED  ACK      ACK          goes    waits          -         taken
 * CLOSE-WAIT   ACK      ACK          goes    end            -         -
 * FIN-WAIT-1   ACK      ACK          EPIPE   waits          repeated  taken
 * FIN-WAIT-2   ACK      ACK          EPIPE   waits          quiet     taken
 * CLOSING      ACK      ACK          EPIPE   end            repeated  then TIME-WAIT when acked
 * LAST-ACK     ACK      ACK          EPIPE   end            repeated  then CLOSED when acked
 * TIME-WAIT    ACK      ACK          EPIPE   end            quiet     gone 2MSL later
 * LISTEN, CLOSED: a segment draws a RST, and a SYN tells them apart.
 */
#include "matrix/scene.h"

enum { PIECE_MAX = 32767 }; /* of a gap: what one IP packet can carry */

static void ask(struct matrix_scene *scene, const char *before, const char *after)
{
    if (scene->descriptor >= 0)
        matrix_line_call(scene, before, after);
}

/* A segment before the window draws an ACK with SND.NXT, RCV.NXT and the window. */
static void show_numbers(struct matrix_scene *scene, const char *time)
{
    matrix_line_peer(scene, time, MATRIX_ACK, -1, 0, scene->endpoint.snd_una);
    matrix_line_ack(scene, "+0");
}

/* The same in TIME-WAIT. A stack may be silent there, which is judged in cases of its own. */
static void show_time_wait(struct matrix_scene *scene, const char *time)
{
    show_numbers(scene, time);
    matrix_put(scene->text, "//: or nothing\n");
}

/* No connection answers for these numbers any more. */
static void show_gone(struct matrix_scene *scene, const char *time)
{
    struct matrix_reply reset = { .flags = MATRIX_RST, .seq = scene->endpoint.snd_nxt };
    matrix_line_peer(scene, time, MATRIX_ACK, 0, 0, scene->endpoint.snd_nxt);
    matrix_line_out(scene, "+0", &reset, 0, 65536);
}

/* A new SYN is answered by a listener, and reset where there is none. */
static void show_listener(struct matrix_scene *scene, bool listener)
{
    enum { NEW_ISN = 500000 };
    struct matrix_segment syn = { .flags = MATRIX_SYN, .seq = NEW_ISN, .wnd = 65535,
                                  .ts_val = scene->endpoint.ts_recent };
    struct matrix_reply reply = { .flags = MATRIX_RST | MATRIX_ACK, .ack = NEW_ISN + 1 };
    matrix_line_in(scene, "+0", &syn);
    if (listener) {
        reply.flags = MATRIX_SYN | MATRIX_ACK;
        reply.seq = scene->our_base;
    }
    matrix_line_out(scene, "+0", &reply, 0, listener ? scene->endpoint.next_wnd : 65536);
}

/* What waits for the user, then EAGAIN or the end. A window that was closed opens again. */
void matrix_read_all(struct matrix_scene *scene)
{
    if (scene->unread > 0) {
        matrix_put(scene->text, "+0 recv(");
        matrix_put_number(scene->text, (uint32_t)scene->descriptor);
        matrix_put(scene->text, ", ..., 70000, MSG_DONTWAIT) = ");
        matrix_put_number(scene->text, scene->unread);
        matrix_put(scene->text, "\n");
    }
    bool opens = scene->setting.zero_window || scene->unread >= MATRIX_MSS_V4;
    if (scene->unread > 0 && opens && !scene->end_waits) {
        scene->endpoint.rcv_wnd = scene->endpoint.next_wnd;
        matrix_line_ack(scene, "+0");
    } else if (scene->unread > 0 && opens) { /* behind the peer's FIN there is no need to tell it */
        struct matrix_reply ack = { .flags = MATRIX_ACK, .seq = scene->endpoint.snd_nxt,
                                    .ack = scene->endpoint.rcv_nxt };
        matrix_line_out(scene, "//: +0 may", &ack, 0, 65536);
    }
    scene->window_moved = scene->window_moved || scene->unread > 0;
    scene->unread = 0;
    ask(scene, "recv(", scene->end_waits
            ? ", ..., 70000, MSG_DONTWAIT) = 0"
            : ", ..., 70000, MSG_DONTWAIT) = -1 EAGAIN (Resource temporarily unavailable)");
}

static void refuse_write(struct matrix_scene *scene)
{
    ask(scene, "write(", ", ..., 10) = -1 EPIPE (Broken pipe)");
}

void matrix_write_data(struct matrix_scene *scene)
{
    struct matrix_endpoint *endpoint = &scene->endpoint;
    struct matrix_reply data = { .flags = MATRIX_PSH | MATRIX_ACK, .seq = endpoint->snd_nxt,
                                 .ack = endpoint->rcv_nxt };
    ask(scene, "write(", ", ..., 10) = 10");
    matrix_line_out(scene, "+0", &data, MATRIX_DATA, 65536);
    endpoint->snd_nxt += MATRIX_DATA;
}

/* The peer acknowledges all that we have sent. */
void matrix_acknowledge_all(struct matrix_scene *scene)
{
    struct matrix_endpoint *endpoint = &scene->endpoint;
    if (endpoint->snd_una == endpoint->snd_nxt)
        return;
    matrix_line_peer(scene, "+0", MATRIX_ACK, 0, 0, endpoint->snd_nxt);
    endpoint->snd_una = endpoint->snd_nxt;
}

static void hear_fin(struct matrix_scene *scene)
{
    struct matrix_endpoint *endpoint = &scene->endpoint;
    matrix_line_peer(scene, "+0", MATRIX_FIN | MATRIX_ACK, 0, 0, endpoint->snd_nxt);
    endpoint->snd_una = endpoint->snd_nxt;
    endpoint->rcv_nxt++;
    endpoint->rcv_wnd--;
    matrix_line_ack(scene, "+0");
    scene->end_waits = true;
    matrix_read_all(scene);
}

/* Fills the gap before what is held, in one piece or two, and shows that it was held. */
static void fill_gap(struct matrix_scene *scene)
{
    struct matrix_endpoint *endpoint = &scene->endpoint;
    struct matrix_segment filler = { .flags = MATRIX_PSH | MATRIX_ACK, .ack = endpoint->snd_una };
    struct matrix_outcome outcome;
    uint32_t first = endpoint->held_count > 0 ? endpoint->held[0].start : endpoint->fin_at;
    if (endpoint->held_count == 0 && !endpoint->fin_held)
        return;
    filler.wnd = matrix_peer_window(scene);
    filler.has_ts = endpoint->timestamps;
    filler.ts_val = endpoint->ts_recent;
    bool moves = true; /* a table that is wrong may take no filler at all */
    while (moves && (endpoint->held_count > 0 || endpoint->fin_held)) {
        filler.seq = endpoint->rcv_nxt;
        filler.length = first - filler.seq < PIECE_MAX ? first - filler.seq : PIECE_MAX;
        matrix_line_in(scene, "+0", &filler);
        matrix_reference(endpoint, &filler, &outcome);
        moves = outcome.next.rcv_nxt != filler.seq;
        *endpoint = outcome.next;
        matrix_line_ack(scene, "+0");
        scene->unread += outcome.delivered;
    }
    scene->end_waits = (outcome.signals & MATRIX_SIGNAL_CLOSING) != 0;
    matrix_read_all(scene);
}

/* Data goes at once while the peer's window has room, and else once it opens. RFC 9293 3.8.6. */
static void show_window(struct matrix_scene *scene)
{
    struct matrix_endpoint *endpoint = &scene->endpoint;
    struct matrix_reply data = { .flags = MATRIX_PSH | MATRIX_ACK, .seq = endpoint->snd_nxt,
                                 .ack = endpoint->rcv_nxt };
    uint32_t used = endpoint->snd_nxt - endpoint->snd_una;
    if (!scene->setting.no_delay)
        return;
    ask(scene, "write(", ", ..., 10) = 10");
    if (used + MATRIX_DATA > endpoint->snd_wnd) {
        /* AMBIG-32: a segment older than the one that closed the window cannot open it. */
        int newest = matrix_before(endpoint->rcv_nxt, endpoint->snd_wl1)
                         ? (int)(endpoint->snd_wl1 - endpoint->rcv_nxt) : 0;
        matrix_put(scene->text, "//: +0 quiet 0.1s\n");
        matrix_line_peer(scene, "+0", MATRIX_ACK, newest, 0, endpoint->snd_nxt);
        endpoint->snd_una = endpoint->snd_nxt;
    }
    matrix_line_out(scene, "+0", &data, MATRIX_DATA, 65536);
    endpoint->snd_nxt += MATRIX_DATA;
}

/* SND.UNA: what goes again when nothing is acknowledged begins there. Then all is acknowledged. */
static void show_unacknowledged(struct matrix_scene *scene)
{
    if (!scene->setting.no_delay && scene->endpoint.snd_una != scene->endpoint.snd_nxt)
        matrix_line_again(scene, "*", 65536);
    matrix_acknowledge_all(scene);
}

/* ---- one function a state ---- */

static void probe_closed(struct matrix_scene *scene)
{
    show_gone(scene, "+0");
    show_listener(scene, scene->endpoint.listener);
}

static void probe_listen(struct matrix_scene *scene)
{
    show_gone(scene, "+0");
    show_listener(scene, true);
}

/* A bad ACK is reset, and the right SYN,ACK still opens the connection. */
static void probe_syn_sent(struct matrix_scene *scene)
{
    struct matrix_endpoint *endpoint = &scene->endpoint;
    struct matrix_reply reset = { .flags = MATRIX_RST, .seq = endpoint->snd_nxt + 1 };
    matrix_line_peer(scene, "+0", MATRIX_ACK, 0, 0, endpoint->snd_nxt + 1);
    matrix_line_out(scene, "+0", &reset, 0, 65536);
    matrix_line_syn_may(scene);
    endpoint->rcv_nxt = 1;
    matrix_line_peer(scene, "+0", MATRIX_SYN | MATRIX_ACK, -1, 0, endpoint->snd_nxt);
    matrix_line_ack(scene, "+0");
    ask(scene, "getsockopt(", ", SOL_SOCKET, SO_ERROR, [0], [4]) = 0");
    matrix_write_data(scene);
}

/* The descriptor that accept() gives: the next one that is free. */
static void take_connection(struct matrix_scene *scene)
{
    if (!scene->endpoint.passive) {
        ask(scene, "getsockopt(", ", SOL_SOCKET, SO_ERROR, [0], [4]) = 0");
        return;
    }
    scene->descriptor = scene->descriptor < 0 ? 4 : 5;
    matrix_put(scene->text, "+0 accept(3, ..., ...) = ");
    matrix_put_number(scene->text, (uint32_t)scene->descriptor);
    matrix_put(scene->text, "\n");
}

static void probe_syn_received(struct matrix_scene *scene)
{
    struct matrix_endpoint *endpoint = &scene->endpoint;
    struct matrix_reply reset = { .flags = MATRIX_RST, .seq = endpoint->snd_una };
    show_numbers(scene, "+0");
    matrix_line_out(scene, "//: or", &reset, 0, 65536); /* which number was looked at first */
    reset.seq = endpoint->snd_nxt + 1;
    matrix_line_peer(scene, "+0", MATRIX_ACK, 0, 0, endpoint->snd_nxt + 1);
    matrix_line_out(scene, "+0", &reset, 0, 65536);
    matrix_acknowledge_all(scene);
    take_connection(scene);
    matrix_write_data(scene);
}

/* From CLOSE-WAIT to the end: our FIN, its ACK, and nothing is left. */
static void close_our_side(struct matrix_scene *scene)
{
    struct matrix_endpoint *endpoint = &scene->endpoint;
    struct matrix_reply fin = { .flags = MATRIX_FIN | MATRIX_ACK, .seq = endpoint->snd_nxt,
                                .ack = endpoint->rcv_nxt };
    ask(scene, "shutdown(", ", SHUT_WR) = 0");
    matrix_line_out(scene, "+0", &fin, 0, 65536);
    endpoint->snd_nxt++;
    matrix_acknowledge_all(scene);
    show_gone(scene, "+0");
}

static void probe_close_wait(struct matrix_scene *scene)
{
    matrix_read_all(scene);
    show_window(scene);
    show_unacknowledged(scene);
    matrix_write_data(scene);
    matrix_acknowledge_all(scene);
    close_our_side(scene);
}

static void probe_established(struct matrix_scene *scene)
{
    matrix_read_all(scene);
    show_window(scene);
    fill_gap(scene);
    show_unacknowledged(scene);
    matrix_write_data(scene);
    if (scene->endpoint.state == MATRIX_CLOSE_WAIT)
        matrix_acknowledge_all(scene);
    else
        hear_fin(scene);
    close_our_side(scene);
}

/* AMBIG-4, AMBIG-27: where the peer's FIN came again another stack may keep the first end. */
static void probe_time_wait(struct matrix_scene *scene, const char *left)
{
    struct matrix_reply reset = { .flags = MATRIX_RST, .seq = scene->endpoint.snd_una };
    matrix_read_all(scene);
    refuse_write(scene);
    show_time_wait(scene, left);
    if (scene->restarts)
        matrix_line_out(scene, "//: or", &reset, 0, 65536);
    show_gone(scene, "+1tick+late");
}

static void probe_fin_wait_2(struct matrix_scene *scene)
{
    matrix_read_all(scene);
    refuse_write(scene);
    fill_gap(scene);
    matrix_put(scene->text, "//: +0 quiet 10s\n");
    if (scene->endpoint.state == MATRIX_FIN_WAIT_2)
        hear_fin(scene);
    else
        show_time_wait(scene, "+0");
    matrix_put(scene->text, "//: +0 quiet 10s\n");
    show_gone(scene, "+2MSL+late");
}

static void probe_closing(struct matrix_scene *scene)
{
    matrix_read_all(scene);
    refuse_write(scene);
    matrix_line_again(scene, "*", 65536);
    matrix_acknowledge_all(scene);
    show_time_wait(scene, "+2MSL-1tick");
    show_gone(scene, "+1tick+late");
}

static void probe_fin_wait_1(struct matrix_scene *scene)
{
    matrix_read_all(scene);
    refuse_write(scene);
    fill_gap(scene);
    matrix_line_again(scene, "*", 65536);
    if (scene->endpoint.state == MATRIX_FIN_WAIT_1)
        hear_fin(scene);
    else
        matrix_acknowledge_all(scene);
    show_time_wait(scene, "+2MSL-1tick");
    show_gone(scene, "+1tick+late");
}

static void probe_last_ack(struct matrix_scene *scene)
{
    matrix_read_all(scene);
    refuse_write(scene);
    matrix_line_again(scene, "*", 65536);
    matrix_acknowledge_all(scene);
    show_gone(scene, "+0");
}

void matrix_scene_probe(struct matrix_scene *scene, const char *left)
{
    enum matrix_state state = scene->endpoint.state;
    if (state == MATRIX_TIME_WAIT)
        show_time_wait(scene, "+0");
    else if (state >= MATRIX_ESTABLISHED)
        show_numbers(scene, "+0");
    switch (state) {
    case MATRIX_CLOSED: probe_closed(scene); break;
    case MATRIX_LISTEN: probe_listen(scene); break;
    case MATRIX_SYN_SENT: probe_syn_sent(scene); break;
    case MATRIX_SYN_RECEIVED: probe_syn_received(scene); break;
    case MATRIX_ESTABLISHED: probe_established(scene); break;
    case MATRIX_FIN_WAIT_1: probe_fin_wait_1(scene); break;
    case MATRIX_FIN_WAIT_2: probe_fin_wait_2(scene); break;
    case MATRIX_CLOSE_WAIT: probe_close_wait(scene); break;
    case MATRIX_CLOSING: probe_closing(scene); break;
    case MATRIX_LAST_ACK: probe_last_ack(scene); break;
    case MATRIX_TIME_WAIT: probe_time_wait(scene, left); break;
    case MATRIX_STATES: break;
    }
}
