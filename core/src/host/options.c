/* SPDX-License-Identifier: BSD-2-Clause */
/* Socket options: one line each in the table below. */
#include "host/options.h"

#include "host/connection.h"
#include "host/output.h"
#include "host/send.h"
#include "host/slots.h"

/* No setting of the machine. */
#define NO_SETTING (-1)

/* Limits of an option's value, and how the machine is told. */
struct option_rule {
    int32_t least, most; /* least > most: cannot be set */
    int32_t setting;     /* enum anvil_setting or NO_SETTING */
    uint32_t scale;      /* the machine counts the user's unit so many times */
};

#define SECONDS 1000000u
#define MILLISECONDS 1000u
#define BUFFER_MOST 0x40000000

static const struct option_rule rules[ANVIL_SO_COUNT + 1] = {
    [ANVIL_SO_REUSEADDR] = { 0, 1, NO_SETTING, 1 },
    [ANVIL_SO_REUSEPORT] = { 0, 1, NO_SETTING, 1 },
    [ANVIL_SO_LINGER] = { -1, 65535, NO_SETTING, 1 },
    [ANVIL_SO_KEEPALIVE] = { 0, 1, ANVIL_SET_KEEPALIVE, 1 },
    [ANVIL_SO_RCVBUF] = { 1, BUFFER_MOST, ANVIL_SET_RECEIVE_BUFFER, 1 },
    [ANVIL_SO_SNDBUF] = { 1, BUFFER_MOST, NO_SETTING, 1 },
    [ANVIL_SO_ERROR] = { 1, 0, NO_SETTING, 1 },
    [ANVIL_SO_OOBINLINE] = { 0, 1, NO_SETTING, 1 },
    [ANVIL_SO_NODELAY] = { 0, 1, ANVIL_SET_NODELAY, 1 },
    [ANVIL_SO_MAXSEG] = { 1, 65495, ANVIL_SET_MSS_LIMIT, 1 },
    [ANVIL_SO_KEEPIDLE] = { 1, INT32_MAX, ANVIL_SET_KEEPALIVE_IDLE, SECONDS },
    [ANVIL_SO_KEEPINTVL] = { 1, INT32_MAX, ANVIL_SET_KEEPALIVE_INTERVAL, SECONDS },
    [ANVIL_SO_KEEPCNT] = { 1, 255, ANVIL_SET_KEEPALIVE_COUNT, 1 },
    [ANVIL_SO_SYNCNT] = { 1, 255, ANVIL_SET_SYN_COUNT, 1 },
    [ANVIL_SO_USER_TIMEOUT] = { 0, INT32_MAX, ANVIL_SET_USER_TIMEOUT, MILLISECONDS },
    [ANVIL_SO_LINGER2] = { 0, 4294, ANVIL_SET_ORPHAN_TIMEOUT, SECONDS },
    [ANVIL_SO_DEFER_ACCEPT] = { 0, INT32_MAX, NO_SETTING, 1 },
    [ANVIL_SO_QUICKACK] = { 0, 1, ANVIL_SET_QUICK_ACK, 1 },
    [ANVIL_SO_CORK] = { 0, 1, NO_SETTING, 1 },
    [ANVIL_SO_NOOPT] = { 0, 1, ANVIL_SET_NO_OPTIONS, 1 },
    [ANVIL_SO_TOS] = { 0, 255, NO_SETTING, 1 },
    [ANVIL_SO_TTL] = { -1, 255, NO_SETTING, 1 },
    [ANVIL_SO_MTU_DISCOVER] = { 0, 1, NO_SETTING, 1 },
    [ANVIL_SO_RECVERR] = { 0, 1, NO_SETTING, 1 },
    [ANVIL_SO_QUEUED_IN] = { 1, 0, NO_SETTING, 1 },
    [ANVIL_SO_QUEUED_OUT] = { 1, 0, NO_SETTING, 1 },
    [ANVIL_SO_AT_MARK] = { 1, 0, NO_SETTING, 1 },
    [ANVIL_SO_COUNT] = { 1, 0, NO_SETTING, 1 }, /* of an option that there is not */
};

