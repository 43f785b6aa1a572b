/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A target that answers a SYN with SYN,ACK and acknowledges every segment that takes up sequence
 * numbers, whatever it is. It keeps no state of a connection. A case that passes against it does
 * not tell a TCP from an echo.
 */
#include "target/dummy.h"
#include "wire/frame.h"

#include <string.h>

enum { WINDOW_BYTES = 65535, TTL = 64, MSS_BYTES = 1460 };

static const struct anvil_target_traits *traits(void)
{
    static const struct anvil_target_traits of_ackall = {
        .name = "ackall", .version = "1", .granularity_us = 1, .ipv6 = true, .timestamps = true,
        .sack = true, .window_scale = true, .urgent = true, .keepalive = true, .fixes_iss = true,
        .follows_policy = true,
    };
    return &of_ackall;
}

/* A SYN becomes a connection that accept() returns, if there is room. */
static void queue_connection(struct target_dummy *dummy, const struct wire_frame *frame)
{
    if (dummy->waiting_count == DUMMY_WAITING_MAX)
        return;
    struct anvil_target_address *peer = &dummy->waiting[dummy->waiting_count++];
    peer->family = frame->ip.version;
    memcpy(peer->octets, frame->ip.source.bytes, sizeof peer->octets);
    peer->port = frame->tcp.source_port;
}

/* The sequence numbers that a segment takes up. RFC 9293 3.4: SYN and FIN count one each. */
static uint32_t segment_length(const struct wire_frame *frame)
{
    uint32_t length = (uint32_t)frame->payload_bytes;
    length += (frame->tcp.flags & WIRE_SYN) != 0;
    length += (frame->tcp.flags & WIRE_FIN) != 0;
    return length;
}

/* SYN,ACK to a SYN, ACK to anything else. */
static void answer(struct target_dummy *dummy, const struct wire_frame *frame)
{
    bool syn = (frame->tcp.flags & WIRE_SYN) != 0;
    struct wire_frame reply;
    memset(&reply, 0, sizeof reply);
    reply.kind = WIRE_KIND_TCP;
    reply.ip.version = frame->ip.version;
    reply.ip.source = frame->ip.destination;
    reply.ip.destination = frame->ip.source;
    reply.ip.ttl = TTL;
    reply.tcp.source_port = frame->tcp.destination_port;
    reply.tcp.destination_port = frame->tcp.source_port;
    reply.tcp.flags = (uint16_t)(WIRE_ACK | (syn ? WIRE_SYN : 0));
    reply.tcp.seq = syn ? dummy->config.iss : frame->tcp.ack;
    reply.tcp.ack = frame->tcp.seq + segment_length(frame);
    reply.tcp.window = WINDOW_BYTES;
    const uint8_t mss[2] = { MSS_BYTES >> 8, MSS_BYTES & 255 };
    if (syn)
        wire_add_option(&reply.tcp, WIRE_OPTION_MSS, mss, sizeof mss);
    uint8_t bytes[DUMMY_FRAME_BYTES_MAX];
    target_dummy_emit(dummy, bytes, wire_encode(&reply, NULL, bytes, sizeof bytes));
}

static void inject(void *self, const uint8_t *bytes, size_t length)
{
    struct target_dummy *dummy = self;
    struct wire_frame frame;
    if (wire_decode(&frame, bytes, length) != WIRE_OK || frame.kind != WIRE_KIND_TCP)
        return;
    if ((frame.tcp.flags & WIRE_RST) != 0 || segment_length(&frame) == 0)
        return;
    if ((frame.tcp.flags & WIRE_SYN) != 0 && (frame.tcp.flags & WIRE_ACK) == 0)
        queue_connection(dummy, &frame);
    answer(dummy, &frame);
}

static const char *explain(void *self)
{
    (void)self;
    return "ackall: acknowledges everything";
}

extern const struct anvil_target anvil_target_ackall;
const struct anvil_target anvil_target_ackall = {
    .abi = ANVIL_TARGET_ABI,
    .traits = traits,
    .open = target_dummy_open,
    .close = target_dummy_close,
    .call = target_dummy_call,
    .ready = target_dummy_ready,
    .inject = inject,
    .take = target_dummy_take,
    .advance = target_dummy_advance,
    .deadline = target_dummy_deadline,
    .observe = target_dummy_observe,
    .explain = explain,
};
