/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads traces, and shows them to an oracle as a run would be shown. */
#include "trace.h"

#include "oracle/oracle.h"
#include "script/script.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { LINE_MAX_OCTETS = 256, FRAME_ROOM = 70000, LISTENER = 3, ACCEPTED = 4, CONNECTIONS = 4,
       LISTEN_PORT = 8080, CONNECT_PORT = 40000, PEER_PORT = 50000, PATTERN = 66000 };

struct told {
    bool there;
    struct anvil_target_observation seen;
};

struct player {
    struct oracle_watch *watch;
    struct oracle_setting setting;
    int64_t policy[ORACLE_POLICY_COUNT];
    uint32_t iss, irs;
    uint64_t start_us, now_us;
    bool begun, active, listening;
    unsigned on;                            /* the connection that lines are about */
    struct told told[CONNECTIONS];
    uint64_t sent, received;
    const struct trace *trace;
    oracle_mask mask;
    struct wire_frame frame;
    uint8_t bytes[FRAME_ROOM];              /* a frame */
    uint8_t pattern[PATTERN];               /* octets of a stream */
};

/* The octet of a stream at an offset. */
static uint8_t octet_at(uint64_t offset)
{
    return (uint8_t)(offset * 7 + (offset >> 8) + 1);
}

static uint8_t *octets_at(struct player *player, uint64_t offset, size_t count)
{
    assert_true(count <= sizeof player->pattern);
    for (size_t i = 0; i < count; i++)
        player->pattern[i] = octet_at(offset + i);
    return player->pattern;
}

static void broken(const struct player *player, const char *line)
{
    fail_msg("%s: this line is not understood: %s", player->trace->sentence, line);
}

static struct oracle_name name_of(const struct player *player)
{
    struct oracle_name name = { .local = { .version = 4, .bytes = { 192, 168, 0, 1 } },
                                .remote = { .version = 4, .bytes = { 192, 0, 2, 1 } } };
    name.local_port = player->active ? CONNECT_PORT : LISTEN_PORT;
    name.remote_port = (uint16_t)(PEER_PORT + player->on);
    return name;
}

/* ---- segments ---- */

static void add_option(struct wire_tcp *tcp, const struct player *player,
                       const struct script_tcp_option *option)
{
    uint8_t data[40] = { 0 };
    const uint32_t words[2] = { option->ts_val, option->ts_ecr };
    bool sack = option->kind == SCRIPT_OPT_SACK;
    size_t count = 0;
    uint8_t kind = WIRE_OPTION_NOP;
    switch (option->kind) {
    case SCRIPT_OPT_MSS:
        kind = WIRE_OPTION_MSS;
        data[count++] = (uint8_t)(option->number >> 8);
        data[count++] = (uint8_t)option->number;
        break;
    case SCRIPT_OPT_WSCALE:
        kind = WIRE_OPTION_WINDOW_SCALE;
        data[count++] = (uint8_t)option->number;
        break;
    case SCRIPT_OPT_SACK_OK: kind = WIRE_OPTION_SACK_PERMITTED; break;
    case SCRIPT_OPT_TIMESTAMPS:
    case SCRIPT_OPT_SACK:
        kind = sack ? WIRE_OPTION_SACK : WIRE_OPTION_TIMESTAMPS;
        for (uint32_t i = 0; i < (sack ? 2 * option->sack_count : 2); i++) {
            uint32_t edge = i % 2 == 0 ? option->sack[i / 2].left : option->sack[i / 2].right;
            uint32_t value = sack ? edge + player->irs : words[i];
            for (int shift = 24; shift >= 0; shift -= 8)
                data[count++] = (uint8_t)(value >> shift);
        }
        break;
    case SCRIPT_OPT_EOL:
    case SCRIPT_OPT_NOP: break;
    case SCRIPT_OPT_FASTOPEN:
    case SCRIPT_OPT_FASTOPEN_EXP:
    case SCRIPT_OPT_MD5:
    case SCRIPT_OPT_RAW:
        kind = option->kind == SCRIPT_OPT_MD5 ? WIRE_OPTION_MD5 : (uint8_t)option->number;
        count = option->byte_count;
        memcpy(data, option->bytes, count);
        break;
    }
    assert_true(wire_add_option(tcp, kind, data, count));
}

