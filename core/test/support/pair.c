/* SPDX-License-Identifier: BSD-2-Clause */
/* Two hosts joined back to back: see pair.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pair.h"

/* This host's address. */
static struct anvil_address address(int host, unsigned family)
{
    const uint8_t v4[4] = { 192, 0, 2, (uint8_t)(host + 1) };
    const uint8_t v6[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = (uint8_t)(host + 1) };
    return family == ANVIL_IPV6 ? anvil_address_v6(v6) : anvil_address_v4(v4);
}

struct pair *pair_open_with(uint32_t slots, uint32_t pool)
{
    struct pair *pair = calloc(1, sizeof *pair);
    assert_non_null(pair);
    pair->now = 1000000;
    for (int i = 0; i < 2; i++) {
        struct anvil_host_config config = { .slots = slots, .descriptors = slots, .pool = pool,
                                            .mtu = PAIR_MTU };
        config.local_v4 = address(i, ANVIL_IPV4);
        config.local_v6 = address(i, ANVIL_IPV6);
        config.secret.octets[0] = (uint8_t)i;
        pair->policy[i] = anvil_policy_rfc9293;
        pair->size = anvil_host_size(&config);
        pair->memory[i] = malloc(pair->size);
        assert_non_null(pair->memory[i]);
        memset(pair->memory[i], 0xa5, pair->size);
        pair->host[i] = anvil_host_open(pair->memory[i], &config);
        assert_non_null(pair->host[i]);
    }
    return pair;
}

struct pair *pair_open(void)
{
    return pair_open_with(32, 1u << 21);
}

void pair_close(struct pair *pair)
{
    free(pair->memory[0]);
    free(pair->memory[1]);
    free(pair);
}

const struct anvil_turn *pair_turn(struct pair *pair, int host)
{
    pair->output.octets = pair->octets;
    pair->output.capacity = sizeof pair->octets;
    pair->turn = (struct anvil_turn){ &pair->policy[host], pair->now, &pair->output };
    return &pair->turn;
}

void pair_send(struct pair *pair, int from)
{
    for (uint32_t i = 0; i < pair->output.count; i++) {
        const struct anvil_output_frame *frame = &pair->output.frame[i];
        const uint8_t *octets = pair->octets + frame->at;
        assert_int_equal(anvil_frame_decode(octets, frame->length, &pair->last), ANVIL_DROP_NONE);
        pair->sent++;
        assert_true(frame->length <= PAIR_MTU);
        if (pair->cut || pair->count == PAIR_QUEUE) /* a full queue loses what comes, too */
            continue;
        struct pair_packet *packet = &pair->queue[(pair->first + pair->count) % PAIR_QUEUE];
        packet->at = pair->now + PAIR_DELAY_US;
        packet->to = !from;
        packet->length = frame->length;
        memcpy(packet->octets, octets, frame->length);
        pair->count++;
    }
    pair->output.count = 0;
}

/* Delivers the oldest packet. */
static void deliver(struct pair *pair)
{
    struct pair_packet *packet = &pair->queue[pair->first];
    pair->first = (pair->first + 1) % PAIR_QUEUE;
    pair->count--;
    anvil_host_arrive(pair->host[packet->to], pair_turn(pair, packet->to), packet->octets,
                      packet->length, false);
    pair_send(pair, packet->to);
}

void pair_run(struct pair *pair, anvil_time until)
{
    for (unsigned steps = 0;; steps++) {
        anvil_time next = pair->count ? pair->queue[pair->first].at : ANVIL_NEVER;
        int due = -1;
        assert_true(steps < 100000);
        for (int i = 0; i < 2; i++) {
            anvil_time deadline = anvil_host_deadline(pair->host[i]);
            if (deadline <= next) {
                next = deadline;
                due = i;
            }
        }
        if (next > until || next == ANVIL_NEVER)
            break;
        pair->now = next > pair->now ? next : pair->now;
        if (due < 0) {
            deliver(pair);
        } else {
            anvil_host_poll(pair->host[due], pair_turn(pair, due));
            pair_send(pair, due);
        }
    }
    pair->now = until;
}

void pair_wait(struct pair *pair, anvil_time us)
{
    pair_run(pair, pair->now + us);
}

struct anvil_endpoint pair_endpoint(int host, uint16_t port, unsigned family)
{
    return (struct anvil_endpoint){ .address = address(host, family), .port = port };
}

int pair_socket(struct pair *pair, int host, unsigned family)
{
    return anvil_host_socket(pair->host[host], pair_turn(pair, host), family);
}

int pair_bind(struct pair *pair, int host, int socket, uint16_t port)
{
    struct anvil_endpoint local = pair_endpoint(host, port, ANVIL_IPV4);
    return anvil_host_bind(pair->host[host], pair_turn(pair, host), socket, &local);
}

int pair_listen(struct pair *pair, int host, int socket, int backlog)
{
    return anvil_host_listen(pair->host[host], pair_turn(pair, host), socket, backlog);
}

