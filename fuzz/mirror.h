/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A second endpoint beside the first: the reference table (matrix/reference.h), moved by the same
 * segments. What the table does not describe (calls, time) it is told by the endpoint.
 */
#ifndef FUZZ_MIRROR_H
#define FUZZ_MIRROR_H

#include "fuzz/end.h"
#include "matrix/reference.h"

struct fuzz_mirror {
    struct matrix_endpoint now;
    uint32_t last_ack;        /* RFC 7323 4.3: Last.ACK.sent */
    bool reopened;            /* it took the place of one in TIME-WAIT, which may come back */
    int64_t unread;           /* octets that wait for the user */
    uint64_t time_wait_us;    /* when TIME-WAIT ends */
    bool lingers;             /* a CLOSE waited, so that the host may wake before that */
    bool no_options;          /* TCP_NOOPT was set, which the table knows nothing of */
    bool lost;                /* what happened lies outside of the table */
};

/* What the endpoint sent because of one event. */
struct fuzz_sent {
    size_t resets, pure, others;  /* RSTs; ACKs with nothing else; segments that take numbers */
    struct wire_tcp reset, ack, syn; /* the last of each */
    bool fin;
    bool acks;                       /* any segment with ACK and without RST, acknowledging: */
    uint32_t acked;
};

/* A segment that comes, as the table sees it; `end` is as it was before. */
void fuzz_mirror_segment(const struct fuzz_end *end, const struct wire_frame *frame,
                         struct matrix_segment *segment);

/* The endpoint has done something that the table does not describe. `from` is the first event of
 * the record that came of it. */
void fuzz_mirror_follow(struct fuzz_mirror *mirror, const struct fuzz_end *end, size_t from);

/* A segment has arrived: moves the mirror, and finds where the endpoint has gone another way. */
void fuzz_mirror_arrival(struct fuzz_mirror *mirror, struct fuzz_end *end,
                         const struct matrix_segment *segment, size_t from);

/* answer.c. What was sent since `from`; when TIME-WAIT ends; and whether all is what the table
 * says. */
void fuzz_answer_collect(const struct fuzz_end *end, size_t from, struct fuzz_sent *sent);
uint64_t fuzz_answer_time_wait(const struct fuzz_end *end, const struct fuzz_mirror *before,
                               const struct matrix_outcome *outcome);
void fuzz_answer_judge(struct fuzz_end *end, const struct fuzz_mirror *before,
                       const struct matrix_outcome *outcome, const struct fuzz_sent *sent);

#endif
