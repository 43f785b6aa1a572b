/* SPDX-License-Identifier: BSD-2-Clause */
/* The product of the axes, what of it cannot exist, and how the other values go round. */
#include "matrix/segments.h"

static const struct { const char *word; bool has_ack; } events[MATRIX_EVENTS] = {
    [MATRIX_EVENT_SYN] = { "syn", false },
    [MATRIX_EVENT_SYN_ACK] = { "syn-ack", true },
    [MATRIX_EVENT_ACK] = { "ack", true },
    [MATRIX_EVENT_DATA] = { "data", true },
    [MATRIX_EVENT_FIN] = { "fin", false },
    [MATRIX_EVENT_FIN_ACK] = { "fin-ack", true },
    [MATRIX_EVENT_SYN_FIN] = { "syn-fin", false },
    [MATRIX_EVENT_RST] = { "rst", false },
    [MATRIX_EVENT_RST_ACK] = { "rst-ack", true },
    [MATRIX_EVENT_URG] = { "urg", true },
    [MATRIX_EVENT_NO_FLAGS] = { "no-flags", false },
    [MATRIX_EVENT_ALL_FLAGS] = { "all-flags", true },
};

bool matrix_event_has_ack(enum matrix_event event)
{
    return events[event].has_ack;
}

const char *matrix_event_word(enum matrix_event event)
{
    return events[event].word;
}

uint32_t matrix_cell_codes(void)
{
    return (uint32_t)MATRIX_STATES * MATRIX_EVENTS * MATRIX_SEQ_PLACES * MATRIX_ACK_PLACES * 2;
}

/* Where both openings exist the case takes one; elsewhere there is no choice. */
static bool is_passive(const struct matrix_cell *cell, uint32_t turn)
{
    return cell->state == MATRIX_LISTEN || (cell->state != MATRIX_SYN_SENT && turn % 2 == 0);
}

/* An ACK has no text, or it is data. */
static bool has_payload(const struct matrix_cell *cell, uint32_t turn)
{
    return cell->event == MATRIX_EVENT_DATA ||
           (cell->event != MATRIX_EVENT_ACK && turn % 2 == 1);
}

/* Only where we may still send, or soon will, can one see what a segment does to the window that we
 * send into. */
static bool closes_window(const struct matrix_cell *cell, uint32_t turn)
{
    return cell->state >= MATRIX_SYN_SENT && cell->state != MATRIX_FIN_WAIT_1 &&
           cell->state != MATRIX_FIN_WAIT_2 && cell->state <= MATRIX_CLOSE_WAIT && turn % 2 == 1;
}

/* An old stamp is looked for wherever PAWS is; a newer one decides what a SYN does in TIME-WAIT. */
static enum matrix_stamp stamp_of(const struct matrix_cell *cell, uint32_t turn, uint32_t syn_turn)
{
    bool syn = cell->event == MATRIX_EVENT_SYN || cell->event == MATRIX_EVENT_SYN_FIN;
    if (cell->options != MATRIX_TIMESTAMPS || cell->state < MATRIX_ESTABLISHED)
        return MATRIX_STAMP_EQUAL;
    if (syn && cell->state == MATRIX_TIME_WAIT)
        return (enum matrix_stamp)(syn_turn % MATRIX_STAMPS);
    return turn % 3 == 2 ? MATRIX_STAMP_OLDER : MATRIX_STAMP_EQUAL;
}

