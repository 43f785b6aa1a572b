/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a case gets into each state: the lines in front of the segment that it is about. Where a
 * state allows it ten octets and, from FIN-WAIT-1 on, our FIN are unacknowledged, so that there is
 * a number between SND.UNA and SND.NXT.
 */
#include "matrix/scene.h"

static void advance(struct matrix_endpoint *endpoint, uint32_t by)
{
    endpoint->rcv_nxt += by;
    endpoint->rcv_wnd -= by;
    endpoint->rcv_up = endpoint->rcv_nxt;
}

static void say(struct matrix_scene *scene, const char *time, uint8_t flags, uint32_t seq,
                uint32_t length)
{
    struct matrix_reply reply = { .flags = flags, .seq = seq, .ack = scene->endpoint.rcv_nxt };
    matrix_line_out(scene, time, &reply, length, scene->endpoint.rcv_wnd);
}

/* A segment of the peer that we accept: the window in it counts from then on, unless it is a SYN's,
 * which is the largest but where windows are scaled. */
static void hear(struct matrix_scene *scene, const char *time, uint8_t flags, int offset,
                 uint32_t length, uint32_t ack)
{
    struct matrix_endpoint *endpoint = &scene->endpoint;
    matrix_line_peer(scene, time, flags, offset, length, ack);
    if ((flags & (MATRIX_SYN | MATRIX_RST)) != 0)
        return;
    endpoint->snd_wnd = matrix_peer_window(scene);
    if (endpoint->snd_wnd > endpoint->max_snd_wnd)
        endpoint->max_snd_wnd = endpoint->snd_wnd;
}

static void begin(struct matrix_scene *scene)
{
    struct matrix_endpoint *endpoint = &scene->endpoint;
    endpoint->passive = scene->setting.passive;
    endpoint->rcv_nxt = endpoint->rcv_up = 1;
    endpoint->rcv_wnd = scene->setting.zero_window ? MATRIX_SMALL_BUFFER : MATRIX_BUFFER;
    endpoint->next_wnd = endpoint->rcv_wnd;
    endpoint->next_iss = 1000000;
    endpoint->timestamps = scene->setting.options == MATRIX_TIMESTAMPS;
    endpoint->ts_recent = 100;
    endpoint->snd_wnd = endpoint->max_snd_wnd = 65535;
    endpoint->snd_nxt = 1;
    scene->descriptor = -1;
}

static void listen_for(struct matrix_scene *scene)
{
    matrix_put(scene->text, "+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n"
                            "+0 bind(3, ..., ...) = 0\n"
                            "+0 listen(3, 1) = 0\n");
    scene->endpoint.listener = true;
}

static void reach_syn_received(struct matrix_scene *scene)
{
    listen_for(scene);
    hear(scene, "+0", MATRIX_SYN, -1, 0, 0);
    say(scene, "+0", MATRIX_SYN | MATRIX_ACK, 0, 0);
}

static void reach_syn_sent(struct matrix_scene *scene)
{
    matrix_put(scene->text, "+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n"
                            "+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0\n"
                            "+0 connect(3, ..., ...) = -1 EINPROGRESS (in progress)\n");
    matrix_line_syn(scene);
    scene->descriptor = 3;
}

static void reach_syn_received_actively(struct matrix_scene *scene)
{
    reach_syn_sent(scene);
    hear(scene, "+0", MATRIX_SYN, -1, 0, 0);
    say(scene, "+0", MATRIX_SYN | MATRIX_ACK, 0, 0);
}

/* A connection that is open, from either side. Nothing was sent on it yet. */
static void reach_open(struct matrix_scene *scene)
{
    struct matrix_endpoint *endpoint = &scene->endpoint;
    if (scene->setting.passive) {
        reach_syn_received(scene);
        hear(scene, "+0.1", MATRIX_ACK, 0, 0, 1);
        matrix_put(scene->text, "+0 accept(3, ..., ...) = 4\n");
        scene->descriptor = 4;
    } else {
        reach_syn_sent(scene);
        hear(scene, "+0.1", MATRIX_SYN | MATRIX_ACK, -1, 0, 1);
        matrix_line_ack(scene, "+0");
        matrix_line_call(scene, "getsockopt(", ", SOL_SOCKET, SO_ERROR, [0], [4]) = 0");
    }
    if (scene->setting.no_delay)
        matrix_line_call(scene, "setsockopt(", ", SOL_TCP, TCP_NODELAY, [1], 4) = 0");
    endpoint->snd_una = 1;
    endpoint->snd_wl1 = endpoint->rcv_nxt - !scene->setting.passive;
    endpoint->snd_wl2 = 1;
}

