/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Target: the core's host: its decoders, demultiplexer, ICMP, IPv4 and IPv6, and what lies behind.
 * Input: a capture (classic pcap, raw IP), however damaged. Its frames arrive at their times at
 *     192.0.2.1 and 2001:db8::1; those that it shows coming from there stand for calls, and their
 *     headers suffice (application.h). Octets 8 to 15 of its head, which are zero in any other
 *     capture, choose profile, clock, initial sequence number, MTU, and that nobody reads.
 *     Checksums are put right, but where a frame's original length is 0.
 * Oracle: all rules of conformance/oracle, faults of frames (wire_fault), rest at each moment, and
 *     silence where a frame is malformed or meant for somebody else.
 */
#include "fuzz/application.h"
#include "fuzz/kinds.h"
#include "fuzz/play.h"

#include "wire/capture.h"
#include "wire/checksum.h"

#include <string.h>

enum {
    PACKETS_MAX = 256, CHOICES_AT = 8, CHOICES = 5, LAZY_AT = 12, ORIGINAL_LENGTH = 4,
    SOCKETS_MOST = 24, TCP_CHECKSUM_AT = 16, ICMP_CHECKSUM_AT = 2
};
#define GAP_MAX_US UINT64_C(3600000000)

/* What the harness meets beside states: how a frame was read. */
enum {
    TCP_4, TCP_6, ICMP_4, ICMP_6, OTHER_PROTOCOL, FRAGMENT, EXTENSION_HEADERS, IP_OPTIONS,
    NOT_FOR_US, SHOWN, BAD_CHECKSUM, REASONS,
    KINDS = REASONS + WIRE_SHORT_ICMP_HEADER + 1
};

static void name_kinds(void)
{
    static const char *names[KINDS] = {
        "TCP over IPv4", "TCP over IPv6", "ICMP", "ICMPv6", "another protocol", "a fragment",
        "IPv6 extension headers", "IPv4 options", "for somebody else", "sent by the endpoint",
        "a wrong checksum"
    };
    for (int reason = 0; reason <= WIRE_SHORT_ICMP_HEADER; reason++)
        names[REASONS + reason] = wire_reason_text((enum wire_reason)reason);
    fuzz_kinds_are(names, KINDS);
}

/* One run. */
struct run {
    struct fuzz_end *end;
    struct fuzz_application application;
    uint64_t captured_us; /* when the frame before was captured */
    bool looked;          /* the state of the connection looked at was this, so much being done */
    uint64_t looked_at;
    enum anvil_target_state state;
    uint8_t bytes[ANVIL_TARGET_FRAME_MAX];
};

static bool is_address(const struct wire_address *address, enum world_side side)
{
    struct anvil_target_address known = world_address(address->version == 6 ? 6 : 4, side);
    return memcmp(known.octets, address->bytes, sizeof known.octets) == 0;
}

static void put16(uint8_t *out, uint16_t value)
{
    out[0] = (uint8_t)(value >> 8);
    out[1] = (uint8_t)(value & 0xff);
}

/* Puts the checksums right of a frame that is otherwise what it is; a fuzzer does not find them. */
static void mend(uint8_t *bytes, size_t length)
{
    struct wire_frame frame;
    if (wire_decode(&frame, bytes, length) == WIRE_SHORT_IP_HEADER || frame.ip.header_bytes == 0)
        return;
    if (frame.ip.version == 4) {
        put16(bytes + 10, 0);
        put16(bytes + 10, wire_fold(wire_sum(0, bytes, frame.ip.header_bytes)));
    }
    size_t head = frame.ip.header_bytes, claimed = frame.ip.claimed_bytes;
    size_t at = frame.kind == WIRE_KIND_TCP ? TCP_CHECKSUM_AT : ICMP_CHECKSUM_AT;
    length = claimed < length ? claimed : length;
    if (frame.kind == WIRE_KIND_OTHER || head > length || length - head < at + 2)
        return;
    put16(bytes + head + at, 0);
    put16(bytes + head + at, wire_transport_checksum(&frame.ip, frame.ip.protocol, bytes + head,
                                                     length - head));
}

/* Counts how a frame reads. */
static void note(const struct wire_frame *frame, enum wire_reason reason)
{
    bool v6 = frame->ip.version == 6;
    fuzz_kind(REASONS + reason);
    if (reason != WIRE_OK)
        return;
    switch (frame->kind) {
    case WIRE_KIND_TCP: fuzz_kind(v6 ? TCP_6 : TCP_4); break;
    case WIRE_KIND_ICMP: fuzz_kind(v6 ? ICMP_6 : ICMP_4); break;
    case WIRE_KIND_OTHER: fuzz_kind(OTHER_PROTOCOL); break;
    }
    if (frame->ip.fragment != 0 || frame->ip.more_fragments)
        fuzz_kind(FRAGMENT);
    if (frame->ip.header_bytes > (v6 ? 40 : 20))
        fuzz_kind(v6 ? EXTENSION_HEADERS : IP_OPTIONS);
    if (!is_address(&frame->ip.destination, WORLD_A))
        fuzz_kind(NOT_FOR_US);
    if (!frame->ip.checksum_ok || (frame->kind == WIRE_KIND_TCP && !frame->tcp.checksum_ok))
        fuzz_kind(BAD_CHECKSUM);
}

