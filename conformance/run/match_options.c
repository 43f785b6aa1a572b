/* SPDX-License-Identifier: BSD-2-Clause */
/* Compares the options of an outbound segment with those of the line, in order. */
#include "run/state.h"

#include <string.h>

/* Edges of SACK blocks count from the peer's ISN. */
static bool same_sack(const struct run *run, const struct run_conn *conn,
                      const struct script_tcp_option *line, const struct wire_option *actual)
{
    uint32_t shift = run_peer_shift(run);
    uint32_t isn = conn != NULL && conn->has_remote_isn ? conn->remote_isn : shift;
    if (!actual->parsed || actual->value.sack.count != line->sack_count)
        return false;
    for (uint32_t i = 0; i < line->sack_count; i++)
        if (actual->value.sack.blocks[i].left != line->sack[i].left + isn ||
            actual->value.sack.blocks[i].right != line->sack[i].right + isn)
            return false;
    return true;
}

/* The echo is a value of the peer's, which is on the wire as written. Upstream does not look. */
static bool same_stamps(const struct run *run, const struct run_conn *conn,
                        const struct script_tcp_option *line, const struct wire_option *actual)
{
    if (!actual->parsed)
        return false;
    if (run->strict && actual->value.timestamps.echo != line->ts_ecr)
        return false;
    return conn == NULL || run_stamp_matches(run, conn, line, actual->value.timestamps.value);
}

static bool same_bytes(const struct wire_tcp *tcp, const struct wire_option *actual, size_t skip,
                       const struct script_tcp_option *line)
{
    return actual->length == 2 + skip + line->byte_count &&
           memcmp(tcp->option_bytes + actual->offset + 2 + skip, line->bytes,
                  line->byte_count) == 0;
}

/* Kind and value. */
static bool same_option(const struct run *run, const struct run_conn *conn,
                        const struct script_tcp_option *line, const struct wire_tcp *tcp,
                        const struct wire_option *actual)
{
    switch (line->kind) {
    case SCRIPT_OPT_EOL: return actual->kind == WIRE_OPTION_EOL;
    case SCRIPT_OPT_NOP: return actual->kind == WIRE_OPTION_NOP;
    case SCRIPT_OPT_MSS:
        return actual->kind == WIRE_OPTION_MSS && actual->parsed &&
               actual->value.mss == line->number;
    case SCRIPT_OPT_WSCALE:
        return actual->kind == WIRE_OPTION_WINDOW_SCALE && actual->parsed &&
               actual->value.window_scale == line->number;
    case SCRIPT_OPT_SACK_OK:
        return actual->kind == WIRE_OPTION_SACK_PERMITTED && actual->parsed;
    case SCRIPT_OPT_SACK:
        return actual->kind == WIRE_OPTION_SACK && same_sack(run, conn, line, actual);
    case SCRIPT_OPT_TIMESTAMPS:
        return actual->kind == WIRE_OPTION_TIMESTAMPS && same_stamps(run, conn, line, actual);
    case SCRIPT_OPT_FASTOPEN:
        return actual->kind == WIRE_OPTION_FAST_OPEN && same_bytes(tcp, actual, 0, line);
    case SCRIPT_OPT_FASTOPEN_EXP:
        return actual->kind == WIRE_OPTION_EXPERIMENT && same_bytes(tcp, actual, 2, line);
    case SCRIPT_OPT_MD5:
        return actual->kind == WIRE_OPTION_MD5 && same_bytes(tcp, actual, 0, line);
    case SCRIPT_OPT_RAW:
        return actual->kind == line->number && same_bytes(tcp, actual, 0, line);
    }
    return false;
}

static const char *option_field(const struct script_tcp_option *line)
{
    switch (line->kind) {
    case SCRIPT_OPT_EOL: return "eol";
    case SCRIPT_OPT_NOP: return "nop";
    case SCRIPT_OPT_MSS: return "mss";
    case SCRIPT_OPT_WSCALE: return "wscale";
    case SCRIPT_OPT_SACK_OK: return "sackOK";
    case SCRIPT_OPT_SACK: return "sack";
    case SCRIPT_OPT_TIMESTAMPS: return "TS";
    case SCRIPT_OPT_FASTOPEN: return "FO";
    case SCRIPT_OPT_FASTOPEN_EXP: return "FOEXP";
    case SCRIPT_OPT_MD5: return "md5";
    case SCRIPT_OPT_RAW: return "options";
    }
    return "options";
}

/* Whether an option of this line is among those that were sent. How far to shift its windows is the
 * stack's affair. */
static bool is_sent(const struct run *run, const struct run_conn *conn,
                    const struct script_tcp_option *line, const struct wire_tcp *tcp)
{
    for (uint8_t i = 0; i < tcp->option_count; i++) {
        const struct wire_option *actual = &tcp->options[i];
        bool shift = line->kind == SCRIPT_OPT_WSCALE &&
                     actual->kind == WIRE_OPTION_WINDOW_SCALE && actual->parsed;
        if (shift || same_option(run, conn, line, tcp, actual))
            return true;
    }
    return false;
}

/*
 * The options of a SYN, from a stack that may choose. With its own SYN it offers what it likes, so
 * that the MSS alone counts; a SYN,ACK has what the line says, in any order (RFC 9293 3.2).
 */
static const char *match_chosen(const struct run *run, const struct run_conn *conn,
                                const struct script_packet *packet, const struct wire_tcp *tcp)
{
    bool answer = (packet->flags & SCRIPT_ACK) != 0;
    uint8_t wanted = 0, sent = 0;
    const struct script_tcp_option *line = packet->options;
    for (; line != NULL; line = line->next) {
        if (line->kind == SCRIPT_OPT_NOP || line->kind == SCRIPT_OPT_EOL)
            continue;
        if ((answer || line->kind == SCRIPT_OPT_MSS) && !is_sent(run, conn, line, tcp))
            return option_field(line);
        wanted++;
    }
    for (uint8_t i = 0; i < tcp->option_count; i++)
        if (tcp->options[i].kind != WIRE_OPTION_NOP && tcp->options[i].kind != WIRE_OPTION_EOL)
            sent++;
    return answer && wanted != sent ? "options" : NULL;
}

/* NULL when all options are as the line says, else the name of the first that is not. */
const char *run_match_options(const struct run *run, const struct run_conn *conn,
                              const struct script_packet *packet, const struct wire_tcp *tcp)
{
    const struct script_tcp_option *line = packet->options;
    if (packet->any_options)
        return NULL;
    if (!run->follows && (packet->flags & SCRIPT_SYN) != 0 &&
        packet->raw_options == NULL)
        return match_chosen(run, conn, packet, tcp);
    if (packet->raw_options != NULL)
        return tcp->option_bytes_count == packet->raw_option_bytes &&
                       memcmp(tcp->option_bytes, packet->raw_options,
                              packet->raw_option_bytes) == 0 ? NULL : "options";
    for (uint8_t i = 0; i < tcp->option_count; i++) {
        const struct wire_option *actual = &tcp->options[i];
        if (line == NULL)
            return "options";
        if (!same_option(run, conn, line, tcp, actual))
            return option_field(line);
        line = line->next;
        if (actual->kind == WIRE_OPTION_EOL) /* the end: what follows is padding */
            while (line != NULL && line->kind == SCRIPT_OPT_EOL)
                line = line->next;
    }
    return line == NULL ? NULL : option_field(line);
}
