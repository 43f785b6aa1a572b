/* SPDX-License-Identifier: BSD-2-Clause */
/* Active OPEN. RFC 9293 3.10.1, 3.9.1.1. */
#include "host/bind.h"
#include "host/connection.h"
#include "host/demux.h"
#include "host/options.h"
#include "host/output.h"
#include "host/slots.h"

/* Why this socket cannot connect now; 0 when it can. */
static int refuse(struct slot *slot)
{
    if (slot->phase == PHASE_LISTENING)
        return -ANVIL_EOPNOTSUPP;
    if (slot->error != ANVIL_ENONE) { /* the attempt before has failed: told once */
        int error = slot->error;
        slot->error = ANVIL_ENONE;
        return -error;
    }
    if (slot->phase == PHASE_CONNECTING)
        return -ANVIL_EALREADY;
    return slot->phase == PHASE_FRESH ? 0 : -ANVIL_EISCONN;
}

/* Why nobody can be connected to there; 0 when somebody can. MUST-46. */
static int refuse_remote(const struct anvil_host *host, const struct anvil_endpoint *remote)
{
    if (anvil_address_is_any(&remote->address) || remote->port == 0)
        return -ANVIL_EDESTADDRREQ; /* "remote socket unspecified" */
    if (!anvil_address_is_unicast(&remote->address) ||
        anvil_bind_own_address(host, remote->address.family)->family == 0)
        return -ANVIL_ENETUNREACH;
    return 0;
}

/* Decides the local end of the connection, whose remote end is set in *name. */
static int choose_local(struct anvil_host *host, const struct anvil_turn *turn, struct slot *slot,
                        struct anvil_four_tuple *name)
{
    const struct anvil_address *own = anvil_bind_own_address(host, name->remote.address.family);
    name->local.address = *own;
    if (slot->in_ports) {
        if (!anvil_address_is_any(&slot->name.local.address) &&
            !anvil_address_equal(&slot->name.local.address, own))
            return -ANVIL_EADDRNOTAVAIL; /* bound to the other family */
        name->local.port = slot->name.local.port;
        return 0;
    }
    name->local.port = anvil_bind_port_for(host, turn->policy, name);
    return name->local.port == 0 ? -ANVIL_EADDRNOTAVAIL : 0;
}

/*
 * A connection of this name may exist already. One in TIME-WAIT gives way if the policy says so
 * (S14); the new ISS has to be above the old SND.NXT then, which *iss becomes. RFC 9293 3.4.3.
 */
static int displace(struct anvil_host *host, const struct anvil_turn *turn,
                    const struct anvil_four_tuple *name, anvil_seq *iss)
{
    struct slot *old = anvil_demux_find(host, name);
    *iss = anvil_connection_iss(host, turn, name);
    if (old == NULL)
        return 0;
    if (old->tcb.state != ANVIL_TIME_WAIT || !turn->policy->time_wait_connect)
        return -ANVIL_EADDRINUSE;
    if (!anvil_seq_lt(old->tcb.snd_max, *iss))
        *iss = anvil_seq_add(old->tcb.snd_max, 1);
    anvil_connection_end(host, old);
    return 0;
}

/* The OPEN itself, with everything in place. */
static int open_active(struct anvil_host *host, const struct anvil_turn *turn, struct slot *slot,
                       anvil_seq iss)
{
    uint8_t family = slot->name.remote.address.family;
    struct anvil_effects effects;
    struct anvil_event event = {
        .kind = ANVIL_OPEN_ACTIVE,
        .iss = iss,
        .ts_offset = anvil_ts_offset(&host->config.secret, &slot->name),
        .remote_specified = true,
        .open = anvil_connection_open(host, turn, slot, family),
    };
    slot->phase = PHASE_CONNECTING;
    slot->path_mtu = host->config.mtu;
    anvil_options_tell(turn, slot);
    anvil_connection_step(host, turn, slot, &event, NULL, &effects);
    anvil_connection_settle(host, turn, slot);
    return effects.result == ANVIL_OK ? -ANVIL_EINPROGRESS : -ANVIL_EINVAL;
}

/* Starts the connection of this name. */
static int start(struct anvil_host *host, const struct anvil_turn *turn, struct slot *slot,
                 struct anvil_four_tuple name)
{
    anvil_seq iss;
    int failed = choose_local(host, turn, slot, &name);
    if (failed)
        return failed;
    uint32_t buffer = (uint32_t)anvil_option_value(turn->policy, slot, ANVIL_SO_RCVBUF);
    if (!anvil_buffer_reserve(host, &slot->receive, buffer))
        return -ANVIL_ENOBUFS;
    failed = displace(host, turn, &name, &iss);
    if (failed) {
        anvil_buffer_release(host, &slot->receive);
        return failed;
    }
    bool had_port = slot->in_ports;
    slot->name = name;
    slot->soft_error = ANVIL_ENONE; /* an earlier attempt's is no news of this one */
    if (!had_port)
        anvil_ports_add(host, slot);
    anvil_demux_add(host, slot);
    return open_active(host, turn, slot, iss);
}

int anvil_host_connect(struct anvil_host *host, const struct anvil_turn *turn, int socket,
                       const struct anvil_endpoint *to)
{
    anvil_output_begin(turn);
    struct slot *slot = anvil_slot_of(host, socket);
    struct anvil_four_tuple name = { 0 };
    if (slot == NULL || slot->lingering)
        return -ANVIL_EBADF;
    int refused = refuse(slot);
    if (refused)
        return refused;
    if (!anvil_bind_to_wire(slot, to, &name.remote))
        return -ANVIL_EAFNOSUPPORT;
    refused = refuse_remote(host, &name.remote);
    return refused ? refused : start(host, turn, slot, name);
}
