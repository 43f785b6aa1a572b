/* SPDX-License-Identifier: BSD-2-Clause */
/* lwIP as a target: the instance, its time and its frames. */
#include "target/lwip.h"

#include <lwip/init.h>
#include <lwip/ip4_frag.h>
#include <lwip/ip6_frag.h>
#include <lwip/tcpip.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Calls of tcp_tmr() before any case: at a tick of 0 lwIP cannot measure a round trip, as it marks
 * with 0 that it measures none. An even number, so that the first one of a case is a slow one. */
enum { TICKS_BEFORE = 4 };

extern const struct anvil_target anvil_target_lwip;

int target_lwip_number(const struct target_lwip *lwip, const struct target_lwip_socket *socket)
{
    return (int)(socket - lwip->sockets);
}

ip_addr_t target_lwip_ip(const struct anvil_target_address *address)
{
    ip_addr_t ip;
    memset(&ip, 0, sizeof ip);
    if (address->family == 6) {
        IP_SET_TYPE_VAL(ip, IPADDR_TYPE_V6);
        memcpy(ip_2_ip6(&ip)->addr, address->octets, 16);
    } else {
        memcpy(&ip_2_ip4(&ip)->addr, address->octets, 4);
    }
    return ip;
}

struct anvil_target_address target_lwip_address(const ip_addr_t *ip, uint16_t port)
{
    struct anvil_target_address address = { .family = IP_IS_V6(ip) ? 6 : 4, .port = port };
    if (IP_IS_V6(ip))
        memcpy(address.octets, ip_2_ip6(ip)->addr, 16);
    else
        memcpy(address.octets, &ip_2_ip4(ip)->addr, 4);
    return address;
}

bool target_lwip_loops_back(const struct target_lwip *lwip, const ip_addr_t *address)
{
    const struct netif *netif = &lwip->netif;
    if (IP_IS_V6(address))
        return ip6_addr_cmp_zoneless(ip_2_ip6(address), netif_ip6_addr(netif, 0));
    return ip4_addr_isloopback(ip_2_ip4(address)) ||
           ip4_addr_cmp(ip_2_ip4(address), netif_ip4_addr(netif));
}

/*
 * lwIP adds tcp_ticks to a hidden number and takes the sum as ISN. Both can be had: a call with
 * tcp_ticks at 0 tells the number, one with another value moves it. An active opening then takes
 * one less.
 */
void target_lwip_prime_iss(const struct target_lwip *lwip, bool active)
{
    struct tcp_pcb unused = { .state = CLOSED };
    u32_t ticks = tcp_ticks;
    if (!lwip->iss_fixed)
        return;
    tcp_ticks = 0;
    u32_t hidden = tcp_next_iss(&unused);
    tcp_ticks = lwip->iss + (active ? 1 : 0) - ticks - hidden;
    (void)tcp_next_iss(&unused);
    tcp_ticks = ticks;
}

/* Makes room for one more frame of this length; false when there is no memory. */
static bool make_room(struct target_lwip_queue *queue, size_t length)
{
    if (queue->first == queue->count)
        queue->first = queue->count = queue->used = 0;
    if (queue->count == queue->frames_capacity) {
        size_t capacity = 2 * queue->frames_capacity + 32;
        struct target_lwip_frame *frames = realloc(queue->frames, capacity * sizeof *frames);
        if (frames == NULL)
            return false;
        queue->frames = frames;
        queue->frames_capacity = capacity;
    }
    if (queue->store_capacity - queue->used < length) {
        size_t capacity = 2 * queue->store_capacity + length + 4096;
        uint8_t *store = realloc(queue->store, capacity);
        if (store == NULL)
            return false;
        queue->store = store;
        queue->store_capacity = capacity;
    }
    return true;
}

