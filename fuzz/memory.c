/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is made once, since an engine gives a harness no place to keep it: the oracles' memory,
 * which each run clears, what profiles say, which is always the same, and room for octets.
 */
#include "fuzz/end.h"

#include "cli/target.h"

#include <string.h>

enum { PROFILES = 3 };

struct memory {
    struct oracle_watch *watch;
    struct { const char *name; int64_t policy[ORACLE_POLICY_COUNT]; } profile[PROFILES];
    uint8_t text[FUZZ_OCTETS_MAX], octets[FUZZ_OCTETS_MAX], frame[ANVIL_TARGET_FRAME_MAX];
    bool has_text;
};

static struct memory memory;

struct oracle_watch *fuzz_watch(void)
{
    if (memory.watch == NULL)
        memory.watch = oracle_watch_open();
    return memory.watch;
}

static void read_profile(const struct anvil_target *target, const char *profile, int64_t *policy)
{
    run_policy_fn ask = cli_target_policy(target);
    for (int i = 0; i < ORACLE_POLICY_COUNT; i++) {
        uint64_t value;
        bool told = ask != NULL &&
                    ask(NULL, profile, oracle_policy_name((enum oracle_policy)i), &value);
        policy[i] = told ? (int64_t)value : ORACLE_UNKNOWN;
    }
}

const int64_t *fuzz_policy(const struct anvil_target *target, const char *profile)
{
    size_t i = 0;
    while (i < PROFILES - 1 && memory.profile[i].name != NULL &&
           strcmp(memory.profile[i].name, profile) != 0)
        i++;
    if (memory.profile[i].name == NULL)
        read_profile(target, profile, memory.profile[i].policy);
    memory.profile[i].name = profile;
    return memory.profile[i].policy;
}

const uint8_t *fuzz_text(void)
{
    for (uint32_t i = 0; !memory.has_text && i < FUZZ_OCTETS_MAX; i++)
        memory.text[i] = (uint8_t)(i * 7 + 1);
    memory.has_text = true;
    return memory.text;
}

uint8_t *fuzz_octets_room(void)
{
    return memory.octets;
}

uint8_t *fuzz_frame_room(void)
{
    return memory.frame;
}
