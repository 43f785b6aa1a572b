/* SPDX-License-Identifier: BSD-2-Clause */
/* The table that transcribes RFC 9293 3.10.7: single rows, its ids, and that any segment in any
 * state has a sound outcome. */
#include "matrix/reference.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ROUNDS = 200000 };

/* A connection with SND.UNA 100, SND.NXT 110, RCV.NXT 1000 and a window of 500. */
static struct matrix_endpoint endpoint_in(enum matrix_state state)
{
    struct matrix_endpoint endpoint = { .state = state, .iss = 99, .snd_una = 100, .snd_nxt = 110,
        .snd_wnd = 400, .snd_wl1 = 999, .snd_wl2 = 100, .max_snd_wnd = 400, .irs = 999,
        .rcv_nxt = 1000, .rcv_wnd = 500, .rcv_up = 1000, .next_iss = 5000, .next_wnd = 500 };
    endpoint.fin_sent = state == MATRIX_FIN_WAIT_1 || state >= MATRIX_CLOSING;
    if (state == MATRIX_FIN_WAIT_2 || state == MATRIX_TIME_WAIT)
        endpoint.snd_una = endpoint.snd_nxt;
    if (state == MATRIX_SYN_SENT || state == MATRIX_SYN_RECEIVED) {
        endpoint.iss = endpoint.snd_una = 109;
        endpoint.passive = true;
    }
    return endpoint;
}

struct example {
    const char *sentence;
    enum matrix_state state;
    struct matrix_segment segment;
    enum matrix_state next;
    int reply;           /* its flags; 0: none */
    const char *row;     /* one that applied */
};

#define SEGMENT(...) { __VA_ARGS__ }

