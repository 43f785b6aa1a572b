/* SPDX-License-Identifier: BSD-2-Clause */
/* A target whose description has no name; the functions beside it do not matter. */
#include <anvil/target.h>

static const struct anvil_target_traits *traits(void)
{
    static const struct anvil_target_traits made = { .version = "1", .granularity_us = 1 };
    return &made;
}

static void *open_none(const struct anvil_target_config *config, char *why, size_t why_size)
{
    (void)config;
    (void)why;
    (void)why_size;
    return NULL;
}

static void close_none(void *self) { (void)self; }
static void call(void *self, struct anvil_target_call *made) { (void)self; (void)made; }
static uint32_t ready(void *self, int socket) { (void)self; return (uint32_t)socket; }
static uint64_t advance(void *self, uint64_t until_us) { (void)self; return until_us; }
static uint64_t deadline(void *self) { (void)self; return ANVIL_TARGET_NEVER; }
static const char *explain(void *self) { (void)self; return ""; }

static void inject(void *self, const uint8_t *frame, size_t length)
{
    (void)self;
    (void)frame;
    (void)length;
}

static size_t take(void *self, uint8_t *buffer, size_t capacity, uint64_t *emitted_us)
{
    (void)self;
    (void)buffer;
    (void)capacity;
    (void)emitted_us;
    return 0;
}

static bool observe(void *self, size_t index, struct anvil_target_observation *seen)
{
    (void)self;
    (void)index;
    (void)seen;
    return false;
}

const struct anvil_target *anvil_target_entry(void)
{
    static const struct anvil_target table = { ANVIL_TARGET_ABI, traits, open_none, close_none,
        call, ready, inject, take, advance, deadline, observe, explain };
    return &table;
}
