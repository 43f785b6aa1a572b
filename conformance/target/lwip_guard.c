/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lwIP's assertions. Debian's build keeps them: one that fails prints a line and calls abort(). It
 * ends the stack, not the program that judges it: the handler of the signal jumps out of lwIP.
 */
#include "target/lwip.h"

#include <errno.h>

/* abort() has raised this in the thread that is inside lwIP. */
static void on_abort(int signal)
{
    struct target_lwip *lwip = netif_list == NULL ? NULL : netif_list->state;
    (void)signal;
    if (lwip != NULL && lwip->inside)
        siglongjmp(lwip->way_out, 1);
}

void target_lwip_guard_start(struct target_lwip *lwip)
{
    struct sigaction action = { .sa_handler = on_abort };
    sigemptyset(&action.sa_mask);
    lwip->died = lwip->inside = false;
    sigaction(SIGABRT, &action, &lwip->before);
}

void target_lwip_guard_end(struct target_lwip *lwip)
{
    sigaction(SIGABRT, &lwip->before, NULL);
}

bool target_lwip_guard(struct target_lwip *lwip, target_lwip_act_fn act, void *context)
{
    sigset_t aborts;
    if (lwip->died)
        return false;
    if (sigsetjmp(lwip->way_out, 0) == 0) {
        lwip->inside = true;
        act(lwip, context);
        lwip->inside = false;
        return true;
    }
    lwip->inside = false;
    lwip->died = true;
    lwip->verdict = "lwIP is dead: one of its assertions failed";
    sigemptyset(&aborts);
    sigaddset(&aborts, SIGABRT);
    pthread_sigmask(SIG_UNBLOCK, &aborts, NULL);
    return false;
}
