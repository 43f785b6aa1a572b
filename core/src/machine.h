/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of the machine share: one step in progress, and the functions of each noun.
 *
 * Where things are:
 *     step.c         one step: timers, the event, what may be sent
 *     calls.c        OPEN, SEND, RECEIVE, CLOSE, ABORT                    RFC 9293 3.10.1 - 3.10.5
 *     settings.c     what the user changes
 *     arrive.c       SEGMENT ARRIVES in CLOSED, LISTEN, SYN-SENT          3.10.7.1 - 3.10.7.3
 *     checks.c       SEGMENT ARRIVES elsewhere: the table of checks       3.10.7.4
 *     predict.h      the segments that were to be expected, past the checks
 *     flow.h         what nearly every segment goes through, inline
 *     ack.c          the fifth check: acknowledgment and window
 *     text.c         the sixth to eighth: urgent, text, FIN
 *     reuse.c        a SYN that finds TIME-WAIT                           RFC 6191, MAY-2
 *     timers.c       the list of timers and what they do                  3.10.8
 *     output.c       what is sent next, silly windows, Nagle              3.8.6.2.1, 3.7.4
 *     segment_out.c  how a segment is built, replies                      3.5.2
 *     receive_window.c  RCV.WND                                           3.8.6.2.2
 *     held.c         data received out of order, SACK blocks              RFC 2018, 2883
 *     sent.c         ranges of sent data, with times and counts
 *     rto.c          round trips and the retransmission timeout           RFC 6298
 *     timestamps.c   negotiation, PAWS, TS.Recent                         RFC 7323
 *     user_timeout.c the user timeout and its option                      RFC 5482
 *     congestion.c   the congestion window                                RFC 6928
 *     lifecycle.c    entering states, deleting the TCB
 */
#ifndef ANVIL_MACHINE_H
#define ANVIL_MACHINE_H

#include <anvil/step.h>

#include <assert.h>
#include <string.h>

/* Octets of the timestamps option with its padding. RFC 7323 appendix A. */
#define TIMESTAMPS_OCTETS 12u

/* So far before RCV.NXT text may be a duplicate: the largest window. RFC 7323 2.3. */
#define STREAM_BACK (UINT32_C(1) << 30)

/* One step in progress. The TCB and the effects are changed, the rest is read. */
struct step {
    struct anvil_tcb *tcb;
    const struct anvil_policy *policy;
    const struct anvil_event *event;
    struct anvil_effects *effects;
    anvil_time now;
};

/* Whether the checks go on to the next one. */
enum verdict { GO_ON, END };

/* step.c's parts. */
void anvil_call_open(struct step *step);
void anvil_call_send(struct step *step);
void anvil_call_receive(struct step *step);
void anvil_call_close(struct step *step);
void anvil_call_abort(struct step *step);
void anvil_apply_setting(struct step *step);
void anvil_apply_icmp(struct step *step);
void anvil_segment_arrives(struct step *step);
void anvil_fire_timers(struct step *step);
void anvil_send_due(struct step *step);

/* arrive.c, checks.c and their parts. */
void anvil_run_checks(struct step *step, const struct anvil_segment *segment);
void anvil_run_checks_from_urgent(struct step *step, const struct anvil_segment *segment);
void anvil_take_syn(struct step *step, const struct anvil_segment *segment);
void anvil_take_connection(struct step *step, const struct anvil_segment *segment, anvil_seq iss);
enum verdict anvil_check_reuse(struct step *step, struct anvil_segment *segment);
enum verdict anvil_check_ack(struct step *step, struct anvil_segment *segment);
enum verdict anvil_check_urgent(struct step *step, struct anvil_segment *segment);
enum verdict anvil_check_text(struct step *step, struct anvil_segment *segment);
enum verdict anvil_check_fin(struct step *step, struct anvil_segment *segment);
void anvil_acknowledged(struct step *step, const struct anvil_segment *segment);
void anvil_take_window(struct step *step, const struct anvil_segment *segment);
void anvil_measure_by_timestamp(const struct step *step, const struct anvil_segment *segment,
                                anvil_time first_us);

/* timestamps.c */
enum verdict anvil_check_paws(struct step *step, struct anvil_segment *segment);
void anvil_update_ts_recent(struct step *step, const struct anvil_segment *segment);

/* segment_out.c: each takes one of the step's two places. Of the timers at most one sends, and of
 * the event at most one reply comes, so there is always one for it. */
struct anvil_sent *anvil_build(struct step *step, anvil_seq seq, uint16_t flags);
struct anvil_sent *anvil_build_ack(struct step *step, anvil_seq seq);
void anvil_send_ack(struct step *step);
void anvil_challenge(struct step *step);
void anvil_answer_unacceptable(struct step *step, const struct anvil_segment *segment);
void anvil_reply_reset(struct step *step, const struct anvil_segment *segment);
void anvil_send_reset(struct step *step);
uint32_t anvil_options_octets(const struct anvil_tcb *tcb);

