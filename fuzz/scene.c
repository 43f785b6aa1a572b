/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Scenes: what happens before the first record, so that an input of one record may be about any
 * state. A scene is records itself, each of its first octets; a shrunk input has them written out.
 */
#include "fuzz/event.h"

#include <string.h>

/* Kind, what, and where its acknowledgment is. */
struct step {
    uint8_t kind, what, ack;
};

#define SEGMENT(flags) { 0, flags, FUZZ_AT }
#define CALL(call) { 4, FUZZ_##call, 0 }
#define ACK SEGMENT(0)
#define SYN SEGMENT(1)
#define SYN_ACK SEGMENT(2)
#define FIN_ACK SEGMENT(3)
#define FIN_ALONE { 0, 3, FUZZ_ONE_BELOW } /* which does not acknowledge ours */
#define PASSIVE CALL(OPEN_PASSIVE), SYN, ACK, CALL(ACCEPT)
#define ACTIVE CALL(OPEN_ACTIVE), SYN_ACK

static const struct {
    uint8_t count;
    struct step step[FUZZ_SCENE_MAX];
} scenes[FUZZ_SCENES] = {
    { 0, { { 0 } } },
    { 1, { CALL(OPEN_PASSIVE) } },                            /* LISTEN */
    { 1, { CALL(OPEN_ACTIVE) } },                             /* SYN-SENT */
    { 2, { CALL(OPEN_PASSIVE), SYN } },                       /* SYN-RECEIVED */
    { 2, { CALL(OPEN_ACTIVE), SYN } },                        /* from a simultaneous open */
    { 4, { PASSIVE } },                                       /* ESTABLISHED */
    { 2, { ACTIVE } },
    { 3, { ACTIVE, CALL(SEND) } },                            /* with text in flight */
    { 3, { ACTIVE, CALL(SHUTDOWN) } },                        /* FIN-WAIT-1 */
    { 4, { ACTIVE, CALL(SHUTDOWN), ACK } },                   /* FIN-WAIT-2 */
    { 4, { ACTIVE, CALL(CLOSE), ACK } },                      /* of an orphan */
    { 5, { PASSIVE, FIN_ACK } },                              /* CLOSE-WAIT */
    { 4, { ACTIVE, CALL(SHUTDOWN), FIN_ALONE } },             /* CLOSING */
    { 6, { PASSIVE, FIN_ACK, CALL(SHUTDOWN) } },              /* LAST-ACK */
    { 4, { ACTIVE, CALL(SHUTDOWN), FIN_ACK } },               /* TIME-WAIT */
    { 6, { PASSIVE, CALL(CLOSE), FIN_ACK } },                 /* with a listener */
};

size_t fuzz_scene(const struct fuzz_opening *opening, uint8_t *records)
{
    size_t count = scenes[opening->scene].count;
    memset(records, 0, count * FUZZ_RECORD_OCTETS);
    for (size_t i = 0; i < count; i++) {
        const struct step *step = &scenes[opening->scene].step[i];
        uint8_t *record = records + i * FUZZ_RECORD_OCTETS;
        record[0] = step->kind;
        record[1] = step->what;
        record[3] = step->ack;
    }
    return count;
}