static void fill(struct player *player, const struct script_packet *packet, bool other)
{
    struct wire_frame *frame = &player->frame;
    const struct oracle_name name = name_of(player);
    bool out = packet->outbound;
    memset(frame, 0, sizeof *frame);
    frame->kind = WIRE_KIND_TCP;
    frame->ip.version = 4;
    frame->ip.ttl = 64;
    frame->ip.source = out ? name.local : name.remote;
    frame->ip.destination = out ? name.remote : name.local;
    frame->tcp.source_port = out ? name.local_port : name.remote_port;
    frame->tcp.destination_port = out ? name.remote_port : name.local_port;
    frame->tcp.flags = packet->flags;
    bool relative = packet->seq.form == SCRIPT_SEQ_RELATIVE;
    frame->tcp.seq = packet->seq.start + (!relative ? 0 : out ? player->iss : player->irs);
    if ((packet->flags & SCRIPT_ACK) != 0)
        frame->tcp.ack = packet->ack + (out ? player->irs : player->iss);
    frame->tcp.window = packet->win;
    frame->tcp.urgent = packet->urg;
    for (const struct script_tcp_option *option = packet->options; option != NULL;
         option = option->next)
        add_option(&frame->tcp, player, option);
    frame->payload_bytes = packet->seq.length;
    uint32_t first = packet->seq.start + ((packet->flags & SCRIPT_SYN) != 0) - 1;
    frame->payload = octets_at(player, first + other, packet->seq.length);
}

static void play_segment(struct player *player, const char *line, char flaw)
{
    uint8_t *bytes = player->bytes;
    struct wire_frame *frame = &player->frame;
    char text[LINE_MAX_OCTETS + 8];
    struct script_error error;
    int length = snprintf(text, sizeof text, "0 %s\n", line);
    struct script *script = script_parse_text("trace", text, (size_t)length, NULL, &error);
    if (script == NULL || script->events == NULL || script->events->packet == NULL)
        broken(player, line);
    const struct script_packet *packet = script->events->packet;
    fill(player, packet, flaw == 'o');
    (packet->outbound ? &frame->ip.source : &frame->ip.destination)->bytes[3] ^= flaw == 'f';
    size_t count = wire_encode(frame, NULL, bytes, FRAME_ROOM);
    assert_true(count > 0);
    if (flaw == 'b')
        bytes[count - 1] ^= 0x55;
    assert_int_equal(wire_decode(frame, bytes, count), WIRE_OK);
    if (packet->outbound)
        oracle_sent(player->watch, player->now_us, frame);
    else
        oracle_arrived(player->watch, player->now_us, frame);
    script_free(script);
}

static void play_icmp(struct player *player, const char *line)
{
    struct wire_frame *frame = &player->frame;
    struct wire_quote *quote = &frame->icmp.quote;
    const struct oracle_name name = name_of(player);
    unsigned type, code, mtu, seq;
    memset(frame, 0, sizeof *frame);
    if (sscanf(strstr(line, "icmp"), "icmp %u %u mtu %u seq %u", &type, &code, &mtu, &seq) != 4)
        broken(player, line);
    frame->kind = WIRE_KIND_ICMP;
    frame->ip.version = quote->ip.version = 4;
    frame->ip.ttl = quote->ip.ttl = 64;
    frame->ip.source = quote->ip.destination = name.remote;
    frame->ip.destination = quote->ip.source = name.local;
    frame->ip.destination.bytes[3] ^= line[0] == 'f'; /* far */
    frame->icmp.type = (uint8_t)type;
    frame->icmp.code = (uint8_t)code;
    frame->icmp.mtu = frame->icmp.rest = mtu;
    quote->has_ip = quote->has_ports = quote->has_seq = true;
    quote->source_port = name.local_port;
    quote->destination_port = name.remote_port;
    quote->seq = player->iss + seq;
    size_t count = wire_encode(frame, NULL, player->bytes, FRAME_ROOM);
    assert_true(count > 0);
    assert_int_equal(wire_decode(frame, player->bytes, count), WIRE_OK);
    oracle_arrived(player->watch, player->now_us, frame);
}