/* output.c */
void anvil_send_forced(struct step *step);
bool anvil_fin_unsent(const struct anvil_tcb *tcb);
bool anvil_waiting(const struct anvil_tcb *tcb);
uint64_t anvil_offset_of(const struct anvil_tcb *tcb, anvil_seq seq);

/* receive_window.c */
bool anvil_window_update_due(const struct anvil_tcb *tcb);
uint8_t anvil_window_scale(const struct anvil_tcb *tcb, const struct anvil_policy *policy);

/* held.c */
void anvil_hold(struct step *step, anvil_seq left, anvil_seq right, uint32_t from);
void anvil_absorb_held(struct anvil_tcb *tcb);
uint32_t anvil_sack_blocks(struct anvil_tcb *tcb, struct anvil_options *options);
void anvil_note_duplicate(struct step *step, anvil_seq left, anvil_seq right);
void anvil_note_old(struct step *step, anvil_seq left, anvil_seq right);

/* sent.c */
void anvil_note_sent(struct anvil_tcb *tcb, anvil_seq from, anvil_seq to, anvil_time now);
void anvil_merge_oldest(struct anvil_tcb *tcb);

/* rto.c */
void anvil_rto_sample(struct anvil_tcb *tcb, const struct anvil_policy *policy, uint64_t rtt_us);
void anvil_rto_restore(struct anvil_tcb *tcb, const struct anvil_policy *policy);
void anvil_rto_raise(struct anvil_tcb *tcb, uint64_t least_us);
void anvil_rto_back_off(struct anvil_tcb *tcb, const struct anvil_policy *policy);

/* user_timeout.c */
uint64_t anvil_keepalive_idle(const struct anvil_tcb *tcb, const struct anvil_policy *policy);
uint16_t anvil_user_timeout_field(const struct anvil_tcb *tcb);
void anvil_take_user_timeout(struct step *step, const struct anvil_segment *segment);

/* congestion.c: pure functions over the value. */
struct anvil_congestion anvil_congestion_start(uint32_t mss, uint32_t segments, bool syn_lost);
struct anvil_congestion anvil_congestion_on_loss(struct anvil_congestion congestion, uint32_t mss,
                                                 uint32_t flight);
struct anvil_congestion anvil_congestion_on_rto(struct anvil_congestion congestion, uint32_t mss,
                                                uint32_t flight);

/* lifecycle.c */
void anvil_enter(struct step *step, enum anvil_state state);
void anvil_establish(struct step *step);
void anvil_enter_time_wait(struct step *step);
void anvil_delete(struct step *step, uint32_t signals);
void anvil_fail_half_open(struct step *step, uint32_t signals);
void anvil_timers_off(struct anvil_tcb *tcb);
void anvil_arm_orphan(struct step *step);
void anvil_clear_for_listen(struct step *step);

/* The smaller number. */
static inline uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* True in ESTABLISHED and the states after it. RFC 9293 3.3.2. */
static inline bool is_synchronized(const struct anvil_tcb *tcb)
{
    return tcb->state >= ANVIL_ESTABLISHED;
}

/* The state, as its type. */
static inline enum anvil_state state_of(const struct anvil_tcb *tcb)
{
    return (enum anvil_state)tcb->state;
}

/* True while something sent is not acknowledged. */
static inline bool in_flight(const struct anvil_tcb *tcb)
{
    return !anvil_seq_eq(tcb->snd_una, tcb->snd_max);
}

/* Whatever arrives answers a keep-alive; a probe of a window needs more. RFC 9293 3.8.4. */
static inline void anvil_peer_answers(struct anvil_tcb *tcb)
{
    if (!tcb->probing)
        tcb->probes = 0;
}

/* s < t for timestamps, modulo 2^32. RFC 7323 5.2. */
static inline bool ts_before(uint32_t s, uint32_t t)
{
    return t - s != 0 && t - s < UINT32_C(0x80000000);
}

/* TSval now: a clock of policy.timestamp_tick_us, with a per-connection offset. RFC 7323 7.1. */
static inline uint32_t anvil_timestamp(const struct anvil_tcb *tcb,
                                       const struct anvil_policy *policy, anvil_time now)
{
    return (uint32_t)(now / policy->timestamp_tick_us) + tcb->ts_offset;
}

/* The earlier of two times. */
static inline anvil_time earlier(anvil_time a, anvil_time b)
{
    return a < b ? a : b;
}

/* When the first of the timers fires. Means something in every state but CLOSED. */
static inline anvil_time earliest_timer(const struct anvil_tcb *tcb)
{
    anvil_time first = earlier(tcb->rto_deadline, tcb->ack_deadline);

    first = earlier(first, earlier(tcb->user_deadline, tcb->keepalive_deadline));
    return earlier(first, earlier(tcb->time_wait_deadline, tcb->sws_deadline));
}

