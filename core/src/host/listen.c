/* SPDX-License-Identifier: BSD-2-Clause */
/* Passive OPEN: see listen.h. RFC 9293 3.10.1 and 3.10.7.2, RFC 4987. */
#include "host/listen.h"

#include "host/bind.h"
#include "host/connection.h"
#include "host/demux.h"
#include "host/options.h"
#include "host/output.h"
#include "host/slots.h"

#include <assert.h>
#include <string.h>

/* OPEN of a TCB in CLOSED: it listens, for segments of a family. */
static void open_passive(struct anvil_host *host, const struct anvil_turn *turn, struct slot *slot,
                         uint8_t family)
{
    struct anvil_effects effects;
    struct anvil_event event = {
        .kind = ANVIL_OPEN_PASSIVE,
        .now = turn->now,
        .open = anvil_connection_open(host, turn, slot, family),
    };
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
        int failed = anvil_bind_local(host, turn, slot, any);
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

/* True if no further connection may complete at the listener. Those that wait for data count like
 * those that wait for accept, which they do next. */
static bool is_full(const struct slot *listener)
{
    return listener->accept.count + listener->deferred.count >= listener->backlog;
}

enum anvil_refusal anvil_listen_admit(struct anvil_host *host, struct slot *slot)
{
    if (is_full(host_slot(host, slot->parent)))
        return ANVIL_REFUSED_ACCEPT_QUEUE;
    if (!anvil_buffer_grow(host, &slot->receive, slot->tcb.rcv_buffer, 0, 0))
        return ANVIL_REFUSED_NO_MEMORY;
    return ANVIL_REFUSED_NOT;
}

/* True if the listener may have one more half-open connection, if need be in place of another.
 * RFC 4987 3.2, 3.4. */
static bool has_room(const struct anvil_policy *policy, const struct slot *listener)
{
    return listener->half_open.count < policy->half_open_max ||
           policy->half_open_overflow == ANVIL_HALF_OPEN_DROP_OLDEST;
}

/* Lets the oldest half-open connection give way, if there are too many and the policy says so.
 * False if there is no room, then. */
static bool make_room(struct anvil_host *host, const struct anvil_policy *policy,
                      const struct slot *listener)
{
    if (!has_room(policy, listener))
        return false;
    if (listener->half_open.count < policy->half_open_max)
        return true;
    if (listener->half_open.first == 0)
        return false;
    anvil_slot_free(host, host_slot(host, listener->half_open.first));
    return true;
}

/* Makes a child known: it can be found by its name and its port, and counts as half-open. */
static void enter(struct anvil_host *host, struct slot *listener, struct slot *child)
{
    anvil_demux_add(host, child);
    anvil_ports_add(host, child);
    anvil_list_append(host, listener, child, PLACE_HALF_OPEN);
}

/* A slot for a connection that is born at this listener, with the listener's options; NULL if there
 * is no slot or no memory. Its receive buffer has a size, which is taken away when the TCB knows
 * it, but no memory until the handshake completes: SYNs without number, from anywhere, must not
 * make the windows of others small. RFC 4987 section 2. */
static struct slot *bear(struct anvil_host *host, const struct anvil_turn *turn,
                         const struct slot *listener)
{
    uint32_t buffer = (uint32_t)anvil_option_value(turn->policy, listener, ANVIL_SO_RCVBUF);
    uint32_t promised = anvil_buffer_promise(host, buffer);
    struct slot *child = promised == 0 ? NULL : anvil_slot_take(host, listener->family);
    if (child == NULL)
        return NULL;
    child->receive.size = promised;
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
    child->receive.size = 0;
}

/* The SEGMENT ARRIVES event of a segment that may open a connection. Without a timestamps option in
 * the SYN there will be none (RFC 7323 3.2), and no clock to offset. */
static struct anvil_event opening(const struct anvil_host *host, const struct anvil_turn *turn,
                                  const struct anvil_four_tuple *name,
                                  const struct anvil_frame *frame)
{
    bool stamped = frame->segment.options.present & ANVIL_HAS_TIMESTAMPS;
    return (struct anvil_event){
        .kind = ANVIL_SEGMENT,
        .now = turn->now,
        .arrived = turn->now,
        .segment = &frame->segment,
        .iss = anvil_connection_iss(host, turn, name),
        .ts_offset = stamped ? anvil_ts_offset(&host->config.secret, name) : 0,
    };
}

enum anvil_refusal anvil_listen_syn(struct anvil_host *host, const struct anvil_turn *turn,
                                    struct slot *listener, const struct anvil_four_tuple *name,
                                    const struct anvil_frame *frame, bool more)
{
    struct anvil_effects effects;
    if (is_full(listener))
        return ANVIL_REFUSED_ACCEPT_QUEUE;
    if (host->pool.used == host->pool.count) /* nobody has to give way for nothing */
        return ANVIL_REFUSED_NO_MEMORY;
    if (!make_room(host, turn->policy, listener))
        return ANVIL_REFUSED_HALF_OPEN;
    struct slot *child = bear(host, turn, listener);
    if (child == NULL)
        return ANVIL_REFUSED_NO_SLOT;
    child->name = *name;
    inherit(host, turn, listener, child);
    enter(host, listener, child);
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

/* What the old connection received stays with the old descriptor: for the heir it is read. */
static void forget_unread(const struct anvil_turn *turn, struct slot *heir)
{
    struct anvil_effects effects;
    struct anvil_event event = { .kind = ANVIL_RECEIVE, .now = turn->now,
                                 .length = anvil_unread(&heir->tcb) };
    if (event.length != 0)
        anvil_step(&heir->tcb, turn->policy, &event, &effects);
}

/* A slot with a copy of the TCB in TIME-WAIT, but the listener's settings, for the connection that
 * may take its place; NULL if policy, listener or memory forbid that. */
static struct slot *bear_heir(struct anvil_host *host, const struct anvil_turn *turn,
                              const struct slot *listener, const struct slot *slot)
{
    if (turn->policy->time_wait_reuse != ANVIL_REUSE_RFC6191 || listener == NULL ||
        is_full(listener) || !has_room(turn->policy, listener))
        return NULL;
    struct slot *heir = bear(host, turn, listener);
    if (heir == NULL)
        return NULL;
    heir->name = slot->name;
    inherit(host, turn, listener, heir);
    const struct anvil_tcb listening = heir->tcb;
    heir->tcb = slot->tcb;
    anvil_copy_settings(&heir->tcb, &listening);
    forget_unread(turn, heir);
    return heir;
}

bool anvil_listen_reopen(struct anvil_host *host, const struct anvil_turn *turn, struct slot *slot,
                         const struct anvil_frame *frame)
{
    struct slot *listener = anvil_demux_listener(host, &slot->name);
    struct slot *heir = bear_heir(host, turn, listener, slot);
    if (heir == NULL)
        return false;
    struct anvil_effects effects;
    struct anvil_event event = opening(host, turn, &slot->name, frame);
    event.remote_specified = true;
    anvil_step(&heir->tcb, turn->policy, &event, &effects);
    if (heir->tcb.state != ANVIL_SYN_RECEIVED) {
        anvil_slot_free(host, heir);
        return false;
    }
    host->verdict_check = effects.check;
    anvil_connection_end(host, slot);
    bool made = make_room(host, turn->policy, listener);
    assert(made); /* bear_heir has seen to it */
    (void)made;
    enter(host, listener, heir);
    anvil_output_put(host, turn, &heir->name, heir, &effects);
    anvil_connection_settle(host, turn, heir);
    return true;
}
