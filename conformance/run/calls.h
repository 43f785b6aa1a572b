/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The shapes of calls, and their handlers. Each handler is asked again until it returns true, which
 * means that call->result and call->error hold what the call gives. When it returns false they hold
 * what the call gives if it may not wait, or when its time is up.
 */
#ifndef RUN_CALLS_H
#define RUN_CALLS_H

#include "run/state.h"

/* ---- what the arguments of a call look like: shape.c ---- */

enum { RUN_ARGUMENTS_MAX = 6 };

enum run_shape {
    RUN_SHAPE_END,
    RUN_SHAPE_NUMBER,        /* 4, MSG_PEEK|MSG_DONTWAIT */
    RUN_SHAPE_NUMBER_OR_ANY, /* the same, or ... */
    RUN_SHAPE_HOST,          /* inet_addr("192.0.2.1") */
    RUN_SHAPE_BUFFER,        /* ... or NULL */
    RUN_SHAPE_ADDRESS,       /* {sa_family=AF_INET, ...}, ... or NULL */
    RUN_SHAPE_UNFILLED,      /* ... or NULL: what we neither fill in nor compare */
    RUN_SHAPE_LENGTH_IN,     /* 16 or ... */
    RUN_SHAPE_LENGTH_OUT,    /* [16], ... or NULL */
    RUN_SHAPE_CELL,          /* [1] or ... */
    RUN_SHAPE_OPTION,        /* what the socket option takes: call_option.c */
    RUN_SHAPE_VECTORS,       /* [{..., 1000}], with its count behind it */
    RUN_SHAPE_MESSAGE,       /* {msg_name(...)=..., msg_iov(1)=[{..., 1000}], msg_flags=0} */
    RUN_SHAPE_POLL,          /* [{fd=3, events=POLLIN, revents=0}], with its count behind it */
    RUN_SHAPE_EVENT,         /* {events=EPOLLIN, fd=3} */
    RUN_SHAPE_EVENTS         /* the same, a list of them, or ... */
};

struct run_field { const char *name; enum run_shape shape; bool needed; };

bool run_shapes_fit(struct run *run, const struct script_event *event,
                    const enum run_shape shapes[RUN_ARGUMENTS_MAX + 1], uint32_t optional);
bool run_shape_fits(struct run *run, const struct script_event *event,
                    const struct script_expr *expr, enum run_shape shape);
bool run_fields_fit(struct run *run, const struct script_event *event,
                    const struct script_expr *expr, const struct run_field *fields, size_t count);
bool run_misfit(struct run *run, const struct script_event *event, const struct script_expr *expr,
                const char *what);

/* ---- the handlers ---- */

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
bool run_option_fits(struct run *run, const struct script_event *event,
                     const struct script_expr *value);
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
