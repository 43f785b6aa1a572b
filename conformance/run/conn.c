/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which connection a line or a frame belongs to, and how its sequence numbers translate.
 *
 * The script counts from each side's ISN: in a segment with SYN the number is the ISN as the script
 * calls it, elsewhere it is relative to that (`< S. 123:123(0)` and then `< . 1:1(0)`). The peer's
 * ISN on the wire is the script's, plus `irs` and the variant's shift; ours is whatever the target
 * chose.
 */
#include "run/state.h"

#include <string.h>

enum { FIRST_PEER_PORT = 40001 };

/* What the peer's numbers count from where no SYN has said it: `irs`, and the variant's shift. */
uint32_t run_peer_shift(const struct run *run)
{
    uint32_t shift = run->options->variant == NULL ? 0 : run->options->variant->peer_shift;
    return run->script->irs + shift;
}

/* The next port of the peer that is not in use. */
uint16_t run_peer_port(struct run *run)
{
    if (run->next_port == 0)
        run->next_port = run->options->peer_port != 0 ? run->options->peer_port : FIRST_PEER_PORT;
    return run->next_port++;
}

/* A connection with default addresses and no ports; NULL, with the case ended, if too many. */
struct run_conn *run_conn_new(struct run *run)
{
    if (run->conn_count == RUN_CONNS_MAX) {
        run_error(run, run->event, "too many connections in one script");
        return NULL;
    }
    struct run_conn *conn = &run->conns[run->conn_count++];
    memset(conn, 0, sizeof *conn);
    conn->local = run->local;
    conn->remote = run->remote;
    return conn;
}

static void set_address(struct wire_address *address, const struct script_address *given)
{
    if (given->family == 0)
        return;
    memset(address, 0, sizeof *address);
    address->version = given->family;
    memcpy(address->bytes, given->bytes, given->family == 4 ? 4 : 16);
}

/* The connection that `conn` directives call `name`. NULL: no such name. */
struct run_conn *run_conn_named(struct run *run, const char *name)
{
    for (size_t i = 0; i < run->conn_count; i++)
        if (run->conns[i].name != NULL && strcmp(run->conns[i].name, name) == 0)
            return &run->conns[i];
    const struct script_conn *given = script_conn(run->script, name);
    struct run_conn *conn = given == NULL ? NULL : run_conn_new(run);
    if (conn == NULL)
        return NULL;
    conn->name = given->name;
    conn->phase = RUN_PHASE_OPEN;
    set_address(&conn->local, &given->local.address);
    set_address(&conn->remote, &given->remote.address);
    conn->local_port = given->local.has_port ? given->local.port : run->bind_port;
    conn->remote_port = given->remote.has_port ? given->remote.port : run_peer_port(run);
    return conn;
}

/* The connection of a line that writes out its addresses or ports; made when it is new. */
static struct run_conn *conn_for_endpoints(struct run *run, const struct script_packet *packet)
{
    const struct script_endpoint *ours = packet->outbound ? &packet->source : &packet->destination;
    const struct script_endpoint *theirs = packet->outbound ? &packet->destination
                                                            : &packet->source;
    struct run_conn wanted = { .local = run->local, .remote = run->remote };
    set_address(&wanted.local, &ours->address);
    set_address(&wanted.remote, &theirs->address);
    wanted.local_port = ours->has_port ? ours->port : run->bind_port;
    wanted.remote_port = theirs->has_port ? theirs->port : 0;
    for (size_t i = run->conn_count; i-- > 0;) {
        struct run_conn *conn = &run->conns[i];
        if (conn->phase == RUN_PHASE_OPEN && conn->local_port == wanted.local_port &&
            (wanted.remote_port == 0 || conn->remote_port == wanted.remote_port) &&
            wire_same_address(&conn->local, &wanted.local) &&
            wire_same_address(&conn->remote, &wanted.remote))
            return conn;
    }
    struct run_conn *conn = run_conn_new(run);
    if (conn == NULL)
        return NULL;
    conn->local = wanted.local;
    conn->remote = wanted.remote;
    conn->local_port = wanted.local_port;
    conn->remote_port = theirs->has_port ? theirs->port : run_peer_port(run);
    conn->phase = RUN_PHASE_OPEN;
    return conn;
}

