/* SPDX-License-Identifier: BSD-2-Clause */
/* Passive OPEN: see listen.h. RFC 9293 3.10.1 and 3.10.7.2, RFC 4987. */
#include "host/listen.h"

#include "host/bind.h"
#include "host/connection.h"
#include "host/demux.h"
#include "host/options.h"
#include "host/output.h"
#include "host/slots.h"

#include <string.h>

/* OPEN of a TCB that listens, for segments of a family. */
static void open_passive(struct anvil_host *host, const struct anvil_turn *turn, struct slot *slot,
                         uint8_t family)
{
    struct anvil_effects effects;
    struct anvil_event event = {
        .kind = ANVIL_OPEN_PASSIVE,
        .now = turn->now,
        .open = anvil_connection_open(host, turn, slot, family),
    };
    memset(&slot->tcb, 0, sizeof slot->tcb);
    anvil_options_tell(turn, slot);
    anvil_step(&slot->tcb, turn->policy, &event, &effects);
}

int anvil_host_listen(struct anvil_host *host, const struct anvil_turn *turn, int socket,
                      int backlog)
{
    anvil_output_begin(turn);
    struct slot *slot = anvil_slot_of(host, socket);
    if (slot == NULL || slot->lingering)
        return -ANVIL_EBADF;
    uint32_t most = backlog < 1 ? 1u : (uint32_t)backlog;
    if (slot->phase == PHASE_LISTENING) {
        slot->backlog = most;
        return 0;
    }
    if (slot->phase != PHASE_FRESH)
        return -ANVIL_EINVAL;
    if (!slot->in_ports) {
        struct anvil_endpoint any = { .address = { .family = slot->family } };
        int failed = anvil_bind_local(host, turn, slot, any, true);
        if (failed)
            return failed;
    } else if (anvil_bind_listener_conflicts(host, slot)) {
        return -ANVIL_EADDRINUSE;
    }
    slot->backlog = most;
    open_passive(host, turn, slot, slot->name.local.address.family);
    slot->phase = PHASE_LISTENING;
    anvil_demux_add(host, slot);
    return 0;
}

int anvil_host_accept(struct anvil_host *host, const struct anvil_turn *turn, int socket,
                      struct anvil_endpoint *peer)
{
    anvil_output_begin(turn);
    struct slot *listener = anvil_slot_of(host, socket);
    if (listener == NULL || listener->lingering)
        return -ANVIL_EBADF;
    if (listener->phase != PHASE_LISTENING)
        return -ANVIL_EINVAL;
    if (listener->accept.count == 0)
        return -ANVIL_EAGAIN;
    struct slot *slot = host_slot(host, listener->accept.first);
    if (!anvil_descriptor_take(host, slot))
        return -ANVIL_EMFILE;
    anvil_list_remove(host, slot);
    if (peer != NULL)
        *peer = anvil_bind_to_user(slot, &slot->name.remote);
    return slot->descriptor;
}

bool anvil_listen_full(const struct slot *listener)
{
    return listener->accept.count >= listener->backlog;
}

/* Makes room for a half-open connection: the oldest one gives way, if the policy says so. A
 * connection that is complete and waits for data (SO_DEFER_ACCEPT) does not. RFC 4987 3.3. */
static bool make_room(struct anvil_host *host, const struct anvil_policy *policy,
                      const struct slot *listener)
{
    if (listener->half_open.count < policy->half_open_max)
        return true;
    if (policy->half_open_overflow != ANVIL_HALF_OPEN_DROP_OLDEST)
        return false;
    for (uint32_t number = listener->half_open.first; number != 0;) {
        struct slot *child = host_slot(host, number);
        number = child->list_next;
        if (child->tcb.state == ANVIL_SYN_RECEIVED) {
            anvil_slot_free(host, child);
            return true;
        }
    }
    return false;
}

/* A slot for a connection that is born at this listener, with the listener's options and a receive
 * buffer; NULL, and why. */
static struct slot *bear(struct anvil_host *host, const struct anvil_turn *turn,
                         const struct slot *listener, enum anvil_refusal *why)
{
    uint32_t buffer = (uint32_t)anvil_option_value(turn->policy, listener, ANVIL_SO_RCVBUF);
    struct slot *child = anvil_slot_take(host, listener->family);
    *why = ANVIL_REFUSED_NO_SLOT;
    if (child == NULL)
        return NULL;
    *why = ANVIL_REFUSED_NO_MEMORY;
    if (!anvil_buffer_reserve(host, &child->receive, buffer)) {
        anvil_slot_free(host, child);
        return NULL;
    }
    *why = ANVIL_REFUSED_NOT;
    memcpy(child->option, listener->option, sizeof child->option);
    child->phase = PHASE_CONNECTING;
    child->path_mtu = host->config.mtu;
    return child;
}

/* Gives a child its TCB in LISTEN: the listener's, unless it is of another family or has to offer
 * a smaller window, as the pool is used up. */