/* Whether a duplicate waits to be reported. RFC 2883. */
static inline bool has_dsack(const struct anvil_tcb *tcb)
{
    return !anvil_seq_eq(tcb->dsack.left, tcb->dsack.right);
}

/* Whether SACK blocks or the User Timeout option may go into a segment sent now. */
static inline bool has_occasional_options(const struct anvil_tcb *tcb)
{
    return (tcb->held_count | tcb->user_timeout_due) != 0 || has_dsack(tcb);
}

/* Octets that options take from the payload of a data segment now. RFC 6691. */
static inline uint32_t options_octets(const struct anvil_tcb *tcb)
{
    if (has_occasional_options(tcb))
        return anvil_options_octets(tcb);
    return tcb->timestamps_on ? TIMESTAMPS_OCTETS : 0;
}

/* An ACK of nothing new while something is in flight, without text: counted. */
static inline void anvil_count_duplicate(struct anvil_tcb *tcb, const struct anvil_segment *segment)
{
    if (in_flight(tcb) && segment->length == 0 && tcb->duplicate_acks < UINT32_MAX)
        tcb->duplicate_acks++;
}

/* Whether this window may take the place of SND.WND, where both have the same numbers. */
static inline bool is_window_enough(const struct anvil_tcb *tcb, const struct anvil_policy *policy,
                                    uint32_t window)
{
    return policy->window_update == ANVIL_WINDOW_BY_NUMBERS || window > tcb->snd_wnd ||
           (policy->window_update == ANVIL_WINDOW_BY_ACK && window == 0);
}

/* The number that SND.WL1 is compared with, and set to: SEG.SEQ; by the right edge, what is old of
 * the text has been cut off before. */
static inline anvil_seq window_number(const struct anvil_tcb *tcb,
                                      const struct anvil_policy *policy,
                                      const struct anvil_segment *segment)
{
    return policy->window_update == ANVIL_WINDOW_BY_EDGE ? anvil_seq_max(segment->seq, tcb->rcv_nxt)
                                                         : segment->seq;
}

/* Whether a segment's window is not older than the last one that was used; its ACK is not before
 * SND.UNA. RFC 9293 3.10.7.4 fifth. */
static inline bool is_window_newer(const struct anvil_tcb *tcb, const struct anvil_policy *policy,
                                   const struct anvil_segment *segment)
{
    anvil_seq number = window_number(tcb, policy, segment);
    bool of_newer_ack = anvil_seq_lt(tcb->snd_wl2, segment->ack);

    if (anvil_seq_lt(tcb->snd_wl1, number))
        return true;
    if (!anvil_seq_eq(tcb->snd_wl1, number))
        return of_newer_ack && policy->window_update == ANVIL_WINDOW_BY_ACK;
    return of_newer_ack ||
           (anvil_seq_eq(tcb->snd_wl2, segment->ack) &&
            is_window_enough(tcb, policy, (uint32_t)segment->window << tcb->snd_shift));
}

/* What of SND.WND is left once `octets` of text are acknowledged, until a newer window is told. */
static inline void use_up_window(struct anvil_tcb *tcb, const struct anvil_policy *policy,
                                 uint32_t octets)
{
    if (policy->window_update == ANVIL_WINDOW_BY_EDGE)
        tcb->snd_wnd -= octets < tcb->snd_wnd ? octets : tcb->snd_wnd;
}

/* The user timeout in force, 0 = none. Where the option is used, only synchronized states go by
 * what the user or the peer asked for (RFC 5482 3.3). */
static inline uint64_t anvil_user_timeout(const struct anvil_tcb *tcb,
                                          const struct anvil_policy *policy)
{
    if (tcb->user_timeout_us == 0 || (policy->user_timeout_option && !tcb->syn_acked))
        return policy->user_timeout_us;
    return tcb->user_timeout_us;
}

/* New data was acknowledged: grow back to the initial window, by what was acknowledged. Like those
 * of congestion.c; here, so that the value is not copied for each ACK. */
static inline struct anvil_congestion
anvil_congestion_on_ack(struct anvil_congestion congestion, uint32_t mss, uint32_t acked)
{
    congestion.cwnd = least(congestion.cwnd + least(acked, mss), congestion.ssthresh);
    return congestion;
}

/* Whether another segment waits to be processed, so that nothing but direct replies goes now.
 * MUST-59. */
static inline bool holds_back(const struct step *step)
{
    return step->event->kind == ANVIL_SEGMENT && step->event->more;
}

/* Whether this step has a place left for a segment. */
static inline bool anvil_can_send(const struct step *step)
{
    return step->effects->sent_count < ANVIL_SENT_MAX;
}

#endif