/* ANVIL_SET where nothing can come of it: on TCBs in CLOSED, LISTEN and TIME-WAIT, and on ones that
 * were stepped at this time. */
static void set(const struct anvil_turn *turn, struct slot *slot, enum anvil_setting setting,
                uint64_t value)
{
    struct anvil_effects effects;
    struct anvil_event event = { .kind = ANVIL_SET, .now = turn->now, .set = setting,
                                 .value = value };
    anvil_step(&slot->tcb, turn->policy, &event, &effects);
}

/* Tells the TCB one option, if the user has set it. */
static void tell(const struct anvil_turn *turn, struct slot *slot, enum anvil_so option)
{
    const struct option_rule *rule = &rules[option];
    if (slot->option[option] != OPTION_UNSET && rule->setting != NO_SETTING)
        set(turn, slot, (enum anvil_setting)rule->setting,
            (uint64_t)slot->option[option] * rule->scale);
}

void anvil_options_tell(const struct anvil_turn *turn, struct slot *slot)
{
    for (unsigned option = 0; option < ANVIL_SO_COUNT; option++)
        if (option != ANVIL_SO_RCVBUF)
            tell(turn, slot, (enum anvil_so)option);
}

void anvil_options_tell_buffer(const struct anvil_turn *turn, struct slot *slot)
{
    uint64_t octets = (uint64_t)anvil_option_value(turn->policy, slot, ANVIL_SO_RCVBUF);
    if (slot->receive.size < octets)
        octets = slot->receive.size;
    if (slot->tcb.rcv_buffer != octets)
        set(turn, slot, ANVIL_SET_RECEIVE_BUFFER, octets);
}

/* Behind the last octet that the receive ring holds, in order or not. */
static uint64_t received_to(const struct slot *slot)
{
    const struct anvil_tcb *tcb = &slot->tcb;
    if (tcb->held_count == 0)
        return slot->read_to;
    return slot->read_to + anvil_seq_from(tcb->rcv_nxt, tcb->held[tcb->held_count - 1u].right);
}

/* Makes room for a buffer that was set larger. The send ring is only tried: a smaller one takes
 * less, but nothing is lost. */
static int grow(struct anvil_host *host, struct slot *slot, enum anvil_so option, uint32_t size)
{
    if (option == ANVIL_SO_RCVBUF && slot->receive.size != 0 &&
        !anvil_buffer_grow(host, &slot->receive, size, slot->read_from, received_to(slot)))
        return -ANVIL_ENOBUFS;
    if (option == ANVIL_SO_SNDBUF && slot->send.size != 0)
        (void)anvil_buffer_grow(host, &slot->send, size, slot->acked, slot->written);
    return 0;
}

/* Rounds one buffer, if it is larger than a segment and can grow. */
static void round_buffer(struct anvil_host *host, const struct anvil_policy *policy,
                         struct slot *slot, enum anvil_so option)
{
    int64_t mss = slot->tcb.snd_mss;
    int64_t size = anvil_option_value(policy, slot, option);
    int64_t whole = (size + mss - 1) / mss * mss;
    if (size > mss && whole <= BUFFER_MOST && grow(host, slot, option, (uint32_t)whole) == 0)
        slot->option[option] = (int32_t)whole;
}

void anvil_options_round(struct anvil_host *host, const struct anvil_turn *turn,
                         struct slot *slot)
{
    round_buffer(host, turn->policy, slot, ANVIL_SO_RCVBUF);
    round_buffer(host, turn->policy, slot, ANVIL_SO_SNDBUF);
    anvil_options_tell_buffer(turn, slot);
}

/* What was held back goes when the cork is taken off, and when TCP_NODELAY is set, even under a
 * cork, as on Linux: tcp(7). */