static const struct example examples[] = {
    { "a FIN without ACK resets a closed port", MATRIX_CLOSED,
      SEGMENT(.flags = MATRIX_FIN, .seq = 7), MATRIX_CLOSED, MATRIX_RST | MATRIX_ACK,
      "EP-SA-CLOSED-NOACK" },
    { "a SYN,ACK resets a listener's peer", MATRIX_LISTEN,
      SEGMENT(.flags = MATRIX_SYN | MATRIX_ACK, .ack = 7), MATRIX_LISTEN, MATRIX_RST,
      "EP-SA-LISTEN-2" },
    { "a RST refuses a SYN whatever its number", MATRIX_SYN_SENT,
      SEGMENT(.flags = MATRIX_RST | MATRIX_ACK, .seq = 123456, .ack = 110), MATRIX_CLOSED, 0,
      "EP-SA-SYNSENT-2a" },
    { "a SYN,ACK,FIN opens and half closes", MATRIX_SYN_SENT,
      SEGMENT(.flags = MATRIX_SYN | MATRIX_ACK | MATRIX_FIN, .seq = 7, .ack = 110),
      MATRIX_CLOSE_WAIT, MATRIX_ACK, "EP-SA-8-EST" },
    { "crossing SYNs make a SYN,ACK", MATRIX_SYN_SENT, SEGMENT(.flags = MATRIX_SYN, .seq = 7),
      MATRIX_SYN_RECEIVED, MATRIX_SYN | MATRIX_ACK, "EP-SA-SYNSENT-4b" },
    { "an exact RST undoes a passive opening", MATRIX_SYN_RECEIVED,
      SEGMENT(.flags = MATRIX_RST, .seq = 1000), MATRIX_LISTEN, 0, "EP-SA-2-SR-p" },
    { "an ACK of nothing resets a half-open peer", MATRIX_SYN_RECEIVED,
      SEGMENT(.flags = MATRIX_ACK, .seq = 1000, .ack = 109), MATRIX_SYN_RECEIVED, MATRIX_RST,
      "EP-SA-5-SR-bad" },
    { "a SYN from before draws an ACK, though its text reaches into the window",
      MATRIX_SYN_RECEIVED, SEGMENT(.flags = MATRIX_SYN, .seq = 900, .length = 200),
      MATRIX_SYN_RECEIVED, MATRIX_ACK, "EP-SA-1b" },
    { "a repeated SYN draws an ACK, text or not", MATRIX_SYN_RECEIVED,
      SEGMENT(.flags = MATRIX_SYN, .seq = 999, .length = 5), MATRIX_SYN_RECEIVED, MATRIX_ACK,
      "EP-SA-1b" },
    { "the last number of the window is inside", MATRIX_ESTABLISHED,
      SEGMENT(.flags = MATRIX_RST, .seq = 1499), MATRIX_ESTABLISHED, MATRIX_ACK, "EP-SA-2-in" },
    { "the right edge is outside", MATRIX_ESTABLISHED, SEGMENT(.flags = MATRIX_RST, .seq = 1500),
      MATRIX_ESTABLISHED, 0, "EP-SA-1c" },
    { "an exact RST resets", MATRIX_ESTABLISHED, SEGMENT(.flags = MATRIX_RST, .seq = 1000),
      MATRIX_CLOSED, 0, "EP-SA-2-EST" },
    { "an ACK older than the largest window is refused", MATRIX_ESTABLISHED,
      SEGMENT(.flags = MATRIX_ACK, .seq = 1000, .ack = (uint32_t)-301, .length = 1),
      MATRIX_ESTABLISHED, MATRIX_ACK, "EP-SA-5-5961" },
    { "an ACK as old as the largest window is not", MATRIX_ESTABLISHED,
      SEGMENT(.flags = MATRIX_ACK, .seq = 1000, .ack = (uint32_t)-300), MATRIX_ESTABLISHED, 0,
      "EP-SA-5-EST-dup" },
    { "a FIN with the ACK of ours ends in TIME-WAIT", MATRIX_FIN_WAIT_1,
      SEGMENT(.flags = MATRIX_FIN | MATRIX_ACK, .seq = 1000, .ack = 110), MATRIX_TIME_WAIT,
      MATRIX_ACK, "EP-SA-8-FW1a" },
    { "a FIN without it ends in CLOSING", MATRIX_FIN_WAIT_1,
      SEGMENT(.flags = MATRIX_FIN | MATRIX_ACK, .seq = 1000, .ack = 109), MATRIX_CLOSING,
      MATRIX_ACK, "EP-SA-8-FW1b" },
    { "a FIN behind a gap waits", MATRIX_FIN_WAIT_2,
      SEGMENT(.flags = MATRIX_FIN | MATRIX_ACK, .seq = 1001, .ack = 110), MATRIX_FIN_WAIT_2,
      MATRIX_ACK, "EP-SA-7-OOO" },
    { "LAST-ACK ends with the ACK of the FIN", MATRIX_LAST_ACK,
      SEGMENT(.flags = MATRIX_ACK, .seq = 1000, .ack = 110), MATRIX_CLOSED, 0, "EP-SA-5-LA" },
    { "and not with that of the text before it", MATRIX_LAST_ACK,
      SEGMENT(.flags = MATRIX_ACK, .seq = 1000, .ack = 109), MATRIX_LAST_ACK, 0, "EP-SA-5-LA" },
    { "two ends in TIME-WAIT leave each other alone", MATRIX_TIME_WAIT,
      SEGMENT(.flags = MATRIX_ACK, .seq = 1000, .ack = 110), MATRIX_TIME_WAIT, 0, "EP-SA-5-TW" },
    { "a repeated FIN is acknowledged again", MATRIX_TIME_WAIT,
      SEGMENT(.flags = MATRIX_FIN | MATRIX_ACK, .seq = 999, .ack = 110), MATRIX_TIME_WAIT,
      MATRIX_ACK, "EP-SA-1b" },
};