/* lwIP sends a packet: a frame that waits to be taken. */
static err_t emit(struct netif *netif, struct pbuf *packet)
{
    struct target_lwip *lwip = netif->state;
    struct target_lwip_queue *queue = &lwip->queue;
    if (!make_room(queue, packet->tot_len))
        return ERR_MEM;
    queue->frames[queue->count++] =
        (struct target_lwip_frame){ lwip->now_us, queue->used, packet->tot_len };
    pbuf_copy_partial(packet, queue->store + queue->used, packet->tot_len, 0);
    queue->used += packet->tot_len;
    return ERR_OK;
}

static err_t emit_v4(struct netif *netif, struct pbuf *packet, const ip4_addr_t *next_hop)
{
    (void)next_hop;
    return emit(netif, packet);
}

static err_t emit_v6(struct netif *netif, struct pbuf *packet, const ip6_addr_t *next_hop)
{
    (void)next_hop;
    return emit(netif, packet);
}

static err_t start_netif(struct netif *netif)
{
    netif->name[0] = 'a';
    netif->name[1] = 'v';
    netif->output = emit_v4;
    netif->output_ip6 = emit_v6;
    return ERR_OK;
}

/* Starts the library, without its thread, and keeps a copy of what it looks like then. */
static void start_library(struct target_lwip *lwip)
{
    lwip_init();
    sys_mutex_new(&lock_tcpip_core);
    LOCK_TCPIP_CORE();
    netif_add_noaddr(&lwip->netif, lwip, start_netif, ip_input);
    netif_set_default(&lwip->netif);
    /* The library asks once for its timer, which never runs here. It had better be now. */
    struct tcp_pcb *pcb = tcp_new();
    if (pcb != NULL && tcp_bind(pcb, IP4_ADDR_ANY, 1) == ERR_OK) {
        tcp_active_pcbs = pcb;
        tcp_timer_needed();
        tcp_active_pcbs = NULL;
    }
    if (pcb != NULL)
        tcp_abandon(pcb, 0);
    for (int tick = 0; tick < TICKS_BEFORE; tick++)
        tcp_tmr();
    UNLOCK_TCPIP_CORE();
    lwip->netif_image = lwip->netif;
    memcpy(lwip->span_image, lwip->span.start, lwip->span.size);
}

/* The instance: lwIP's interface points to it once there is one. */
static struct target_lwip *find_instance(char *why, size_t why_size)
{
    struct target_lwip_span span;
    if (netif_list != NULL)
        return netif_list->state;
    struct target_lwip *lwip = calloc(1, sizeof *lwip);
    if (lwip == NULL || !target_lwip_span_find(&span)) {
        snprintf(why, why_size, "%s", lwip == NULL ? "no memory"
                                                   : "liblwip's variables cannot be found");
        free(lwip);
        return NULL;
    }
    lwip->span = span;
    start_library(lwip);
    return lwip;
}

static void set_addresses(struct target_lwip *lwip, const struct anvil_target_config *config)
{
    struct netif *netif = &lwip->netif;
    ip_addr_t v4 = target_lwip_ip(&config->local_v4);
    ip_addr_t v6 = target_lwip_ip(&config->local_v6);
    ip4_addr_t mask, gateway;
    IP4_ADDR(&mask, 255, 255, 255, 0);
    ip4_addr_set_zero(&gateway);
    netif->mtu = (u16_t)config->mtu;
    netif->mtu6 = (u16_t)config->mtu;
    netif_set_addr(netif, ip_2_ip4(&v4), &mask, &gateway);
    netif_ip6_addr_set(netif, 0, ip_2_ip6(&v6));
    netif_ip6_addr_set_state(netif, 0, IP6_ADDR_PREFERRED);
    netif_set_link_up(netif);
    netif_set_up(netif);
}

