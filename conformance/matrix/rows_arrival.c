/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 9293 3.10.7.4, first to fourth: whether a segment belongs to the connection at all. */
#include "matrix/rows.h"

/* ---- before the first ---- */

/* RFC 7323 5.3 R1: a stamp from the past is older than what was seen, modulo 2^32. */
static bool has_old_stamp(const struct matrix_walk *walk)
{
    return walk->now->timestamps && walk->whole->has_ts && !matrix_has_rst(walk) &&
           matrix_before(walk->whole->ts_val, walk->now->ts_recent);
}

/* RFC 6191 section 2. "The last sequence number" is that of the peer's FIN. */
static bool reopens(const struct matrix_walk *walk)
{
    const struct matrix_endpoint *now = walk->now;
    const struct matrix_segment *segment = walk->whole;
    bool above = matrix_before(now->rcv_nxt - 1, segment->seq);
    if (!matrix_has_syn(walk) || matrix_has_ack(walk) || matrix_has_rst(walk) || !now->listener)
        return false;
    if (!segment->has_ts)
        return above;
    if (!now->timestamps || matrix_before(now->ts_recent, segment->ts_val))
        return true;
    return segment->ts_val == now->ts_recent && above;
}

static bool reopens_by_newer_stamp(const struct matrix_walk *walk)
{
    return walk->now->timestamps && walk->whole->has_ts &&
           matrix_before(walk->now->ts_recent, walk->whole->ts_val) && reopens(walk);
}

static bool reopens_by_stamp(const struct matrix_walk *walk)
{
    return walk->whole->has_ts && reopens(walk) && !reopens_by_newer_stamp(walk);
}

/* A new incarnation, from the listener. MAY-2: its ISS lies above all that the old one sent. */
static enum matrix_flow reopen(struct matrix_walk *walk)
{
    matrix_answer_syn(walk, walk->now->next_iss);
    walk->now->passive = true;
    return MATRIX_RETURN;
}

/* ---- first: the sequence number ---- */

static bool in_window(const struct matrix_endpoint *now, uint32_t seq)
{
    return seq - now->rcv_nxt < now->rcv_wnd;
}

/* Table 6. */
static bool is_acceptable(const struct matrix_endpoint *now, const struct matrix_segment *segment)
{
    uint32_t length = matrix_segment_length(segment);
    if (now->rcv_wnd == 0)
        return length == 0 && segment->seq == now->rcv_nxt;
    return in_window(now, segment->seq) ||
           (length > 0 && in_window(now, segment->seq + length - 1));
}

/* AMBIG-5: at a zero window the text of a segment at RCV.NXT is dropped, and the rest counts. */
static bool finds_zero_window(const struct matrix_walk *walk)
{
    return walk->now->rcv_wnd == 0 && walk->whole->seq == walk->now->rcv_nxt &&
           matrix_segment_length(walk->whole) > 0 && !matrix_has_rst(walk);
}

static bool probes_zero_window(const struct matrix_walk *walk)
{
    return finds_zero_window(walk) && walk->whole->length > 0;
}

static bool is_out(const struct matrix_walk *walk)
{
    return !matrix_has_rst(walk) && !finds_zero_window(walk) &&
           !is_acceptable(walk->now, walk->whole);
}

/* AMBIG-23: a reset is judged by its first number, whatever text it carries. */
static bool resets_from_outside(const struct matrix_walk *walk)
{
    return matrix_has_rst(walk) && walk->whole->seq != walk->now->rcv_nxt &&
           !in_window(walk->now, walk->whole->seq);
}

/* AMBIG-4: the peer's FIN once more, the one that RCV.NXT has passed last. */
static bool repeats_fin(const struct matrix_walk *walk)
{
    uint32_t length = matrix_segment_length(walk->whole);
    return is_out(walk) && (walk->whole->flags & (MATRIX_FIN | MATRIX_SYN)) == MATRIX_FIN &&
           walk->whole->seq + length == walk->now->rcv_nxt;
}

