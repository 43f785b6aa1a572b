/* SPDX-License-Identifier: BSD-2-Clause */
/* Segments that leave: see output.h. */
#include "host/output.h"

#include "host/options.h"

/* What a keep-alive carries when policy wants an octet: SEG.SEQ = SND.NXT - 1, any value. MAY-6. */
static const uint8_t garbage_octet[1] = { 0 };

uint32_t anvil_output_headers(unsigned family)
{
    return (family == ANVIL_IPV6 ? ANVIL_IPV6_HEADER : ANVIL_IPV4_HEADER) + ANVIL_TCP_HEADER;
}

/* Sets the fields of the IP header that the policy or, if there is a socket, its user decides. */
static void mark(struct anvil_frame *frame, const struct anvil_policy *policy,
                 const struct slot *slot)
{
    int64_t ttl = policy->ttl, traffic_class = 0, discover = policy->path_mtu_discovery;
    if (slot != NULL) {
        ttl = anvil_option_value(policy, slot, ANVIL_SO_TTL);
        traffic_class = anvil_option_value(policy, slot, ANVIL_SO_TOS);
        discover = anvil_option_value(policy, slot, ANVIL_SO_MTU_DISCOVER);
    }
    frame->ttl = (uint8_t)ttl;
    frame->traffic_class = (uint8_t)traffic_class;
    frame->dont_fragment = discover != 0;
}

/* Puts out one segment. A frame for which the output has no room is lost, as on a wire; with the
 * capacity that host.h asks for there is room. */
static void put(struct anvil_host *host, struct anvil_output *output, struct anvil_frame *frame,
                const struct slot *slot, const struct anvil_sent *sent)
{
    struct anvil_span spans[2] = { { 0 }, { 0 } };
    frame->segment = sent->segment;
    if (sent->offset == ANVIL_NO_OFFSET)
        spans[0] = (struct anvil_span){ garbage_octet, sent->segment.length };
    else if (sent->segment.length != 0)
        anvil_ring_spans(host_area(host), slot->send, sent->offset, sent->segment.length, spans);
    if (output->count == ANVIL_OUTPUT_FRAMES)
        return;
    size_t length = anvil_frame_encode(frame, spans[0], spans[1], output->octets + output->used,
                                       output->capacity - output->used);
    if (length == 0)
        return;
    output->frame[output->count] = (struct anvil_output_frame){ output->used, length };
    output->count++;
    output->used += length;
    host->counters.frames_out++;
}

void anvil_output_put(struct anvil_host *host, const struct anvil_turn *turn,
                      const struct anvil_four_tuple *name, const struct slot *slot,
                      const struct anvil_effects *effects)
{
    if (effects->sent_count == 0)
        return;
    struct anvil_frame frame; /* what anvil_frame_encode does not read stays unset: a hot path */
    frame.kind = ANVIL_FRAME_TCP;
    frame.from = name->local;
    frame.to = name->remote;
    mark(&frame, turn->policy, slot);
    for (unsigned sent = 0; sent < effects->sent_count; sent++)
        put(host, turn->output, &frame, slot, &effects->sent[sent]);
}
