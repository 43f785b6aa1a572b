/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ICMP errors: matched with a connection, checked, passed on. RFC 9293 3.9.2.2, RFC 5927 section
 * 4.1, RFC 1191 and 8201.
 */
#include "host/icmp_in.h"

#include "host/connection.h"
#include "host/options.h"
#include "host/output.h"
#include "host/poll.h"

/* IPv6 links carry packets of this many octets at least. RFC 8200 section 5. */
#define IPV6_MTU_LEAST 1280u

/* Common MTUs, from the largest: the guess when a router does not report one. RFC 1191 7.1, without
 * 65535, than which no path's is larger. */
static const uint16_t plateaus[] = { 32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296, 68 };

/* How each reason is told to the user. */
static enum anvil_error error_of(enum anvil_icmp_reason reason)
{
    switch (reason) {
    case ANVIL_REASON_NET_UNREACHABLE: return ANVIL_ENETUNREACH;
    case ANVIL_REASON_HOST_UNREACHABLE: return ANVIL_EHOSTUNREACH;
    case ANVIL_REASON_PROTOCOL_UNREACHABLE: return ANVIL_ENOPROTOOPT;
    case ANVIL_REASON_PORT_UNREACHABLE: return ANVIL_ECONNREFUSED;
    case ANVIL_REASON_TOO_BIG: return ANVIL_EMSGSIZE;
    case ANVIL_REASON_SOURCE_ROUTE_FAILED: return ANVIL_EOPNOTSUPP;
    case ANVIL_REASON_PROHIBITED: return ANVIL_EHOSTUNREACH;
    case ANVIL_REASON_TIME_EXCEEDED: return ANVIL_EHOSTUNREACH;
    case ANVIL_REASON_PARAMETER_PROBLEM: return ANVIL_EPROTO;
    case ANVIL_REASON_NONE:
    case ANVIL_REASON_QUENCH: return ANVIL_ENONE;
    }
    return ANVIL_ENONE;
}

/* The MTU that a report means; 0 if it has to be discarded. In IPv4 a router that is older than RFC
 * 1191 names none, and the next common one is the guess (sections 5 and 7.1); no IPv6 link has an
 * MTU below 1280 (RFC 8201 section 4). It is never below what the policy allows. */
static uint32_t reported_mtu(const struct anvil_frame *frame, const struct slot *slot,
                             const struct anvil_policy *policy)
{
    uint32_t mtu = frame->mtu;
    if (slot->name.remote.address.family == ANVIL_IPV6 && mtu < IPV6_MTU_LEAST)
        return 0;
    const uint16_t *end = plateaus + sizeof plateaus / sizeof plateaus[0];
    for (const uint16_t *guess = plateaus; mtu == 0 && guess != end; guess++)
        if (*guess < slot->path_mtu)
            mtu = *guess;
    return mtu < policy->path_mtu_min ? policy->path_mtu_min : mtu;
}

/* A report that a packet was too big becomes the bound of a segment's payload. */
static enum anvil_refusal follow_mtu(struct slot *slot, const struct anvil_frame *frame,
                                     const struct anvil_policy *policy, struct anvil_event *event)
{
    if (slot->option[ANVIL_SO_MTU_DISCOVER] == 0)
        return ANVIL_REFUSED_ICMP_MTU;
    bool ipv4 = slot->name.remote.address.family == ANVIL_IPV4;
    if (!anvil_option_value(policy, slot, ANVIL_SO_MTU_DISCOVER) && ipv4) {
        event->icmp = ANVIL_ICMP_HARD; /* code 4 without discovery. SHLD-26 */
        return ANVIL_REFUSED_NOT;
    }
    uint32_t mtu = reported_mtu(frame, slot, policy);
    if (mtu == 0 || mtu >= slot->path_mtu)
        return ANVIL_REFUSED_ICMP_MTU;
    slot->path_mtu = mtu;
    event->mss_limit = mtu - anvil_output_headers(slot->name.remote.address.family);
    return ANVIL_REFUSED_NOT;
}

enum anvil_refusal anvil_icmp_in(struct anvil_host *host, const struct anvil_turn *turn,
                                 const struct anvil_frame *frame)
{
    struct slot *slot = anvil_poll_connection(host, turn, &frame->quoted);
    struct anvil_effects effects;
    struct anvil_event event = { .kind = ANVIL_ICMP, .icmp = frame->icmp,
                                 .quoted = frame->quoted_seq };
    if (slot == NULL || slot->phase == PHASE_LISTENING)
        return ANVIL_REFUSED_ICMP_NO_MATCH;
    /* 5927 4.1: SND.UNA =< SEG.SEQ < SND.NXT; SND.MAX, as SND.NXT may have gone back. */
    if (!anvil_seq_le(slot->tcb.snd_una, frame->quoted_seq) ||
        !anvil_seq_lt(frame->quoted_seq, slot->tcb.snd_max))
        return ANVIL_REFUSED_ICMP_SEQUENCE;
    if (frame->icmp == ANVIL_ICMP_TOO_BIG) {
        enum anvil_refusal refusal = follow_mtu(slot, frame, turn->policy, &event);
        if (refusal != ANVIL_REFUSED_NOT)
            return refusal;
    }
    slot->icmp_error = (uint8_t)error_of(frame->reason);
    anvil_connection_step(host, turn, slot, &event, NULL, &effects);
    anvil_connection_settle(host, turn, slot);
    return ANVIL_REFUSED_NOT;
}
