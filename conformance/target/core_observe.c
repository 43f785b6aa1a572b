/* SPDX-License-Identifier: BSD-2-Clause */
/* The core as a target: what can be seen of a connection. */
#include "target/core.h"

/* Bits of an observation's options. */
#define SEEN_TIMESTAMPS 1
#define SEEN_SACK 2
#define SEEN_WINDOW_SCALE 4

/* How many segments of `size` octets hold `octets`; sizes are not known before a connection is. */
static int64_t segments(uint32_t octets, uint32_t size)
{
    return size == 0 ? 0 : (int64_t)((octets + size - 1u) / size);
}

/* Sequence numbers and windows mean nothing without a connection. */
static void observe_numbers(const struct anvil_tcb *tcb, struct anvil_target_observation *seen)
{
    bool exists = tcb->state != ANVIL_CLOSED && tcb->state != ANVIL_LISTEN;
    bool heard = exists && tcb->state != ANVIL_SYN_SENT;
    seen->iss = exists ? (int64_t)tcb->iss.raw : ANVIL_TARGET_UNKNOWN;
    seen->snd_una = exists ? (int64_t)tcb->snd_una.raw : ANVIL_TARGET_UNKNOWN;
    seen->snd_nxt = exists ? (int64_t)tcb->snd_nxt.raw : ANVIL_TARGET_UNKNOWN;
    seen->irs = heard ? (int64_t)tcb->irs.raw : ANVIL_TARGET_UNKNOWN;
    seen->rcv_nxt = heard ? (int64_t)tcb->rcv_nxt.raw : ANVIL_TARGET_UNKNOWN;
    seen->snd_wnd = heard ? (int64_t)tcb->snd_wnd : ANVIL_TARGET_UNKNOWN;
    seen->rcv_wnd = exists ? (int64_t)anvil_receive_window(tcb) : ANVIL_TARGET_UNKNOWN;
}

static void observe_counts(const struct anvil_tcb *tcb, struct anvil_target_observation *seen)
{
    uint32_t flight = anvil_seq_from(tcb->snd_una, tcb->snd_max);
    seen->unacked_segments = segments(flight, tcb->snd_mss);
    seen->lost_segments = ANVIL_TARGET_UNKNOWN;
    seen->retransmitted_segments = ANVIL_TARGET_UNKNOWN;
    seen->sacked_segments = ANVIL_TARGET_UNKNOWN;
    seen->retransmissions = tcb->backoff;
    seen->probes = tcb->probes;
    seen->backoff = tcb->backoff;
    seen->total_retransmissions = tcb->total_retransmits;
    seen->cwnd_segments = segments(tcb->congestion.cwnd, tcb->snd_mss);
    seen->ssthresh_segments = segments(tcb->congestion.ssthresh, tcb->snd_mss);
}

static void observe_options(const struct anvil_policy *policy, const struct anvil_tcb *tcb,
                            struct anvil_target_observation *seen)
{
    bool scaled = policy->offer_window_scale && tcb->peer_offers & ANVIL_HAS_WINDOW_SCALE;
    seen->snd_wscale = tcb->snd_shift;
    seen->rcv_wscale = tcb->rcv_shift;
    seen->options = (tcb->timestamps_on ? SEEN_TIMESTAMPS : 0) | (tcb->sack_on ? SEEN_SACK : 0) |
                    (scaled ? SEEN_WINDOW_SCALE : 0);
    seen->delayed_ack_timeout_us = (int64_t)policy->delayed_ack_us;
}

/* Number `index` of what there is. Asked for one after the other, each slot is looked at once. */
static bool find(struct core *core, size_t index, struct anvil_host_view *view)
{
    bool on = index >= core->look.index;
    uint32_t slot = on ? core->look.slot : 0;
    size_t left = on ? index - core->look.index : index;
    for (;; slot++) {
        int found = anvil_host_look(core->host, slot, view);
        if (found < 0)
            return false;
        if (found && left-- == 0)
            break;
    }
    core->look.index = index + 1;
    core->look.slot = slot + 1;
    return true;
}

bool target_core_observe(void *self, size_t index, struct anvil_target_observation *seen)
{
    struct core *core = self;
    struct anvil_host_view view;
    if (!find(core, index, &view))
        return false;
    const struct anvil_tcb *tcb = view.tcb;
    *seen = (struct anvil_target_observation){
        .socket = view.descriptor,
        .state = (enum anvil_target_state)tcb->state,
        .snd_mss = anvil_effective_mss(tcb),
        .rcv_mss = tcb->rcv_mss,
        .advertised_mss = tcb->rcv_mss_limit,
        .path_mtu = view.path_mtu,
        .rto_us = tcb->rto_us,
        .srtt_us = tcb->srtt_us,
        .rttvar_us = tcb->rttvar_us,
        .bytes_acked = (int64_t)tcb->snd_una_offset,
        .bytes_received = (int64_t)tcb->rcv_nxt_offset,
        .unsent_bytes = (int64_t)view.unsent,
        .unread_bytes = (int64_t)view.unread,
    };
    target_core_address(&seen->local, &view.name.local);
    target_core_address(&seen->remote, &view.name.remote);
    observe_numbers(tcb, seen);
    observe_counts(tcb, seen);
    observe_options(&core->policy, tcb, seen);
    return true;
}
