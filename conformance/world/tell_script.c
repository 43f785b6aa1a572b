/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What one end saw and did, as a script: its calls, what it sent, and what reached it. The runner
 * carries it out with the same result. What packetdrill's notation cannot say (a damaged frame)
 * becomes a `frame` directive.
 */
#include "wire/print.h"
#include "world/internal.h"
#include "world/tell.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_FD = 3, FDS_MAX = 64, CONNECTIONS_MAX = 32, REACH = 1 << 24 };

/* What the numbers of a connection count from. */
struct numbers {
    uint32_t isn[WORLD_SIDES];
    bool has_isn[WORLD_SIDES];
};

/* What the runner counts from, in a script that gives numbers as on the wire: it follows the SYNs
 * of one connection, by the rules of run/conn.c. */
struct follower {
    bool has_local, has_remote, confirmed, has_fresh;
    uint32_t local_isn, remote_isn, fresh_isn, fresh_end;
};

struct writer {
    const struct world_record *record;
    const struct world_plan *plan;
    enum world_side side;
    FILE *out;
    uint64_t at_us;              /* of the line before */
    struct numbers now;          /* of the connection as it is now */
    struct numbers past[CONNECTIONS_MAX]; /* of those before it, by their number from 0 */
    uint32_t connections;        /* begun so far, by a connect() or the peer's SYN */
    bool as_on_wire;             /* numbers are, and connections are named */
    bool many;                   /* there are some beside the one that worlds have */
    struct world_tell_names names;
    struct follower follower[WORLD_TELL_NAMES_MAX + 1]; /* by the number of the name */
    struct anvil_target_address bound[FDS_MAX];         /* where a descriptor is bound */
    uint32_t on;                 /* whose lines follow; 0: the runner finds out */
    int target_fd[FDS_MAX];      /* by the number that the script gives; -1: free */
};

/* "+0.25 ": the time since the line before. */
static void write_time(struct writer *writer, uint64_t time_us)
{
    uint64_t passed = time_us - writer->at_us;
    writer->at_us = time_us;
    if (passed % 1000000 == 0)
        fprintf(writer->out, "+%" PRIu64 " ", passed / 1000000);
    else
        fprintf(writer->out, "+%" PRIu64 ".%06" PRIu64 " ", passed / 1000000, passed % 1000000);
}

static int find_fd(const struct writer *writer, int target_fd)
{
    for (int i = 0; i < FDS_MAX; i++)
        if (writer->target_fd[i] == target_fd)
            return i;
    return -1;
}

/* The script's number for a new descriptor: the least that is free. */
static int new_fd(struct writer *writer, int target_fd)
{
    for (int i = FIRST_FD; i < FDS_MAX; i++) {
        if (writer->target_fd[i] >= 0)
            continue;
        writer->target_fd[i] = target_fd;
        return i;
    }
    return -1;
}

static void write_nonblocking(struct writer *writer, int fd)
{
    fprintf(writer->out, "+0 fcntl(%d, F_SETFL, O_RDWR|O_NONBLOCK) = 0\n", fd);
}

/* A frame as its octets. */
static void write_octets(struct writer *writer, const struct world_event *event)
{
    const uint8_t *bytes = writer->record->bytes + event->offset;
    fputs("//: ", writer->out);
    write_time(writer, event->time_us);
    fputs("frame ", writer->out);
    for (size_t i = 0; i < event->length; i++)
        fprintf(writer->out, "%s%02x", i > 0 && i % 2 == 0 ? " " : "", bytes[i]);
    fputc('\n', writer->out);
}

/* Says whose lines follow, where there is more than one connection of the same four-tuple. */
static void put_on(struct writer *writer, uint32_t connection)
{
    if ((writer->plan->incarnations < 2 && !writer->as_on_wire) || writer->on == connection)
        return;
    writer->on = connection;
    if (connection == 0)
        fputs("//: on default\n", writer->out);
    else
        fprintf(writer->out, "//: on c%u\n", (unsigned)connection);
}

