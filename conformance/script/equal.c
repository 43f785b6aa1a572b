/* SPDX-License-Identifier: BSD-2-Clause */
/* Compares scripts field by field. */
#include "script/script_equal.h"

#include <string.h>

static bool same_text(const char *a, const char *b)
{
    return (!a && !b) || (a && b && strcmp(a, b) == 0);
}

static bool same_bytes(const void *a, const void *b, size_t length)
{
    return length == 0 || memcmp(a, b, length) == 0;
}

static bool same_amount(const struct script_amount *a, const struct script_amount *b)
{
    uint32_t i;

    if (a->us != b->us || a->term_count != b->term_count)
        return false;
    for (i = 0; i < a->term_count; i++)
        if (a->terms[i].coefficient_millionths != b->terms[i].coefficient_millionths ||
            !same_text(a->terms[i].symbol, b->terms[i].symbol))
            return false;
    return true;
}

static bool same_time(const struct script_time *a, const struct script_time *b)
{
    return a->kind == b->kind && a->blocking == b->blocking && same_amount(&a->start, &b->start) &&
           same_amount(&a->end, &b->end) && same_amount(&a->block_end, &b->block_end);
}

static bool same_expr(const struct script_expr *a, const struct script_expr *b);

static bool same_list(const struct script_expr *a, const struct script_expr *b)
{
    for (; a && b; a = a->next, b = b->next)
        if (!same_expr(a, b))
            return false;
    return !a && !b;
}

static bool same_number(double a, double b)
{
    return !(a < b) && !(a > b);
}

static bool same_expr(const struct script_expr *a, const struct script_expr *b)
{
    if (!a || !b)
        return a == b;
    return a->kind == b->kind && a->op == b->op && a->hex == b->hex && a->open == b->open &&
           a->integer == b->integer && same_number(a->number, b->number) &&
           a->length == b->length && same_bytes(a->text, b->text, a->length) &&
           same_text(a->field, b->field) && a->item_count == b->item_count &&
           same_expr(a->left, b->left) && same_expr(a->right, b->right) &&
           same_list(a->items, b->items) && same_list(a->argument, b->argument);
}

static bool same_seq(const struct script_seq *a, const struct script_seq *b)
{
    return a->form == b->form && a->start == b->start && a->end == b->end &&
           a->length == b->length;
}

static bool same_option(const struct script_tcp_option *a, const struct script_tcp_option *b)
{
    return a->kind == b->kind && a->number == b->number && a->ts_val == b->ts_val &&
           a->ts_ecr == b->ts_ecr && a->ts_val_any == b->ts_val_any &&
           a->ts_ecr_absolute == b->ts_ecr_absolute && a->valid == b->valid &&
           a->sack_count == b->sack_count &&
           same_bytes(a->sack, b->sack, a->sack_count * sizeof a->sack[0]) &&
           a->byte_count == b->byte_count && same_bytes(a->bytes, b->bytes, a->byte_count) &&
           a->has_length == b->has_length && a->length_field == b->length_field;
}

static bool same_options(const struct script_packet *a, const struct script_packet *b)
{
    const struct script_tcp_option *i = a->options, *k = b->options;

    if (a->any_options != b->any_options || a->option_count != b->option_count ||
        !a->raw_options != !b->raw_options || a->raw_option_bytes != b->raw_option_bytes ||
        !same_bytes(a->raw_options, b->raw_options, a->raw_option_bytes))
        return false;
    for (; i && k; i = i->next, k = k->next)
        if (!same_option(i, k))
            return false;
    return !i && !k;
}

static bool same_endpoint(const struct script_endpoint *a, const struct script_endpoint *b)
{
    return a->address.family == b->address.family && a->has_port == b->has_port &&
           a->port == b->port && memcmp(a->address.bytes, b->address.bytes, 16) == 0;
}

static bool same_ip(const struct script_packet *a, const struct script_packet *b)
{
    const struct script_ip_info *i = &a->ip, *k = &b->ip;
    const struct script_encap *m = a->encap, *n = b->encap;

    for (; m && n; m = m->next, n = n->next)
        if (m->kind != n->kind || !same_text(m->text, n->text))
            return false;
    return !m && !n && i->ip_given == k->ip_given && i->tos_check == k->tos_check &&
           i->tos == k->tos && i->has_ttl == k->has_ttl && i->ttl == k->ttl &&
           i->has_flowlabel == k->has_flowlabel && i->flowlabel == k->flowlabel;
}

static bool same_icmp(const struct script_icmp *a, const struct script_icmp *b)
{
    return same_text(a->type, b->type) && same_text(a->code, b->code) &&
           a->has_mtu == b->has_mtu && a->mtu == b->mtu && a->has_id == b->has_id &&
           a->id == b->id && a->has_udp_encap == b->has_udp_encap &&
           a->udp_source == b->udp_source && a->udp_destination == b->udp_destination &&
           a->quote == b->quote && same_seq(&a->quoted, &b->quoted);
}

