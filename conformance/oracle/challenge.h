/* SPDX-License-Identifier: BSD-2-Clause */
/* When the throttle of RFC 5961 section 7 surely lets another challenge ACK pass. */
#ifndef ORACLE_CHALLENGE_H
#define ORACLE_CHALLENGE_H

#include "oracle/rule.h"

enum { ORACLE_ACKS_MAX = 16 };

/* When the last bare ACKs of a connection were sent, a ring. */
struct oracle_throttle {
    uint64_t ack_us[ORACLE_ACKS_MAX];
    uint32_t count;
};

/* A bare ACK was sent: any of them may have been a challenge. */
void oracle_throttle_note(struct oracle_throttle *throttle, uint64_t now_us);

/* Whether a challenge ACK must come, beside the ACKs noted. False where the limits are not told. */
bool oracle_must_challenge(const struct oracle_view *view, const struct oracle_throttle *throttle);

#endif
