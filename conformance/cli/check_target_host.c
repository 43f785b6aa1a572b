/* SPDX-License-Identifier: BSD-2-Clause */
/* Drives one instance of a target for the contract test, and watches what every answer must keep:
 * the clock, the times and checksums of frames, results and errors of calls. */
#include "cli/check_target.h"
#include "wire/print.h"

#include <string.h>

enum { WINDOW_BYTES = 65535, TTL = 64, MTU = 1500, ERRNO_MAX = 4095,
       SEGMENT_SIZE = 256, PATIENCE_US = 3000000 };

#define TOLD_FLAGS (WIRE_SYN | WIRE_FIN | WIRE_RST | WIRE_ACK)

struct wire_address cli_trial_address(uint8_t family, bool peer)
{
    struct wire_address address = { .version = 0 };
    if (family == 4)
        wire_parse_address(&address, peer ? "192.0.2.1" : "192.168.0.1");
    else
        wire_parse_address(&address, peer ? "2001:db8::1" : "fd3d:fa7b:d17d::1");
    return address;
}

struct anvil_target_address cli_trial_endpoint(uint8_t family, bool peer, uint16_t port)
{
    struct wire_address address = cli_trial_address(family, peer);
    struct anvil_target_address made = { .family = family, .port = port };
    memcpy(made.octets, address.bytes, sizeof made.octets);
    return made;
}

void cli_host_config(const struct cli_trial *check, struct anvil_target_config *config)
{
    memset(config, 0, sizeof *config);
    config->profile = "rfc9293";
    config->local_v4 = cli_trial_endpoint(4, false, 0);
    if (check->traits->ipv6)
        config->local_v6 = cli_trial_endpoint(6, false, 0);
    config->mtu = MTU;
    config->clock_us = CLI_TRIAL_CLOCK_US;
    memcpy(config->secret, "check-target key", sizeof config->secret);
}

bool cli_host_open(struct cli_host *host, struct cli_trial *check, uint8_t family)
{
    struct anvil_target_config config;
    char why[256] = "";
    memset(host, 0, sizeof *host);
    host->check = check;
    host->family = family;
    host->now_us = host->last_us = CLI_TRIAL_CLOCK_US;
    cli_host_config(check, &config);
    cli_trial_step(check, "open()");
    host->self = check->target->open(&config, why, sizeof why);
    if (host->self == NULL)
        cli_trial_wrong(check, "open() failed: %s", why[0] == '\0' ? "it does not say why" : why);
    return host->self != NULL;
}

void cli_host_close(struct cli_host *host)
{
    if (host->self == NULL)
        return;
    cli_trial_step(host->check, "close()");
    host->check->target->close(host->self);
    host->self = NULL;
}

const char *cli_trial_call_name(enum anvil_target_call_kind kind)
{
    switch (kind) {
    case ANVIL_CALL_SOCKET: return "SOCKET";
    case ANVIL_CALL_BIND: return "BIND";
    case ANVIL_CALL_LISTEN: return "LISTEN";
    case ANVIL_CALL_CONNECT: return "CONNECT";
    case ANVIL_CALL_ACCEPT: return "ACCEPT";
    case ANVIL_CALL_SEND: return "SEND";
    case ANVIL_CALL_RECV: return "RECV";
    case ANVIL_CALL_SHUTDOWN: return "SHUTDOWN";
    case ANVIL_CALL_CLOSE: return "CLOSE";
    case ANVIL_CALL_SET_OPTION: return "SET_OPTION";
    case ANVIL_CALL_GET_OPTION: return "GET_OPTION";
    case ANVIL_CALL_SOCKET_NAME: return "SOCKET_NAME";
    case ANVIL_CALL_PEER_NAME: return "PEER_NAME";
    }
    return "?";
}