/* AMBIG-29: in CLOSING its ACK may be the first of our FIN; it is not looked at. */
static bool repeats_fin_with_ack(const struct matrix_walk *walk)
{
    return repeats_fin(walk) && matrix_has_ack(walk);
}

/* AMBIG-24: the number of a SYN decides, also where text behind it reaches into the window. */
static bool repeats_syn(const struct matrix_walk *walk)
{
    uint32_t seq = walk->whole->seq;
    return !matrix_has_rst(walk) && matrix_has_syn(walk) &&
           (seq == walk->now->irs || (matrix_before(seq, walk->now->rcv_nxt) &&
                                      is_acceptable(walk->now, walk->whole)));
}

static bool repeats_syn_with_ack(const struct matrix_walk *walk)
{
    return repeats_syn(walk) && matrix_has_ack(walk);
}

/* RFC 9293 3.8.4: SEG.SEQ = SND.NXT-1 of the peer, without text or with one octet of garbage. */
static bool is_keepalive(const struct matrix_walk *walk)
{
    return is_out(walk) && walk->whole->seq == walk->now->rcv_nxt - 1 &&
           walk->whole->length <= 1 && (walk->whole->flags & (MATRIX_SYN | MATRIX_FIN)) == 0;
}

static bool is_wider_than_window(const struct matrix_walk *walk)
{
    uint32_t before = walk->now->rcv_nxt - walk->whole->seq;
    return is_out(walk) && before > 0 && before < matrix_segment_length(walk->whole);
}

static bool is_in(const struct matrix_walk *walk)
{
    return !finds_zero_window(walk);
}

static enum matrix_flow restart_2msl(struct matrix_walk *walk)
{
    walk->outcome->signals |= MATRIX_TIMER_2MSL_STARTS;
    return MATRIX_GO_ON;
}

static enum matrix_flow answer_and_strip(struct matrix_walk *walk)
{
    walk->ack_now = true;
    walk->rest.length = 0;
    walk->rest.flags = (uint8_t)(walk->rest.flags & ~MATRIX_FIN);
    return MATRIX_GO_ON;
}

/* What lies outside the window goes, SYN and FIN with it. AMBIG-26 */
static enum matrix_flow trim(struct matrix_walk *walk)
{
    struct matrix_segment *rest = &walk->rest;
    const struct matrix_endpoint *now = walk->now;
    if ((rest->flags & MATRIX_SYN) != 0 && matrix_before(rest->seq, now->rcv_nxt)) {
        rest->flags = (uint8_t)(rest->flags & ~MATRIX_SYN);
        rest->seq++;
    }
    if (matrix_before(rest->seq, now->rcv_nxt)) {
        uint32_t old = now->rcv_nxt - rest->seq;
        rest->length = rest->length > old ? rest->length - old : 0;
        rest->seq = now->rcv_nxt;
    }
    uint32_t room = now->rcv_nxt + now->rcv_wnd - rest->seq;
    if (matrix_segment_length(rest) > room) {
        rest->flags = (uint8_t)(rest->flags & ~MATRIX_FIN);
        uint32_t syn = (rest->flags & MATRIX_SYN) != 0;
        rest->length = rest->length + syn > room ? room - syn : rest->length;
    }
    return MATRIX_GO_ON;
}

/* ---- second: RST ---- */

static bool resets_elsewhere(const struct matrix_walk *walk)
{
    return matrix_has_rst(walk) && walk->whole->seq != walk->now->rcv_nxt;
}

static bool resets_elsewhere_with_text(const struct matrix_walk *walk)
{
    return resets_elsewhere(walk) && matrix_segment_length(walk->whole) > 0;
}

static bool resets_passive(const struct matrix_walk *walk)
{
    return matrix_has_rst(walk) && walk->now->passive;
}

static bool resets_undelivered(const struct matrix_walk *walk)
{
    const struct matrix_endpoint *now = walk->now;
    return matrix_has_rst(walk) && now->snd_nxt - now->snd_una > (now->fin_sent ? 1U : 0U);
}

