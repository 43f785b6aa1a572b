/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lwIP as a target: what it does in the words of the policy. It is compiled in, so that a case that
 * sets a field is possible only where the value is lwIP's own.
 */
#include "target/lwip.h"

#include <string.h>

/*
 * rto_min_us is what a connection has after its handshake: one round trip within a tick leaves
 * lwIP's RTO of 3 s at 2.5 s. The next ones leave it at 2 and at 1.5 s, where it stays.
 */
static const struct anvil_target_setting facts[] = {
    { "msl_us", UINT64_C(60000000) },               /* TCP_MSL */
    { "rto_initial_us", UINT64_C(3000000) },        /* LWIP_TCP_RTO_TIME */
    { "rto_min_us", UINT64_C(2500000) },
    { "rto_after_syn_us", UINT64_C(3000000) },
    { "delayed_ack_us", TARGET_LWIP_TICK_US },      /* at the next tick */
    { "orphan_fin_wait_2_us", UINT64_C(20000000) }, /* TCP_FIN_WAIT_TIMEOUT */
    { "keepalive_idle_us", UINT64_C(7200000000) },
    { "keepalive_interval_us", UINT64_C(75000000) },
    { "keepalive_count", TCP_KEEPCNT_DEFAULT },
    { "ack_every", 2 },
    { "ack_second_segment", 1 },
    { "ack_out_of_order", 1 },
    { "quick_acks", 0 },
    { "offer_timestamps", 0 },
    { "offer_sack", 0 },
    { "dsack", 0 },
    { "offer_window_scale", 1 },
    { "window_scale_least", TCP_RCV_SCALE },
    { "user_timeout_option", 0 },
    { "rfc1337", 1 },
    { "syn_repeat_synack", 1 },
    { "time_wait_reuse", 0 },
    { "abort_with_ack", 1 },
    { "reset_on_unread", 1 },
    { "reset_on_late_data", 1 },
    { "hard_errors_abort", 0 },
    { "path_mtu_discovery", 0 },
    { "keepalive_octet", 0 },
    { "closed_port_silent", 0 },
    { "receive_buffer", TCP_WND },
    { "send_buffer", TCP_SND_BUF },
    { "ttl", TCP_TTL },
};

bool target_lwip_setting(struct target_lwip *lwip, const struct anvil_target_setting *setting)
{
    if (strcmp(setting->name, "nagle") == 0) {
        lwip->nodelay_default = setting->value == 0;
        return true;
    }
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++)
        if (strcmp(facts[i].name, setting->name) == 0)
            return facts[i].value == setting->value;
    return false;
}