static void begin_connection(struct writer *writer)
{
    if (writer->connections < CONNECTIONS_MAX)
        writer->past[writer->connections] = writer->now;
    writer->connections++;
    writer->now = (struct numbers){ { 0, 0 }, { false, false } };
}

/* A SYN sets what its side's numbers count from; a new one of the peer begins a connection. */
static void note_syn(struct writer *writer, enum world_side from, const struct wire_tcp *tcp)
{
    if ((tcp->flags & WIRE_SYN) == 0 ||
        (writer->now.has_isn[from] && writer->now.isn[from] == tcp->seq))
        return;
    if (from != writer->side && (tcp->flags & WIRE_ACK) == 0 &&
        (writer->now.has_isn[from] || writer->connections == 0))
        begin_connection(writer);
    writer->now.isn[from] = tcp->seq;
    writer->now.has_isn[from] = true;
}

/* Can this segment be one of the connection with these numbers? */
static bool fits(const struct numbers *numbers, enum world_side from, const struct wire_tcp *tcp)
{
    enum world_side to = from == WORLD_A ? WORLD_B : WORLD_A;
    bool acks = (tcp->flags & WIRE_ACK) != 0;
    return numbers->has_isn[from] && tcp->seq - numbers->isn[from] < REACH &&
           (!acks || (numbers->has_isn[to] && tcp->ack - numbers->isn[to] < REACH));
}

/* Whose segment this is: that of the present connection, or of the last one before it that it fits,
 * if it does not fit the present one. Its number, from 1. */
static uint32_t owner(const struct writer *writer, enum world_side from,
                      const struct wire_tcp *tcp, struct numbers *numbers)
{
    *numbers = writer->now;
    if (writer->plan->incarnations < 2 || fits(numbers, from, tcp))
        return writer->connections;
    for (uint32_t i = writer->connections; i-- > 1;)
        if (i < CONNECTIONS_MAX && fits(&writer->past[i], from, tcp)) {
            *numbers = writer->past[i];
            return i;
        }
    return writer->connections;
}

/* Whether the line can be written as packetdrill's: not what is faulty, of another protocol, or an
 * ICMP error for another host than the one that it quotes. */
static bool is_writable(const struct world_event *event, const struct wire_frame *frame)
{
    char fault[WIRE_SENTENCE_MAX];
    if (event->kind == WORLD_EVENT_SENT)
        return true;
    if (frame->kind == WIRE_KIND_ICMP && frame->icmp.quote.has_ip &&
        !wire_same_address(&frame->icmp.quote.ip.source, &frame->ip.destination))
        return false;
    return frame->kind != WIRE_KIND_OTHER && !wire_fault(frame, fault, sizeof fault);
}

/* Whether numbers have to be as on the wire: SYNs have more than one number, of either side, or a
 * frame has to be written as its octets, ports among them. */
static bool is_mixed(const struct world_record *record)
{
    uint32_t isn[WORLD_SIDES];
    bool has_isn[WORLD_SIDES] = { false, false };
    for (size_t i = 0; i < record->count; i++) {
        const struct world_event *event = &record->events[i];
        const uint8_t *bytes = record->bytes + event->offset;
        struct wire_frame frame;
        if (event->kind != WORLD_EVENT_SENT && event->kind != WORLD_EVENT_ARRIVED)
            continue;
        if (wire_decode(&frame, bytes, event->length) != WIRE_OK || !is_writable(event, &frame))
            return true;
        if (event->kind != WORLD_EVENT_SENT || frame.kind != WIRE_KIND_TCP ||
            (frame.tcp.flags & WIRE_SYN) == 0)
            continue;
        if (has_isn[event->side] && isn[event->side] != frame.tcp.seq)
            return true;
        has_isn[event->side] = true;
        isn[event->side] = frame.tcp.seq;
    }
    return false;
}