void matrix_cell_decode(uint32_t code, struct matrix_cell *cell)
{
    uint32_t z = code % 2;
    uint32_t a = code / 2 % MATRIX_ACK_PLACES;
    uint32_t s = code / 2 / MATRIX_ACK_PLACES % MATRIX_SEQ_PLACES;
    uint32_t e = code / 2 / MATRIX_ACK_PLACES / MATRIX_SEQ_PLACES % MATRIX_EVENTS;
    uint32_t t = code / 2 / MATRIX_ACK_PLACES / MATRIX_SEQ_PLACES / MATRIX_EVENTS;
    cell->zero_window = z != 0;
    cell->ack = (enum matrix_ack_place)a;
    cell->seq = (enum matrix_seq_place)s;
    cell->event = (enum matrix_event)e;
    cell->state = (enum matrix_state)t;
    cell->payload = has_payload(cell, s + a + z);
    cell->passive = is_passive(cell, s / 2 + a / 2 + e + z);
    cell->closes = closes_window(cell, s + a + e + 1);
    cell->ipv6 = (s / 2 + a + z + t) % 2 != 0;
    cell->options = (enum matrix_options)((s + 2 * a + e + t + z) % MATRIX_OPTIONS);
    cell->stamp = stamp_of(cell, s + a + e, s / 2 + e / 6);
    cell->iss = (uint8_t)((s + 2 * a + e + t) % MATRIX_ISNS);
    cell->irs = (uint8_t)((2 * s + a + e) % MATRIX_ISNS);
    cell->clock = (uint8_t)((s / 2 + a + t + z) % MATRIX_CLOCKS);
}

const char *matrix_cell_fixed(const struct matrix_cell *cell, unsigned index)
{
    const char *fixed[2];
    unsigned count = 0;
    if (cell->state == MATRIX_LISTEN)
        fixed[count++] = "LISTEN is reached by a passive opening only.";
    if (cell->state == MATRIX_SYN_SENT)
        fixed[count++] = "SYN-SENT is reached by an active opening only.";
    if (cell->event == MATRIX_EVENT_ACK)
        fixed[count++] = "An ACK with text is the event data.";
    if (cell->event == MATRIX_EVENT_DATA)
        fixed[count++] = "Data without text is the event ACK.";
    return index < count ? fixed[index] : NULL;
}

static bool is_idle(enum matrix_state state)
{
    return state == MATRIX_CLOSED || state == MATRIX_LISTEN || state == MATRIX_FIN_WAIT_2 ||
           state == MATRIX_TIME_WAIT;
}

static bool has_one_outstanding(enum matrix_state state)
{
    return state == MATRIX_SYN_SENT || state == MATRIX_SYN_RECEIVED;
}

const char *matrix_cell_removed(const struct matrix_cell *cell)
{
    bool narrow = cell->seq == MATRIX_SEQ_INSIDE || cell->seq == MATRIX_SEQ_RIGHT_EDGE;
    if (!matrix_event_has_ack(cell->event) && cell->ack != MATRIX_ACK_BELOW)
        return "A segment without the ACK flag acknowledges nothing: one case stands for all"
               " positions of SEG.ACK.";
    if (cell->state <= MATRIX_SYN_RECEIVED && cell->ack == MATRIX_ACK_OLDEST)
        return "Before ESTABLISHED an ACK is not judged by the largest window: one older than it"
               " stands for all.";
    if (is_idle(cell->state) && cell->ack == MATRIX_ACK_NXT)
        return "In CLOSED, LISTEN, FIN-WAIT-2 and TIME-WAIT nothing is unacknowledged: SND.NXT is"
               " SND.UNA.";
    if ((is_idle(cell->state) || has_one_outstanding(cell->state)) &&
        cell->ack == MATRIX_ACK_BETWEEN)
        return "Before ESTABLISHED, in FIN-WAIT-2 and in TIME-WAIT at most a SYN is"
               " unacknowledged: no number lies between SND.UNA and SND.NXT.";
    if (cell->zero_window && cell->state <= MATRIX_SYN_SENT)
        return "CLOSED, LISTEN and SYN-SENT have no receive window that could be closed.";
    if (cell->zero_window && cell->state == MATRIX_SYN_RECEIVED)
        return "In SYN-RECEIVED no text has come that could have closed the receive window.";
    if (cell->zero_window && narrow)
        return "A closed window has neither an inside nor a last octet.";
    return NULL;
}
