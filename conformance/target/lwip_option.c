/* SPDX-License-Identifier: BSD-2-Clause */
/* lwIP as a target: the socket options for which lwIP has a field. */
#include "target/lwip.h"

#include <errno.h>
#include <limits.h>

struct rule {
    bool settable;
    bool is_switch; /* any number but 0 is on */
    int64_t least, most;
    int64_t initial;
};

/* Options that are not here lwIP does not have: its receive and send buffers, for example, are
 * fixed when it is compiled. */
static const struct rule rules[ANVIL_OPTION_COUNT] = {
    [ANVIL_OPTION_REUSEADDR] = { true, true, INT_MIN, INT_MAX, 0 },
    [ANVIL_OPTION_LINGER] = { true, true, INT_MIN, INT_MAX, 0 },
    [ANVIL_OPTION_KEEPALIVE] = { true, true, INT_MIN, INT_MAX, 0 },
    [ANVIL_OPTION_NODELAY] = { true, true, INT_MIN, INT_MAX, 0 },
    [ANVIL_OPTION_KEEPIDLE] = { true, false, 1, 32767, TCP_KEEPIDLE_DEFAULT / 1000 },
    [ANVIL_OPTION_KEEPINTVL] = { true, false, 1, 32767, TCP_KEEPINTVL_DEFAULT / 1000 },
    [ANVIL_OPTION_KEEPCNT] = { true, false, 1, 127, TCP_KEEPCNT_DEFAULT },
    [ANVIL_OPTION_TOS] = { true, false, 0, 255, 0 },
    [ANVIL_OPTION_TTL] = { true, false, 1, 255, TCP_TTL },
};

void target_lwip_options_default(const struct target_lwip *lwip,
                                 struct target_lwip_socket *socket)
{
    for (int option = 0; option < ANVIL_OPTION_COUNT; option++)
        socket->options[option] = rules[option].initial;
    socket->options[ANVIL_OPTION_NODELAY] = lwip->nodelay_default;
}

static void apply_ip_switch(struct tcp_pcb *pcb, u8_t bit, bool on)
{
    if (on)
        ip_set_option(pcb, bit);
    else
        ip_reset_option(pcb, bit);
}

/* Writes the options to lwIP's block. A listener's block is shorter: connections get the options
 * from its socket. */
void target_lwip_options_apply(const struct target_lwip_socket *socket)
{
    struct tcp_pcb *pcb = socket->pcb;
    const int64_t *options = socket->options;
    if (pcb == NULL)
        return;
    apply_ip_switch(pcb, SOF_REUSEADDR, options[ANVIL_OPTION_REUSEADDR] != 0);
    apply_ip_switch(pcb, SOF_KEEPALIVE, options[ANVIL_OPTION_KEEPALIVE] != 0);
    pcb->tos = (u8_t)options[ANVIL_OPTION_TOS];
    pcb->ttl = (u8_t)options[ANVIL_OPTION_TTL];
    if (socket->kind == TARGET_LWIP_LISTENER)
        return;
    pcb->keep_idle = (u32_t)options[ANVIL_OPTION_KEEPIDLE] * 1000u;
    pcb->keep_intvl = (u32_t)options[ANVIL_OPTION_KEEPINTVL] * 1000u;
    pcb->keep_cnt = (u32_t)options[ANVIL_OPTION_KEEPCNT];
    if (options[ANVIL_OPTION_NODELAY] != 0)
        tcp_nagle_disable(pcb);
    else
        tcp_nagle_enable(pcb);
}

int target_lwip_option_set(struct target_lwip_socket *socket,
                           const struct anvil_target_call *call)
{
    if ((unsigned)call->option >= ANVIL_OPTION_COUNT || !rules[call->option].settable)
        return ENOPROTOOPT;
    const struct rule *rule = &rules[call->option];
    if (call->number < rule->least || call->number > rule->most)
        return EINVAL;
    socket->options[call->option] = rule->is_switch ? call->number != 0 : call->number;
    if (call->option == ANVIL_OPTION_LINGER)
        socket->linger_s = call->number2 < 0 ? 0 : call->number2;
    if (call->option == ANVIL_OPTION_NODELAY && socket->kind == TARGET_LWIP_STREAM &&
        socket->pcb != NULL) {
        target_lwip_options_apply(socket);
        tcp_output(socket->pcb);
    }
    target_lwip_options_apply(socket);
    return 0;
}

int64_t target_lwip_unacknowledged(const struct tcp_pcb *pcb)
{
    uint32_t numbers = pcb->snd_lbb - pcb->lastack;
    return numbers > 0 && (pcb->flags & TF_FIN) != 0 ? numbers - 1 : numbers;
}

int target_lwip_option_get(struct target_lwip_socket *socket, struct anvil_target_call *call)
{
    bool connected = socket->kind == TARGET_LWIP_STREAM && socket->pcb != NULL;
    if (call->option == ANVIL_OPTION_ERROR) {
        call->number = socket->error;
        socket->error = 0;
    } else if (call->option == ANVIL_OPTION_QUEUED_IN) {
        call->number = socket->queue == NULL ? 0 : socket->queue->tot_len;
    } else if (call->option == ANVIL_OPTION_QUEUED_OUT && connected) {
        call->number = target_lwip_unacknowledged(socket->pcb);
    } else if (call->option == ANVIL_OPTION_MAXSEG && connected) {
        call->number = tcp_mss(socket->pcb);
    } else if ((unsigned)call->option < ANVIL_OPTION_COUNT && rules[call->option].settable) {
        call->number = socket->options[call->option];
        call->number2 = call->option == ANVIL_OPTION_LINGER ? socket->linger_s : 0;
    } else {
        return ENOPROTOOPT;
    }
    return 0;
}
