/* SPDX-License-Identifier: BSD-2-Clause */
/* Two runs that are alike but for where sequence numbers and the clock begin. */
#ifndef TEST_SHIFT_H
#define TEST_SHIFT_H

#include <anvil/step.h>

/* What is added to the first run's values to get the second's. */
struct shift {
    uint32_t send, receive; /* to numbers of our stream, of the peer's */
    anvil_time time;        /* modulo 2^64 */
    uint32_t ticks;         /* the same, as the timestamp clock counts it */
    uint64_t send_offset, receive_offset; /* to stream offsets, modulo 2^64 */
};

/* The second run's event; the segment goes into `segment`. */
struct anvil_event shift_event(const struct shift *shift, const struct anvil_event *event,
                               struct anvil_segment *segment);

/* NULL if the effects are alike, or what differs. */
const char *shift_difference(const struct shift *shift, const struct anvil_effects *first,
                             const struct anvil_effects *second);

#endif