/* The peer fills our buffer. Nobody reads it. */
static void fill_window(struct matrix_scene *scene)
{
    if (!scene->setting.zero_window)
        return;
    hear(scene, "+0", MATRIX_PSH | MATRIX_ACK, 0, MATRIX_SMALL_BUFFER, 1);
    scene->endpoint.snd_wl1 = scene->endpoint.rcv_nxt;
    advance(&scene->endpoint, MATRIX_SMALL_BUFFER);
    matrix_line_ack(scene, "+DELAYED_ACK");
    scene->unread = MATRIX_SMALL_BUFFER;
}

static void send_data(struct matrix_scene *scene)
{
    matrix_line_call(scene, "write(", ", ..., 10) = 10");
    say(scene, "+0", MATRIX_PSH | MATRIX_ACK, scene->endpoint.snd_nxt, MATRIX_DATA);
    scene->endpoint.snd_nxt += MATRIX_DATA;
}

static void send_fin(struct matrix_scene *scene)
{
    matrix_line_call(scene, "shutdown(", ", SHUT_WR) = 0");
    say(scene, "+0", MATRIX_FIN | MATRIX_ACK, scene->endpoint.snd_nxt, 0);
    scene->endpoint.snd_nxt++;
    scene->endpoint.fin_sent = true;
}

/* The peer's FIN. Where the window is to be closed it takes the last octet of it. */
static void hear_fin(struct matrix_scene *scene, uint32_t ack)
{
    bool zero = scene->setting.zero_window;
    uint32_t text = zero ? MATRIX_SMALL_BUFFER - 1 : 0;
    uint8_t flags = MATRIX_FIN | MATRIX_ACK | (zero ? MATRIX_PSH : 0);
    hear(scene, "+0", flags, 0, text, ack);
    scene->endpoint.snd_wl1 = scene->endpoint.rcv_nxt;
    scene->endpoint.snd_wl2 = ack;
    advance(&scene->endpoint, text + 1);
    matrix_line_ack(scene, "+0");
    scene->unread = text;
    scene->end_waits = true;
}

/* The connection is reset, and nothing that it left may answer. */
static void reach_closed(struct matrix_scene *scene)
{
    reach_open(scene);
    hear(scene, "+0", MATRIX_RST, 0, 0, 0);
    matrix_line_call(scene, "read(", ", ..., 100) = -1 ECONNRESET (Connection reset by peer)");
    if (scene->setting.passive)
        matrix_put(scene->text, "+0 close(3) = 0\n");
    scene->endpoint.listener = false;
}

/* A half-open connection is reset, and the listener is what it was. */
static void reach_listen(struct matrix_scene *scene)
{
    reach_syn_received(scene);
    hear(scene, "+0", MATRIX_RST, 0, 0, 0);
}

static void reach_fin_wait_2(struct matrix_scene *scene)
{
    reach_open(scene);
    if (scene->setting.state == MATRIX_FIN_WAIT_2)
        fill_window(scene);
    send_fin(scene);
    hear(scene, "+0", MATRIX_ACK, 0, 0, scene->endpoint.snd_nxt);
    scene->endpoint.snd_una = scene->endpoint.snd_nxt;
    scene->endpoint.snd_wl2 = scene->endpoint.snd_una;
}

static void reach_close_wait(struct matrix_scene *scene)
{
    reach_open(scene);
    hear_fin(scene, 1);
    send_data(scene);
}

static void reach_fin_wait_1(struct matrix_scene *scene)
{
    reach_open(scene);
    if (scene->setting.state == MATRIX_FIN_WAIT_1)
        fill_window(scene);
    send_data(scene);
    send_fin(scene);
}

void matrix_scene_reach(struct matrix_scene *scene)
{
    begin(scene);
    scene->endpoint.state = scene->setting.state;
    switch (scene->setting.state) {
    case MATRIX_CLOSED: reach_closed(scene); break;
    case MATRIX_LISTEN: reach_listen(scene); break;
    case MATRIX_SYN_SENT: reach_syn_sent(scene); break;
    case MATRIX_SYN_RECEIVED:
        if (scene->setting.passive)
            reach_syn_received(scene);
        else
            reach_syn_received_actively(scene);
        break;
    case MATRIX_ESTABLISHED:
        reach_open(scene);
        fill_window(scene);
        send_data(scene);
        break;
    case MATRIX_FIN_WAIT_1: reach_fin_wait_1(scene); break;
    case MATRIX_FIN_WAIT_2: reach_fin_wait_2(scene); break;
    case MATRIX_CLOSE_WAIT: reach_close_wait(scene); break;
    case MATRIX_CLOSING:
        reach_fin_wait_1(scene);
        hear_fin(scene, 1);
        break;
    case MATRIX_LAST_ACK:
        reach_close_wait(scene);
        send_fin(scene);
        break;
    case MATRIX_TIME_WAIT:
        reach_fin_wait_2(scene);
        hear_fin(scene, scene->endpoint.snd_nxt);
        break;
    case MATRIX_STATES: break;
    }
}