/* A connection from a new port of the peer to our port; further lines belong to it. */
static struct run_conn *open_from_peer(struct run *run, const struct run_conn *listener)
{
    struct run_conn *conn = run_conn_new(run);
    if (conn == NULL)
        return NULL;
    conn->phase = RUN_PHASE_OPEN;
    conn->local_port = run->bind_port;
    conn->remote_port = run_peer_port(run);
    if (listener != NULL && listener->local_port != 0) {
        conn->local = listener->local;
        conn->local_port = listener->local_port;
    }
    run->current = conn;
    return conn;
}

/* The newest connection that has a four-tuple, or NULL. */
static struct run_conn *newest_open(struct run *run)
{
    for (size_t i = run->conn_count; i-- > 0;)
        if (run->conns[i].phase == RUN_PHASE_OPEN)
            return &run->conns[i];
    return NULL;
}

/* The connection of a packet line. NULL for an outbound line: any; else the case has ended. */
struct run_conn *run_conn_for_packet(struct run *run, const struct script_event *event)
{
    const struct script_packet *packet = event->packet;
    if (packet->has_endpoints)
        return conn_for_endpoints(run, packet);
    if (event->conn != NULL) {
        struct run_conn *named = run_conn_named(run, event->conn);
        if (named == NULL && !run->ended)
            run_error(run, event, run_text(run, "no connection is called %s", event->conn));
        return named;
    }
    struct run_conn *current = run->current;
    if (current != NULL && current->phase == RUN_PHASE_OPEN)
        return current;
    if (current != NULL && current->phase == RUN_PHASE_LISTENING)
        return packet->outbound ? newest_open(run) : open_from_peer(run, current);
    struct run_conn *open = newest_open(run);
    if (open != NULL || packet->outbound)
        return open;
    return open_from_peer(run, current);
}

/* The connection with this peer, as accept() names it; NULL: none. */
struct run_conn *run_conn_by_peer(struct run *run, const struct anvil_target_address *peer,
                                  uint16_t local_port)
{
    for (size_t i = run->conn_count; i-- > 0;) {
        struct run_conn *conn = &run->conns[i];
        size_t bytes = conn->remote.version == 4 ? 4 : 16;
        if (conn->phase == RUN_PHASE_OPEN && conn->remote_port == peer->port &&
            (local_port == 0 || conn->local_port == local_port) &&
            memcmp(conn->remote.bytes, peer->octets, bytes) == 0)
            return conn;
    }
    return NULL;
}

/* The addresses of a frame, as they stand in its IP header. */
static bool same_octets(const struct run *run, const struct run_frame *frame, size_t at4,
                        size_t at6, const struct wire_address *address)
{
    const uint8_t *bytes = run->bytes + frame->offset;
    if (address->version == 4)
        return frame->length >= at4 + 4 && bytes[0] >> 4 == 4 &&
               memcmp(bytes + at4, address->bytes, 4) == 0;
    return frame->length >= at6 + 16 && bytes[0] >> 4 == 6 &&
           memcmp(bytes + at6, address->bytes, 16) == 0;
}

/* Whether a frame from or to the target belongs to this connection. */
bool run_conn_owns(struct run *run, const struct run_conn *conn, const struct run_frame *frame)
{
    if (!frame->outbound)
        return frame->conn == conn;
    if (frame->conn != NULL)
        return frame->conn == conn;
    if (conn->phase != RUN_PHASE_OPEN)
        return false;
    if (!same_octets(run, frame, 16, 24, &conn->remote) ||
        !same_octets(run, frame, 12, 8, &conn->local))
        return false;
    if (frame->source_port == 0 && frame->destination_port == 0)
        return true; /* not TCP: the addresses must do */
    return frame->destination_port == conn->remote_port &&
           (conn->local_port == 0 || frame->source_port == conn->local_port);
}

/* The sequence number of an inbound line, on the wire. */
uint32_t run_seq_in(const struct run *run, const struct run_conn *conn,
                    const struct script_packet *packet)
{
    if (packet->seq.form != SCRIPT_SEQ_RELATIVE)
        return packet->seq.start;
    uint32_t shift = run_peer_shift(run);
    if ((packet->flags & SCRIPT_SYN) != 0)
        return packet->seq.start + shift;
    return packet->seq.start + (conn->has_remote_isn ? conn->remote_isn : shift);
}

/* A number of our stream, in an inbound line (ack, SACK edges), on the wire. */
uint32_t run_ack_in(const struct run_conn *conn, const struct script_packet *packet, uint32_t ack)
{
    if ((packet->flags & SCRIPT_SYN) != 0)
        return ack + conn->local_isn - conn->script_local_isn;
    return ack + conn->local_isn;
}

