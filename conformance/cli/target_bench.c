/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whole connections over the seam of target.h, for tcpanvil bench. The peer is made of frames that
 * are built once; only port and numbers are written in, with the checksum kept right, so that what
 * is measured is the target.
 */
#include "cli/target_bench.h"
#include "run/run.h"
#include "wire/frame.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

enum {
    CONNECTIONS = 2000,
    SEGMENTS = 20000,
    TEXT = 1000,
    LOCAL_PORT = 8080,
    FIRST_PORT = 10000,
    AT_PORT = 20, /* where things are in a frame of ours: IPv4 without options, then TCP */
    AT_SEQ = 24,
    AT_ACK = 28,
    AT_FLAGS = 33,
    AT_CHECKSUM = 36,
    LIFE_US = 300000000 /* longer than any target's 2MSL */
};

/* A frame of the peer, to be patched. */
struct template {
    size_t length;
    uint32_t sum; /* of what the checksum covers, but for port and numbers */
    uint8_t octets[WIRE_HEADERS_MAX + TEXT];
};

struct peer {
    const struct anvil_target *target;
    void *self;
    struct template syn, ack, text, fin, reset;
    uint8_t out[ANVIL_TARGET_FRAME_MAX]; /* the last frame taken from the target */
    size_t out_length;
    uint64_t now_us;
    uint16_t port;
    uint32_t seq, expected; /* ours; what we acknowledge */
    int listener;
};

static double now_us(void)
{
    return (double)run_cpu_ns() / 1e3;
}

static uint32_t get16(const uint8_t *at)
{
    return (uint32_t)at[0] << 8 | at[1];
}

static uint32_t get32(const uint8_t *at)
{
    return get16(at) << 16 | get16(at + 2);
}

/* The frame of these flags, whatever its port and numbers will be. */
static void build(struct template *template, uint16_t flags, size_t text)
{
    static const uint8_t octets[TEXT] = {1};
    struct wire_frame frame;

    memset(&frame, 0, sizeof frame);
    frame.kind = WIRE_KIND_TCP;
    frame.ip.version = 4;
    frame.ip.ttl = 64;
    wire_parse_address(&frame.ip.source, "192.0.2.1");
    wire_parse_address(&frame.ip.destination, "192.168.0.1");
    frame.tcp.destination_port = LOCAL_PORT;
    frame.tcp.flags = flags;
    frame.tcp.window = 65535;
    if (flags == WIRE_SYN)
        wire_add_option(&frame.tcp, WIRE_OPTION_MSS, (const uint8_t *)"\x05\xb4", 2);
    frame.payload = octets;
    frame.payload_bytes = text;
    template->length = wire_encode(&frame, NULL, template->octets, sizeof template->octets);
    template->sum = ~get16(template->octets + AT_CHECKSUM) & 0xffffu;
}

static void put16(uint8_t *at, uint32_t value)
{
    uint16_t octets = htons((uint16_t)value);
    memcpy(at, &octets, sizeof octets);
}

static void put32(uint8_t *at, uint32_t value)
{
    uint32_t octets = htonl(value);
    memcpy(at, &octets, sizeof octets);
}

/* Writes port and numbers into a frame, whose checksum is known but for them. RFC 1071. */
static void patch(struct template *template, uint16_t port, uint32_t seq, uint32_t ack)
{
    uint8_t *octets = template->octets;
    uint32_t sum = template->sum + port + (seq >> 16) + (seq & 0xffffu) + (ack >> 16) +
                   (ack & 0xffffu);

    sum = (sum & 0xffffu) + (sum >> 16);
    sum = (sum & 0xffffu) + (sum >> 16);
    put16(octets + AT_PORT, port);
    put32(octets + AT_SEQ, seq);
    put32(octets + AT_ACK, ack);
    put16(octets + AT_CHECKSUM, ~sum);
}

/* Sends a frame as the peer's next; its text, SYN or FIN moves our number. */
static void deliver(struct peer *peer, struct template *template, uint32_t space)
{
    patch(template, peer->port, peer->seq, template == &peer->syn ? 0 : peer->expected);
    peer->seq += space;
    peer->target->inject(peer->self, template->octets, template->length);
}

/* Takes the next frame; false: there is none. */
static bool take(struct peer *peer)
{
    uint64_t emitted_us;
    peer->out_length = peer->target->take(peer->self, peer->out, sizeof peer->out, &emitted_us);
    return peer->out_length > AT_FLAGS;
}

/* Takes a frame with these flags (ACK and PSH aside), which occupies so much space. */
static bool expect(struct peer *peer, unsigned flags, uint32_t space)
{
    if (!take(peer) || (peer->out[AT_FLAGS] & (WIRE_SYN | WIRE_FIN | WIRE_RST)) != flags)
        return false;
    peer->expected = get32(peer->out + AT_SEQ) + space;
    return true;
}

static int64_t call(struct peer *peer, struct anvil_target_call *call)
{
    peer->target->call(peer->self, call);
    return call->error == 0 ? call->result : -1;
}

/* Lets time pass; frames that come out meanwhile are taken, the last one stays. */
static void wait(struct peer *peer, uint64_t us)
{
    uint64_t until = peer->now_us + us;
    while (peer->now_us < until) {
        peer->now_us = peer->target->advance(peer->self, until);
        while (take(peer))
            continue;
    }
}