/* What a packet's line says, piece by piece. */
static const char *packet_difference(const struct script_packet *a, const struct script_packet *b)
{
    if (a->outbound != b->outbound || a->protocol != b->protocol)
        return "direction or protocol";
    if (!same_ip(a, b))
        return "IP header";
    if (a->has_endpoints != b->has_endpoints || !same_endpoint(&a->source, &b->source) ||
        !same_endpoint(&a->destination, &b->destination))
        return "endpoints";
    if (!same_text(a->flags_text, b->flags_text) || a->flags != b->flags || a->ace != b->ace)
        return "flags";
    if (!same_seq(&a->seq, &b->seq) || a->has_ack != b->has_ack || a->ack != b->ack ||
        a->ack_absolute != b->ack_absolute)
        return "sequence numbers";
    if (a->has_win != b->has_win || a->win != b->win || a->has_urg != b->has_urg ||
        a->urg != b->urg)
        return "window or urgent pointer";
    if (!same_options(a, b))
        return "options";
    if (a->has_diagnostic != b->has_diagnostic || a->diagnostic_code != b->diagnostic_code ||
        a->diagnostic_pen != b->diagnostic_pen || a->has_udp_encap != b->has_udp_encap ||
        a->udp_source != b->udp_source || a->udp_destination != b->udp_destination)
        return "diagnostic or UDP encapsulation";
    if (a->udp_length != b->udp_length || !same_text(a->other, b->other))
        return "another protocol";
    return same_icmp(&a->icmp, &b->icmp) ? NULL : "ICMP";
}

static bool same_call(const struct script_call *a, const struct script_call *b)
{
    return same_text(a->name, b->name) && a->argument_count == b->argument_count &&
           same_list(a->arguments, b->arguments) && same_expr(a->result, b->result) &&
           same_text(a->errno_name, b->errno_name) && same_text(a->note, b->note);
}

static bool same_code(const struct script_statement *a, const struct script_statement *b)
{
    for (; a && b; a = a->next, b = b->next)
        if (a->kind != b->kind || a->op != b->op || !same_text(a->name, b->name) ||
            !same_text(a->text, b->text) || !same_text(a->reason, b->reason) ||
            !same_list(a->value, b->value) || !same_expr(a->message, b->message))
            return false;
    return !a && !b;
}

static const char *one_difference(const struct script_event *a, const struct script_event *b)
{
    if (a->kind != b->kind)
        return "kind of event";
    if (!same_time(&a->time, &b->time))
        return "time";
    if (!same_text(a->conn, b->conn))
        return "connection";
    if (a->packet)
        return packet_difference(a->packet, b->packet);
    if (a->call && !same_call(a->call, b->call))
        return "call";
    if (!same_text(a->text, b->text) || !same_code(a->statements, b->statements))
        return "text or code";
    if (a->frame_length != b->frame_length || a->frame_outbound != b->frame_outbound ||
        !same_bytes(a->frame, b->frame, a->frame_length))
        return "frame";
    return same_amount(&a->quiet, &b->quiet) ? NULL : "quiet";
}

static const char *event_difference(const struct script_event *a, const struct script_event *b)
{
    const char *difference = one_difference(a, b);

    if (difference)
        return difference;
    if (a->may != b->may || a->or_nothing != b->or_nothing)
        return "may or nothing";
    for (a = a->others, b = b->others; a && b; a = a->next, b = b->next)
        if (one_difference(a, b))
            return "or";
    return a == b ? NULL : "or";
}

static const struct script_item *skip_defines(const struct script_item *item)
{
    while (item && strcmp(item->name, "define") == 0)
        item = item->next;
    return item;
}

static bool same_items(const struct script_item *a, const struct script_item *b)
{
    a = skip_defines(a);
    b = skip_defines(b);
    while (a && b) {
        if (!same_text(a->name, b->name) || !same_text(a->value, b->value))
            return false;
        a = skip_defines(a->next);
        b = skip_defines(b->next);
    }
    return !a && !b;
}

static bool same_conns(const struct script_conn *a, const struct script_conn *b)
{
    for (; a && b; a = a->next, b = b->next)
        if (!same_text(a->name, b->name) || !same_endpoint(&a->local, &b->local) ||
            !same_endpoint(&a->remote, &b->remote))
            return false;
    return !a && !b;
}

/* What of that which holds for the whole script is not the same, or NULL. */
static const char *head_difference(const struct script *a, const struct script *b)
{
    if (!same_text(a->sentence, b->sentence))
        return "sentence";
    if (!same_items(a->options, b->options) || !same_items(a->init, b->init))
        return "options or init commands";
    if (!same_items(a->covers, b->covers) || !same_items(a->policies, b->policies) ||
        !same_items(a->prefers, b->prefers))
        return "covers or policies";
    if (!same_conns(a->conns, b->conns))
        return "connections";
    if (a->own != b->own || a->exact != b->exact || a->choice != b->choice ||
        a->pieces != b->pieces || a->unclaimed != b->unclaimed)
        return "own, exact, choice, pieces or unclaimed";
    if (a->has_irs != b->has_irs || a->irs != b->irs)
        return "irs";
    if (a->has_iss != b->has_iss || a->iss != b->iss || a->own_iss != b->own_iss ||
        a->has_clock != b->has_clock || !same_amount(&a->clock, &b->clock))
        return "iss or clock";
    return same_text(a->cleanup, b->cleanup) ? NULL : "cleanup";
}

const char *script_difference(const struct script *a, const struct script *b, uint32_t *event)
{
    const struct script_event *i = a->events, *k = b->events;
    const char *difference = head_difference(a, b);

    *event = 0;
    if (difference)
        return difference;
    for (; i && k; i = i->next, k = k->next) {
        (*event)++;
        difference = event_difference(i, k);
        if (difference)
            return difference;
    }
    return !i && !k && a->event_count == b->event_count ? NULL : "number of events";
}