/* Looks for the connection or listener that a segment of the peer belongs to. */
static enum anvil_target_state look_for(const struct fuzz_end *end)
{
    struct anvil_target_observation seen;
    enum anvil_target_state state = ANVIL_STATE_CLOSED;
    for (size_t i = 0; end->target->observe(end->self, i, &seen); i++) {
        if (seen.local.family != end->local.family || seen.local.port != end->local.port)
            continue;
        if (seen.state == ANVIL_STATE_LISTEN && state == ANVIL_STATE_CLOSED)
            state = ANVIL_STATE_LISTEN;
        if (seen.remote.port == end->remote.port && seen.state != ANVIL_STATE_LISTEN &&
            seen.state != ANVIL_STATE_CLOSED &&
            memcmp(seen.remote.octets, end->remote.octets, sizeof seen.remote.octets) == 0)
            state = seen.state;
    }
    return state;
}

/* Its state. As long as nothing happens it is the same. */
static enum anvil_target_state state_of(struct run *run)
{
    const struct fuzz_end *end = run->end;
    if (!run->looked || run->looked_at != end->done) {
        run->state = look_for(end);
        run->looked = true;
        run->looked_at = end->done;
    }
    return run->state;
}

static enum fuzz_class class_of(const struct wire_frame *frame)
{
    return frame->kind == WIRE_KIND_TCP ? fuzz_class_of(frame->tcp.flags, frame->payload_bytes > 0)
                                        : FUZZ_CLASS_OTHER;
}

/* Sets whose connection is looked at: the one with these ends. */
static void look_at(struct run *run, const struct wire_address *local, uint16_t local_port,
                    const struct wire_address *remote, uint16_t remote_port)
{
    struct fuzz_end *end = run->end;
    run->looked = false;
    end->local = (struct anvil_target_address){ .family = local->version, .port = local_port };
    end->remote = (struct anvil_target_address){ .family = remote->version, .port = remote_port };
    memcpy(end->local.octets, local->bytes, sizeof end->local.octets);
    memcpy(end->remote.octets, remote->bytes, sizeof end->remote.octets);
}

/* A frame that the capture shows the endpoint sending: the application makes it do so. */
static void show(struct run *run, const struct wire_frame *frame)
{
    struct fuzz_end *end = run->end;
    uint16_t flags = frame->tcp.flags;
    fuzz_kind(SHOWN);
    look_at(run, &frame->ip.source, frame->tcp.source_port, &frame->ip.destination,
            frame->tcp.destination_port);
    end->before = state_of(run);
    end->event = (flags & WIRE_RST) != 0   ? FUZZ_CLASS_CLOSE
                 : (flags & WIRE_FIN) != 0 ? FUZZ_CLASS_SHUTDOWN
                 : (flags & WIRE_SYN) != 0 ? FUZZ_CLASS_OPEN : FUZZ_CLASS_SEND;
    fuzz_application_sends(&run->application, frame);
    fuzz_reach(end->before, end->event, state_of(run));
}

/* A frame arrives. Nothing may come of one that is malformed, or for another host. */
static void arrive(struct run *run, const struct wire_frame *frame, enum wire_reason reason,
                   size_t length)
{
    struct fuzz_end *end = run->end;
    bool known = reason == WIRE_OK && frame->kind == WIRE_KIND_TCP;
    bool ours = is_address(&frame->ip.destination, WORLD_A);
    if (known)
        look_at(run, &frame->ip.destination, frame->tcp.destination_port, &frame->ip.source,
                frame->tcp.source_port);
    enum anvil_target_state alone = state_of(run);
    if (known && ours)
        fuzz_application_expect(&run->application, frame);
    end->before = state_of(run);
    if (end->before != alone)
        fuzz_reach(alone, FUZZ_CLASS_OPEN, end->before);
    end->event = class_of(frame);
    if (known && ours && end->event == FUZZ_CLASS_SYN && end->before == ANVIL_STATE_LISTEN)
        end->connections++;
    uint64_t sent = end->sent;
    fuzz_end_inject(end, run->bytes, length);
    if (end->sent != sent && (reason != WIRE_OK || !ours))
        fuzz_end_find(end, "O13", "a frame is answered that is %s",
                      reason != WIRE_OK ? wire_reason_text(reason) : "for another host");
    fuzz_application_serve(&run->application);
    if (reason == WIRE_OK)
        fuzz_reach(end->before, end->event, state_of(run));
}

