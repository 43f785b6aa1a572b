/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks that a connection works over a target: each step of it, by name. */
#include "cli/check_target.h"

#include <errno.h>
#include <string.h>

enum { BUFFER_SIZE = 64 };

static const char from_peer[] = "hello", from_target[] = "good day";

/* A call that must succeed; if not, the step has failed. */
static bool must(struct cli_host *host, struct anvil_target_call *call, const char *step)
{
    if (cli_host_call(host, call) >= 0)
        return true;
    cli_trial_wrong(host->check, "%s: call(%s) fails: %s", step, cli_trial_call_name(call->kind),
                    strerror(call->error));
    return false;
}

/* Whether a descriptor shows one of these bits. */
static bool must_be_ready(struct cli_host *host, int socket, uint32_t bits, const char *step)
{
    cli_trial_step(host->check, "ready(%d)", socket);
    uint32_t found = host->check->target->ready(host->self, socket);
    if ((found & bits) != 0)
        return true;
    cli_trial_wrong(host->check, "%s: ready(%d) is %u; one of the bits %u must be set", step,
                    socket, (unsigned)found, (unsigned)bits);
    return false;
}

/* A new socket of the host's family, or -1. */
static int make_socket(struct cli_host *host)
{
    struct anvil_target_call call = { .kind = ANVIL_CALL_SOCKET, .family = host->family };
    return must(host, &call, "socket()") ? (int)call.result : -1;
}

/* A listening socket, or -1. */
static int make_listener(struct cli_host *host)
{
    int socket = make_socket(host);
    struct anvil_target_call bind = { .kind = ANVIL_CALL_BIND, .socket = socket };
    struct anvil_target_call listen = { .kind = ANVIL_CALL_LISTEN, .socket = socket, .number = 5 };
    bind.address = cli_trial_endpoint(host->family, false, CLI_TRIAL_PORT);
    if (socket < 0 || !must(host, &bind, "bind()") || !must(host, &listen, "listen()"))
        return -1;
    return socket;
}

/* Shakes hands with a listener. Returns the accepted socket, or -1. */
static int accept_peer(struct cli_host *host, struct cli_peer *peer, int listener)
{
    struct anvil_target_call call = { .kind = ANVIL_CALL_ACCEPT, .socket = listener };
    if (cli_host_call(host, &call) >= 0 || call.error != EAGAIN)
        cli_trial_wrong(host->check, "accept() before anybody has connected must fail with EAGAIN");
    cli_peer_send(host, peer, WIRE_SYN, NULL);
    if (!cli_peer_expect(host, peer, WIRE_SYN | WIRE_ACK, 0, "the peer's SYN"))
        return -1;
    cli_peer_send(host, peer, WIRE_ACK, NULL);
    cli_host_next(host, host->now_us);
    if (!must_be_ready(host, listener, ANVIL_READY_READ, "after the handshake") ||
        !must(host, &call, "accept() after the handshake"))
        return -1;
    struct anvil_target_address from = cli_trial_endpoint(host->family, true, peer->peer_port);
    if (call.address.port != from.port || call.address.family != from.family ||
        memcmp(call.address.octets, from.octets, from.family == 4 ? 4 : 16) != 0)
        cli_trial_wrong(host->check, "accept() does not tell the peer's address and port");
    if (call.result == listener)
        cli_trial_wrong(host->check, "accept() returned the listener's own descriptor");
    return (int)call.result;
}

