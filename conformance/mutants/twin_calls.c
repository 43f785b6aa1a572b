/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The calls of the core that twin.h compares, each as the linker's --wrap makes of it: the program
 * calls __wrap_NAME, which calls __real_NAME.
 */
#include "mutants/twin.h"

#include <anvil/host.h>
#include <anvil/options.h>

#include <inttypes.h>
#include <string.h>

/* Hosts that are open, and the octets of each. */
enum { HOSTS = 16 };
static struct open_host {
    const struct anvil_host *host;
    size_t size;
} open_hosts[HOSTS];

int __real_anvil_host_socket(struct anvil_host *host, const struct anvil_turn *turn, unsigned
                             family);
int __wrap_anvil_host_socket(struct anvil_host *host, const struct anvil_turn *turn, unsigned
                             family);
int __real_anvil_host_bind(struct anvil_host *host, const struct anvil_turn *turn, int socket,
                           const struct anvil_endpoint *to);
int __wrap_anvil_host_bind(struct anvil_host *host, const struct anvil_turn *turn, int socket,
                           const struct anvil_endpoint *to);
int __real_anvil_host_listen(struct anvil_host *host, const struct anvil_turn *turn, int socket,
                             int backlog);
int __wrap_anvil_host_listen(struct anvil_host *host, const struct anvil_turn *turn, int socket,
                             int backlog);
int __real_anvil_host_connect(struct anvil_host *host, const struct anvil_turn *turn, int socket,
                              const struct anvil_endpoint *to);
int __wrap_anvil_host_connect(struct anvil_host *host, const struct anvil_turn *turn, int socket,
                              const struct anvil_endpoint *to);
int __real_anvil_host_accept(struct anvil_host *host, const struct anvil_turn *turn, int socket,
                             struct anvil_endpoint *peer);
int __wrap_anvil_host_accept(struct anvil_host *host, const struct anvil_turn *turn, int socket,
                             struct anvil_endpoint *peer);
int64_t __real_anvil_host_send(struct anvil_host *host, const struct anvil_turn *turn, int socket,
                               const uint8_t *data, size_t length, unsigned flags);
int64_t __wrap_anvil_host_send(struct anvil_host *host, const struct anvil_turn *turn, int socket,
                               const uint8_t *data, size_t length, unsigned flags);
int64_t __real_anvil_host_receive(struct anvil_host *host, const struct anvil_turn *turn, int
                                  socket, uint8_t *buffer, size_t length, unsigned flags);
int64_t __wrap_anvil_host_receive(struct anvil_host *host, const struct anvil_turn *turn, int
                                  socket, uint8_t *buffer, size_t length, unsigned flags);
int __real_anvil_host_shutdown(struct anvil_host *host, const struct anvil_turn *turn, int socket,
                               int how);
int __wrap_anvil_host_shutdown(struct anvil_host *host, const struct anvil_turn *turn, int socket,
                               int how);
int __real_anvil_host_close(struct anvil_host *host, const struct anvil_turn *turn, int socket);
int __wrap_anvil_host_close(struct anvil_host *host, const struct anvil_turn *turn, int socket);
void __real_anvil_host_exit(struct anvil_host *host, const struct anvil_turn *turn);
void __wrap_anvil_host_exit(struct anvil_host *host, const struct anvil_turn *turn);
int __real_anvil_host_set_option(struct anvil_host *host, const struct anvil_turn *turn, int
                                 socket, enum anvil_so option, int64_t value);
int __wrap_anvil_host_set_option(struct anvil_host *host, const struct anvil_turn *turn, int
                                 socket, enum anvil_so option, int64_t value);
int __real_anvil_host_get_option(struct anvil_host *host, const struct anvil_turn *turn, int
                                 socket, enum anvil_so option, int64_t *value);
int __wrap_anvil_host_get_option(struct anvil_host *host, const struct anvil_turn *turn, int
                                 socket, enum anvil_so option, int64_t *value);
void __real_anvil_host_arrive(struct anvil_host *host, const struct anvil_turn *turn, const
                              uint8_t *packet, size_t length, bool more);
void __wrap_anvil_host_arrive(struct anvil_host *host, const struct anvil_turn *turn, const
                              uint8_t *packet, size_t length, bool more);