static enum matrix_flow close_quietly(struct matrix_walk *walk)
{
    walk->now->state = MATRIX_CLOSED;
    return MATRIX_RETURN;
}

static enum matrix_flow refuse(struct matrix_walk *walk)
{
    walk->outcome->signals |= MATRIX_SIGNAL_REFUSED;
    return close_quietly(walk);
}

static enum matrix_flow close_and_tell(struct matrix_walk *walk)
{
    walk->outcome->signals |= MATRIX_SIGNAL_RESET;
    return close_quietly(walk);
}

/* ---- fourth: SYN ---- */

static bool has_syn_in_window(const struct matrix_walk *walk)
{
    return (walk->rest.flags & MATRIX_SYN) != 0;
}

static bool undoes_passive_open(const struct matrix_walk *walk)
{
    return has_syn_in_window(walk) && walk->now->passive;
}

const struct matrix_row matrix_rows_arrival[] = {
    { "EP-SA-1e", "3.10.7.4 first; RFC 6191 2", "RFC6191-2 SHLD-4 AMBIG-39", 0,
      MATRIX_IN_TIME_WAIT, reopens_by_newer_stamp, matrix_note },
    { "EP-SA-1e", "3.10.7.4 first; RFC 6191 2", "RFC6191-3 SHLD-4 AMBIG-39", 0, MATRIX_IN_TIME_WAIT,
      reopens_by_stamp, matrix_note },
    { "EP-SA-4-TW", "3.10.7.4 fourth; 3.6.1; RFC 6191 2", "RFC6191-1 MAY-2 S6 AMBIG-39", 0,
      MATRIX_IN_TIME_WAIT, reopens, reopen },

    { "EP-SA-2-out", "3.10.7.4 second", "RFC5961-RST-1 RFC5961-RST-2 AMBIG-23", 1, MATRIX_SEQUENCED,
      resets_from_outside, matrix_note },
    { "EP-SA-1c", "3.10.7.4 first", "RFC9293-U-9 RFC9293-U-18", 1, MATRIX_SEQUENCED,
      resets_from_outside, matrix_drop },
    { "RFC7323-PAWS-10", "RFC 7323 5.3 R1", "RFC7323-PAWS-9 BUG-92", 1, MATRIX_SEQUENCED,
      has_old_stamp, matrix_answer_ack },
    { "EP-TO-ZWPRX", "3.8.6.1", "RFC9293-U-32 AMBIG-37", 1, MATRIX_OPEN_FOR_TEXT,
      probes_zero_window, matrix_note },
    { "EP-SA-1d", "3.10.7.4 first; 3.4", "RFC9293-U-9 RFC9293-U-32 MUST-66 AMBIG-5 AMBIG-26", 1,
      MATRIX_SEQUENCED, finds_zero_window, answer_and_strip },
    { "EP-SA-5-TW", "3.10.7.4 fifth", "MUST-13 S5 AMBIG-4", 1, MATRIX_IN_TIME_WAIT, repeats_fin,
      matrix_note },
    { "EP-SA-8-TW", "3.10.7.4 eighth", "MUST-13 S5 AMBIG-4", 1, MATRIX_IN_TIME_WAIT, repeats_fin,
      restart_2msl },
    { "EP-SA-1b", "3.10.7.4 first", "RFC9293-U-9 RFC9293-U-15 AMBIG-3", 1, MATRIX_IN_SYN_RECEIVED,
      repeats_syn_with_ack, matrix_answer_ack },
    { "EP-SA-1b", "3.10.7.4 first", "RFC9293-U-9 RFC9293-U-15 AMBIG-24", 1, MATRIX_IN_SYN_RECEIVED,
      repeats_syn, matrix_answer_ack },
    { "EP-SA-1b", "3.10.7.4 first", "RFC9293-U-9 RFC9293-U-15 AMBIG-29", 1, MATRIX_IN_CLOSING,
      repeats_fin_with_ack, matrix_answer_ack },
    { "EP-SA-1b", "3.10.7.4 first", "RFC9293-U-9 RFC9293-U-15 AMBIG-36", 1, MATRIX_SEQUENCED,
      is_keepalive, matrix_answer_ack },
    { "EP-SA-1b", "3.10.7.4 first", "RFC9293-U-9 RFC9293-U-15 AMBIG-25", 1, MATRIX_SEQUENCED,
      is_wider_than_window, matrix_answer_ack },
    { "EP-SA-1b", "3.10.7.4 first", "RFC9293-U-9 RFC9293-U-15", 1, MATRIX_SEQUENCED, is_out,
      matrix_answer_ack },
    { "EP-SA-1a", "3.10.7.4 first", "RFC9293-U-9", 1, MATRIX_SEQUENCED, is_in, trim },

    { "EP-SA-2-in", "3.10.7.4 second; RFC 5961 3.2",
      "RFC5961-RST-4 RFC5961-RST-5 SHLD-2 AMBIG-19 AMBIG-23", 2, MATRIX_SEQUENCED,
      resets_elsewhere_with_text, matrix_answer_ack },
    { "EP-SA-2-in", "3.10.7.4 second; RFC 5961 3.2", "RFC5961-RST-4 RFC5961-RST-5 AMBIG-19", 2,
      MATRIX_SEQUENCED, resets_elsewhere, matrix_answer_ack },
    { "EP-SA-2-SR-p", "3.10.7.4 second", "RFC5961-RST-3 RFC9293-U-19 MUST-11 AMBIG-21", 2,
      MATRIX_IN_SYN_RECEIVED, resets_passive, matrix_to_listen },
    { "EP-SA-2-SR-a", "3.10.7.4 second", "RFC5961-RST-3 RFC9293-U-19 MUST-11", 2,
      MATRIX_IN_SYN_RECEIVED, matrix_has_rst, refuse },
    { "EP-SA-2-EST", "3.10.7.4 second", "RFC5961-RST-3 RFC9293-U-19 MUST-12", 2,
      MATRIX_OPEN_FOR_TEXT | MATRIX_IN_CLOSE_WAIT, matrix_has_rst, close_and_tell },
    { "EP-SA-2-CL", "3.10.7.4 second; 3.5.3", "RFC5961-RST-3 MUST-12 AMBIG-41", 2,
      MATRIX_IN_CLOSING | MATRIX_IN_LAST_ACK, resets_undelivered, close_and_tell },
    { "EP-SA-2-CL", "3.10.7.4 second", "RFC5961-RST-3 AMBIG-41", 2,
      MATRIX_IN_CLOSING | MATRIX_IN_LAST_ACK, matrix_has_rst, close_quietly },
    { "EP-SA-2-TW", "3.10.7.4 second", "RFC5961-RST-3 AMBIG-8 AMBIG-41", 2, MATRIX_IN_TIME_WAIT,
      matrix_has_rst, close_quietly },

    { "EP-SA-4-SR-p", "3.10.7.4 fourth", "MUST-11 AMBIG-24", 4, MATRIX_IN_SYN_RECEIVED,
      undoes_passive_open, matrix_to_listen },
    { "EP-SA-4-SR-a", "3.10.7.4 fourth; RFC 5961 4.2", "MUST-11 AMBIG-24", 4,
      MATRIX_IN_SYN_RECEIVED, has_syn_in_window, matrix_answer_ack },
    { "EP-SA-4-SYNC", "3.10.7.4 fourth; RFC 5961 4.2", "RFC5961-SYN-2 RFC5961-SYN-3 AMBIG-10", 4,
      MATRIX_IN_TIME_WAIT, matrix_has_syn, matrix_answer_ack },
    { "EP-SA-4-SYNC", "3.10.7.4 fourth; RFC 5961 4.2", "RFC5961-SYN-1 RFC5961-SYN-2 RFC5961-SYN-3",
      4, MATRIX_SYNCHRONIZED, matrix_has_syn, matrix_answer_ack },
    { .id = NULL },
};