static void rows_do_what_their_sentences_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        const struct example *example = &examples[i];
        struct matrix_endpoint endpoint = endpoint_in(example->state);
        struct matrix_segment segment = example->segment;
        struct matrix_outcome outcome;
        segment.wnd = 300;
        matrix_reference(&endpoint, &segment, &outcome);
        int reply = outcome.replies ? outcome.reply.flags : 0;
        bool met = false;
        for (size_t row = 0; row < outcome.applied_count; row++)
            met = met || strcmp(outcome.applied[row].row, example->row) == 0;
        if (outcome.next.state != example->next || reply != example->reply || !met)
            fail_msg("%s: %s, reply %x, last row %s", example->sentence,
                     matrix_state_name(outcome.next.state), (unsigned)reply,
                     outcome.applied[outcome.applied_count - 1].row);
    }
}

/* A gap that is filled gives what was held behind it, and the FIN at its end. */
static void what_is_held_is_delivered_in_order(void **state)
{
    struct matrix_endpoint endpoint = endpoint_in(MATRIX_ESTABLISHED);
    struct matrix_outcome outcome;
    static const struct { uint32_t seq, length; uint8_t fin; uint32_t delivered; } steps[] = {
        { 1020, 10, 0, 0 }, { 1040, 10, MATRIX_FIN, 0 }, { 1010, 10, 0, 0 }, { 1000, 5, 0, 5 },
        { 1003, 9, 0, 25 }, { 1030, 10, 0, 20 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        struct matrix_segment segment = { .seq = steps[i].seq, .length = steps[i].length,
                                          .ack = 110, .wnd = 400 };
        segment.flags = MATRIX_ACK | steps[i].fin;
        matrix_reference(&endpoint, &segment, &outcome);
        assert_int_equal(outcome.delivered, steps[i].delivered);
        endpoint = outcome.next;
    }
    assert_int_equal(endpoint.rcv_nxt, 1051);
    assert_int_equal(endpoint.rcv_wnd, 500 - 51);
    assert_int_equal(endpoint.state, MATRIX_CLOSE_WAIT);
}

static uint32_t noise(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33);
}

/* A number near one of the endpoint's edges, or anywhere. */
static uint32_t near(uint64_t *seed, const struct matrix_endpoint *endpoint)
{
    const uint32_t edges[] = { endpoint->rcv_nxt, endpoint->rcv_nxt + endpoint->rcv_wnd,
                               endpoint->snd_una, endpoint->snd_nxt, endpoint->irs, 0x80000000 };
    uint32_t choice = noise(seed) % 8;
    return choice < 6 ? edges[choice] + noise(seed) % 7 - 3 : noise(seed) * 2;
}

static struct matrix_endpoint random_endpoint(uint64_t *seed)
{
    uint32_t shift = noise(seed) * 2, wide = noise(seed) % 3 == 0 ? 0 : noise(seed) % 2000;
    struct matrix_endpoint endpoint = endpoint_in((enum matrix_state)(noise(seed) % MATRIX_STATES));
    endpoint.iss += shift;
    endpoint.snd_una += shift;
    endpoint.snd_nxt += shift;
    endpoint.snd_wl2 += shift;
    endpoint.irs += 2 * shift;
    endpoint.rcv_nxt += 2 * shift;
    endpoint.rcv_up += 2 * shift;
    endpoint.snd_wl1 += 2 * shift;
    endpoint.rcv_wnd = wide;
    endpoint.passive = noise(seed) % 2 != 0;
    endpoint.listener = noise(seed) % 2 != 0;
    endpoint.timestamps = noise(seed) % 2 != 0;
    endpoint.ts_recent = noise(seed);
    return endpoint;
}

static void check_ranges(const struct matrix_endpoint *endpoint)
{
    uint32_t last = endpoint->rcv_nxt;
    for (size_t i = 0; i < endpoint->held_count; i++) {
        assert_true(matrix_before(last, endpoint->held[i].start));
        assert_true(matrix_before(endpoint->held[i].start, endpoint->held[i].end));
        last = endpoint->held[i].end;
    }
    assert_true(endpoint->held_count == 0 ||
                matrix_not_after(last, endpoint->rcv_nxt + endpoint->rcv_wnd));
}

/* Which states a segment can lead to, from Figure 5. */
static bool is_legal(enum matrix_state from, enum matrix_state to)
{
    static const char *const to_states[MATRIX_STATES] = {
        "0", "13", "02347", "0134567A", "047", "056A8", "06A", "07", "08A", "09", "0A3",
    };
    static const char digits[] = "0123456789A";
    return strchr(to_states[from], digits[to]) != NULL;
}