void __real_anvil_host_poll(struct anvil_host *host, const struct anvil_turn *turn);
void __wrap_anvil_host_poll(struct anvil_host *host, const struct anvil_turn *turn);
anvil_time __real_anvil_host_deadline(const struct anvil_host *host);
anvil_time __wrap_anvil_host_deadline(const struct anvil_host *host);
unsigned __real_anvil_host_ready(const struct anvil_host *host, const struct anvil_turn *turn, int
                                 socket);
unsigned __wrap_anvil_host_ready(const struct anvil_host *host, const struct anvil_turn *turn, int
                                 socket);
int __real_anvil_host_look(const struct anvil_host *host, uint32_t index, struct anvil_host_view
                           *view);
int __wrap_anvil_host_look(const struct anvil_host *host, uint32_t index, struct anvil_host_view
                           *view);
size_t __wrap_anvil_host_size(const struct anvil_host_config *config);
enum anvil_drop __real_anvil_frame_decode(const uint8_t *bytes, size_t length, struct anvil_frame
                                          *frame);
enum anvil_drop __wrap_anvil_frame_decode(const uint8_t *bytes, size_t length, struct anvil_frame
                                          *frame);
size_t __real_anvil_frame_encode(const struct anvil_frame *frame, struct anvil_span first, struct
                                 anvil_span second, uint8_t *bytes, size_t room);
size_t __wrap_anvil_frame_encode(const struct anvil_frame *frame, struct anvil_span first, struct
                                 anvil_span second, uint8_t *bytes, size_t room);
size_t __real_anvil_frame_size(const struct anvil_frame *frame);
size_t __wrap_anvil_frame_size(const struct anvil_frame *frame);
enum anvil_options_result __real_anvil_options_decode(const uint8_t *bytes, size_t length, struct
                                                      anvil_options *options);
enum anvil_options_result __wrap_anvil_options_decode(const uint8_t *bytes, size_t length, struct
                                                      anvil_options *options);
size_t __real_anvil_options_encode(const struct anvil_options *options, uint8_t *bytes);
size_t __wrap_anvil_options_encode(const struct anvil_options *options, uint8_t *bytes);
size_t __real_anvil_options_size(const struct anvil_options *options);
size_t __wrap_anvil_options_size(const struct anvil_options *options);
void __wrap_anvil_normalise(struct anvil_tcb *tcb, anvil_time now);
struct anvil_address __real_anvil_address_v6(const uint8_t octets[16]);
struct anvil_address __wrap_anvil_address_v6(const uint8_t octets[16]);
void __real_anvil_copy_settings(struct anvil_tcb *tcb, const struct anvil_tcb *from);
void __wrap_anvil_copy_settings(struct anvil_tcb *tcb, const struct anvil_tcb *from);
void __real_anvil_step(struct anvil_tcb *tcb, const struct anvil_policy *policy,
                       const struct anvil_event *event, struct anvil_effects *effects);
void __wrap_anvil_step(struct anvil_tcb *tcb, const struct anvil_policy *policy,
                       const struct anvil_event *event, struct anvil_effects *effects);
struct anvil_host *__real_anvil_host_open(void *memory, const struct anvil_host_config *config);
struct anvil_host *__wrap_anvil_host_open(void *memory, const struct anvil_host_config *config);
size_t __real_anvil_host_size(const struct anvil_host_config *config);
void __real_anvil_normalise(struct anvil_tcb *tcb, anvil_time now);

/* Whether two TCBs will behave alike from now on. */
static bool behave_alike(const struct twin *twin, const void *one, const void *other)
{
    const struct anvil_event *event = twin->event;
    struct anvil_tcb a, b;
    memcpy(&a, one, sizeof a);
    memcpy(&b, other, sizeof b);
    __real_anvil_normalise(&a, event->now > a.now_us ? event->now : a.now_us);
    __real_anvil_normalise(&b, event->now > b.now_us ? event->now : b.now_us);
    return memcmp(&a, &b, sizeof a) == 0;
}

static void tell_event(FILE *out, const struct twin *twin)
{
    static const char *const kinds[] = { "POLL", "OPEN, passive", "OPEN, active", "SEND",
                                         "RECEIVE", "CLOSE", "ABORT", "SEGMENT", "ICMP", "SET" };
    const struct anvil_event *event = twin->event;
    const struct anvil_effects *effects = twin->area[1].at;
    const struct anvil_segment *segment = event->segment;
    if ((unsigned)event->kind >= sizeof kinds / sizeof kinds[0])
        return;
    fprintf(out, ": %s in %s", kinds[event->kind],
            anvil_state_name((enum anvil_state)effects->state_before));
    if (event->kind == ANVIL_SET)
        fprintf(out, ", setting %d to %" PRIu64, (int)event->set, event->value);
    if (event->kind == ANVIL_SEGMENT && segment != NULL)
        fprintf(out, ", flags %x, length %" PRIu32 ", window %u, options %x",
                (unsigned)segment->flags, segment->length, (unsigned)segment->window,
                (unsigned)segment->options.present);
}

