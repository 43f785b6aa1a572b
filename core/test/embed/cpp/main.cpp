// SPDX-License-Identifier: BSD-2-Clause
// The least an embedder writes, in C++: opens a connection and looks at the SYN that comes of it.
#include <anvil/step.h>

#include <iostream>

int main()
{
    anvil_tcb tcb{};
    anvil_event open{};
    anvil_effects effects{};

    open.kind = ANVIL_OPEN_ACTIVE;
    open.now = 1000000;
    open.iss = anvil_seq_of(42);
    open.open.receive_buffer = 65535;
    open.open.receive_mss = 1460;
    open.open.send_mss = 1460;
    anvil_step(&tcb, &anvil_policy_rfc9293, &open, &effects);
    if (effects.result != ANVIL_OK || effects.sent_count != 1)
        return 1;
    std::cout << anvil_state_name(static_cast<anvil_state>(tcb.state)) << ", SEQ="
              << effects.sent[0].segment.seq.raw << '\n';
    return effects.sent[0].segment.flags == ANVIL_SYN ? 0 : 1;
}