/* ---- calls ---- */

static void address_of(struct anvil_target_address *out, const struct wire_address *from,
                       uint16_t port)
{
    memset(out, 0, sizeof *out);
    out->family = from->version;
    memcpy(out->octets, from->bytes, sizeof out->octets);
    out->port = port;
}

/* What a call gives, behind its "=": a number, or an error by name. */
static void read_result(const struct player *player, const char *line,
                        struct anvil_target_call *call)
{
    static const struct { const char *name; int value; } errors[] = {
        { "EAGAIN", EAGAIN },         { "ECONNRESET", ECONNRESET }, { "ETIMEDOUT", ETIMEDOUT },
        { "ECONNREFUSED", ECONNREFUSED }, { "EPIPE", EPIPE },       { "ENOTCONN", ENOTCONN },
        { "EINPROGRESS", EINPROGRESS }, { "EHOSTUNREACH", EHOSTUNREACH },
    };
    const char *equals = strchr(line, '=');
    if (equals == NULL)
        return;
    equals += strspn(equals, "= ");
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        if (strncmp(equals, errors[i].name, strlen(errors[i].name)) != 0)
            continue;
        call->result = -1;
        call->error = errors[i].value;
        return;
    }
    if (*equals < '0' || *equals > '9')
        broken(player, line);
    call->result = strtoll(equals, NULL, 10);
}

static void call(struct player *player, struct anvil_target_call *made,
                 const struct oracle_name *joined)
{
    oracle_called(player->watch, player->now_us, made, joined);
}

static void nothing_told(struct anvil_target_observation *seen)
{
    int64_t *const first = &seen->iss;
    memset(seen, 0, sizeof *seen);
    seen->socket = -1;
    for (int64_t *at = first; at <= &seen->unread_bytes; at++)
        *at = ANVIL_TARGET_UNKNOWN;
}

/* The listener is there at every rest from now on. */
static void tell_listener(struct player *player)
{
    struct anvil_target_observation seen;
    const struct oracle_name name = name_of(player);
    nothing_told(&seen);
    seen.state = ANVIL_STATE_LISTEN;
    address_of(&seen.local, &name.local, LISTEN_PORT);
    oracle_rest_told(player->watch, &seen);
}

static void play_socket(struct player *player)
{
    struct anvil_target_call made = { .kind = ANVIL_CALL_SOCKET, .result = LISTENER };
    call(player, &made, NULL);
}

static void play_listen(struct player *player)
{
    struct anvil_target_call bound = { .kind = ANVIL_CALL_BIND, .socket = LISTENER };
    struct anvil_target_call made = { .kind = ANVIL_CALL_LISTEN, .socket = LISTENER, .number = 5 };
    player->active = false;
    struct oracle_name name = name_of(player);
    play_socket(player);
    address_of(&bound.address, &name.local, LISTEN_PORT);
    call(player, &bound, NULL);
    call(player, &made, NULL);
    player->listening = true;
    oracle_rest(player->watch, player->now_us, ANVIL_TARGET_NEVER);
    if (player->setting.observes)
        tell_listener(player);
    oracle_rest_end(player->watch);
}

static void play_connect(struct player *player)
{
    struct anvil_target_call made = { .kind = ANVIL_CALL_CONNECT, .socket = LISTENER,
                                      .result = -1, .error = EINPROGRESS };
    player->active = true;
    struct oracle_name name = name_of(player);
    play_socket(player);
    address_of(&made.address, &name.remote, name.remote_port);
    call(player, &made, &name);
}

static void play_accept(struct player *player)
{
    struct anvil_target_call made = { .kind = ANVIL_CALL_ACCEPT, .socket = LISTENER,
                                      .result = ACCEPTED + (int)player->on };
    struct oracle_name name = name_of(player);
    address_of(&made.address, &name.remote, name.remote_port);
    call(player, &made, &name);
}

