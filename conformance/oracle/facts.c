/* SPDX-License-Identifier: BSD-2-Clause */
/* What each segment adds to what is known of its connection. */
#include "oracle/watch.h"

#include <string.h>

static uint32_t later(uint32_t a, uint32_t b)
{
    return oracle_before(a, b) ? b : a;
}

static bool same_syn_options(const struct oracle_options *a, const struct oracle_options *b)
{
    return a->has_mss == b->has_mss && a->has_shift == b->has_shift &&
           a->has_stamps == b->has_stamps && a->sack_permitted == b->sack_permitted &&
           a->mss == b->mss && a->shift == b->shift;
}

static void note_own_syn(struct oracle_connection *facts, const struct oracle_segment *segment)
{
    if (!facts->has_iss) {
        facts->has_iss = true;
        facts->iss = segment->seq;
        facts->snd_max = segment->seq;
        facts->active = !oracle_has(segment, WIRE_ACK);
        facts->own_syn = segment->options;
        return;
    }
    facts->own_syn_varied = facts->own_syn_varied ||
                            !same_syn_options(&facts->own_syn, &segment->options);
    facts->own_syn = segment->options; /* the last one is what the peer answers */
}

/* The peer's SYN is the one that our first ACK is for. */
static void take_peer_syn(struct oracle_record *record, const struct oracle_segment *segment)
{
    struct oracle_connection *facts = &record->facts;
    uint32_t covered = segment->ack - record->syn.seq;
    if (facts->has_irs || !record->has_syn || covered == 0 || covered > record->syn.span)
        return;
    facts->has_irs = true;
    facts->irs = record->syn.seq;
    facts->peer_syn = record->syn.options;
    facts->peer_syn_doubtful = record->syn_doubtful || record->syn.doubtful;
    facts->peer_max = record->syn.seq + record->syn.span;
}

static void note_ack(struct oracle_connection *facts, const struct oracle_segment *segment)
{
    bool syn = oracle_has(segment, WIRE_SYN); /* whose window is never scaled. RFC 7323 2.2 */
    uint32_t edge = segment->ack +
                    ((uint32_t)segment->window << (syn ? 0 : oracle_own_shift(facts)));
    facts->acked = facts->has_acked ? later(facts->acked, segment->ack) : segment->ack;
    facts->right_edge = facts->has_acked ? later(facts->right_edge, edge) : edge;
    facts->has_acked = true;
}

void oracle_facts_sent(struct oracle_record *record, const struct oracle_segment *segment,
                       uint64_t time_us)
{
    struct oracle_connection *facts = &record->facts;
    facts->last_sent_us = time_us;
    if (oracle_has(segment, WIRE_RST)) {
        facts->reset_sent = true;
        return;
    }
    if (oracle_has(segment, WIRE_SYN))
        note_own_syn(facts, segment);
    if (oracle_has(segment, WIRE_ACK)) {
        take_peer_syn(record, segment);
        if (facts->has_irs)
            note_ack(facts, segment);
    }
    if (!facts->has_iss)
        return;
    facts->snd_max = later(facts->snd_max, segment->seq + segment->span);
    if (oracle_has(segment, WIRE_FIN) && !facts->has_fin) {
        facts->has_fin = true;
        facts->fin = segment->seq + segment->span - 1;
    }
}

/* A SYN that may begin the connection: the first, until another number comes. */
static void note_peer_syn(struct oracle_record *record, const struct oracle_segment *segment,
                          uint64_t time_us)
{
    if (!oracle_has(segment, WIRE_ACK)) {
        record->has_opener = true;
        record->opener = *segment;
        record->opener.text = NULL;
        record->opener_us = time_us;
    }
    bool again = record->has_syn && record->syn.seq == segment->seq;
    if (again) {
        record->syn_doubtful = record->syn_doubtful ||
                               !same_syn_options(&record->syn.options, &segment->options);
        if (record->syn.span < segment->span)
            record->syn.span = segment->span; /* text that came with one of them */
        if (!record->facts.has_irs)
            record->syn.options = segment->options; /* one that was refused does not count */
        return;
    }
    record->has_syn = true;
    record->syn_doubtful = false;
    record->syn = *segment;
    record->syn.text = NULL;
}

/* How far the window may reach at most: what was offered, or what the endpoint told. */
static uint32_t window_end(const struct oracle_connection *facts)
{
    const struct anvil_target_observation *seen = &facts->seen;
    if (!facts->seen_any || seen->rcv_nxt < 0 || seen->rcv_wnd < 0)
        return facts->right_edge;
    return later(facts->right_edge, (uint32_t)(seen->rcv_nxt + seen->rcv_wnd));
}

void oracle_facts_arrived(struct oracle_record *record, const struct oracle_segment *segment,
                          uint64_t time_us)
{
    struct oracle_connection *facts = &record->facts;
    facts->last_arrived_us = time_us;
    facts->reset_arrived = facts->reset_arrived || oracle_has(segment, WIRE_RST);
    if (oracle_has(segment, WIRE_SYN) && !oracle_has(segment, WIRE_RST))
        note_peer_syn(record, segment, time_us);
    if (!facts->has_irs || oracle_has(segment, WIRE_RST))
        return;
    /* What lies far from the window says nothing about the peer's stream. */
    uint32_t end = segment->seq + segment->span;
    if (!facts->has_acked || oracle_before(segment->seq, facts->irs) ||
        oracle_before(window_end(facts) + 1, segment->seq))
        return;
    facts->peer_max = later(facts->peer_max, end);
    if (oracle_has(segment, WIRE_FIN) && !facts->has_peer_fin) {
        facts->has_peer_fin = true;
        facts->peer_fin = end - 1;
    }
}
