/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A case while it is written: the text so far, and the endpoint as the text has left it. What a
 * line says is taken from the endpoint, in the numbers that the script language uses there.
 */
#ifndef MATRIX_SCENE_H
#define MATRIX_SCENE_H

#include "matrix/reference.h"
#include "matrix/text.h"

enum { MATRIX_DATA = 10, MATRIX_MSS_V4 = 1460, MATRIX_MSS_V6 = 1440, MATRIX_BUFFER = 65535,
       MATRIX_SMALL_BUFFER = 10, MATRIX_SHIFT = 2 };

/* What the peer offers in its SYN, beside an MSS. */
enum matrix_options { MATRIX_NO_OPTIONS, MATRIX_TIMESTAMPS, MATRIX_SCALING, MATRIX_OPTIONS };

/* How a case is set up: what does not depend on the segment that it is about. */
struct matrix_setting {
    enum matrix_state state;
    bool passive;
    bool zero_window;        /* our receive window is closed */
    bool no_delay;           /* what we write goes out as soon as the peer's window has room */
    bool ipv6;
    enum matrix_options options;
    uint32_t iss, irs;
    uint8_t clock;           /* index of matrix_clock() */
};

struct matrix_scene {
    struct matrix_text *text;
    struct matrix_setting setting;
    struct matrix_endpoint endpoint;
    uint32_t our_base, peer_base; /* what the script counts from */
    bool confirmed;          /* we have acknowledged the peer's SYN: peer_base stays */
    bool has_fresh;          /* the peer has sent a SYN that may begin a new connection */
    uint32_t fresh;
    int descriptor;          /* of the connection; -1: not accepted yet */
    uint32_t unread;         /* octets that wait for recv() */
    bool end_waits;          /* then its end */
    bool repeats;            /* the line repeats a segment: its stamp is a later one */
    bool restarts;           /* the last segment began 2MSL anew in TIME-WAIT */
    bool window_moved;       /* reading has opened the window, and how far is the target's affair */
};

/* The initial sequence numbers that go round, by index. */
uint32_t matrix_isn(unsigned index);
enum { MATRIX_ISNS = 5 };

/* The words of a clock's start: "0", and two that let it wrap one second later. */
const char *matrix_clock(uint8_t index);
enum { MATRIX_CLOCKS = 3 };

/* The lines in front of the events: ISNs, clock, IP version, buffer. */
void matrix_scene_head(struct matrix_scene *scene);

/* Brings a new connection into setting.state, from nothing. */
void matrix_scene_reach(struct matrix_scene *scene);

/* A segment comes: its line, the reply, and what the user can see at once, as the reference says.
 * The endpoint is then the one after it. */
void matrix_scene_take(struct matrix_scene *scene, const char *time,
                       const struct matrix_segment *segment, struct matrix_outcome *outcome);

/* Shows by segments, calls and time that the endpoint is in endpoint.state with the numbers that
 * `endpoint` has. It is the end of the script. In TIME-WAIT, `left` is the time from now to a tick
 * before its end: "+2MSL-1tick". */
void matrix_scene_probe(struct matrix_scene *scene, const char *left);

/* What waits for the user, then EAGAIN or the end. A window that was closed opens again. */
void matrix_read_all(struct matrix_scene *scene);

/* The peer acknowledges all that we have sent. */
void matrix_acknowledge_all(struct matrix_scene *scene);

/* A write of ten octets that go out at once. */
void matrix_write_data(struct matrix_scene *scene);

/* ---- lines ---- */

/* "+0.1 < ". `segment` is in the endpoint's numbers. */
void matrix_line_in(struct matrix_scene *scene, const char *time,
                    const struct matrix_segment *segment);

/* An inbound segment of `flags` at RCV.NXT + `offset`, with this ack, and the window as before. */
void matrix_line_peer(struct matrix_scene *scene, const char *time, uint8_t flags, int offset,
                      uint32_t length, uint32_t ack);

/* The SYN of connect(), which offers all that we have; what the peer does not offer is not used. It
 * is the first stamp of a connection that uses them, from which others are counted. */
void matrix_line_syn(struct matrix_scene *scene);

/* An outbound segment, seq and ack in the endpoint's numbers. A window of 65536: not said. */
void matrix_line_out(struct matrix_scene *scene, const char *time, const struct matrix_reply *reply,
                     uint32_t length, uint32_t window);

/* What is unacknowledged goes again, in one segment. Another stack may send the FIN by itself, and
 * whole a segment of which a part is acknowledged: RFC 9293 3.10.7.4 fifth keeps it whole. */
void matrix_line_again(struct matrix_scene *scene, const char *time, uint32_t window);

/* Beside a reset in SYN-SENT a stack may send its SYN again: the standard does not say when. */
void matrix_line_syn_may(struct matrix_scene *scene);

/* The ACK of RCV.NXT that is sent now. */
void matrix_line_ack(struct matrix_scene *scene, const char *time);

/* "+0 read(4, ..., 100) = 10\n": `before`, the descriptor, `after`. */
void matrix_line_call(struct matrix_scene *scene, const char *before, const char *after);

/* The window that the peer offers after its SYN, in octets: less than on the SYN, unless it is
 * scaled, so that the largest window (RFC 5961 5.2) is another one than the last. */
uint32_t matrix_peer_window(const struct matrix_scene *scene);

#endif