static void play_set(struct player *player, const char *line, struct anvil_target_call *made)
{
    static const struct { const char *name; enum anvil_target_option option; } options[] = {
        { "NODELAY", ANVIL_OPTION_NODELAY },     { "CORK", ANVIL_OPTION_CORK },
        { "KEEPALIVE", ANVIL_OPTION_KEEPALIVE }, { "KEEPIDLE", ANVIL_OPTION_KEEPIDLE },
        { "KEEPINTVL", ANVIL_OPTION_KEEPINTVL }, { "KEEPCNT", ANVIL_OPTION_KEEPCNT },
        { "USER_TIMEOUT", ANVIL_OPTION_USER_TIMEOUT }, { "SYNCNT", ANVIL_OPTION_SYNCNT },
        { "LINGER2", ANVIL_OPTION_LINGER2 },     { "QUICKACK", ANVIL_OPTION_QUICKACK },
        { "MAXSEG", ANVIL_OPTION_MAXSEG },       { "RCVBUF", ANVIL_OPTION_RCVBUF },
        { "LINGER", ANVIL_OPTION_LINGER },       { "NOOPT", ANVIL_OPTION_NOOPT },
        { "OOBINLINE", ANVIL_OPTION_OOBINLINE }, { "DEFER_ACCEPT", ANVIL_OPTION_DEFER_ACCEPT },
    };
    char name[32];
    long long number;
    if (sscanf(line, "set %31s %lld", name, &number) != 2)
        broken(player, line);
    made->kind = ANVIL_CALL_SET_OPTION;
    made->number2 = number;
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        if (strcmp(options[i].name, name) != 0)
            continue;
        made->option = options[i].option;
        made->number = made->option == ANVIL_OPTION_LINGER ? 1 : number;
        made->socket = made->option == ANVIL_OPTION_DEFER_ACCEPT ? LISTENER : made->socket;
        call(player, made, NULL);
        return;
    }
    broken(player, line);
}

/* send N = M and recv N = M [at O]: M octets of the stream. */
static void play_transfer(struct player *player, const char *line, struct anvil_target_call *made)
{
    bool out = strncmp(line, "send", 4) == 0;
    uint64_t *offset = out ? &player->sent : &player->received;
    const char *at = strstr(line, " at ");
    made->kind = out ? ANVIL_CALL_SEND : ANVIL_CALL_RECV;
    made->length = (size_t)strtoul(line + 4, NULL, 10);
    made->result = (int64_t)made->length;
    read_result(player, line, made);
    uint64_t from = at == NULL ? *offset : strtoull(at + 4, NULL, 10);
    size_t count = out ? made->length : made->result > 0 ? (size_t)made->result : 0;
    uint8_t *octets = octets_at(player, from, count);
    made->data = out ? octets : NULL;
    made->buffer = out ? NULL : octets;
    call(player, made, NULL);
    if (made->result > 0)
        *offset += (uint64_t)made->result;
}

static void play_call(struct player *player, const char *line)
{
    struct anvil_target_call made = { .socket = player->listening ? ACCEPTED + (int)player->on
                                                                  : LISTENER };
    if (strcmp(line, "listen") == 0) {
        play_listen(player);
    } else if (strcmp(line, "connect") == 0) {
        play_connect(player);
    } else if (strcmp(line, "accept") == 0) {
        play_accept(player);
    } else if (strncmp(line, "set ", 4) == 0) {
        play_set(player, line, &made);
    } else if (strncmp(line, "send ", 5) == 0 || strncmp(line, "recv ", 5) == 0) {
        play_transfer(player, line, &made);
    } else if (strncmp(line, "shutdown ", 9) == 0 || strncmp(line, "close", 5) == 0) {
        made.kind = line[0] == 's' ? ANVIL_CALL_SHUTDOWN : ANVIL_CALL_CLOSE;
        made.number = line[0] == 's' ? atoi(line + 9) : 0;
        read_result(player, line, &made);
        call(player, &made, NULL);
    } else {
        broken(player, line);
    }
}

/* ---- rest ---- */

static enum anvil_target_state state_named(const struct player *player, const char *name)
{
    static const char *const names[] = {
        "CLOSED", "LISTEN", "SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2",
        "CLOSE-WAIT", "CLOSING", "LAST-ACK", "TIME-WAIT",
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], name) == 0)
            return (enum anvil_target_state)i;
    broken(player, name);
    return ANVIL_STATE_UNKNOWN;
}