void __wrap_anvil_step(struct anvil_tcb *tcb, const struct anvil_policy *policy,
                       const struct anvil_event *event, struct anvil_effects *effects)
{
    struct twin twin;
    twin_begin(&twin, TWIN_STEP, "anvil_step");
    twin.event = event;
    twin.tell = tell_event;
    twin_area(&twin, "TCB", tcb, sizeof *tcb)->same = behave_alike;
    twin_area(&twin, "effects", effects, sizeof *effects);
    do
        __real_anvil_step(tcb, policy, event, effects);
    while (twin_again(&twin, NULL, 0));
}

struct anvil_host *__wrap_anvil_host_open(void *memory, const struct anvil_host_config *config)
{
    struct anvil_host *host;
    struct twin twin;
    size_t size = __real_anvil_host_size(config), at = 0;
    twin_begin(&twin, TWIN_HOST, "anvil_host_open");
    twin_area(&twin, "host", memory, size);
    do
        host = __real_anvil_host_open(memory, config);
    while (twin_again(&twin, &host, sizeof host));
    while (at < HOSTS && open_hosts[at].host != host && open_hosts[at].host != NULL)
        at++;
    if (host != NULL)
        open_hosts[at % HOSTS] = (struct open_host){ host, size };
    return host;
}

/* A call of a host begins. One that was moved since it was opened is not known. */
static void begin_host(struct twin *twin, const char *name, struct anvil_host *host,
                       const struct anvil_turn *turn)
{
    size_t at = 0;
    while (at < HOSTS && open_hosts[at].host != host)
        at++;
    twin_begin(twin, TWIN_HOST, name);
    if (at == HOSTS) {
        twin_leave(twin);
        return;
    }
    twin_area(twin, "host", host, open_hosts[at].size);
    twin_area(twin, "output", turn->output, sizeof *turn->output);
    twin_area(twin, "frames", turn->output->octets, turn->output->capacity);
}

int __wrap_anvil_host_socket(struct anvil_host *host, const struct anvil_turn *turn, unsigned
                             family)
{
    struct twin twin;
    int result;
    begin_host(&twin, "anvil_host_socket", host, turn);
    do
        result = __real_anvil_host_socket(host, turn, family);
    while (twin_again(&twin, &result, sizeof result));
    return result;
}

int __wrap_anvil_host_bind(struct anvil_host *host, const struct anvil_turn *turn, int socket,
                           const struct anvil_endpoint *to)
{
    struct twin twin;
    int result;
    begin_host(&twin, "anvil_host_bind", host, turn);
    do
        result = __real_anvil_host_bind(host, turn, socket, to);
    while (twin_again(&twin, &result, sizeof result));
    return result;
}

int __wrap_anvil_host_listen(struct anvil_host *host, const struct anvil_turn *turn, int socket,
                             int backlog)
{
    struct twin twin;
    int result;
    begin_host(&twin, "anvil_host_listen", host, turn);
    do
        result = __real_anvil_host_listen(host, turn, socket, backlog);
    while (twin_again(&twin, &result, sizeof result));
    return result;
}

int __wrap_anvil_host_connect(struct anvil_host *host, const struct anvil_turn *turn, int socket,
                              const struct anvil_endpoint *to)
{
    struct twin twin;
    int result;
    begin_host(&twin, "anvil_host_connect", host, turn);
    do
        result = __real_anvil_host_connect(host, turn, socket, to);
    while (twin_again(&twin, &result, sizeof result));
    return result;
}

int __wrap_anvil_host_accept(struct anvil_host *host, const struct anvil_turn *turn, int socket,
                             struct anvil_endpoint *peer)
{
    struct twin twin;
    int result;
    begin_host(&twin, "anvil_host_accept", host, turn);
    twin_area(&twin, "peer", peer, sizeof *peer);
    do
        result = __real_anvil_host_accept(host, turn, socket, peer);
    while (twin_again(&twin, &result, sizeof result));
    return result;
}