static void inherit(struct anvil_host *host, const struct anvil_turn *turn,
                    const struct slot *listener, struct slot *child)
{
    uint8_t family = child->name.remote.address.family;
    if (family == listener->name.local.address.family &&
        child->receive.size >= listener->tcb.rcv_buffer)
        child->tcb = listener->tcb;
    else
        open_passive(host, turn, child, family);
}

/* The SEGMENT ARRIVES event of a segment that may open a connection. */
static struct anvil_event opening(const struct anvil_host *host, const struct anvil_turn *turn,
                                  const struct anvil_four_tuple *name,
                                  const struct anvil_frame *frame)
{
    return (struct anvil_event){
        .kind = ANVIL_SEGMENT,
        .now = turn->now,
        .arrived = turn->now,
        .segment = &frame->segment,
        .iss = anvil_connection_iss(host, turn, name),
        .ts_offset = anvil_ts_offset(&host->config.secret, name),
    };
}

enum anvil_refusal anvil_listen_syn(struct anvil_host *host, const struct anvil_turn *turn,
                                    struct slot *listener, const struct anvil_four_tuple *name,
                                    const struct anvil_frame *frame, bool more)
{
    enum anvil_refusal why;
    struct anvil_effects effects;
    if (anvil_listen_full(listener))
        return ANVIL_REFUSED_ACCEPT_QUEUE;
    if (!make_room(host, turn->policy, listener))
        return ANVIL_REFUSED_HALF_OPEN;
    struct slot *child = bear(host, turn, listener, &why);
    if (child == NULL)
        return why;
    child->name = *name;
    inherit(host, turn, listener, child);
    anvil_demux_add(host, child);
    anvil_ports_add(host, child);
    anvil_list_append(host, listener, child, PLACE_HALF_OPEN);
    struct anvil_event event = opening(host, turn, name, frame);
    event.more = more;
    anvil_connection_step(host, turn, child, &event, frame->payload, &effects);
    host->verdict_check = effects.check;
    anvil_connection_settle(host, turn, child);
    return ANVIL_REFUSED_NOT;
}

void anvil_listen_other(struct anvil_host *host, const struct anvil_turn *turn,
                        const struct slot *listener, const struct anvil_four_tuple *name,
                        const struct anvil_frame *frame)
{
    struct anvil_tcb copy = listener->tcb;
    struct anvil_effects effects;
    struct anvil_event event = opening(host, turn, name, frame);
    anvil_step(&copy, turn->policy, &event, &effects);
    host->verdict_check = effects.check;
    anvil_output_put(host, turn, name, listener, &effects);
}

/* A connection in TIME-WAIT that still has a descriptor passes on to a slot of its own: the
 * descriptor keeps what can be read. NULL when there is no slot. */
static struct slot *detach(struct anvil_host *host, const struct anvil_turn *turn,
                           struct slot *slot)
{
    struct slot *heir = anvil_slot_take(host, slot->family);
    if (heir == NULL)
        return NULL;
    heir->tcb = slot->tcb;
    heir->name = slot->name;
    heir->path_mtu = slot->path_mtu;
    memcpy(heir->option, slot->option, sizeof heir->option);
    heir->phase = PHASE_CONNECTED;
    anvil_connection_end(host, turn, slot);
    anvil_demux_add(host, heir);
    anvil_ports_add(host, heir);
    return heir;
}

struct slot *anvil_listen_for_reuse(struct anvil_host *host, const struct anvil_turn *turn,
                                    struct slot **slot)
{
    struct slot *listener = anvil_demux_listener(host, &(*slot)->name);
    if (listener == NULL || anvil_listen_full(listener) ||
        !make_room(host, turn->policy, listener))
        return NULL;
    if ((*slot)->descriptor >= 0) {
        struct slot *heir = detach(host, turn, *slot);
        if (heir == NULL)
            return NULL;
        *slot = heir;
    }
    uint32_t buffer = (uint32_t)anvil_option_value(turn->policy, listener, ANVIL_SO_RCVBUF);
    anvil_buffer_release(host, &(*slot)->receive);
    if (!anvil_buffer_reserve(host, &(*slot)->receive, buffer))
        return NULL;
    memcpy((*slot)->option, listener->option, sizeof (*slot)->option);
    anvil_options_tell_buffer(turn, *slot);
    return listener;
}

void anvil_listen_adopt(struct anvil_host *host, struct slot *listener, struct slot *slot)
{
    slot->phase = PHASE_CONNECTING;
    slot->path_mtu = host->config.mtu;
    slot->written = slot->acked = slot->read_from = slot->read_to = 0;
    slot->read_shut = slot->write_shut = 0;
    slot->urgent = URGENT_NONE;
    slot->error = slot->soft_error = ANVIL_ENONE;
    anvil_list_append(host, listener, slot, PLACE_HALF_OPEN);
}