/* Sets the addresses and starts the clock; all else is as start_library() left it. */
static void *lwip_open(const struct anvil_target_config *config, char *why, size_t why_size)
{
    struct target_lwip *lwip = find_instance(why, why_size);
    if (lwip == NULL)
        return NULL;
    if (lwip->is_open || config->mtu > UINT16_MAX) {
        snprintf(why, why_size, lwip->is_open ? "lwIP can be open once only in a process"
                                              : "lwIP has no MTU of more than 65535 octets");
        return NULL;
    }
    lwip->nodelay_default = 0;
    for (size_t i = 0; i < config->settings_count; i++) {
        if (target_lwip_setting(lwip, &config->settings[i]))
            continue;
        snprintf(why, why_size, "lwIP cannot be set to %s=%llu", config->settings[i].name,
                 (unsigned long long)config->settings[i].value);
        return NULL;
    }
    LOCK_TCPIP_CORE();
    target_lwip_guard_start(lwip);
    lwip->is_open = true;
    lwip->now_us = config->clock_us;
    lwip->tick_us = config->clock_us + TARGET_LWIP_TICK_US;
    lwip->iss_fixed = config->iss_fixed;
    lwip->iss = config->iss;
    lwip->in_timer = false;
    lwip->arrivals = 0;
    lwip->used_sockets = 0;
    lwip->verdict = "";
    set_addresses(lwip, config);
    lwip->queue.first = lwip->queue.count = lwip->queue.used = 0; /* the interface's own words */
    return lwip;
}

/* Ends every connection and listener without a word. */
static void drop_connections(struct target_lwip *lwip)
{
    for (int i = 0; i < lwip->used_sockets; i++)
        if (lwip->sockets[i].kind != TARGET_LWIP_FREE)
            target_lwip_socket_destroy(&lwip->sockets[i]);
    while (tcp_listen_pcbs.pcbs != NULL)
        tcp_close(tcp_listen_pcbs.pcbs);
    while (tcp_active_pcbs != NULL)
        tcp_abandon(tcp_active_pcbs, 0);
    while (tcp_tw_pcbs != NULL)
        tcp_abandon(tcp_tw_pcbs, 0);
    while (tcp_bound_pcbs != NULL)
        tcp_abandon(tcp_bound_pcbs, 0);
}

/* Makes the library free all that it has allocated. */
static void empty_library(struct target_lwip *lwip, void *context)
{
    enum { FRAGMENT_AGES = 64 }; /* more than either kind of fragment lives, in ticks */
    (void)context;
    drop_connections(lwip);
    for (int age = 0; age < FRAGMENT_AGES; age++) {
        ip_reass_tmr();
        ip6_reass_tmr();
    }
}

/* Empties the library and sets its variables back. One that has died keeps its memory: what is in
 * its lists cannot be trusted. */
static void lwip_close(void *self)
{
    struct target_lwip *lwip = self;
    if (lwip == NULL)
        return;
    target_lwip_guard(lwip, empty_library, NULL);
    target_lwip_guard_end(lwip);
    if (lwip->died)
        memset(lwip->sockets, 0, sizeof lwip->sockets);
    free(lwip->queue.frames);
    free(lwip->queue.store);
    lwip->queue = (struct target_lwip_queue){ 0 };
    UNLOCK_TCPIP_CORE();
    lwip->netif = lwip->netif_image;
    memcpy(lwip->span.start, lwip->span_image, lwip->span.size);
    lwip->is_open = false;
}

/* Whether a frame's source is the stack itself. lwIP would answer itself through a thread that it
 * does not have here, and no wire brings such a frame. */
static bool comes_from_itself(const struct target_lwip *lwip, const uint8_t *frame, size_t length)
{
    struct anvil_target_address source = { .family = frame[0] >> 4 };
    size_t at = source.family == 6 ? 8 : 12, octets = source.family == 6 ? 16 : 4;
    if (length < at + octets)
        return false;
    memcpy(source.octets, frame + at, octets);
    ip_addr_t ip = target_lwip_ip(&source);
    return target_lwip_loops_back(lwip, &ip);
}

static void hand_over(struct target_lwip *lwip, void *context)
{
    target_lwip_prime_iss(lwip, false);
    if (lwip->netif.input(context, &lwip->netif) != ERR_OK)
        pbuf_free(context);
    target_lwip_sweep(lwip);
}