int64_t __wrap_anvil_host_send(struct anvil_host *host, const struct anvil_turn *turn, int socket,
                               const uint8_t *data, size_t length, unsigned flags)
{
    struct twin twin;
    int64_t result;
    begin_host(&twin, "anvil_host_send", host, turn);
    do
        result = __real_anvil_host_send(host, turn, socket, data, length, flags);
    while (twin_again(&twin, &result, sizeof result));
    return result;
}

int64_t __wrap_anvil_host_receive(struct anvil_host *host, const struct anvil_turn *turn, int
                                  socket, uint8_t *buffer, size_t length, unsigned flags)
{
    struct twin twin;
    int64_t result;
    begin_host(&twin, "anvil_host_receive", host, turn);
    twin_area(&twin, "octets", buffer, length);
    do
        result = __real_anvil_host_receive(host, turn, socket, buffer, length, flags);
    while (twin_again(&twin, &result, sizeof result));
    return result;
}

int __wrap_anvil_host_shutdown(struct anvil_host *host, const struct anvil_turn *turn, int socket,
                               int how)
{
    struct twin twin;
    int result;
    begin_host(&twin, "anvil_host_shutdown", host, turn);
    do
        result = __real_anvil_host_shutdown(host, turn, socket, how);
    while (twin_again(&twin, &result, sizeof result));
    return result;
}

int __wrap_anvil_host_close(struct anvil_host *host, const struct anvil_turn *turn, int socket)
{
    struct twin twin;
    int result;
    begin_host(&twin, "anvil_host_close", host, turn);
    do
        result = __real_anvil_host_close(host, turn, socket);
    while (twin_again(&twin, &result, sizeof result));
    return result;
}

void __wrap_anvil_host_exit(struct anvil_host *host, const struct anvil_turn *turn)
{
    struct twin twin;
    begin_host(&twin, "anvil_host_exit", host, turn);
    do
        __real_anvil_host_exit(host, turn);
    while (twin_again(&twin, NULL, 0));
}

int __wrap_anvil_host_set_option(struct anvil_host *host, const struct anvil_turn *turn, int
                                 socket, enum anvil_so option, int64_t value)
{
    struct twin twin;
    int result;
    begin_host(&twin, "anvil_host_set_option", host, turn);
    do
        result = __real_anvil_host_set_option(host, turn, socket, option, value);
    while (twin_again(&twin, &result, sizeof result));
    return result;
}

int __wrap_anvil_host_get_option(struct anvil_host *host, const struct anvil_turn *turn, int
                                 socket, enum anvil_so option, int64_t *value)
{
    struct twin twin;
    int result;
    begin_host(&twin, "anvil_host_get_option", host, turn);
    twin_area(&twin, "value", value, sizeof *value);
    do
        result = __real_anvil_host_get_option(host, turn, socket, option, value);
    while (twin_again(&twin, &result, sizeof result));
    return result;
}

void __wrap_anvil_host_arrive(struct anvil_host *host, const struct anvil_turn *turn, const
                              uint8_t *packet, size_t length, bool more)
{
    struct twin twin;
    begin_host(&twin, "anvil_host_arrive", host, turn);
    do
        __real_anvil_host_arrive(host, turn, packet, length, more);
    while (twin_again(&twin, NULL, 0));
}

void __wrap_anvil_host_poll(struct anvil_host *host, const struct anvil_turn *turn)
{
    struct twin twin;
    begin_host(&twin, "anvil_host_poll", host, turn);
    do
        __real_anvil_host_poll(host, turn);
    while (twin_again(&twin, NULL, 0));
}

anvil_time __wrap_anvil_host_deadline(const struct anvil_host *host)
{
    struct twin twin;
    anvil_time result;
    twin_begin(&twin, TWIN_HOST, "anvil_host_deadline");
    do
        result = __real_anvil_host_deadline(host);
    while (twin_again(&twin, &result, sizeof result));
    return result;
}

unsigned __wrap_anvil_host_ready(const struct anvil_host *host, const struct anvil_turn *turn, int
                                 socket)
{
    struct twin twin;
    unsigned result;
    twin_begin(&twin, TWIN_HOST, "anvil_host_ready");
    do
        result = __real_anvil_host_ready(host, turn, socket);
    while (twin_again(&twin, &result, sizeof result));
    return result;
}

