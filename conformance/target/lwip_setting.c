/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lwIP as a target: what it is, and what it does in the words of the policy. That is compiled in,
 * so a case that sets a field is possible only where the value is lwIP's own.
 */
#include "target/lwip.h"

#include <lwip/init.h>

#include <string.h>

/*
 * After its handshake a connection has an RTO of 2.5 s, as one round trip within a tick leaves
 * lwIP's first RTO of 3 s there; the next ones leave it at 2 and at 1.5 s, where it stays.
 */
static const struct anvil_target_fact facts[] = {
    { "msl_us", 60000000, 60000000 },                /* TCP_MSL */
    { "rto_initial_us", 3000000, 3000000 },          /* LWIP_TCP_RTO_TIME */
    { "rto_min_us", 1500000, 2500000 },
    { "rto_after_syn_us", 3000000, 3000000 },
    { "sws_override_us", 1500000, 1500000 },         /* it waits for the persist timer */
    { "delayed_ack_us", TARGET_LWIP_TICK_US, TARGET_LWIP_TICK_US }, /* at the next tick */
    { "orphan_fin_wait_2_us", 20000000, 20000000 },  /* TCP_FIN_WAIT_TIMEOUT */
    { "keepalive_idle_us", 7200000000, 7200000000 },
    { "keepalive_interval_us", 75000000, 75000000 },
    { "keepalive_count", TCP_KEEPCNT_DEFAULT, TCP_KEEPCNT_DEFAULT },
    { "ack_every", 2, 2 },
    { "ack_second_segment", 1, 1 },
    { "ack_out_of_order", 1, 1 },
    { "quick_acks", 0, 0 },
    { "offer_timestamps", 0, 0 },
    { "offer_sack", 0, 0 },
    { "dsack", 0, 0 },
    { "offer_window_scale", 1, 1 },
    { "window_scale_least", TCP_RCV_SCALE, TCP_RCV_SCALE },
    { "user_timeout_option", 0, 0 },
    { "rfc5961_reset", 1, 1 },
    { "rfc5961_syn", 1, 1 },                         /* but not in TIME-WAIT */
    { "rfc5961_ack", 0, 0 },
    { "rfc1337", 1, 1 },
    { "syn_repeat_synack", 1, 1 },
    { "time_wait_reuse", 0, 0 },
    { "abort_with_ack", 1, 1 },
    { "reset_on_unread", 1, 1 },
    { "reset_on_late_data", 1, 1 },
    { "hard_errors_abort", 0, 0 },
    { "path_mtu_discovery", 0, 0 },
    { "keepalive_octet", 0, 0 },
    { "closed_port_silent", 0, 0 },
    { "receive_buffer", TCP_WND, TCP_WND },
    { "send_buffer", TCP_SND_BUF, TCP_SND_BUF },
    { "ttl", TCP_TTL, TCP_TTL },
};

enum { FACTS = sizeof facts / sizeof facts[0] };

const struct anvil_target_traits *target_lwip_traits(void)
{
    static const struct anvil_target_traits traits = {
        .name = "lwip",
        .version = LWIP_VERSION_STRING,
        .granularity_us = 2 * TARGET_LWIP_TICK_US, /* of all timers but that of delayed ACKs */
        .tolerance_us = 1, /* some run out at the first tick after they are due, not at it */
        .instances = 1,
        .ipv6 = true,
        .window_scale = true,
        .keepalive = true,
        .observes = true,
        .fixes_iss = true,
        .facts = facts,
        .fact_count = FACTS,
        .connection_octets = sizeof(struct tcp_pcb),
    };
    return &traits;
}

bool target_lwip_setting(struct target_lwip *lwip, const struct anvil_target_setting *setting)
{
    if (strcmp(setting->name, "nagle") == 0) {
        lwip->nodelay_default = setting->value == 0;
        return true;
    }
    for (size_t i = 0; i < FACTS; i++) {
        const struct anvil_target_fact *fact = &facts[i];
        if (strcmp(fact->name, setting->name) == 0)
            return fact->least == setting->value && fact->most == setting->value;
    }
    return false;
}