int64_t cli_host_call(struct cli_host *host, struct anvil_target_call *call)
{
    const char *name = cli_trial_call_name(call->kind);
    size_t length = call->length;
    call->result = 0;
    call->error = 0;
    cli_trial_step(host->check, "call(%s)", name);
    host->check->target->call(host->self, call);
    if (call->result < -1)
        cli_trial_wrong(host->check, "call(%s) gave the result %lld: less than -1", name,
                        (long long)call->result);
    if (call->result >= 0 && call->error != 0)
        cli_trial_wrong(host->check, "call(%s) succeeded, but its error is %d: it must be 0", name,
                        call->error);
    if (call->result < 0 && (call->error <= 0 || call->error > ERRNO_MAX))
        cli_trial_wrong(host->check, "call(%s) failed, but its error is %d: no value of errno",
                        name, call->error);
    if ((call->kind == ANVIL_CALL_SEND || call->kind == ANVIL_CALL_RECV) &&
        call->result > (int64_t)length)
        cli_trial_wrong(host->check, "call(%s) of %zu octets gave %lld", name, length,
                        (long long)call->result);
    return call->result;
}

/* Whatever it is about, a frame has a time, and is whole. */
static void check_frame(struct cli_host *host, uint64_t emitted_us)
{
    char fault[WIRE_SENTENCE_MAX];
    struct cli_trial *check = host->check;
    if (emitted_us > host->now_us)
        cli_trial_wrong(check, "take() gave a frame of %llu us, which is in the future: it is %llu",
                        (unsigned long long)emitted_us, (unsigned long long)host->now_us);
    if (emitted_us < host->last_us)
        cli_trial_wrong(check, "take() gave a frame of %llu us after one of %llu: time goes back",
                        (unsigned long long)emitted_us, (unsigned long long)host->last_us);
    else
        host->last_us = emitted_us;
    enum wire_reason reason = wire_decode(&host->frame, host->bytes, host->length);
    if (reason != WIRE_OK)
        cli_trial_wrong(check, "take() gave a frame that is no packet: %s",
                        wire_reason_text(reason));
    else if (wire_fault(&host->frame, fault, sizeof fault))
        cli_trial_wrong(check, "take() gave a malformed frame: %s", fault);
}

bool cli_host_take(struct cli_host *host)
{
    uint64_t emitted_us = host->now_us;
    cli_trial_step(host->check, "take()");
    host->length = host->check->target->take(host->self, host->bytes, sizeof host->bytes,
                                             &emitted_us);
    if (host->length == 0)
        return false;
    if (host->length > sizeof host->bytes) {
        cli_trial_wrong(host->check, "take() gave %zu octets: more than there is room for",
                        host->length);
        host->length = 0;
        return false;
    }
    check_frame(host, emitted_us);
    return true;
}

void cli_host_advance(struct cli_host *host, uint64_t until_us)
{
    struct cli_trial *check = host->check;
    cli_trial_step(check, "advance(%llu) at %llu", (unsigned long long)until_us,
                   (unsigned long long)host->now_us);
    uint64_t reached = check->target->advance(host->self, until_us);
    if (reached < host->now_us)
        cli_trial_wrong(check, "advance(%llu) at %llu returned %llu: the clock went back",
                        (unsigned long long)until_us, (unsigned long long)host->now_us,
                        (unsigned long long)reached);
    if (reached > until_us)
        cli_trial_wrong(check, "advance(%llu) returned %llu: beyond what was asked for",
                        (unsigned long long)until_us, (unsigned long long)reached);
    if (reached >= host->now_us)
        host->now_us = reached <= until_us ? reached : until_us;
}

bool cli_host_next(struct cli_host *host, uint64_t until_us)
{
    struct cli_trial *check = host->check;
    for (int round = 0; round < RUN_AT_ONCE_MAX; round++) {
        if (cli_host_take(host))
            return true;
        bool due = check->target->deadline(host->self) <= host->now_us;
        if (!due && host->now_us >= until_us)
            return false;
        cli_host_advance(host, due ? host->now_us : until_us);
    }
    cli_trial_wrong(check, "the target does not come to rest at %llu us: deadline() is now, "
                    "advance() does not move on, and no frame comes",
                    (unsigned long long)host->now_us);
    return false;
}