/* The clock follows that of the capture; where that goes back, no time passes. */
static void pass(struct run *run, uint64_t captured_us)
{
    struct fuzz_end *end = run->end;
    uint64_t gap = captured_us > run->captured_us ? captured_us - run->captured_us : 0;
    run->captured_us = captured_us;
    if (gap == 0)
        return;
    uint64_t until_us = end->now_us + (gap < GAP_MAX_US ? gap : GAP_MAX_US);
    end->before = state_of(run);
    end->event = until_us < end->target->deadline(end->self) ? FUZZ_CLASS_TIME : FUZZ_CLASS_TIMER;
    fuzz_end_advance(end, until_us);
    fuzz_application_serve(&run->application);
    fuzz_reach(end->before, end->event, state_of(run));
}

static void happen(struct run *run, const struct wire_pcap_packet *packet)
{
    static const uint8_t none[ORIGINAL_LENGTH] = { 0 };
    struct wire_frame frame;
    size_t length = packet->count < sizeof run->bytes ? packet->count : sizeof run->bytes;
    memcpy(run->bytes, packet->bytes, length);
    if (memcmp(packet->bytes - ORIGINAL_LENGTH, none, sizeof none) != 0)
        mend(run->bytes, length);
    enum wire_reason reason = wire_decode(&frame, run->bytes, length);
    note(&frame, reason);
    bool own = reason == WIRE_OK && frame.kind == WIRE_KIND_TCP &&
               is_address(&frame.ip.source, WORLD_A) &&
               !is_address(&frame.ip.destination, WORLD_A);
    if (own)
        show(run, &frame);
    else
        arrive(run, &frame, reason, length);
}

/* What the capture itself tells: the version of IP of its first frame, and as initial sequence
 * number that of the first SYN that it shows the endpoint sending, so that its numbers fit. */
static void read_first(struct fuzz_opening *opening, struct wire_pcap pcap)
{
    struct wire_pcap first = pcap;
    struct wire_pcap_packet packet;
    struct wire_frame frame;
    if (wire_pcap_next(&first, &packet) && packet.count > 0 && packet.bytes[0] >> 4 == 6)
        opening->family = 6;
    for (int i = 0; i < PACKETS_MAX && wire_pcap_next(&pcap, &packet); i++)
        if (wire_decode(&frame, packet.bytes, packet.count) == WIRE_OK &&
            frame.kind == WIRE_KIND_TCP && (frame.tcp.flags & WIRE_SYN) != 0 &&
            is_address(&frame.ip.source, WORLD_A) &&
            !is_address(&frame.ip.destination, WORLD_A)) {
            opening->iss = frame.tcp.seq;
            return;
        }
}

/* What octets of the head choose. */
static void read_opening(struct fuzz_opening *opening, bool *reads, const uint8_t *data,
                         size_t size)
{
    uint8_t head[FUZZ_HEAD_OCTETS] = { FUZZ_VERSION, 0 };
    bool there = size > LAZY_AT;
    if (there)
        memcpy(head + 2, data + CHOICES_AT, CHOICES - 1);
    *reads = !there || data[LAZY_AT] % 2 == 0;
    fuzz_read_opening(opening, head, sizeof head);
}

/* Runs an input; false: no memory. */
static bool play(const uint8_t *data, size_t size, struct fuzz_end *end)
{
    struct run *run = fuzz_run_room(sizeof *run); /* large, so that it is not cleared each time */
    struct fuzz_opening opening;
    struct wire_pcap pcap;
    struct wire_pcap_packet packet;
    bool reads;
    name_kinds();
    end->sockets = SOCKETS_MOST;
    read_opening(&opening, &reads, data, size);
    wire_pcap_open(&pcap, data, size);
    read_first(&opening, pcap);
    bool opened = run != NULL && fuzz_end_open(end, &opening);
    if (opened) {
        run->end = end;
        run->looked = false;
        run->captured_us = 0;
        fuzz_application_begin(&run->application, end, reads);
        for (int i = 0; i < PACKETS_MAX && !end->finding->found && wire_pcap_next(&pcap, &packet);
             i++) {
            if (i > 0)
                pass(run, packet.time_us);
            run->captured_us = packet.time_us;
            happen(run, &packet);
        }
        fuzz_end_close(end);
    }
    return opened;
}

int fuzz_frame(const uint8_t *data, size_t size)
{
    return fuzz_play(play, data, size);
}

void fuzz_frame_tell(const uint8_t *data, size_t size, struct fuzz_story *story)
{
    fuzz_play_tell(play, data, size, story);
}
