/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Traces for tests of oracles: what an endpoint was seen to do, one observation a line.
 *
 *     policy rfc5961_syn=1           a policy that is told; all others are not
 *     blind                          the endpoint does not tell its states
 *     chooses                        it makes its own choices where the standard leaves one
 *     fixed iss                      initial sequence numbers are prescribed
 *     on 2                           from here another connection, from another port of the peer
 *     0 listen                       a call that went well: listen, connect, accept, close,
 *                                    shutdown 1, set NODELAY 1, send 100 = 50, recv 100 = 50;
 *                                    DEFER_ACCEPT is set on the listener; another connect or
 *                                    listen is of the same socket while that is not closed
 *     +0 recv 100 = EAGAIN           or not (any error by name); recv 9 = 9 at 3: octets from there
 *     +0.1 < S 0:0(0) win 100        a segment arrives, in packetdrill's words (`bad <`: damaged;
 *                                    `far <`, `far >`: of another address; `odd <`, `odd >`: its
 *                                    text is not that of the stream)
 *     +0 > S. 0:0(0) ack 1 win 100   a segment was sent
 *     +0 icmp 3 4 mtu 1000 seq 1     an ICMP error (type, code) about our number 1
 *                                    (`far icmp`: for another host)
 *     +0 = SYN-RECEIVED iss 0 irs 0 una 0 nxt 1 snd_wnd 9 rcv 1 rcv_wnd 9 deadline 1
 *                                    at rest, in this state; a number that is not given stays as it
 *                                    was at the rest before; the deadline, in seconds from now, is
 *                                    never unless given
 *     +0 = gone                      at rest, and the connection is no more
 *
 * Numbers count from the initial sequence numbers, as in scripts; every trace runs with several,
 * so that they wrap. A time without + is absolute.
 */
#ifndef TEST_TRACE_H
#define TEST_TRACE_H

#include <stdbool.h>
#include <stddef.h>

struct trace {
    const char *sentence; /* what the trace shows */
    const char *wrong;    /* NULL: the rule must accept it; else a part of what it must say */
    const char *lines;
};

/* Each trace, judged by one rule ("O2"); the first that is judged otherwise fails the test. */
void trace_check(const char *rule, const struct trace *traces, size_t count);

/* A rule must not be able to tell, since the trace lacks what it needs. */
void trace_check_silent(const char *rule, const char *lines);

#endif
