/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the two dummy targets share: sockets whose calls succeed plausibly and do nothing. A case
 * that passes against a dummy proves little, so the dummies tell which cases those are.
 */
#ifndef TARGET_DUMMY_H
#define TARGET_DUMMY_H

#include "target/target.h"

enum {
    DUMMY_SOCKETS_MAX = 64,
    DUMMY_WAITING_MAX = 16,    /* connections that accept() has not taken */
    DUMMY_FRAMES_MAX = 64,     /* frames that the runner has not taken */
    DUMMY_FRAME_BYTES_MAX = 128
};

struct target_dummy_socket {
    bool used, listening, connecting, connected;
    uint8_t family;
    struct anvil_target_address local, peer;
    int64_t options[ANVIL_OPTION_COUNT], options2[ANVIL_OPTION_COUNT];
};

struct target_dummy_frame {
    uint64_t emitted_us;
    size_t length;
    uint8_t bytes[DUMMY_FRAME_BYTES_MAX];
};

struct target_dummy {
    uint64_t now_us;
    struct anvil_target_config config; /* its pointers are not kept */
    struct target_dummy_socket sockets[DUMMY_SOCKETS_MAX];
    struct anvil_target_address waiting[DUMMY_WAITING_MAX]; /* peers of such connections */
    size_t waiting_count;
    struct target_dummy_frame frames[DUMMY_FRAMES_MAX];
    size_t frames_first, frames_count;
};

/* Functions of struct anvil_target that both dummies use as they are. */
void *target_dummy_open(const struct anvil_target_config *config, char *why, size_t why_size);
void target_dummy_close(void *self);
void target_dummy_call(void *self, struct anvil_target_call *call);
uint32_t target_dummy_ready(void *self, int socket);
size_t target_dummy_take(void *self, uint8_t *buffer, size_t capacity, uint64_t *emitted_us);
uint64_t target_dummy_advance(void *self, uint64_t until_us);
uint64_t target_dummy_deadline(void *self);
bool target_dummy_observe(void *self, size_t index, struct anvil_target_observation *observation);

/* A frame that the runner is to take; dropped when too long or when too many wait. */
void target_dummy_emit(struct target_dummy *dummy, const uint8_t *bytes, size_t length);

#endif
