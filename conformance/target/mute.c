/* SPDX-License-Identifier: BSD-2-Clause */
/* A target that never sends anything. A case that passes against it checks only silence. */
#include "target/dummy.h"

static const struct anvil_target_traits *traits(void)
{
    static const struct anvil_target_traits of_mute = {
        .name = "mute", .version = "1", .granularity_us = 1, .ipv6 = true, .timestamps = true,
        .sack = true, .window_scale = true, .urgent = true, .keepalive = true, .fixes_iss = true,
        .follows_policy = true,
    };
    return &of_mute;
}

static void inject(void *self, const uint8_t *frame, size_t length)
{
    (void)self;
    (void)frame;
    (void)length;
}

static const char *explain(void *self)
{
    (void)self;
    return "mute: never answers";
}

extern const struct anvil_target anvil_target_mute;
const struct anvil_target anvil_target_mute = {
    .abi = ANVIL_TARGET_ABI,
    .traits = traits,
    .open = target_dummy_open,
    .close = target_dummy_close,
    .call = target_dummy_call,
    .ready = target_dummy_ready,
    .inject = inject,
    .take = target_dummy_take,
    .advance = target_dummy_advance,
    .deadline = target_dummy_deadline,
    .observe = target_dummy_observe,
    .explain = explain,
};