static void lwip_inject(void *self, const uint8_t *frame, size_t length)
{
    struct target_lwip *lwip = self;
    if (lwip->died)
        return;
    lwip->verdict = "";
    if (length == 0 || length > UINT16_MAX || comes_from_itself(lwip, frame, length)) {
        lwip->verdict = "the adapter dropped it: it is too long or comes from the stack itself";
        return;
    }
    struct pbuf *packet = pbuf_alloc(PBUF_RAW, (u16_t)length, PBUF_RAM);
    if (packet == NULL)
        return;
    pbuf_take(packet, frame, (u16_t)length);
    target_lwip_guard(lwip, hand_over, packet);
}

static size_t lwip_take(void *self, uint8_t *buffer, size_t capacity, uint64_t *emitted_us)
{
    struct target_lwip *lwip = self;
    struct target_lwip_queue *queue = &lwip->queue;
    if (queue->first == queue->count)
        return 0;
    const struct target_lwip_frame *frame = &queue->frames[queue->first++];
    size_t length = frame->length < capacity ? frame->length : capacity;
    memcpy(buffer, queue->store + frame->at, length);
    *emitted_us = frame->emitted_us;
    return length;
}

/* Looks at all descriptors; true if the readiness of one is not what it was last time. */
static bool look(struct target_lwip *lwip)
{
    bool changed = false;
    for (int i = 0; i < lwip->used_sockets; i++) {
        uint32_t ready = target_lwip_ready(lwip, i);
        changed = changed || ready != lwip->sockets[i].ready;
        lwip->sockets[i].ready = ready;
    }
    return changed;
}

/* lwIP does nothing by itself but in tcp_tmr(), and nothing there without a connection. */
static uint64_t lwip_deadline(void *self)
{
    const struct target_lwip *lwip = self;
    uint64_t deadline = ANVIL_TARGET_NEVER;
    if (lwip->died)
        return ANVIL_TARGET_DEAD;
    if (tcp_active_pcbs != NULL || tcp_tw_pcbs != NULL)
        deadline = lwip->tick_us;
    for (int i = 0; i < lwip->used_sockets; i++)
        if (lwip->sockets[i].lingers && lwip->sockets[i].lingers_until_us > lwip->now_us &&
            lwip->sockets[i].lingers_until_us < deadline)
            deadline = lwip->sockets[i].lingers_until_us;
    return deadline;
}

static void tick(struct target_lwip *lwip, void *context)
{
    (void)context;
    lwip->in_timer = true;
    tcp_tmr();
    lwip->in_timer = false;
    target_lwip_sweep(lwip);
}

/* Ticks go on without a connection, so that where they fall does not depend on when one begins. */
static uint64_t lwip_advance(void *self, uint64_t until_us)
{
    struct target_lwip *lwip = self;
    (void)look(lwip);
    for (;;) {
        uint64_t next = lwip_deadline(lwip);
        if (lwip->tick_us < next)
            next = lwip->tick_us;
        if (next > until_us)
            break;
        lwip->now_us = next;
        if (next == lwip->tick_us) {
            target_lwip_guard(lwip, tick, NULL);
            lwip->tick_us += TARGET_LWIP_TICK_US;
        }
        if (look(lwip) || lwip->queue.first != lwip->queue.count)
            return lwip->now_us;
    }
    lwip->now_us = until_us;
    return until_us;
}

static const char *lwip_explain(void *self)
{
    const struct target_lwip *lwip = self;
    return lwip->verdict;
}

const struct anvil_target anvil_target_lwip = {
    .abi = ANVIL_TARGET_ABI,
    .traits = target_lwip_traits,
    .open = lwip_open,
    .close = lwip_close,
    .call = target_lwip_call,
    .ready = target_lwip_ready,
    .inject = lwip_inject,
    .take = lwip_take,
    .advance = lwip_advance,
    .deadline = lwip_deadline,
    .observe = target_lwip_observe,
    .explain = lwip_explain,
};
