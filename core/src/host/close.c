/* SPDX-License-Identifier: BSD-2-Clause */
/* CLOSE and ABORT: shutdown(), close(), the end of a process. RFC 9293 3.10.4, 3.10.5. */
#include "host/close.h"

#include "host/connection.h"
#include "host/options.h"
#include "host/output.h"
#include "host/ready.h"
#include "host/send.h"
#include "host/slots.h"
#include "host/timers.h"

#define SECOND_US 1000000u

/* Dooms the connections that wait on one of a listener's lists; those that have ended go at
 * once. The RSTs come out by polling, one connection at a time. */
static void doom(struct anvil_host *host, const struct anvil_turn *turn, const struct list *list)
{
    while (list->first != 0) {
        struct slot *child = host_slot(host, list->first);
        anvil_list_remove(host, child);
        if (child->tcb.state == ANVIL_CLOSED) {
            anvil_slot_free(host, child);
            continue;
        }
        child->doomed = 1;
        anvil_timers_set(host, child, turn->now);
    }
}

/* CLOSE in LISTEN: the TCB is deleted, and what nobody will accept is aborted. */
static void close_listener(struct anvil_host *host, const struct anvil_turn *turn,
                           struct slot *slot)
{
    doom(host, turn, &slot->half_open);
    doom(host, turn, &slot->deferred);
    doom(host, turn, &slot->accept);
    anvil_slot_free(host, slot);
}

void anvil_close_doomed(struct anvil_host *host, const struct anvil_turn *turn, struct slot *slot)
{
    struct anvil_event event = { .kind = ANVIL_ABORT };
    (void)anvil_connection_call(host, turn, slot, &event);
}

void anvil_close_orphan(struct anvil_host *host, const struct anvil_turn *turn, struct slot *slot)
{
    slot->close_due = 0;
    anvil_send_end(host, turn, slot, true);
    anvil_buffer_release(host, &slot->receive);
    anvil_connection_settle(host, turn, slot);
}

/* Whether a lingering close is over; if so, the descriptor goes. */
static int close_again(struct anvil_host *host, const struct anvil_turn *turn, struct slot *slot)
{
    if (!anvil_ready_lingered(slot))
        return -ANVIL_EINPROGRESS;
    slot->lingering = 0;
    slot->linger_deadline = ANVIL_NEVER;
    anvil_descriptor_free(host, slot);
    anvil_buffer_release(host, &slot->receive);
    anvil_connection_settle(host, turn, slot);
    return 0;
}

/* close() that waits: CLOSE now, the descriptor goes when all is acknowledged or time is over. */
static int linger(struct anvil_host *host, const struct anvil_turn *turn, struct slot *slot,
                  int64_t seconds)
{
    slot->linger_deadline = turn->now + (anvil_time)seconds * SECOND_US;
    slot->lingering = LINGER_WAITS;
    anvil_send_end(host, turn, slot, true);
    anvil_connection_settle(host, turn, slot);
    return close_again(host, turn, slot);
}

int anvil_host_close(struct anvil_host *host, const struct anvil_turn *turn, int socket)
{
    anvil_output_begin(turn);
    struct slot *slot = anvil_slot_of(host, socket);
    if (slot == NULL)
        return -ANVIL_EBADF;
    if (slot->lingering)
        return close_again(host, turn, slot);
    int64_t seconds = anvil_option_value(turn->policy, slot, ANVIL_SO_LINGER);
    if (slot->phase == PHASE_LISTENING) {
        close_listener(host, turn, slot);
    } else if (slot->tcb.state == ANVIL_CLOSED) {
        anvil_slot_free(host, slot);
    } else if (seconds > 0) {
        return linger(host, turn, slot, seconds);
    } else {
        anvil_descriptor_free(host, slot);
        if (seconds == 0)
            anvil_close_doomed(host, turn, slot);
        else
            anvil_close_orphan(host, turn, slot);
    }
    return 0;
}

int anvil_host_shutdown(struct anvil_host *host, const struct anvil_turn *turn, int socket,
                        int how)
{
    anvil_output_begin(turn);
    struct slot *slot = anvil_slot_of(host, socket);
    if (slot == NULL || slot->lingering)
        return -ANVIL_EBADF;
    if (how < 0 || how > 2)
        return -ANVIL_EINVAL;
    if (slot->phase != PHASE_CONNECTED)
        return -ANVIL_ENOTCONN;
    if (how != 1) {
        slot->read_shut = 1;
        slot->discards = turn->policy->shutdown_discards != 0;
        struct anvil_effects effects;
        struct anvil_event event = { .kind = ANVIL_SET, .set = ANVIL_SET_READER_GONE, .value = 1 };
        if (how == 2 || slot->write_shut) /* data that comes now is answered by a RST: SHLD-3 */
            anvil_connection_step(host, turn, slot, &event, NULL, &effects);
    }
    if (how != 0 && !slot->write_shut)
        anvil_send_end(host, turn, slot, false);
    anvil_connection_settle(host, turn, slot);
    return 0;
}

void anvil_host_exit(struct anvil_host *host, const struct anvil_turn *turn)
{
    anvil_output_begin(turn);
    for (uint32_t descriptor = 0; descriptor < host->descriptors_fresh; descriptor++) {
        struct slot *slot = anvil_slot_of(host, (int)descriptor);
        if (slot == NULL)
            continue;
        if (slot->phase == PHASE_LISTENING) {
            close_listener(host, turn, slot);
        } else if (slot->tcb.state == ANVIL_CLOSED) {
            anvil_slot_free(host, slot);
        } else {
            slot->doomed = anvil_option_value(turn->policy, slot, ANVIL_SO_LINGER) == 0;
            slot->close_due = !slot->doomed;
            slot->lingering = 0;
            slot->linger_deadline = ANVIL_NEVER;
            anvil_descriptor_free(host, slot);
            anvil_timers_set(host, slot, turn->now);
        }
    }
}
