/* SPDX-License-Identifier: BSD-2-Clause */
/* Readiness: what a call would answer, without making it. */
#include "host/connection.h"
#include "host/options.h"
#include "host/ready.h"
#include "host/slots.h"

bool anvil_ready_lingered(const struct slot *slot)
{
    switch ((enum anvil_state)slot->tcb.state) {
    case ANVIL_SYN_RECEIVED:
    case ANVIL_ESTABLISHED:
    case ANVIL_FIN_WAIT_1:
    case ANVIL_CLOSE_WAIT:
    case ANVIL_CLOSING:
    case ANVIL_LAST_ACK:
        return slot->lingering == LINGER_OVER;
    case ANVIL_CLOSED:
    case ANVIL_LISTEN:
    case ANVIL_SYN_SENT:
    case ANVIL_FIN_WAIT_2:
    case ANVIL_TIME_WAIT:
        return true;
    }
    return true;
}

/* True if data waits that receive would give: not if all there is, is an urgent octet that is
 * stepped over. */
static bool has_data(const struct slot *slot, const struct anvil_policy *policy)
{
    uint64_t from = slot->read_from;
    bool in_line = anvil_option_value(policy, slot, ANVIL_SO_OOBINLINE) == 1;
    bool known = slot->urgent == URGENT_AHEAD || slot->urgent == URGENT_TAKEN;
    if (known && !in_line && slot->urgent_at == from && from != slot->read_to)
        from++;
    return from != slot->read_to;
}

/* True if the send buffer has room. */
static bool has_room(const struct slot *slot, const struct anvil_policy *policy)
{
    uint64_t limit = (uint64_t)anvil_option_value(policy, slot, ANVIL_SO_SNDBUF);
    if (slot->send.size != 0 && slot->send.size < limit)
        limit = slot->send.size;
    return slot->written - slot->acked < limit;
}

/* Readiness of a connection, or of one that has ended. */
static unsigned connection_ready(const struct slot *slot, const struct anvil_policy *policy)
{
    unsigned ready = 0;
    bool ended = slot->phase == PHASE_ENDED;
    bool read_end = ended || slot->read_shut || slot->tcb.fin_received;
    bool write_end = ended || slot->write_shut;
    if (read_end)
        ready |= ANVIL_CAN_READ | ANVIL_IS_READ_CLOSED;
    if (has_data(slot, policy))
        ready |= ANVIL_CAN_READ;
    if (write_end || has_room(slot, policy))
        ready |= ANVIL_CAN_WRITE;
    if (read_end && write_end)
        ready |= ANVIL_IS_HUNG_UP;
    if (slot->urgent == URGENT_AHEAD)
        ready |= ANVIL_URGENT_AHEAD;
    return ready;
}

unsigned anvil_host_ready(const struct anvil_host *host, const struct anvil_turn *turn, int socket)
{
    const struct slot *slot = anvil_slot_of(host, socket);
    if (slot == NULL)
        return 0;
    if (slot->lingering)
        return anvil_ready_lingered(slot) ? ANVIL_CAN_WRITE : 0;
    unsigned ready = 0;
    if (slot->error != ANVIL_ENONE)
        ready |= ANVIL_CAN_READ | ANVIL_CAN_WRITE | ANVIL_ERROR_PENDING;
    switch ((enum phase)slot->phase) {
    case PHASE_FRESH:
        return ready | ANVIL_CAN_WRITE | ANVIL_IS_HUNG_UP;
    case PHASE_LISTENING:
        return slot->accept.count != 0 ? ANVIL_CAN_READ : 0;
    case PHASE_CONNECTING:
        return ready;
    case PHASE_CONNECTED:
    case PHASE_ENDED:
        return ready | connection_ready(slot, turn->policy);
    }
    return 0;
}