/* Text from the peer arrives, is acknowledged and read. */
static bool receive(struct cli_host *host, struct cli_peer *peer, int socket)
{
    uint8_t buffer[BUFFER_SIZE];
    struct anvil_target_call call = { .kind = ANVIL_CALL_RECV, .socket = socket, .buffer = buffer,
                                      .length = sizeof buffer };
    if (cli_host_call(host, &call) >= 0 || call.error != EAGAIN)
        cli_trial_wrong(host->check, "recv() with nothing to read must fail with EAGAIN");
    cli_peer_send(host, peer, WIRE_ACK | WIRE_PSH, from_peer);
    if (!cli_peer_expect(host, peer, WIRE_ACK, 0, "text from the peer") ||
        !must_be_ready(host, socket, ANVIL_READY_READ, "after text from the peer") ||
        !must(host, &call, "recv() after text from the peer"))
        return false;
    if (call.result == (int64_t)strlen(from_peer) &&
        memcmp(buffer, from_peer, strlen(from_peer)) == 0)
        return true;
    cli_trial_wrong(host->check, "recv() did not give the %zu octets that the peer sent, but %lld "
                    "octets", strlen(from_peer), (long long)call.result);
    return false;
}

/* Text to the peer goes out. */
static bool transmit(struct cli_host *host, struct cli_peer *peer, int socket)
{
    struct anvil_target_call call = { .kind = ANVIL_CALL_SEND, .socket = socket,
                                      .data = (const uint8_t *)from_target,
                                      .length = strlen(from_target) };
    if (!must_be_ready(host, socket, ANVIL_READY_WRITE, "an open connection") ||
        !must(host, &call, "send()"))
        return false;
    if (call.result != (int64_t)strlen(from_target)) {
        cli_trial_wrong(host->check, "send() took %lld of %zu octets from an empty buffer",
                        (long long)call.result, strlen(from_target));
        return false;
    }
    if (!cli_peer_expect(host, peer, WIRE_ACK, strlen(from_target), "after send()"))
        return false;
    if (memcmp(host->frame.payload, from_target, strlen(from_target)) != 0)
        cli_trial_wrong(host->check, "the text that was sent is not what send() was given");
    cli_peer_send(host, peer, WIRE_ACK, NULL);
    return true;
}

/* The application closes first. */
static void close_first(struct cli_host *host, struct cli_peer *peer, int socket)
{
    struct anvil_target_call call = { .kind = ANVIL_CALL_CLOSE, .socket = socket };
    if (!must(host, &call, "close()") ||
        !cli_peer_expect(host, peer, WIRE_FIN | WIRE_ACK, 0, "after close()"))
        return;
    if (host->check->target->ready(host->self, socket) != 0)
        cli_trial_wrong(host->check, "a closed descriptor is still ready");
    cli_peer_send(host, peer, WIRE_ACK, NULL);
    cli_peer_send(host, peer, WIRE_FIN | WIRE_ACK, NULL);
    cli_peer_expect(host, peer, WIRE_ACK, 0, "the peer's FIN after close()");
}

static void run_passive(struct cli_trial *check, uint8_t family)
{
    struct cli_peer peer = { CLI_TRIAL_PEER_PORT, CLI_TRIAL_PORT, 1000, 0 };
    struct cli_host host;
    if (!cli_host_open(&host, check, family))
        return;
    int listener = make_listener(&host);
    int socket = listener < 0 ? -1 : accept_peer(&host, &peer, listener);
    if (socket >= 0 && receive(&host, &peer, socket) && transmit(&host, &peer, socket))
        close_first(&host, &peer, socket);
    cli_host_close(&host);
}

void cli_trial_passive(struct cli_trial *check)
{
    run_passive(check, 4);
}

void cli_trial_ipv6(struct cli_trial *check)
{
    if (check->traits->ipv6)
        run_passive(check, 6);
    else
        cli_trial_skip(check, "the target has no IPv6");
}

