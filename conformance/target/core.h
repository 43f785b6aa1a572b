/* SPDX-License-Identifier: BSD-2-Clause */
/* One instance of the core as a target; shared by the files core*.c only. */
#ifndef ANVIL_TARGET_CORE_H
#define ANVIL_TARGET_CORE_H

#include "target/target.h"

#include <anvil/host.h>

/* A frame that was emitted and not taken yet: octets [at, at + length) of the store. */
struct core_frame {
    uint64_t emitted_us;
    size_t at, length;
};

/* The frames that were emitted and not taken yet. */
struct core_queue {
    struct core_frame *frames;
    size_t first, count, frames_capacity; /* frames[first .. count) are waiting */
    uint8_t *store;
    size_t used, store_capacity;
};

struct core {
    struct anvil_policy policy;
    struct anvil_host *host;
    uint64_t now;
    struct anvil_output output;
    size_t output_most; /* octets that one call can put out */
    struct anvil_turn turn;
    struct core_queue queue;
    bool restless;  /* a moment took more polls than allowed: from then on one at a time */
    uint8_t *ready; /* the readiness of each descriptor when it was last looked at */
    struct {
        size_t index;
        uint32_t slot;
    } look; /* observation `index` is not before this slot, until something happens */
    struct core_room *room; /* whose memory this is; NULL: of malloc() */
};

/* The turn for a call at the present time. */
const struct anvil_turn *target_core_turn(struct core *core);

/* Takes what a call has put out, and lets the host do all else that is due now. */
void target_core_settle(struct core *core);

/* The memory of an instance out of a room, and back with what the instance has made; NULL: there is
 * none. */
void *target_core_room_take(struct core_room *room, size_t size);
void target_core_room_leave(struct core_room *room, struct core *core);

/* Readiness in the bits of target.h. */
uint32_t target_core_ready(struct core *core, int socket);

/* The functions of the target that have a file of their own. */
void target_core_call(void *self, struct anvil_target_call *call);
bool target_core_observe(void *self, size_t index, struct anvil_target_observation *observation);

/* Addresses of the seam and of the core. */
struct anvil_endpoint target_core_endpoint(const struct anvil_target_address *address);
void target_core_address(struct anvil_target_address *out, const struct anvil_endpoint *endpoint);

#endif