static void follow_heard(struct follower *follower, const struct wire_frame *frame)
{
    const struct wire_tcp *tcp = &frame->tcp;
    if ((tcp->flags & WIRE_SYN) == 0)
        return;
    if (!follower->has_remote || !follower->confirmed) {
        follower->has_remote = true;
        follower->remote_isn = tcp->seq;
        return;
    }
    follower->has_fresh = true;
    follower->fresh_isn = tcp->seq;
    follower->fresh_end = tcp->seq + 1 + (uint32_t)frame->payload_bytes;
}

static void follow_said(struct follower *follower, const struct wire_tcp *tcp)
{
    bool syn = (tcp->flags & WIRE_SYN) != 0, ack = (tcp->flags & WIRE_ACK) != 0;
    if (syn && ack && follower->has_fresh &&
        (tcp->ack == follower->fresh_isn + 1 || tcp->ack == follower->fresh_end)) {
        follower->remote_isn = follower->fresh_isn;
        follower->has_fresh = follower->has_local = false;
    }
    if (syn && !follower->has_local) {
        follower->has_local = true;
        follower->local_isn = tcp->seq;
    }
    if (ack && (tcp->flags & WIRE_RST) == 0 && follower->has_remote)
        follower->confirmed = true;
}

/* How a segment is written, with numbers as on the wire. */
static struct wire_print print_on_wire(struct writer *writer, const struct wire_frame *frame,
                                       bool sent)
{
    struct world_tell_tuple tuple;
    bool named = writer->many && world_tell_tuple(frame, sent, &tuple);
    uint32_t number = named ? world_tell_number(&writer->names, &tuple) : 1;
    struct follower *follower = &writer->follower[number];
    put_on(writer, number);
    if (frame->kind == WIRE_KIND_TCP && sent)
        follow_said(follower, &frame->tcp);
    else if (frame->kind == WIRE_KIND_TCP)
        follow_heard(follower, frame);
    return (struct wire_print){ .outbound = sent, .as_on_wire = true,
                                .isn_of_sack = sent ? follower->remote_isn : follower->local_isn };
}

/* A RST that answers a segment without ACK where there is no connection has the number 0, and
 * acknowledges a number of the peer's (RFC 9293 3.5.2): both as on the wire. */
static bool is_from_zero(const struct wire_frame *frame)
{
    uint16_t both = WIRE_RST | WIRE_ACK;
    return frame->kind == WIRE_KIND_TCP && (frame->tcp.flags & both) == both &&
           frame->tcp.seq == 0;
}

/* How a segment is written, with numbers that count from the ISNs of its connection. */
static struct wire_print print_from_isn(struct writer *writer, const struct wire_frame *frame,
                                        bool sent)
{
    enum world_side other = writer->side == WORLD_A ? WORLD_B : WORLD_A;
    struct numbers numbers = writer->now;
    if (frame->kind == WIRE_KIND_TCP) {
        note_syn(writer, sent ? writer->side : other, &frame->tcp);
        put_on(writer, owner(writer, sent ? writer->side : other, &frame->tcp, &numbers));
    } else {
        put_on(writer, writer->connections);
    }
    struct wire_print how = { .outbound = sent, .isn_target = numbers.isn[writer->side],
                              .isn_peer = numbers.isn[other] };
    if (frame->kind == WIRE_KIND_TCP && (frame->tcp.flags & WIRE_SYN) != 0)
        how.isn_peer = 0; /* with a SYN, the peer's numbers are those on the wire */
    if (sent && writer->plan->incarnations > 1 && is_from_zero(frame))
        return (struct wire_print){ .outbound = sent, .as_on_wire = true };
    return how;
}