void cli_host_inject(struct cli_host *host, const uint8_t *bytes, size_t length)
{
    const struct anvil_target *target = host->check->target;
    cli_trial_step(host->check, "inject() of %zu octets", length);
    target->inject(host->self, bytes, length);
    cli_trial_step(host->check, "explain()");
    if (target->explain(host->self) == NULL)
        cli_trial_wrong(host->check, "explain() returned NULL; where it has nothing to say it "
                        "returns \"\"");
}

size_t cli_peer_segment(const struct cli_host *host, const struct cli_peer *peer, uint16_t flags,
                        const char *text, uint8_t *out, size_t room)
{
    struct wire_frame frame;
    memset(&frame, 0, sizeof frame);
    frame.kind = WIRE_KIND_TCP;
    frame.ip.version = host->family;
    frame.ip.source = cli_trial_address(host->family, true);
    frame.ip.destination = cli_trial_address(host->family, false);
    frame.ip.ttl = TTL;
    frame.tcp.source_port = peer->peer_port;
    frame.tcp.destination_port = peer->port;
    frame.tcp.seq = peer->seq;
    frame.tcp.ack = (flags & WIRE_ACK) != 0 ? peer->ack : 0;
    frame.tcp.flags = flags;
    frame.tcp.window = WINDOW_BYTES;
    frame.payload = (const uint8_t *)text;
    frame.payload_bytes = text == NULL ? 0 : strlen(text);
    return wire_encode(&frame, NULL, out, room);
}

void cli_peer_send(struct cli_host *host, struct cli_peer *peer, uint16_t flags, const char *text)
{
    uint8_t bytes[SEGMENT_SIZE];
    size_t length = cli_peer_segment(host, peer, flags, text, bytes, sizeof bytes);
    cli_host_inject(host, bytes, length);
    peer->seq += (flags & WIRE_SYN) != 0;
    peer->seq += (flags & WIRE_FIN) != 0;
    peer->seq += text == NULL ? 0 : (uint32_t)strlen(text);
}

/* Whether the frame taken last is the one that is waited for. */
static bool is_expected(const struct cli_host *host, const struct cli_peer *peer, uint16_t flags,
                        size_t text)
{
    const struct wire_frame *frame = &host->frame;
    if (frame->kind != WIRE_KIND_TCP || (frame->tcp.flags & TOLD_FLAGS) != flags)
        return false;
    if ((flags & WIRE_ACK) != 0 && frame->tcp.ack != peer->seq)
        return false;
    return frame->payload_bytes == text && frame->tcp.source_port == peer->port &&
           frame->tcp.destination_port == peer->peer_port;
}

bool cli_peer_expect(struct cli_host *host, struct cli_peer *peer, uint16_t flags, size_t text,
                     const char *step)
{
    char line[WIRE_LINE_MAX] = "", wanted[32];
    struct wire_print how = { .outbound = true };
    uint64_t until_us = host->now_us + PATIENCE_US;
    while (cli_host_next(host, until_us)) {
        if (peer->port == 0 && host->frame.kind == WIRE_KIND_TCP)
            peer->port = host->frame.tcp.source_port; /* the target has chosen it */
        wire_print_segment(line, sizeof line, &host->frame, &how);
        if (!is_expected(host, peer, flags, text))
            continue;
        peer->ack = host->frame.tcp.seq + (uint32_t)text + ((flags & WIRE_SYN) != 0) +
                    ((flags & WIRE_FIN) != 0);
        return true;
    }
    wire_print_flags(wanted, sizeof wanted, flags);
    const char *instead = line[0] == '\0' ? "nothing was sent" : "the last one was ";
    cli_trial_wrong(host->check, "%s: a segment %s (ack %u, %zu octets of text) did not come "
                    "within %d s; %s%s", step, wanted, (unsigned)peer->seq, text,
                    PATIENCE_US / 1000000, instead, line);
    return false;
}