/* The first ABSOLUTE fields are sequence numbers: three of ours, then the peer's. */
static void read_number(const struct player *player, struct anvil_target_observation *seen,
                        const char *word, int64_t value)
{
    enum { OURS = 3, ABSOLUTE = 5 };
    const struct { const char *name; int64_t *field; } fields[] = {
        { "iss", &seen->iss }, { "una", &seen->snd_una }, { "nxt", &seen->snd_nxt },
        { "irs", &seen->irs }, { "rcv", &seen->rcv_nxt }, { "snd_wnd", &seen->snd_wnd },
        { "rcv_wnd", &seen->rcv_wnd }, { "rto", &seen->rto_us }, { "rttvar", &seen->rttvar_us },
        { "unread", &seen->unread_bytes },   { "unsent", &seen->unsent_bytes },
        { "snd_mss", &seen->snd_mss }, { "rcv_mss", &seen->rcv_mss }, { "srtt", &seen->srtt_us },
        { "snd_wscale", &seen->snd_wscale }, { "rcv_wscale", &seen->rcv_wscale },
        { "path_mtu", &seen->path_mtu },     { "cwnd", &seen->cwnd_segments },
        { "backoff", &seen->backoff },       { "retransmissions", &seen->retransmissions },
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        uint32_t base = i < OURS ? player->iss : player->irs;
        if (strcmp(fields[i].name, word) != 0)
            continue;
        *fields[i].field = i < ABSOLUTE ? (uint32_t)((uint32_t)value + base) : value;
        return;
    }
    broken(player, word);
}

static uint64_t read_rest(struct player *player, char *line)
{
    struct told *told = &player->told[player->on];
    uint64_t deadline = ANVIL_TARGET_NEVER;
    char *at = NULL;
    char *word = strtok_r(line, " ", &at);
    told->there = strcmp(word, "gone") != 0;
    if (!told->there)
        return deadline;
    told->seen.state = state_named(player, word);
    while ((word = strtok_r(NULL, " ", &at)) != NULL) {
        const char *value = strtok_r(NULL, " ", &at);
        if (value == NULL)
            broken(player, word);
        if (strcmp(word, "deadline") == 0)
            deadline = player->now_us + (uint64_t)(strtod(value, NULL) * 1e6 + 0.5);
        else
            read_number(player, &told->seen, word, strtoll(value, NULL, 10));
    }
    return deadline;
}

static void play_rest(struct player *player, char *line)
{
    unsigned on = player->on;
    uint64_t deadline = read_rest(player, line);
    oracle_rest(player->watch, player->now_us, deadline);
    if (player->setting.observes && player->listening)
        tell_listener(player);
    for (player->on = 0; player->on < CONNECTIONS && player->setting.observes; player->on++) {
        struct told *told = &player->told[player->on];
        const struct oracle_name name = name_of(player);
        if (!told->there)
            continue;
        address_of(&told->seen.local, &name.local, name.local_port);
        address_of(&told->seen.remote, &name.remote, name.remote_port);
        oracle_rest_told(player->watch, &told->seen);
    }
    player->on = on;
    oracle_rest_end(player->watch);
}

/* ---- lines ---- */

static void begin(struct player *player)
{
    if (!player->begun)
        oracle_begin(player->watch, &player->setting, player->mask);
    player->begun = true;
}

/* A line without a time. False: it has one. */
static bool play_directive(struct player *player, const char *line)
{
    char name[64];
    long long value;
    if (sscanf(line, "policy %63[a-z0-9_]=%lld", name, &value) == 2) {
        enum oracle_policy policy = oracle_policy_find(name);
        if (policy == ORACLE_POLICY_COUNT)
            broken(player, line);
        player->policy[policy] = value;
    } else if (strcmp(line, "blind") == 0) {
        player->setting.observes = false;
    } else if (strcmp(line, "real time") == 0) {
        player->setting.real_time = true;
    } else if (strcmp(line, "chooses") == 0) {
        player->setting.chooses = true;
    } else if (strcmp(line, "fixed iss") == 0) {
        player->setting.iss_fixed = true;
    } else if (sscanf(line, "on %u", &player->on) == 1) {
        assert_true(player->on < CONNECTIONS);
    } else {
        return false;
    }
    return true;
}

