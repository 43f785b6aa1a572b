/* SPDX-License-Identifier: BSD-2-Clause */
/* Words for the sentences of rules, and what states have in common. */
#include "oracle/rule.h"

#include <stdio.h>

const char *oracle_state_name(enum anvil_target_state state)
{
    switch (state) {
    case ANVIL_STATE_CLOSED: return "CLOSED";
    case ANVIL_STATE_LISTEN: return "LISTEN";
    case ANVIL_STATE_SYN_SENT: return "SYN-SENT";
    case ANVIL_STATE_SYN_RECEIVED: return "SYN-RECEIVED";
    case ANVIL_STATE_ESTABLISHED: return "ESTABLISHED";
    case ANVIL_STATE_FIN_WAIT_1: return "FIN-WAIT-1";
    case ANVIL_STATE_FIN_WAIT_2: return "FIN-WAIT-2";
    case ANVIL_STATE_CLOSE_WAIT: return "CLOSE-WAIT";
    case ANVIL_STATE_CLOSING: return "CLOSING";
    case ANVIL_STATE_LAST_ACK: return "LAST-ACK";
    case ANVIL_STATE_TIME_WAIT: return "TIME-WAIT";
    case ANVIL_STATE_UNKNOWN: return "an unknown state";
    }
    return "an unknown state";
}

bool oracle_is_synchronized(enum anvil_target_state state)
{
    switch (state) {
    case ANVIL_STATE_ESTABLISHED:
    case ANVIL_STATE_FIN_WAIT_1:
    case ANVIL_STATE_FIN_WAIT_2:
    case ANVIL_STATE_CLOSE_WAIT:
    case ANVIL_STATE_CLOSING:
    case ANVIL_STATE_LAST_ACK:
    case ANVIL_STATE_TIME_WAIT: return true;
    case ANVIL_STATE_CLOSED:
    case ANVIL_STATE_LISTEN:
    case ANVIL_STATE_SYN_SENT:
    case ANVIL_STATE_SYN_RECEIVED:
    case ANVIL_STATE_UNKNOWN: return false;
    }
    return false;
}

bool oracle_same_name(const struct oracle_name *a, const struct oracle_name *b)
{
    return a->local_port == b->local_port && a->remote_port == b->remote_port &&
           wire_same_address(&a->remote, &b->remote) && wire_same_address(&a->local, &b->local);
}

bool oracle_is_in_order(const struct oracle_connection *connection,
                        const struct oracle_segment *segment)
{
    const struct anvil_target_observation *seen = &connection->seen;
    bool told = connection->seen_any && seen->rcv_nxt >= 0 && seen->rcv_wnd >= 0 &&
                seen->snd_una >= 0;
    bool plain = (segment->flags & (WIRE_SYN | WIRE_RST | WIRE_ACK)) == WIRE_ACK;
    bool stamped = connection->own_syn.has_stamps && connection->peer_syn.has_stamps;
    bool opens = connection->state == ANVIL_STATE_SYN_RECEIVED && told &&
                 segment->ack != (uint32_t)seen->snd_una;
    return told && plain && !stamped && !segment->doubtful && !connection->own_syn_varied &&
           !connection->peer_syn_doubtful &&
           (opens || oracle_is_synchronized(connection->state)) &&
           segment->seq == (uint32_t)seen->rcv_nxt && (segment->span == 0 || seen->rcv_wnd > 0) &&
           oracle_within(segment->ack, (uint32_t)seen->snd_una, connection->snd_max);
}

bool oracle_lacks_stamps(const struct oracle_connection *connection,
                         const struct oracle_segment *segment)
{
    return (connection->own_syn.has_stamps || connection->own_syn_varied) &&
           (connection->peer_syn.has_stamps || connection->peer_syn_doubtful) &&
           !segment->options.has_stamps && (segment->flags & WIRE_RST) == 0;
}

const char *oracle_flags_text(uint16_t flags, char *out, size_t size)
{
    static const struct { uint16_t flag; const char *name; } names[] = {
        { WIRE_SYN, "SYN" }, { WIRE_FIN, "FIN" }, { WIRE_RST, "RST" },
        { WIRE_PSH, "PSH" }, { WIRE_ACK, "ACK" }, { WIRE_URG, "URG" },
    };
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < sizeof names / sizeof names[0] && used < size; i++)
        if ((flags & names[i].flag) != 0)
            used += (size_t)snprintf(out + used, size - used, "%s%s", used == 0 ? "" : ",",
                                     names[i].name);
    if (used == 0)
        snprintf(out, size, "no flags");
    return out;
}
