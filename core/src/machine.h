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

/* timestamps.c */
uint32_t anvil_timestamp(const struct anvil_tcb *tcb, const struct anvil_policy *policy,
                         anvil_time now);
enum verdict anvil_check_paws(struct step *step, struct anvil_segment *segment);
void anvil_update_ts_recent(struct step *step, const struct anvil_segment *segment);

/* segment_out.c: each returns without sending when the step's two places are used up; replies then
 * stay owed as state. */
bool anvil_can_send(const struct step *step);
struct anvil_sent *anvil_build(struct step *step, anvil_seq seq, uint16_t flags);
void anvil_send_ack(struct step *step);
void anvil_challenge(struct step *step);
void anvil_answer_unacceptable(struct step *step, const struct anvil_segment *segment);
void anvil_reply_reset(struct step *step, const struct anvil_segment *segment);
void anvil_send_reset(struct step *step);
uint32_t anvil_options_octets(const struct anvil_tcb *tcb);

/* output.c */
void anvil_send_forced(struct step *step);
anvil_seq anvil_data_end(const struct anvil_tcb *tcb);
bool anvil_fin_unsent(const struct anvil_tcb *tcb);
bool anvil_waiting(const struct anvil_tcb *tcb);
uint64_t anvil_offset_of(const struct anvil_tcb *tcb, anvil_seq seq);

/* receive_window.c */
uint16_t anvil_advertise(struct anvil_tcb *tcb, bool syn);
bool anvil_window_update_due(const struct anvil_tcb *tcb);
uint8_t anvil_window_scale(const struct anvil_tcb *tcb, const struct anvil_policy *policy);

/* held.c */
bool anvil_hold(struct step *step, anvil_seq left, anvil_seq right, uint32_t from);
void anvil_absorb_held(struct anvil_tcb *tcb);
uint32_t anvil_sack_blocks(struct anvil_tcb *tcb, struct anvil_options *options);
void anvil_note_duplicate(struct step *step, anvil_seq left, anvil_seq right);

/* sent.c */
void anvil_note_sent(struct anvil_tcb *tcb, anvil_seq from, anvil_seq to, anvil_time now);
bool anvil_forget_sent(struct anvil_tcb *tcb, anvil_seq ack);

/* rto.c */
void anvil_rto_sample(struct anvil_tcb *tcb, const struct anvil_policy *policy, uint64_t rtt_us);
void anvil_rto_restore(struct anvil_tcb *tcb, const struct anvil_policy *policy);
void anvil_rto_raise(struct anvil_tcb *tcb, uint64_t least_us);
void anvil_rto_back_off(struct anvil_tcb *tcb, const struct anvil_policy *policy);

/* user_timeout.c */
uint64_t anvil_keepalive_idle(const struct anvil_tcb *tcb, const struct anvil_policy *policy);
uint64_t anvil_user_timeout(const struct anvil_tcb *tcb, const struct anvil_policy *policy);
uint16_t anvil_user_timeout_field(const struct anvil_tcb *tcb);
void anvil_take_user_timeout(struct step *step, const struct anvil_segment *segment);

/* congestion.c: pure functions over the value. */
struct anvil_congestion anvil_congestion_start(uint32_t mss, uint32_t segments, bool syn_lost);
struct anvil_congestion anvil_congestion_on_ack(struct anvil_congestion congestion, uint32_t mss,
                                                uint32_t acked);
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
void anvil_clear_for_listen(struct anvil_tcb *tcb);

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

#endif