static void play_line(struct player *player, char *line)
{
    char *rest = line;
    if (play_directive(player, line))
        return;
    double seconds = strtod(line, &rest);
    if (rest == line || *rest != ' ')
        broken(player, line);
    rest++;
    begin(player);
    uint64_t us = (uint64_t)(seconds * 1e6 + 0.5);
    uint64_t then = line[0] == '+' ? player->now_us + us : player->start_us + us;
    assert_true(then >= player->now_us);
    oracle_passed(player->watch, player->now_us, then);
    player->now_us = then;
    if (rest[0] == '<' || rest[0] == '>')
        play_segment(player, rest, ' ');
    else if (strstr(rest, "icmp ") != NULL)
        play_icmp(player, rest);
    else if (strchr("bfo", rest[0]) != NULL && strcspn(rest, "<>") == 4) /* bad, far, odd */
        play_segment(player, rest + 4, rest[0]);
    else if (rest[0] == '=')
        play_rest(player, rest + 2);
    else
        play_call(player, rest);
}

static void play(struct player *player, const char *lines)
{
    char line[LINE_MAX_OCTETS];
    while (*lines != '\0') {
        size_t length = strcspn(lines, "\n");
        assert_true(length < sizeof line);
        memcpy(line, lines, length);
        line[length] = '\0';
        if (length > 0)
            play_line(player, line);
        lines += length + (lines[length] == '\n');
    }
    begin(player);
    oracle_end(player->watch, player->now_us);
}

static void prepare(struct player *player, const char *rule, const struct trace *trace)
{
    char why[128];
    memset(player, 0, sizeof *player);
    player->trace = trace;
    for (int i = 0; i < ORACLE_POLICY_COUNT; i++)
        player->policy[i] = ORACLE_UNKNOWN;
    for (int i = 0; i < CONNECTIONS; i++)
        nothing_told(&player->told[i].seen);
    player->start_us = player->now_us = UINT64_C(1000000000);
    player->setting = (struct oracle_setting){ .start_us = player->start_us, .granularity_us = 1,
                                               .observes = true, .mtu = 1500 };
    player->setting.local = name_of(player).local;
    player->setting.policy = player->policy;
    player->watch = oracle_watch_open();
    assert_non_null(player->watch);
    assert_true(oracle_mask_read(rule, &player->mask, why, sizeof why));
}

static size_t index_of(const char *rule)
{
    size_t i = 0;
    while (strcmp(oracle_rule_at(i)->id, rule) != 0)
        i++;
    return i;
}

static void check_one(const char *rule, const struct trace *trace, uint32_t iss, uint32_t irs)
{
    struct player player;
    prepare(&player, rule, trace);
    player.iss = iss;
    player.irs = irs;
    play(&player, trace->lines);
    const struct oracle_finding *found = oracle_found(player.watch);
    if (found == NULL && trace->wrong != NULL)
        fail_msg("%s accepts (iss %u, irs %u): %s", rule, iss, irs, trace->sentence);
    if (found != NULL && trace->wrong == NULL)
        fail_msg("%s accuses (iss %u, irs %u): %s: %s", rule, iss, irs, trace->sentence,
                 found->sentence);
    if (found != NULL && strstr(found->sentence, trace->wrong) == NULL)
        fail_msg("%s says of \"%s\": %s", rule, trace->sentence, found->sentence);
    oracle_watch_close(player.watch);
}

void trace_check(const char *rule, const struct trace *traces, size_t count)
{
    static const struct { uint32_t iss, irs; } numbers[] = {
        { 0, 0 }, { 0x7ffffff0, 0xfffffff0 }, { 0xffffffff, 0x80000000 }, { 1000, 4000000000 },
    };
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < sizeof numbers / sizeof numbers[0]; k++)
            check_one(rule, &traces[i], numbers[k].iss, numbers[k].irs);
}

void trace_check_silent(const char *rule, const char *lines)
{
    const struct trace trace = { "a trace that does not tell enough", NULL, lines };
    struct player player;
    prepare(&player, rule, &trace);
    play(&player, lines);
    assert_null(oracle_found(player.watch));
    assert_int_equal(oracle_verdict_of(player.watch, index_of(rule)), ORACLE_CANNOT_TELL);
    oracle_watch_close(player.watch);
}
