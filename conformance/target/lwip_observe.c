/* SPDX-License-Identifier: BSD-2-Clause */
/* lwIP as a target: what its blocks tell of a connection. */
#include "target/lwip.h"

#include <string.h>

enum { SEEN_WINDOW_SCALE = 4, SLOW_TICK_US = 2 * TARGET_LWIP_TICK_US };

static enum anvil_target_state state_of(enum tcp_state state)
{
    switch (state) {
    case CLOSED: return ANVIL_STATE_CLOSED;
    case LISTEN: return ANVIL_STATE_LISTEN;
    case SYN_SENT: return ANVIL_STATE_SYN_SENT;
    case SYN_RCVD: return ANVIL_STATE_SYN_RECEIVED;
    case ESTABLISHED: return ANVIL_STATE_ESTABLISHED;
    case FIN_WAIT_1: return ANVIL_STATE_FIN_WAIT_1;
    case FIN_WAIT_2: return ANVIL_STATE_FIN_WAIT_2;
    case CLOSE_WAIT: return ANVIL_STATE_CLOSE_WAIT;
    case CLOSING: return ANVIL_STATE_CLOSING;
    case LAST_ACK: return ANVIL_STATE_LAST_ACK;
    case TIME_WAIT: return ANVIL_STATE_TIME_WAIT;
    }
    return ANVIL_STATE_UNKNOWN;
}

/* Listeners first, then connections, then those in TIME-WAIT. */
static const struct tcp_pcb *find(size_t index)
{
    const struct tcp_pcb *lists[] = { tcp_listen_pcbs.pcbs, tcp_active_pcbs, tcp_tw_pcbs };
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        for (const struct tcp_pcb *pcb = lists[i]; pcb != NULL; pcb = pcb->next)
            if (index-- == 0)
                return pcb;
    return NULL;
}

/* The socket of a block, waiting to be accepted or not; NULL: it has none. */
static const struct target_lwip_socket *socket_of(const struct tcp_pcb *pcb)
{
    const struct target_lwip_socket *socket = pcb->callback_arg;
    return socket != NULL && socket->pcb == pcb ? socket : NULL;
}

static int64_t segments(uint32_t octets, uint32_t size)
{
    return size == 0 ? 0 : (int64_t)((octets + size - 1u) / size);
}

static int64_t queue_length(const struct tcp_seg *segment)
{
    int64_t length = 0;
    for (; segment != NULL; segment = segment->next)
        length++;
    return length;
}

static int64_t queue_octets(const struct tcp_seg *segment)
{
    int64_t octets = 0;
    for (; segment != NULL; segment = segment->next)
        octets += segment->len;
    return octets;
}

/* lwIP keeps neither side's ISN: the socket does. Before that they follow from the numbers. */
static void observe_numbers(const struct tcp_pcb *pcb, const struct target_lwip_socket *socket,
                            struct anvil_target_observation *seen)
{
    bool heard = pcb->state != SYN_SENT;
    if (pcb->state == SYN_RCVD) {
        seen->iss = pcb->lastack;
        seen->irs = (uint32_t)(pcb->rcv_nxt - 1);
    } else if (socket != NULL) {
        seen->iss = socket->iss;
        if (socket->knows_irs)
            seen->irs = socket->irs;
    }
    seen->snd_una = pcb->lastack;
    seen->snd_nxt = pcb->snd_nxt;
    seen->rcv_wnd = pcb->rcv_ann_wnd;
    if (!heard)
        return;
    seen->snd_wnd = pcb->snd_wnd;
    seen->rcv_nxt = pcb->rcv_nxt;
}

static void observe_counts(const struct tcp_pcb *pcb, struct anvil_target_observation *seen)
{
    seen->unacked_segments = queue_length(pcb->unacked);
    seen->retransmissions = seen->backoff = pcb->nrtx;
    seen->probes = pcb->persist_probe + pcb->keep_cnt_sent;
    seen->cwnd_segments = segments(pcb->cwnd, pcb->mss);
    seen->ssthresh_segments = segments(pcb->ssthresh, pcb->mss);
    seen->snd_mss = pcb->mss;
    seen->rto_us = (int64_t)pcb->rto * SLOW_TICK_US;
    seen->srtt_us = (int64_t)(pcb->sa >> 3) * SLOW_TICK_US;
    seen->rttvar_us = (int64_t)pcb->sv * SLOW_TICK_US / 4;
    seen->delayed_ack_timeout_us = TARGET_LWIP_TICK_US;
    seen->snd_wscale = pcb->snd_scale;
    seen->rcv_wscale = pcb->rcv_scale;
    seen->options = (pcb->flags & TF_WND_SCALE) != 0 ? SEEN_WINDOW_SCALE : 0;
    seen->unsent_bytes = queue_octets(pcb->unsent);
}

/* Nothing is known yet. */
static void clear(struct anvil_target_observation *seen)
{
    int64_t *first = &seen->iss;
    memset(seen, 0, sizeof *seen);
    for (int64_t *number = first; number <= &seen->unread_bytes; number++)
        *number = ANVIL_TARGET_UNKNOWN;
}

bool target_lwip_observe(void *self, size_t index, struct anvil_target_observation *seen)
{
    const struct target_lwip *lwip = self;
    const struct tcp_pcb *pcb = lwip->died ? NULL : find(index);
    if (pcb == NULL)
        return false;
    const struct target_lwip_socket *socket = socket_of(pcb);
    clear(seen);
    bool held = socket != NULL && socket->owner < 0 && !socket->lingers;
    seen->socket = held ? target_lwip_number(lwip, socket) : -1;
    seen->state = state_of(pcb->state);
    seen->local = target_lwip_address(&pcb->local_ip, pcb->local_port);
    if (pcb->state == LISTEN) {
        seen->remote.family = seen->local.family;
        return true; /* its block ends here */
    }
    seen->remote = target_lwip_address(&pcb->remote_ip, pcb->remote_port);
    observe_numbers(pcb, socket, seen);
    observe_counts(pcb, seen);
    if (socket != NULL)
        seen->unread_bytes = socket->queue == NULL ? 0 : socket->queue->tot_len;
    return true;
}
