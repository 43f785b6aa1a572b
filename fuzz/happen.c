/* SPDX-License-Identifier: BSD-2-Clause */
/* One event of an input: done, and where it led noted. */
#include "fuzz/end.h"

enum fuzz_class fuzz_class_of(uint16_t flags, bool text)
{
    if ((flags & WIRE_RST) != 0)
        return FUZZ_CLASS_RST;
    if ((flags & WIRE_SYN) != 0)
        return (flags & WIRE_ACK) != 0 ? FUZZ_CLASS_SYN_ACK : FUZZ_CLASS_SYN;
    if ((flags & WIRE_FIN) != 0)
        return FUZZ_CLASS_FIN;
    if ((flags & WIRE_ACK) == 0)
        return FUZZ_CLASS_OTHER;
    return text ? FUZZ_CLASS_TEXT : FUZZ_CLASS_ACK;
}

/* How far a time event goes. */
uint64_t fuzz_time(const struct fuzz_end *end, const struct fuzz_event *event)
{
    static const uint64_t passes_us[FUZZ_TIMES] = {
        [FUZZ_1_US] = 1, [FUZZ_1_MS] = 1000, [FUZZ_40_MS] = 40000, [FUZZ_500_MS] = 500000,
        [FUZZ_1_S] = 1000000, [FUZZ_10_S] = 10000000, [FUZZ_60_S] = 60000000,
        [FUZZ_1_H] = UINT64_C(3600000000), [FUZZ_25_DAYS] = UINT64_C(2160000000000),
    };
    uint64_t deadline = end->target->deadline(end->self);
    if (event->until_us != 0)
        return event->until_us;
    if (deadline == ANVIL_TARGET_NEVER)
        deadline = end->now_us + passes_us[FUZZ_1_S];
    if (event->time == FUZZ_DEADLINE)
        return deadline;
    if (event->time == FUZZ_BEFORE_DEADLINE)
        return deadline - 1;
    if (event->time == FUZZ_AFTER_DEADLINE)
        return deadline + 1;
    if (event->time == FUZZ_RAW_US)
        return end->now_us + event->raw;
    return end->now_us + passes_us[event->time];
}

static enum fuzz_class class_of_call(const struct fuzz_event *event)
{
    static const enum fuzz_class classes[FUZZ_CALLS] = {
        FUZZ_CLASS_OPEN, FUZZ_CLASS_OPEN, FUZZ_CLASS_ACCEPT, FUZZ_CLASS_SEND, FUZZ_CLASS_RECEIVE,
        FUZZ_CLASS_SHUTDOWN, FUZZ_CLASS_CLOSE, FUZZ_CLASS_CLOSE, FUZZ_CLASS_CLOSE,
        FUZZ_CLASS_OPTION,
    };
    static const enum fuzz_class plain[FUZZ_PLAIN_CALLS] = {
        FUZZ_CLASS_OPEN, FUZZ_CLASS_OPEN, FUZZ_CLASS_ACCEPT, FUZZ_CLASS_SEND, FUZZ_CLASS_RECEIVE,
        FUZZ_CLASS_SHUTDOWN, FUZZ_CLASS_OPTION,
    };
    enum fuzz_plain_call which = fuzz_plain(event);
    return which == FUZZ_PLAIN_CALLS ? classes[event->call] : plain[which];
}

bool fuzz_begins(const struct fuzz_end *end, const struct fuzz_event *event)
{
    return fuzz_segment_class(event) == FUZZ_CLASS_SYN &&
           !(end->state > ANVIL_STATE_LISTEN && end->state < ANVIL_STATE_TIME_WAIT);
}

void fuzz_happen(struct fuzz_end *end, const struct fuzz_event *event)
{
    uint8_t *frame = fuzz_arrival_room();
    uint64_t until_us;
    end->before = end->state;
    switch (event->kind) {
    case FUZZ_SEGMENT:
        end->event = fuzz_segment_class(event);
        if (fuzz_begins(end, event))
            end->connections++;
        fuzz_end_inject(end, frame, fuzz_segment(end, event, frame, ANVIL_TARGET_FRAME_MAX));
        break;
    case FUZZ_CALL:
        end->event = class_of_call(event);
        fuzz_calls(end, event);
        break;
    case FUZZ_TIME:
        until_us = fuzz_time(end, event);
        end->event = until_us < end->target->deadline(end->self) ? FUZZ_CLASS_TIME
                                                                 : FUZZ_CLASS_TIMER;
        fuzz_end_advance(end, until_us);
        break;
    }
    fuzz_reach(end->before, end->event, end->state);
}
