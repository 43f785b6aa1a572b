/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is made once, since an engine gives a harness no place to keep it: memory of the oracles and
 * of the core, which each run opens anew, what profiles say, which is always the same, and room for
 * octets.
 */
#include "fuzz/end.h"

#include "cli/target.h"
#include "run/pattern.h"
#include "target/core_room.h"
#include "target/registry.h"

#include <stdlib.h>
#include <string.h>

enum { PROFILES = 3, ROOMS = 2 };

struct memory {
    struct oracle_watch *watch;
    struct { const char *name; int64_t policy[ORACLE_POLICY_COUNT]; } profile[PROFILES];
    uint8_t text[FUZZ_OCTETS_MAX], octets[FUZZ_OCTETS_MAX], frame[ANVIL_TARGET_FRAME_MAX];
    uint8_t arrival[ANVIL_TARGET_FRAME_MAX], peer_text[RUN_PATTERN_OCTETS];
    bool has_text, has_peer_text;
    uint32_t keys[FUZZ_SETTINGS_MOST];
    size_t key_count;
    void *run;
    struct anvil_target target;
    struct core_room rooms[ROOMS]; /* as many as are open at once */
};

static struct memory memory;

static void *open_in_room(const struct anvil_target_config *config, char *why, size_t why_size)
{
    for (size_t i = 0; i < ROOMS; i++)
        if (!memory.rooms[i].taken)
            return target_core_open_in(&memory.rooms[i], config, why, why_size);
    return target_find("core")->open(config, why, why_size);
}

const struct anvil_target *fuzz_target(void)
{
    if (memory.target.open == NULL) {
        memory.target = *target_find("core");
        memory.target.open = open_in_room;
    }
    return &memory.target;
}

struct oracle_watch *fuzz_watch(void)
{
    if (memory.watch == NULL)
        memory.watch = oracle_watch_open();
    return memory.watch;
}

static void read_profile(const char *profile, int64_t *policy)
{
    run_policy_fn ask = cli_target_policy(target_find("core"));
    for (int i = 0; i < ORACLE_POLICY_COUNT; i++) {
        uint64_t value;
        bool told = ask != NULL &&
                    ask(NULL, profile, oracle_policy_name((enum oracle_policy)i), &value);
        policy[i] = told ? (int64_t)value : ORACLE_UNKNOWN;
    }
}

const int64_t *fuzz_policy(const char *profile)
{
    size_t i = 0;
    while (i < PROFILES - 1 && memory.profile[i].name != NULL &&
           strcmp(memory.profile[i].name, profile) != 0)
        i++;
    if (memory.profile[i].name == NULL)
        read_profile(profile, memory.profile[i].policy);
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

const uint8_t *fuzz_peer_text(uint32_t distance)
{
    if (!memory.has_peer_text)
        run_pattern_write(RUN_SIDE_PEER, memory.peer_text);
    memory.has_peer_text = true;
    return memory.peer_text + run_pattern_place(distance);
}

const uint32_t *fuzz_setting_keys(size_t *count)
{
    const struct anvil_target_setting *setting;
    while ((setting = fuzz_setting_at(memory.key_count)) != NULL)
        memory.keys[memory.key_count++] = fuzz_setting_key(setting);
    *count = memory.key_count;
    return memory.keys;
}

uint8_t *fuzz_octets_room(void)
{
    return memory.octets;
}

uint8_t *fuzz_frame_room(void)
{
    return memory.frame;
}

uint8_t *fuzz_arrival_room(void)
{
    return memory.arrival;
}

void *fuzz_run_room(size_t size)
{
    if (memory.run == NULL)
        memory.run = malloc(size); /* of one harness: the size is always the same */
    return memory.run;
}