/* Whose line a call is: that of a connection which it opens, and where there are many, binds. */
static uint32_t connection_of(struct writer *writer, const struct anvil_target_call *call, int fd)
{
    bool opens = call->kind == ANVIL_CALL_CONNECT && call->error == EINPROGRESS;
    if (!writer->many)
        return !opens ? 0 : writer->as_on_wire ? 1 : writer->connections;
    if (call->kind == ANVIL_CALL_BIND) {
        if (fd >= 0)
            writer->bound[fd] = call->address;
        return world_tell_bound(&writer->names, &call->address, writer->side);
    }
    struct world_tell_tuple tuple = { .remote = call->address };
    if (call->kind != ANVIL_CALL_CONNECT || fd < 0)
        return 0;
    tuple.local = writer->bound[fd];
    return world_tell_number(&writer->names, &tuple);
}

/* A call, with the script's own numbers for descriptors. */
static void write_call(struct writer *writer, const struct world_event *event)
{
    const struct anvil_target_call *call = &event->call;
    bool makes = call->kind == ANVIL_CALL_SOCKET || call->kind == ANVIL_CALL_ACCEPT;
    int64_t result = call->result;
    char text[192];
    int fd = call->kind == ANVIL_CALL_SOCKET ? -1 : find_fd(writer, call->socket);
    if (makes && result >= 0)
        result = new_fd(writer, (int)result);
    if (call->kind == ANVIL_CALL_CONNECT && call->error == EINPROGRESS)
        begin_connection(writer);
    put_on(writer, connection_of(writer, call, fd));
    world_tell_call(call, fd, result, text, sizeof text);
    if (call->kind == ANVIL_CALL_SOCKET && call->family != writer->plan->family)
        snprintf(text, sizeof text, "socket(%s, SOCK_STREAM | SOCK_NONBLOCK, IPPROTO_TCP) = %lld",
                 call->family == 6 ? "AF_INET6" : "AF_INET", (long long)result);
    write_time(writer, event->time_us);
    fprintf(writer->out, "%s\n", text);
    if (makes && result >= 0)
        write_nonblocking(writer, (int)result);
    if (call->kind == ANVIL_CALL_CLOSE && fd >= 0)
        writer->target_fd[fd] = -1;
}

/* A RST made without a connection has a TSval of 0, which stands for no clock: the runner, who
 * counts TSvals from the first, is not asked to judge it. */
static void drop_stateless_stamp(const struct wire_frame *frame, char *text)
{
    const struct wire_option *stamps = wire_find_option(&frame->tcp, WIRE_OPTION_TIMESTAMPS);
    char *options = strchr(text, '<');
    bool stateless = (frame->tcp.flags & WIRE_RST) != 0 && stamps != NULL && stamps->parsed &&
                     stamps->value.timestamps.value == 0;
    if (stateless && options != NULL)
        strcpy(options, "<...>");
}

/* A frame as packetdrill's line, or as its octets where there is no such line. */
static void write_frame(struct writer *writer, const struct world_event *event)
{
    struct wire_frame frame;
    char text[WIRE_LINE_MAX];
    bool sent = event->kind == WORLD_EVENT_SENT;
    const uint8_t *bytes = writer->record->bytes + event->offset;
    if (wire_decode(&frame, bytes, event->length) != WIRE_OK || !is_writable(event, &frame)) {
        write_octets(writer, event);
        return;
    }
    struct wire_print how = writer->as_on_wire ? print_on_wire(writer, &frame, sent)
                                               : print_from_isn(writer, &frame, sent);
    wire_print_segment(text, sizeof text, &frame, &how);
    if (sent && frame.kind == WIRE_KIND_TCP)
        drop_stateless_stamp(&frame, text);
    write_time(writer, event->time_us);
    fprintf(writer->out, "%s\n", text);
}