int __wrap_anvil_host_look(const struct anvil_host *host, uint32_t index, struct anvil_host_view
                           *view)
{
    struct twin twin;
    int result;
    twin_begin(&twin, TWIN_HOST, "anvil_host_look");
    twin_area(&twin, "view", view, sizeof *view);
    do
        result = __real_anvil_host_look(host, index, view);
    while (twin_again(&twin, &result, sizeof result));
    return result;
}

size_t __wrap_anvil_host_size(const struct anvil_host_config *config)
{
    struct twin twin;
    size_t result;
    twin_begin(&twin, TWIN_HOST, "anvil_host_size");
    do
        result = __real_anvil_host_size(config);
    while (twin_again(&twin, &result, sizeof result));
    return result;
}

enum anvil_drop __wrap_anvil_frame_decode(const uint8_t *bytes, size_t length, struct anvil_frame
                                          *frame)
{
    struct twin twin;
    enum anvil_drop result;
    twin_begin(&twin, TWIN_PURE, "anvil_frame_decode");
    twin_area(&twin, "frame", frame, sizeof *frame);
    do
        result = __real_anvil_frame_decode(bytes, length, frame);
    while (twin_again(&twin, &result, sizeof result));
    return result;
}

size_t __wrap_anvil_frame_encode(const struct anvil_frame *frame, struct anvil_span first, struct
                                 anvil_span second, uint8_t *bytes, size_t room)
{
    struct twin twin;
    size_t result;
    twin_begin(&twin, TWIN_PURE, "anvil_frame_encode");
    twin_area(&twin, "packet", bytes, room);
    do
        result = __real_anvil_frame_encode(frame, first, second, bytes, room);
    while (twin_again(&twin, &result, sizeof result));
    return result;
}

size_t __wrap_anvil_frame_size(const struct anvil_frame *frame)
{
    struct twin twin;
    size_t result;
    twin_begin(&twin, TWIN_PURE, "anvil_frame_size");
    do
        result = __real_anvil_frame_size(frame);
    while (twin_again(&twin, &result, sizeof result));
    return result;
}

enum anvil_options_result __wrap_anvil_options_decode(const uint8_t *bytes, size_t length, struct
                                                      anvil_options *options)
{
    struct twin twin;
    enum anvil_options_result result;
    twin_begin(&twin, TWIN_PURE, "anvil_options_decode");
    twin_area(&twin, "options", options, sizeof *options);
    do
        result = __real_anvil_options_decode(bytes, length, options);
    while (twin_again(&twin, &result, sizeof result));
    return result;
}

size_t __wrap_anvil_options_encode(const struct anvil_options *options, uint8_t *bytes)
{
    struct twin twin;
    size_t result;
    twin_begin(&twin, TWIN_PURE, "anvil_options_encode");
    twin_area(&twin, "octets", bytes, 40);
    do
        result = __real_anvil_options_encode(options, bytes);
    while (twin_again(&twin, &result, sizeof result));
    return result;
}

size_t __wrap_anvil_options_size(const struct anvil_options *options)
{
    struct twin twin;
    size_t result;
    twin_begin(&twin, TWIN_PURE, "anvil_options_size");
    do
        result = __real_anvil_options_size(options);
    while (twin_again(&twin, &result, sizeof result));
    return result;
}

void __wrap_anvil_normalise(struct anvil_tcb *tcb, anvil_time now)
{
    struct twin twin;
    twin_begin(&twin, TWIN_PURE, "anvil_normalise");
    twin_area(&twin, "TCB", tcb, sizeof *tcb);
    do
        __real_anvil_normalise(tcb, now);
    while (twin_again(&twin, NULL, 0));
}

struct anvil_address __wrap_anvil_address_v6(const uint8_t octets[16])
{
    struct twin twin;
    struct anvil_address result;
    twin_begin(&twin, TWIN_PURE, "anvil_address_v6");
    do
        result = __real_anvil_address_v6(octets);
    while (twin_again(&twin, &result, sizeof result));
    return result;
}

void __wrap_anvil_copy_settings(struct anvil_tcb *tcb, const struct anvil_tcb *from)
{
    struct twin twin;
    twin_begin(&twin, TWIN_STEP, "anvil_copy_settings");
    twin_area(&twin, "TCB", tcb, sizeof *tcb);
    do
        __real_anvil_copy_settings(tcb, from);
    while (twin_again(&twin, NULL, 0));
}