/* The handshake, and accept(). The descriptor, or -1. */
static int64_t open_connection(struct peer *peer)
{
    struct anvil_target_call accept = {.kind = ANVIL_CALL_ACCEPT, .socket = peer->listener};

    peer->port = (uint16_t)(peer->port < UINT16_MAX ? peer->port + 1 : FIRST_PORT);
    peer->seq += 64000;
    deliver(peer, &peer->syn, 1);
    if (!expect(peer, WIRE_SYN, 1))
        return -1;
    deliver(peer, &peer->ack, 0);
    return call(peer, &accept);
}

static bool close_descriptor(struct peer *peer, int64_t descriptor)
{
    struct anvil_target_call close = {.kind = ANVIL_CALL_CLOSE, .socket = (int)descriptor};
    return call(peer, &close) == 0;
}

/* One segment in, read by the application; the ACK is taken if it comes at once. */
static bool receive(struct peer *peer, int64_t descriptor)
{
    uint8_t buffer[TEXT];
    struct anvil_target_call recv = {.kind = ANVIL_CALL_RECV, .socket = (int)descriptor,
                                     .buffer = buffer, .length = sizeof buffer};

    deliver(peer, &peer->text, TEXT);
    if (call(peer, &recv) != TEXT)
        return false;
    while (take(peer))
        continue;
    return true;
}

static bool answer(struct peer *peer, int64_t descriptor)
{
    static const uint8_t data[TEXT];
    struct anvil_target_call send_call = {.kind = ANVIL_CALL_SEND, .socket = (int)descriptor,
                                          .data = data, .length = sizeof data};

    return call(peer, &send_call) == TEXT && expect(peer, 0, TEXT);
}

static const char *run_connections(struct peer *peer)
{
    for (int i = 0; i < CONNECTIONS; i++) {
        int64_t descriptor = open_connection(peer);
        if (descriptor < 0)
            return "the connection does not open";
        if (!receive(peer, descriptor) || !answer(peer, descriptor))
            return "data does not pass";
        deliver(peer, &peer->ack, 0);
        deliver(peer, &peer->reset, 0);
        close_descriptor(peer, descriptor);
        while (take(peer))
            continue;
    }
    return NULL;
}

static const char *run_segments(struct peer *peer)
{
    int64_t descriptor = open_connection(peer);
    for (int i = 0; i < SEGMENTS; i++)
        if (descriptor < 0 || !receive(peer, descriptor))
            return "data does not pass";
    deliver(peer, &peer->reset, 0);
    close_descriptor(peer, descriptor);
    return NULL;
}

static const char *run_lives(struct peer *peer)
{
    for (int i = 0; i < CONNECTIONS; i++) {
        int64_t descriptor = open_connection(peer);
        if (descriptor < 0)
            return "the connection does not open";
        if (!close_descriptor(peer, descriptor) || !expect(peer, WIRE_FIN, 1))
            return "our side does not close";
        deliver(peer, &peer->ack, 0);
        deliver(peer, &peer->fin, 1);
        if (!expect(peer, 0, 0))
            return "the peer's FIN is not acknowledged";
        wait(peer, LIFE_US);
    }
    return NULL;
}

static bool start_listening(struct peer *peer)
{
    struct anvil_target_call socket = {.kind = ANVIL_CALL_SOCKET, .family = 4};
    struct anvil_target_call bind = {.kind = ANVIL_CALL_BIND};
    struct anvil_target_call listening = {.kind = ANVIL_CALL_LISTEN, .number = 8};

    peer->listener = (int)call(peer, &socket);
    bind.socket = listening.socket = peer->listener;
    bind.address.family = 4;
    bind.address.port = LOCAL_PORT;
    return peer->listener >= 0 && call(peer, &bind) == 0 && call(peer, &listening) == 0;
}

/* Runs one of the loops on a fresh instance. CPU microseconds of one round; negative: `why`. */
static double measure(const struct anvil_target *target, const char *(*run)(struct peer *),
                      int rounds, char *why)
{
    static const struct anvil_target_config config = {
        .profile = "rfc9293", .local_v4 = {.family = 4, .octets = {192, 168, 0, 1}}, .mtu = 1500,
        .clock_us = 1000000, .secret = {1, 2, 3, 4, 5, 6, 7, 8}};
    struct peer peer = {.target = target, .port = FIRST_PORT, .now_us = config.clock_us};
    const char *wrong;

    build(&peer.syn, WIRE_SYN, 0);
    build(&peer.ack, WIRE_ACK, 0);
    build(&peer.text, WIRE_ACK | WIRE_PSH, TEXT);
    build(&peer.fin, WIRE_FIN | WIRE_ACK, 0);
    build(&peer.reset, WIRE_RST, 0);
    peer.self = target->open(&config, why, 128);
    if (peer.self == NULL)
        return -1;
    wrong = start_listening(&peer) ? NULL : "it does not listen";
    double start = now_us();
    if (wrong == NULL)
        wrong = run(&peer);
    double taken = now_us() - start;
    target->close(peer.self);
    if (wrong != NULL)
        snprintf(why, 128, "%s", wrong);
    return wrong == NULL ? taken / rounds : -1;
}

bool cli_target_bench(const struct anvil_target *target, struct cli_target_bench *bench, char *why)
{
    bench->connection_us = measure(target, run_connections, CONNECTIONS, why);
    if (bench->connection_us < 0)
        return false;
    bench->segment_us = measure(target, run_segments, SEGMENTS, why);
    if (bench->segment_us < 0)
        return false;
    bench->life_us = measure(target, run_lives, CONNECTIONS, why);
    return bench->life_us >= 0;
}