static bool releases_held(const struct slot *slot, enum anvil_so option)
{
    bool on = slot->option[option] != 0;
    return (option == ANVIL_SO_CORK && !on) || (option == ANVIL_SO_NODELAY && on);
}

/* Lets a new value take effect on a connection or listener that exists. */
static void apply(struct anvil_host *host, const struct anvil_turn *turn, struct slot *slot,
                  enum anvil_so option)
{
    const struct option_rule *rule = &rules[option];
    if (slot->phase == PHASE_LISTENING)
        tell(turn, slot, option);
    if (slot->phase == PHASE_LISTENING || slot->tcb.state == ANVIL_CLOSED)
        return;
    if (releases_held(slot, option))
        anvil_send_held(host, turn, slot, true, false);
    if (rule->setting != NO_SETTING) {
        struct anvil_effects effects;
        struct anvil_event event = { .kind = ANVIL_SET,
                                     .set = (enum anvil_setting)rule->setting,
                                     .value = (uint64_t)slot->option[option] * rule->scale };
        anvil_connection_step(host, turn, slot, &event, NULL, &effects);
    }
    anvil_connection_settle(host, turn, slot);
}

int anvil_host_set_option(struct anvil_host *host, const struct anvil_turn *turn, int socket,
                          enum anvil_so option, int64_t value)
{
    anvil_output_begin(turn);
    struct slot *slot = anvil_slot_of(host, socket);
    if (slot == NULL || slot->lingering)
        return -ANVIL_EBADF;
    /* An option that there is not can be set as little as one that is only told. */
    unsigned known = (unsigned)option < ANVIL_SO_COUNT ? (unsigned)option : ANVIL_SO_ERROR;
    if (rules[known].least > rules[known].most)
        return -ANVIL_ENOPROTOOPT;
    if (value < rules[known].least || value > rules[known].most ||
        (option == ANVIL_SO_TTL && value == 0))
        return -ANVIL_EINVAL;
    if (option == ANVIL_SO_SNDBUF && turn->policy->buffer_twice)
        value = value < BUFFER_MOST / 2 ? 2 * value : BUFFER_MOST;
    int failed = grow(host, slot, option, (uint32_t)value);
    if (failed)
        return failed;
    slot->option[option] = (int32_t)value;
    apply(host, turn, slot, option);
    return 0;
}

/* Options that are computed. */
static int64_t computed(struct slot *slot, enum anvil_so option)
{
    if (option == ANVIL_SO_QUEUED_IN)
        return (int64_t)(slot->read_to - slot->read_from);
    if (option == ANVIL_SO_QUEUED_OUT)
        return (int64_t)(slot->written - slot->acked);
    if (option == ANVIL_SO_AT_MARK)
        return slot->urgent == URGENT_AHEAD && slot->urgent_at == slot->read_from;
    int64_t error = slot->error;
    slot->error = ANVIL_ENONE;
    return error;
}

int anvil_host_get_option(struct anvil_host *host, const struct anvil_turn *turn, int socket,
                          enum anvil_so option, int64_t *value)
{
    anvil_output_begin(turn);
    struct slot *slot = anvil_slot_of(host, socket);
    if (slot == NULL || slot->lingering)
        return -ANVIL_EBADF;
    if ((unsigned)option >= ANVIL_SO_COUNT)
        return -ANVIL_ENOPROTOOPT;
    if (rules[option].least > rules[option].most)
        *value = computed(slot, option);
    else if (option == ANVIL_SO_MAXSEG && slot->tcb.state > ANVIL_SYN_SENT)
        *value = anvil_effective_mss(&slot->tcb);
    else
        *value = anvil_option_value(turn->policy, slot, option);
    if (option == ANVIL_SO_RCVBUF && turn->policy->buffer_twice &&
        slot->option[option] != OPTION_UNSET)
        *value *= 2; /* the window is half of what the option tells */
    return 0;
}