int pair_connect(struct pair *pair, int host, int socket, uint16_t port)
{
    struct anvil_endpoint remote = pair_endpoint(!host, port, ANVIL_IPV4);
    int result = anvil_host_connect(pair->host[host], pair_turn(pair, host), socket, &remote);
    pair_send(pair, host);
    return result;
}

int pair_accept(struct pair *pair, int host, int socket)
{
    struct anvil_endpoint peer;
    return anvil_host_accept(pair->host[host], pair_turn(pair, host), socket, &peer);
}

int64_t pair_write(struct pair *pair, int host, int socket, const char *text, unsigned flags)
{
    int64_t result = anvil_host_send(pair->host[host], pair_turn(pair, host), socket,
                                     (const uint8_t *)text, strlen(text), flags);
    pair_send(pair, host);
    return result;
}

int64_t pair_read(struct pair *pair, int host, int socket, char *text, size_t size,
                  unsigned flags)
{
    int64_t result = anvil_host_receive(pair->host[host], pair_turn(pair, host), socket,
                                        (uint8_t *)text, size - 1, flags);
    text[result > 0 ? result : 0] = '\0';
    pair_send(pair, host);
    return result;
}

int pair_shutdown(struct pair *pair, int host, int socket, int how)
{
    int result = anvil_host_shutdown(pair->host[host], pair_turn(pair, host), socket, how);
    pair_send(pair, host);
    return result;
}

int pair_close_socket(struct pair *pair, int host, int socket)
{
    int result = anvil_host_close(pair->host[host], pair_turn(pair, host), socket);
    pair_send(pair, host);
    return result;
}

int pair_set(struct pair *pair, int host, int socket, enum anvil_so option, int64_t value)
{
    int result = anvil_host_set_option(pair->host[host], pair_turn(pair, host), socket, option,
                                       value);
    pair_send(pair, host);
    return result;
}

int64_t pair_get(struct pair *pair, int host, int socket, enum anvil_so option)
{
    int64_t value = 0;
    int result = anvil_host_get_option(pair->host[host], pair_turn(pair, host), socket, option,
                                       &value);
    return result < 0 ? result : value;
}

unsigned pair_ready(struct pair *pair, int host, int socket)
{
    return anvil_host_ready(pair->host[host], pair_turn(pair, host), socket);
}

enum anvil_state pair_state(struct pair *pair, int host, int socket)
{
    struct anvil_host_view view;
    for (uint32_t i = 0;; i++) {
        int found = anvil_host_look(pair->host[host], i, &view);
        assert_true(found >= 0);
        if (found && view.descriptor == socket)
            return (enum anvil_state)view.tcb->state;
    }
}

int pair_slots(struct pair *pair, int host)
{
    struct anvil_host_view view;
    int used = 0;
    for (uint32_t i = 0;; i++) {
        int found = anvil_host_look(pair->host[host], i, &view);
        if (found < 0)
            return used;
        used += found;
    }
}

struct pair_sockets pair_established(struct pair *pair)
{
    struct pair_sockets sockets;
    sockets.listener = pair_socket(pair, 1, ANVIL_IPV4);
    assert_int_equal(pair_bind(pair, 1, sockets.listener, 80), 0);
    assert_int_equal(pair_listen(pair, 1, sockets.listener, 5), 0);
    sockets.client = pair_socket(pair, 0, ANVIL_IPV4);
    assert_int_equal(pair_connect(pair, 0, sockets.client, 80), -ANVIL_EINPROGRESS);
    pair_wait(pair, 10000);
    sockets.server = pair_accept(pair, 1, sockets.listener);
    assert_true(sockets.server >= 0);
    assert_int_equal(pair_state(pair, 0, sockets.client), ANVIL_ESTABLISHED);
    assert_int_equal(pair_state(pair, 1, sockets.server), ANVIL_ESTABLISHED);
    return sockets;
}

int pair_reopen(struct pair *pair, const struct pair_sockets *sockets, const char *text)
{
    struct anvil_endpoint local;
    assert_int_equal(anvil_host_local_name(pair->host[0], sockets->client, &local), 0);
    assert_int_equal(pair_shutdown(pair, 1, sockets->server, 1), 0);
    if (text != NULL)
        assert_int_equal(pair_write(pair, 0, sockets->client, text, 0), strlen(text));
    pair_wait(pair, SECOND);
    assert_int_equal(pair_close_socket(pair, 0, sockets->client), 0);
    pair_wait(pair, SECOND);
    assert_int_equal(pair_state(pair, 1, sockets->server), ANVIL_TIME_WAIT);
    int again = pair_socket(pair, 0, ANVIL_IPV4);
    assert_int_equal(pair_set(pair, 0, again, ANVIL_SO_REUSEADDR, 1), 0);
    assert_int_equal(pair_bind(pair, 0, again, local.port), 0);
    assert_int_equal(pair_connect(pair, 0, again, 80), -ANVIL_EINPROGRESS);
    return again;
}
