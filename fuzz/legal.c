/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The transitions that RFC 9293 has, by what leads to them: figure 5 of 3.3.2, read with the text
 * of 3.10, which adds resets, ABORT and the timers. LISTEN and CLOSED are one place here: which of
 * the two a connection leaves behind depends on its listener. Left out is what no socket call does:
 * a SEND or an active OPEN on a listener.
 */
#include "fuzz/reached.h"

#define IN(state) (1u << ANVIL_STATE_##state)
#define BY(event) (1u << FUZZ_CLASS_##event)
#define ENDED (IN(CLOSED) | IN(LISTEN))
#define CLOSES (BY(CLOSE) | BY(SHUTDOWN))
#define ACKS (BY(ACK) | BY(TEXT))

static const struct fuzz_legal table[] = {
    { ENDED, BY(OPEN), IN(LISTEN), "passive OPEN" },
    { ENDED, BY(OPEN), IN(SYN_SENT), "active OPEN" },
    { IN(LISTEN), BY(SYN), IN(SYN_RECEIVED), "LISTEN: SYN" },
    { IN(LISTEN), BY(CLOSE), IN(CLOSED), "LISTEN: CLOSE" },
    { IN(SYN_SENT), BY(SYN), IN(SYN_RECEIVED), "SYN-SENT: SYN" },
    { IN(SYN_SENT), BY(SYN_ACK), IN(ESTABLISHED), "SYN-SENT: SYN,ACK" },
    { IN(SYN_SENT), BY(CLOSE), ENDED, "SYN-SENT: CLOSE" },
    { IN(SYN_SENT), BY(RST), ENDED, "SYN-SENT: RST" },
    { IN(SYN_SENT), BY(TIMER) | BY(TIME), ENDED, "SYN-SENT: timeout" },
    { IN(SYN_RECEIVED), ACKS, IN(ESTABLISHED), "SYN-RECEIVED: ACK" },
    { IN(SYN_RECEIVED), BY(FIN), IN(CLOSE_WAIT), "SYN-RECEIVED: FIN" },
    { IN(SYN_RECEIVED), CLOSES, IN(FIN_WAIT_1), "SYN-RECEIVED: CLOSE" },
    { IN(SYN_RECEIVED), BY(CLOSE), ENDED, "SYN-RECEIVED: ABORT" },
    { IN(SYN_RECEIVED), BY(RST), ENDED, "SYN-RECEIVED: RST" },
    { IN(SYN_RECEIVED), BY(TIMER) | BY(TIME), ENDED, "SYN-RECEIVED: timeout" },
    { IN(ESTABLISHED), CLOSES, IN(FIN_WAIT_1), "ESTABLISHED: CLOSE" },
    { IN(ESTABLISHED), BY(FIN), IN(CLOSE_WAIT), "ESTABLISHED: FIN" },
    { IN(ESTABLISHED), BY(CLOSE), ENDED, "ESTABLISHED: ABORT" },
    { IN(ESTABLISHED), BY(RST), ENDED, "ESTABLISHED: RST" },
    { IN(ESTABLISHED), BY(TIMER) | BY(TIME), ENDED, "ESTABLISHED: timeout" },
    { IN(FIN_WAIT_1), ACKS, IN(FIN_WAIT_2), "FIN-WAIT-1: ACK of FIN" },
    { IN(FIN_WAIT_1), BY(FIN), IN(CLOSING), "FIN-WAIT-1: FIN" },
    { IN(FIN_WAIT_1), BY(FIN), IN(TIME_WAIT), "FIN-WAIT-1: FIN with ACK of FIN" },
    { IN(FIN_WAIT_1), BY(CLOSE), ENDED, "FIN-WAIT-1: ABORT" },
    { IN(FIN_WAIT_1), BY(RST), ENDED, "FIN-WAIT-1: RST" },
    { IN(FIN_WAIT_1), BY(TIMER) | BY(TIME), ENDED, "FIN-WAIT-1: timeout" },
    { IN(FIN_WAIT_2), BY(FIN), IN(TIME_WAIT), "FIN-WAIT-2: FIN" },
    { IN(FIN_WAIT_2), BY(CLOSE), ENDED, "FIN-WAIT-2: ABORT" },
    { IN(FIN_WAIT_2), BY(RST), ENDED, "FIN-WAIT-2: RST" },
    { IN(CLOSE_WAIT), CLOSES, IN(LAST_ACK), "CLOSE-WAIT: CLOSE" },
    { IN(CLOSE_WAIT), BY(CLOSE), ENDED, "CLOSE-WAIT: ABORT" },
    { IN(CLOSE_WAIT), BY(RST), ENDED, "CLOSE-WAIT: RST" },
    { IN(CLOSE_WAIT), BY(TIMER) | BY(TIME), ENDED, "CLOSE-WAIT: timeout" },
    { IN(CLOSING), ACKS, IN(TIME_WAIT), "CLOSING: ACK of FIN" },
    { IN(CLOSING), BY(CLOSE), ENDED, "CLOSING: ABORT" },
    { IN(CLOSING), BY(RST), ENDED, "CLOSING: RST" },
    { IN(CLOSING), BY(TIMER) | BY(TIME), ENDED, "CLOSING: timeout" },
    { IN(LAST_ACK), ACKS, ENDED, "LAST-ACK: ACK of FIN" },
    { IN(LAST_ACK), BY(CLOSE), ENDED, "LAST-ACK: ABORT" },
    { IN(LAST_ACK), BY(RST), ENDED, "LAST-ACK: RST" },
    { IN(LAST_ACK), BY(TIMER) | BY(TIME), ENDED, "LAST-ACK: timeout" },
    { IN(TIME_WAIT), BY(TIMER) | BY(TIME), ENDED, "TIME-WAIT: 2MSL" },
    { IN(TIME_WAIT), BY(CLOSE), ENDED, "TIME-WAIT: ABORT" },
    { IN(TIME_WAIT), BY(RST), ENDED, "TIME-WAIT: RST" },
    { IN(TIME_WAIT), BY(SYN), IN(SYN_RECEIVED), "TIME-WAIT: SYN (MAY-2)" },
};

const struct fuzz_legal *fuzz_legal_at(size_t index)
{
    return index < sizeof table / sizeof table[0] ? &table[index] : NULL;
}