/* Whether the target may take a SYN as the start of a new connection with the same four-tuple. */
static bool is_over(struct run *run, const struct run_conn *conn)
{
    if (conn->reset)
        return true;
    if (!run->traits->observes)
        return false;
    const struct anvil_target_observation *seen = run_observe(run, conn, -1);
    return seen == NULL || seen->state == ANVIL_STATE_TIME_WAIT ||
           seen->state == ANVIL_STATE_CLOSED;
}

/* A line's window scale option, or NULL. */
static const struct script_tcp_option *shift_in(const struct script_packet *packet)
{
    const struct script_tcp_option *option = packet->options;
    while (option != NULL && option->kind != SCRIPT_OPT_WSCALE)
        option = option->next;
    return option;
}

/* Notes what an inbound segment tells about the connection, before it is sent. */
void run_conn_heard(struct run *run, struct run_conn *conn, const struct script_packet *packet,
                    const struct wire_tcp *tcp)
{
    bool syn = (tcp->flags & WIRE_SYN) != 0;
    if (syn && (!conn->has_remote_isn || !conn->confirmed)) {
        conn->has_remote_isn = true;
        conn->remote_isn = tcp->seq;
    } else if (syn) {
        conn->has_fresh = tcp->seq != conn->remote_isn || is_over(run, conn);
        conn->fresh_isn = tcp->seq;
        conn->fresh_end = tcp->seq + 1 + packet->seq.length;
    }
    if (syn && shift_in(packet) == NULL)
        conn->odd_shift = false; /* without the peer's option nothing is scaled */
    if (syn)
        conn->reset = false;
    if ((tcp->flags & WIRE_RST) != 0)
        conn->reset = true;
    if ((tcp->flags & WIRE_ACK) != 0 &&
        (!conn->has_peer_ack || (int32_t)(tcp->ack - conn->peer_ack) > 0)) {
        conn->has_peer_ack = true;
        conn->peer_ack = tcp->ack;
    }
}

/* A SYN,ACK of the next connection with this four-tuple, for which the peer has asked. */
static void open_anew(struct run_conn *conn)
{
    conn->remote_isn = conn->fresh_isn;
    conn->has_fresh = false;
    conn->has_stamp = false;
    conn->stamp_count = 0;
    conn->urgent_count = 0;
    conn->has_peer_ack = false;
    conn->has_fin = false;
    conn->has_local_isn = false;
}

/* Whether a SYN announces another shift of our windows than the line does. */
static bool shifts_otherwise(const struct script_packet *packet, const struct wire_tcp *tcp)
{
    const struct wire_option *shift = wire_find_option(tcp, WIRE_OPTION_WINDOW_SCALE);
    const struct script_tcp_option *line = packet == NULL ? NULL : shift_in(packet);
    return shift != NULL && shift->parsed &&
           (line == NULL || line->number != shift->value.window_scale);
}

/*
 * Notes what an outbound segment tells, before it is compared with the line that expects it. A
 * retransmitted SYN keeps its number (RFC 9293 3.8.1), so only a new connection may change it.
 */
void run_conn_said(struct run_conn *conn, const struct script_packet *packet,
                   const struct wire_tcp *tcp)
{
    bool syn = (tcp->flags & WIRE_SYN) != 0;
    if (conn->local_port == 0) {
        conn->local_port = tcp->source_port;
        conn->port_learned = true;
    }
    if ((tcp->flags & WIRE_RST) != 0)
        conn->reset = true;
    if (syn && conn->has_fresh && (tcp->flags & WIRE_ACK) != 0 &&
        (tcp->ack == conn->fresh_isn + 1 || tcp->ack == conn->fresh_end))
        open_anew(conn);
    if (syn)
        conn->odd_shift = shifts_otherwise(packet, tcp);
    if (syn && !conn->has_local_isn) {
        conn->has_local_isn = true;
        conn->local_isn = tcp->seq;
        bool relative = packet != NULL && packet->seq.form == SCRIPT_SEQ_RELATIVE &&
                        (packet->flags & SCRIPT_SYN) != 0;
        conn->script_local_isn = relative ? packet->seq.start : 0;
    }
    if ((tcp->flags & (WIRE_ACK | WIRE_RST)) == WIRE_ACK && conn->has_remote_isn)
        conn->confirmed = true;
    if (packet != NULL && (packet->flags & tcp->flags & WIRE_FIN) != 0) {
        conn->has_fin = true;
        conn->fin = tcp->seq + packet->seq.length + (syn ? 1 : 0);
    }
}