/* The addresses and ports of the world, so that octets of frames fit. */
static void write_options(struct writer *writer)
{
    const struct world_plan *plan = writer->plan;
    bool a = writer->side == WORLD_A;
    const char *const name[2][2] = { { "192.0.2.1", "192.0.2.2" },
                                     { "2001:db8::1", "2001:db8::2" } };
    int v6 = plan->family == 6;
    fprintf(writer->out, "--ip_version=%s\n--local_ip=%s\n--remote_ip=%s\n--bind_port=%d\n"
            "--connect_port=%d\n--mtu=%u\n", v6 ? "ipv6" : "ipv4", name[v6][!a], name[v6][a],
            a ? WORLD_CLIENT_PORT : WORLD_PORT, a ? WORLD_PORT : WORLD_CLIENT_PORT,
            (unsigned)plan->mtu);
}

/* The target's first ISN, so that ICMP errors and damaged frames quote the right numbers; or that
 * each connection has one of the target's choice, as with two of them one behind the other. */
static void write_iss(struct writer *writer)
{
    if (writer->plan->iss_fixed)
        fprintf(writer->out, "//: iss %u\n", (unsigned)writer->plan->iss[writer->side]);
    else
        fputs("//: iss own\n", writer->out);
}

/* What stands in front of the first event. */
static void write_head(struct writer *writer, const char *sentence)
{
    const struct world_plan *plan = writer->plan;
    enum world_side side = writer->side;
    fprintf(writer->out, "// %s\n", sentence);
    fputs("//: exact\n", writer->out);
    write_iss(writer);
    fprintf(writer->out, "//: clock %" PRIu64 ".%06" PRIu64 "\n", plan->clock_us / 1000000,
            plan->clock_us % 1000000);
    for (size_t i = 0; i < plan->setting_count[side]; i++)
        fprintf(writer->out, "//: policy %s=%" PRIu64 "\n", plan->settings[side][i].name,
                plan->settings[side][i].value);
    if (writer->many)
        world_tell_names(&writer->names, writer->out);
    uint32_t several = plan->incarnations > 1 ? writer->connections : 0;
    uint32_t named = writer->many ? 0 : writer->as_on_wire ? 1 : several;
    for (uint32_t i = 1; i <= named; i++)
        fprintf(writer->out, "//: conn c%u %d > %d\n", (unsigned)i,
                side == WORLD_A ? WORLD_CLIENT_PORT : WORLD_PORT,
                side == WORLD_A ? WORLD_PORT : WORLD_CLIENT_PORT);
    write_options(writer);
}

/* All lines behind the head. */
static void write_lines(struct writer *writer)
{
    for (size_t i = 0; i < writer->record->count; i++) {
        const struct world_event *event = &writer->record->events[i];
        if (event->kind == WORLD_EVENT_CALM || event->side != writer->side)
            continue;
        if (event->kind == WORLD_EVENT_CALL)
            write_call(writer, event);
        else if (event->kind == WORLD_EVENT_ARRIVED || !event->copy)
            write_frame(writer, event);
    }
}

/* The head names the connections, and how many there are is known when the lines are written. */
void world_tell_script(const struct world_record *record, const struct world_plan *plan,
                       enum world_side side, const char *sentence, FILE *out)
{
    char *lines = NULL;
    size_t length = 0;
    struct writer *writer = calloc(1, sizeof *writer);
    if (writer == NULL)
        return;
    *writer = (struct writer){ .record = record, .plan = plan, .side = side,
                               .out = open_memstream(&lines, &length), .at_us = plan->clock_us };
    for (int i = 0; i < FDS_MAX; i++)
        writer->target_fd[i] = -1;
    writer->many = plan->any_order && world_tell_is_many(record, plan, side);
    writer->as_on_wire = writer->many || (plan->any_order && is_mixed(record));
    if (writer->out != NULL) {
        write_lines(writer);
        bool whole = fclose(writer->out) == 0;
        writer->out = out;
        write_head(writer, sentence);
        if (whole)
            fwrite(lines, 1, length, out);
    }
    free(writer);
    free(lines);
}
