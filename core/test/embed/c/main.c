/* SPDX-License-Identifier: BSD-2-Clause */
/* The least an embedder writes: opens a connection and looks at the SYN that comes of it. */
#include <anvil/step.h>

#include <stdio.h>
#include <string.h>

int main(void)
{
    struct anvil_tcb tcb;
    struct anvil_event open;
    struct anvil_effects effects;

    memset(&tcb, 0, sizeof tcb);
    memset(&open, 0, sizeof open);
    memset(&effects, 0, sizeof effects);
    open.kind = ANVIL_OPEN_ACTIVE;
    open.now = 1000000;
    open.iss = anvil_seq_of(42);
    open.open.receive_buffer = 65535;
    open.open.receive_mss = 1460;
    open.open.send_mss = 1460;
    anvil_step(&tcb, &anvil_policy_rfc9293, &open, &effects);
    if (effects.result != ANVIL_OK || effects.sent_count != 1)
        return 1;
    printf("%s, SEQ=%u\n", anvil_state_name((enum anvil_state)tcb.state),
           (unsigned)effects.sent[0].segment.seq.raw);
    return effects.sent[0].segment.flags == ANVIL_SYN ? 0 : 1;
}
