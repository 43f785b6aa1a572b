/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lwIP's assertions. Debian's build keeps them: one that fails prints a line and calls abort(). It
 * ends the stack, not the program that judges it: the handler of the signal jumps out of lwIP, and
 * what it prints goes not to the program's output but into the report.
 */
#include "target/lwip.h"

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
    if (lwip->words == NULL)
        lwip->words = fmemopen(lwip->last_words, sizeof lwip->last_words, "w");
    sigaction(SIGABRT, &action, &lwip->before);
}

void target_lwip_guard_end(struct target_lwip *lwip)
{
    sigaction(SIGABRT, &lwip->before, NULL);
}

static void enter(struct target_lwip *lwip)
{
    lwip->output = stdout;
    if (lwip->words != NULL)
        stdout = lwip->words;
    lwip->inside = true;
}

static void leave(struct target_lwip *lwip)
{
    lwip->inside = false;
    stdout = lwip->output;
}

/* Keeps the line that lwIP has printed about its end. */
static void note_end(struct target_lwip *lwip)
{
    lwip->died = true;
    if (lwip->words != NULL)
        fclose(lwip->words);
    lwip->words = NULL;
    for (char *at = lwip->last_words; *at != '\0'; at++)
        if (*at == '\n')
            *at = at[1] == '\0' ? '\0' : ' ';
    lwip->verdict = lwip->last_words[0] != '\0' ? lwip->last_words : "it has called abort()";
}

bool target_lwip_guard(struct target_lwip *lwip, target_lwip_act_fn act, void *context)
{
    sigset_t aborts;
    if (lwip->died)
        return false;
    if (sigsetjmp(lwip->way_out, 0) == 0) {
        enter(lwip);
        act(lwip, context);
        leave(lwip);
        return true;
    }
    leave(lwip);
    note_end(lwip);
    sigemptyset(&aborts);
    sigaddset(&aborts, SIGABRT);
    pthread_sigmask(SIG_UNBLOCK, &aborts, NULL);
    return false;
}