static void any_segment_in_any_state_has_a_sound_outcome(void **state)
{
    uint64_t seed = 9293;
    struct matrix_outcome outcome;
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        struct matrix_endpoint endpoint = random_endpoint(&seed);
        for (int step = 0; step < 4; step++) {
            struct matrix_segment segment = { .flags = (uint8_t)(noise(&seed) % 64),
                .seq = near(&seed, &endpoint), .ack = near(&seed, &endpoint),
                .length = noise(&seed) % 3 == 0 ? noise(&seed) % 3000 : 0,
                .wnd = noise(&seed) % 70000, .up = (uint16_t)noise(&seed),
                .has_ts = noise(&seed) % 2 != 0, .ts_val = endpoint.ts_recent + noise(&seed) % 3 };
            matrix_reference(&endpoint, &segment, &outcome);
            const struct matrix_endpoint *next = &outcome.next;
            bool reset = outcome.replies && (outcome.reply.flags & MATRIX_RST) != 0;
            assert_true(outcome.applied_count > 0 &&
                        outcome.applied_count < MATRIX_APPLIED_MAX);
            assert_false(reset && (segment.flags & MATRIX_RST) != 0);
            assert_false(reset && endpoint.state >= MATRIX_ESTABLISHED);
            assert_true(is_legal(endpoint.state, next->state));
            assert_true(matrix_not_after(next->snd_una, next->snd_nxt));
            assert_true(next->snd_nxt == endpoint.snd_nxt ||
                        next->state == MATRIX_SYN_RECEIVED);
            if (endpoint.state >= MATRIX_ESTABLISHED && next->state >= MATRIX_ESTABLISHED) {
                assert_true(matrix_not_after(endpoint.rcv_nxt, next->rcv_nxt));
                assert_int_equal(next->rcv_nxt + next->rcv_wnd,
                                 endpoint.rcv_nxt + endpoint.rcv_wnd);
            }
            check_ranges(next);
            endpoint = *next;
        }
    }
}

/* Rows that this table leaves out, by the start of their ids. */
static bool is_left_out(const char *id)
{
    static const char *const why[] = {
        "EP-SA-LISTEN-3a", "EP-SA-SYNSENT-3", "EP-SA-3-", /* security: MLS only (A.1.2) */
        "EP-SA-LISTEN-3c", /* addresses: the host's affair, in suite/listen */
        "EP-SA-7-HD",      /* a reader that is gone: the host's, in suite/close */
    };
    for (size_t i = 0; i < sizeof why / sizeof why[0]; i++)
        if (strncmp(id, why[i], strlen(why[i])) == 0)
            return true;
    return false;
}

static bool is_in_table(const char *id)
{
    const char *row, *section;
    for (size_t i = 0; matrix_reference_row(i, &row, &section); i++)
        if (strcmp(row, id) == 0)
            return true;
    return false;
}

/* The registry has the rows of SEGMENT ARRIVES as EP-SA-...; each is a row here, too. */
static void the_table_has_every_row_of_the_registry(void **state)
{
    char line[4096];
    FILE *registry = fopen(ANVIL_REGISTRY, "r");
    size_t rows = 0;
    (void)state;
    assert_non_null(registry);
    while (fgets(line, sizeof line, registry) != NULL) {
        line[strcspn(line, ",\n")] = '\0';
        if (strncmp(line, "EP-SA-", 6) != 0)
            continue;
        rows++;
        if (is_in_table(line) == is_left_out(line))
            fail_msg("%s: in the table, or left out?", line);
    }
    fclose(registry);
    assert_true(rows > 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_do_what_their_sentences_say),
        cmocka_unit_test(what_is_held_is_delivered_in_order),
        cmocka_unit_test(any_segment_in_any_state_has_a_sound_outcome),
        cmocka_unit_test(the_table_has_every_row_of_the_registry),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