/* A connect(), up to its SYN. Returns the socket, or -1. */
static int begin_connect(struct cli_host *host, struct cli_peer *peer)
{
    int socket = make_socket(host);
    struct anvil_target_call call = { .kind = ANVIL_CALL_CONNECT, .socket = socket };
    call.address = cli_trial_endpoint(host->family, true, peer->peer_port);
    if (socket < 0)
        return -1;
    if (cli_host_call(host, &call) >= 0 || call.error != EINPROGRESS) {
        cli_trial_wrong(host->check, "connect() must fail with EINPROGRESS, and has %s",
                        call.result >= 0 ? "succeeded" : strerror(call.error));
        return -1;
    }
    if ((host->check->target->ready(host->self, socket) & ANVIL_READY_WRITE) != 0)
        cli_trial_wrong(host->check, "a socket is writable before connect() is over");
    return cli_peer_expect(host, peer, WIRE_SYN, 0, "after connect()") ? socket : -1;
}

/* The error that waits on a socket must be this one. */
static void must_have_error(struct cli_host *host, int socket, int error, const char *step)
{
    struct anvil_target_call call = { .kind = ANVIL_CALL_GET_OPTION, .socket = socket,
                                      .option = ANVIL_OPTION_ERROR };
    if (!must(host, &call, step) || call.number == error)
        return;
    cli_trial_wrong(host->check, "%s: OPTION_ERROR is %lld (%s) instead of %d (%s)", step,
                    (long long)call.number, strerror((int)call.number), error, strerror(error));
}

/* The peer closes first, and the application after it. */
static void close_last(struct cli_host *host, struct cli_peer *peer, int socket)
{
    uint8_t buffer[BUFFER_SIZE];
    struct anvil_target_call recv = { .kind = ANVIL_CALL_RECV, .socket = socket, .buffer = buffer,
                                      .length = sizeof buffer };
    struct anvil_target_call close = { .kind = ANVIL_CALL_CLOSE, .socket = socket };
    cli_peer_send(host, peer, WIRE_FIN | WIRE_ACK, NULL);
    if (!cli_peer_expect(host, peer, WIRE_ACK, 0, "the peer's FIN") ||
        !must_be_ready(host, socket, ANVIL_READY_READ, "after the peer's FIN") ||
        !must(host, &recv, "recv() after the peer's FIN"))
        return;
    if (recv.result != 0)
        cli_trial_wrong(host->check, "recv() after the peer's FIN gave %lld instead of 0",
                        (long long)recv.result);
    if (must(host, &close, "close() after the peer's FIN") &&
        cli_peer_expect(host, peer, WIRE_FIN | WIRE_ACK, 0, "close() after the peer's FIN"))
        cli_peer_send(host, peer, WIRE_ACK, NULL);
}

void cli_trial_active(struct cli_trial *check)
{
    struct cli_peer peer = { CLI_TRIAL_PEER_PORT, 0, 2000, 0 };
    struct cli_host host;
    if (!cli_host_open(&host, check, 4))
        return;
    int socket = begin_connect(&host, &peer);
    if (socket >= 0) {
        cli_peer_send(&host, &peer, WIRE_SYN | WIRE_ACK, NULL);
        if (cli_peer_expect(&host, &peer, WIRE_ACK, 0, "the peer's SYN,ACK") &&
            must_be_ready(&host, socket, ANVIL_READY_WRITE, "after the handshake")) {
            must_have_error(&host, socket, 0, "after the handshake");
            close_last(&host, &peer, socket);
        }
    }
    cli_host_close(&host);
}

void cli_trial_refused(struct cli_trial *check)
{
    struct cli_peer peer = { CLI_TRIAL_PEER_PORT, 0, 0, 0 };
    const uint32_t over = ANVIL_READY_WRITE | ANVIL_READY_ERROR | ANVIL_READY_HANGUP;
    struct cli_host host;
    if (!cli_host_open(&host, check, 4))
        return;
    int socket = begin_connect(&host, &peer);
    if (socket >= 0) {
        cli_peer_send(&host, &peer, WIRE_RST | WIRE_ACK, NULL);
        cli_host_next(&host, host.now_us);
        if (must_be_ready(&host, socket, over, "after the peer's RST"))
            must_have_error(&host, socket, ECONNREFUSED, "after the peer's RST");
    }
    cli_host_close(&host);
}
