/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The handlers of calls. Each is asked again until it returns true, which means that call->result
 * and call->error hold what the call gives. When it returns false they hold what the call gives if
 * it may not wait, or when its time is up.
 */
#ifndef RUN_CALLS_H
#define RUN_CALLS_H

#include "run/state.h"

/* call_socket.c */
bool run_do_socket(struct run *run, struct run_call *call);
bool run_do_bind(struct run *run, struct run_call *call);
bool run_do_listen(struct run *run, struct run_call *call);
bool run_do_accept(struct run *run, struct run_call *call);
bool run_do_connect(struct run *run, struct run_call *call);
bool run_do_name(struct run *run, struct run_call *call);
bool run_do_shutdown(struct run *run, struct run_call *call);
bool run_do_close(struct run *run, struct run_call *call);

/* call_receive.c, call_send.c */
bool run_do_receive(struct run *run, struct run_call *call);
bool run_do_send(struct run *run, struct run_call *call);
bool run_message_length(struct run *run, const struct run_call *call, int64_t *length);
bool run_message_flags(struct run *run, const struct run_call *call, int64_t *flags);

/* call_option.c, call_control.c, call_poll.c, call_epoll.c */
bool run_do_get_option(struct run *run, struct run_call *call);
bool run_do_set_option(struct run *run, struct run_call *call);
const char *run_option_unsupported(const struct script_call *call, char *room, size_t size);
bool run_do_fcntl(struct run *run, struct run_call *call);
bool run_do_ioctl(struct run *run, struct run_call *call);
bool run_do_poll(struct run *run, struct run_call *call);
bool run_do_epoll_create(struct run *run, struct run_call *call);
bool run_do_epoll_ctl(struct run *run, struct run_call *call);
bool run_do_epoll_wait(struct run *run, struct run_call *call);

/* Bits of poll() for what the target is ready for. */
uint32_t run_poll_bits(uint32_t ready);

#endif
