/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the runner knows while it runs one case. Only files of this folder include this.
 *
 * A case ends once: run_fail, run_skip and run_error record the verdict, and from then on `ended`
 * is set and everything returns quickly.
 */
#ifndef RUN_STATE_H
#define RUN_STATE_H

#include "run/pattern.h"
#include "run/run.h"
#include "script/script_eval.h"
#include "script/script_print.h"
#include "wire/capture.h"
#include "wire/frame.h"
#include "wire/print.h"

enum {
    RUN_FIRST_FD = 3,        /* as in a process with stdin, stdout and stderr open */
    RUN_FDS_MAX = 128,
    RUN_CONNS_MAX = 512,
    RUN_SETTINGS_MAX = 128,
    RUN_STAMPS_MAX = 64,     /* timestamps of one connection that an inbound TS ecr may name */
    RUN_URGENT_MAX = 8,
    RUN_WATCHES_MAX = 16,    /* descriptors in one epoll set */
    RUN_VARIABLES_MAX = 32,  /* names that %{ name = value }% has set */
    RUN_CHECK_MAX = 160,
    RUN_DEFAULT_TOLERANCE_US = 4000
};

#define RUN_HOUR_US UINT64_C(3600000000)
#define RUN_NO_TIMEOUT UINT64_MAX

/* ---- connections: conn.c ---- */

enum run_phase {
    RUN_PHASE_NEW,       /* a socket, or a name, without a four-tuple */
    RUN_PHASE_LISTENING,
    RUN_PHASE_OPEN       /* the four-tuple is known, but for our port before the first SYN */
};

struct run_stamp { uint32_t script, actual; };

/* One connection as the script sees it. Sequence numbers named isn are those on the wire. */
struct run_conn {
    const char *name;                      /* from `conn`, or NULL */
    enum run_phase phase;
    struct wire_address local, remote;
    uint16_t local_port, remote_port;      /* 0: not known yet */
    bool has_local_isn, has_remote_isn;
    uint32_t local_isn, remote_isn;
    uint32_t script_local_isn;             /* what the script calls our ISN in segments with SYN */
    bool port_learned;                     /* our port is the one that the target chose */
    bool confirmed;                        /* the target has acknowledged the peer's ISN */
    bool reset;                            /* a RST was seen since the last SYN */
    bool has_fresh;                        /* a further SYN came, which may open it anew */
    uint32_t fresh_isn, fresh_end;         /* its number, and the number behind its text */
    bool has_peer_ack;
    uint32_t peer_ack;                     /* the highest number the peer has acknowledged */
    bool odd_shift;                        /* our windows are scaled, and not as the line said */
    bool has_fin;                          /* a line expected our FIN, and it came */
    uint32_t fin;                          /* its number */
    bool has_stamp;                        /* the first outbound TS val fixed the offset */
    struct run_stamp first_stamp;
    struct run_stamp stamps[RUN_STAMPS_MAX];
    uint32_t stamp_count;                  /* ever; the table is a ring */
    uint32_t urgent[RUN_URGENT_MAX];       /* stream offsets behind urgent octets from the peer */
    uint32_t urgent_count;
};

/* ---- descriptors: fd.c ---- */

enum run_fd_kind { RUN_FD_FREE, RUN_FD_SOCKET, RUN_FD_EPOLL };

struct run_watch {
    int fd;
    uint32_t events;   /* EPOLLIN ... as asked for */
    uint32_t seen;     /* reported already, for EPOLLET */
    int64_t unread;    /* octets to be read when that was reported */
    uint64_t data;
    bool disabled;     /* EPOLLONESHOT has fired */
};

struct run_fd {
    enum run_fd_kind kind;
    int target;                 /* the target's descriptor */
    bool nonblocking, listening;
    uint8_t family;
    struct run_conn *conn;
    uint64_t sent, received;    /* octets of the streams so far */
    uint32_t urgent_skipped;    /* urgent octets that recv() left out of the stream */
    uint64_t receive_timeout_us, send_timeout_us; /* RUN_NO_TIMEOUT: none */
    struct run_watch *watches;  /* of an epoll set */
    uint32_t watch_count;
};

/* ---- frames and the log: frames.c, log.c ---- */

struct run_frame {
    uint64_t time_us;
    size_t offset, length;               /* in run->bytes */
    bool outbound, claimed;
    uint16_t source_port, destination_port; /* 0 for what is not TCP */
    const struct script_event *event;    /* the line that sent or claimed it, or NULL */
    const struct run_conn *conn;         /* whose numbers it is printed in, or NULL */
};

enum run_log_kind { RUN_LOG_FRAME, RUN_LOG_CALL };

/* Whose descriptor a call names: the current connection's (or of none), a listener, another's. */
enum run_call_on { RUN_ON_CURRENT, RUN_ON_LISTENER, RUN_ON_OTHER };

struct run_log {
    enum run_log_kind kind;
    uint64_t time_us;
    enum anvil_target_state before, after;
    size_t frame;                        /* FRAME */
    bool met_listener;                   /* FRAME: it came in for no connection but a listener */
    const struct script_event *event;    /* CALL */
    enum run_call_on on;                 /* CALL */
    int64_t result;                      /* CALL */
    int error;
};

/* ---- calls: call.c and call_*.c ---- */

/* One call on its way. A handler is asked again until it says that the call is done. */
struct run_call {
    const struct script_event *event;
    const struct script_call *line;
    struct run_fd *fd;           /* its first argument, where that is a descriptor */
    bool may_wait;               /* the descriptor blocks */
    uint64_t timeout_us;         /* when it gives up by itself; RUN_NO_TIMEOUT: never */
    uint64_t low_us, high_us;    /* when it may return */
    uint64_t progress;           /* octets so far, or a handler's own count */
    bool begun;                  /* the handler has been asked before */
    enum run_call_on on;
    int64_t result;
    int error;
};

/* ---- variables of %{ }%: code.c ---- */

struct run_variable { const char *name; struct script_value value; };

struct run_text; /* verdict.c */

struct run {
    const struct script *script;
    const struct run_options *options;
    const struct anvil_target *target;
    const struct anvil_target_traits *traits;
    void *self;                     /* the target's instance, or NULL */
    const char *profile;
    bool strict;                    /* a case of our own: unclaimed output fails it */
    bool follows;                   /* it is held to the choices of its policy */
    bool exact;
    bool ended;
    bool started;                   /* a line that is no command has run */
    bool mapped;                    /* ipv4-mapped-ipv6 */
    uint8_t family;                 /* 4 or 6 */

    uint64_t start_us;              /* the clock at script time 0 */
    uint64_t now_us;
    uint64_t reference_us;          /* where the next relative time counts from */
    uint64_t tolerance_us;          /* the script's, or 0 */
    uint64_t early_us, late_us;     /* the target's: coarser tick, tolerance */
    uint64_t stamp_tick_us;         /* 0: outbound TS val is not judged */

    struct wire_address usual_local[2], usual_remote[2]; /* IPv4, IPv6 */
    struct wire_address local, remote;
    uint16_t bind_port, connect_port, next_port;
    uint32_t mtu;
    struct anvil_target_setting settings[RUN_SETTINGS_MAX];
    size_t setting_count;

    struct run_fd fds[RUN_FDS_MAX];
    int fd_limit;                   /* all behind it are free */
    struct run_conn conns[RUN_CONNS_MAX];
    size_t conn_count;
    struct run_conn *current;
    struct anvil_target_observation *told; /* so many that the target has told since it did */
    size_t told_count, told_capacity;      /*   something, and whether that is all */
    bool told_all;
    struct run_conn *unnamed;       /* the current one outside `on NAME` */
    bool on_name;

    struct run_frame *frames;
    size_t frame_count, frame_capacity;
    size_t first_unclaimed;         /* no outbound frame before it is unclaimed */
    uint8_t *bytes;
    size_t byte_count, byte_capacity;
    struct run_log *log;
    size_t log_count, log_capacity;

    bool has_pending;
    struct run_call pending;        /* a call that blocks while the script goes on */
    bool trying;                    /* inside a handler: no second attempt from there */

    struct run_variable variables[RUN_VARIABLES_MAX];
    size_t variable_count;

    const struct script_event *event;   /* the line being run */
    char check[RUN_CHECK_MAX];          /* what the target said about the last injected frame */
    struct wire_frame decoded;          /* scratch */
    struct run_text *texts;
    struct report_result result;
    struct script_error mistake;     /* where and why, of a REPORT_ERROR */
    const char **covers;
    size_t covers_capacity;
    uint8_t *pattern[2];                /* see pattern.c */

    struct oracle_watch *watch;         /* see judge.c */
    bool watching;                      /* this case is judged by rules */
    bool iss_fixed;                       /* initial sequence numbers are prescribed */
    struct oracle_setting setting;
    int64_t policy[ORACLE_POLICY_COUNT];
    int64_t profile_policy[ORACLE_POLICY_COUNT]; /* of the profile before any setting, */
    char profile_known[32];                      /* which is this one */
};

/* pattern.c */
bool run_pattern_make(struct run *run);
const uint8_t *run_pattern(const struct run *run, enum run_side side, uint64_t offset);

/* time.c */
struct run_window { uint64_t low_us, high_us; bool any; };
bool run_amount(struct run *run, const struct script_amount *amount, int64_t *us);
bool run_event_due(struct run *run, const struct script_event *event, uint64_t *due_us);
bool run_event_window(struct run *run, const struct script_event *event,
                      struct run_window *window);
bool run_blocking_window(struct run *run, const struct script_event *event, uint64_t due_us,
                         struct run_call *call);
void run_settle(struct run *run);
bool run_step(struct run *run, uint64_t until_us);
bool run_until(struct run *run, uint64_t until_us);
double run_seconds(const struct run *run, uint64_t at_us);

/* frames.c */
struct run_frame *run_frame_add(struct run *run, const uint8_t *bytes, size_t length,
                                uint64_t time_us, bool outbound);
void run_frames_take(struct run *run);
bool run_frames_drain(struct run *run);
struct run_frame *run_frame_first(struct run *run, const struct run_conn *conn);
void run_frame_claim(struct run *run, struct run_frame *frame, const struct script_event *event,
                     const struct run_conn *conn);
bool run_frame_decode(struct run *run, const struct run_frame *frame, struct wire_frame *decoded);
void run_inject(struct run *run, const struct script_event *event, const struct run_conn *conn,
                const uint8_t *bytes, size_t length);
void run_frame_print(struct run *run, const struct run_frame *frame, bool bare, char *out,
                     size_t room);

/* conn.c */
struct run_conn *run_conn_new(struct run *run);
struct run_conn *run_conn_named(struct run *run, const char *name);
struct run_conn *run_conn_for_packet(struct run *run, const struct script_event *event);
struct run_conn *run_conn_by_peer(struct run *run, const struct anvil_target_address *peer,
                                  uint16_t local_port);
bool run_conn_owns(struct run *run, const struct run_conn *conn, const struct run_frame *frame);
uint16_t run_peer_port(struct run *run);
uint32_t run_peer_shift(const struct run *run);
uint32_t run_seq_in(const struct run *run, const struct run_conn *conn,
                    const struct script_packet *packet);
uint32_t run_ack_in(const struct run_conn *conn, const struct script_packet *packet, uint32_t ack);
void run_conn_heard(struct run *run, struct run_conn *conn, const struct script_packet *packet,
                    const struct wire_tcp *tcp);
void run_conn_said(struct run_conn *conn, const struct script_packet *packet,
                   const struct wire_tcp *tcp);

/* stamps.c */
uint32_t run_stamp_in(const struct run_conn *conn, const struct script_tcp_option *option);
void run_stamp_said(struct run_conn *conn, const struct script_tcp_option *option,
                    uint32_t actual);
bool run_stamp_matches(const struct run *run, const struct run_conn *conn,
                       const struct script_tcp_option *option, uint32_t actual);

/* packet_in.c, icmp.c, packet_out.c, match.c */
void run_packet_in(struct run *run, const struct script_event *event);
const char *run_icmp_match(const struct run *run, const struct run_conn *conn,
                           const struct script_packet *packet, const struct wire_frame *frame);
size_t run_icmp_build(struct run *run, const struct run_conn *conn,
                      const struct script_packet *packet, uint8_t *out, size_t room);
void run_packet_out(struct run *run, const struct script_event *event);
void run_frame_out(struct run *run, const struct script_event *event);
const char *run_match(struct run *run, const struct run_conn *conn,
                      const struct script_packet *packet, const struct wire_frame *frame);
const char *run_match_options(const struct run *run, const struct run_conn *conn,
                              const struct script_packet *packet, const struct wire_tcp *tcp);
bool run_match_payload(const struct run *run, const struct run_conn *conn,
                       const struct wire_frame *frame);

/* fd.c */
struct run_fd *run_fd_find(struct run *run, int64_t number);
int run_fd_number(const struct run *run, const struct run_fd *fd);
struct run_fd *run_fd_add(struct run *run, int64_t wanted, enum run_fd_kind kind);
void run_fd_free(struct run *run, struct run_fd *fd);

/* argument.c */
const struct script_expr *run_argument(const struct run_call *call, uint32_t index);
bool run_value(const struct script_expr *expr, int64_t *value);
bool run_argument_value(struct run *run, const struct run_call *call, uint32_t index,
                        int64_t *value);
bool run_address_value(const struct script_expr *expr, struct anvil_target_address *address);
bool run_length_matches(struct run *run, const struct run_call *call, uint32_t index,
                        int64_t octets);
const char *run_unknown_symbol(const struct script_expr *expr);

/* call.c, call_socket.c, call_stream.c, call_option.c, call_poll.c */
void run_call_event(struct run *run, const struct script_event *event);
void run_call_try(struct run *run);
void run_call_wait(struct run *run);
const char *run_call_unsupported(const struct script_call *call, char *room, size_t size);
bool run_call_is_known(struct run *run, const struct script_event *event);
bool run_call_fits(struct run *run, const struct script_event *event);
bool run_handle(struct run *run, struct run_call *call);
int64_t run_ask(struct run *run, struct run_call *call, struct anvil_target_call *ask);
void run_call_fails(struct run_call *call, int error);

/* code.c, info.c */
void run_code(struct run *run, const struct script_event *event);
bool run_info_field(const char *name);
bool run_code_fits(struct run *run, const struct script_event *event);
enum run_info { RUN_INFO_OK, RUN_INFO_UNKNOWN, RUN_INFO_NOT_TOLD, RUN_INFO_GONE };
enum run_info run_info_value(struct run *run, const struct run_fd *fd, const char *name,
                             int64_t *value);
bool run_info_told(struct run *run, const struct run_fd *fd, const char *name, int64_t *value);
/* Observation number `index` of the target, from 0; NULL past the last. Lives until the next one is
 * asked for. run_untell: the target does something, which may change all of them. */
const struct anvil_target_observation *run_told(struct run *run, size_t index);
void run_untell(struct run *run);
const struct anvil_target_observation *run_observe(struct run *run, const struct run_conn *conn,
                                                   int target_socket);
enum anvil_target_state run_state_now(struct run *run);

/* command.c, sysctl.c */
enum run_command { RUN_COMMAND_NOTHING, RUN_COMMAND_SETTING, RUN_COMMAND_UNSUPPORTED };
enum run_command run_command_prepare(struct run *run, const char *text, char *why, size_t size);
void run_command(struct run *run, const struct script_event *event);
enum run_command run_sysctl(struct run *run, const char *assignment, char *why, size_t size);

/* option.c */
uint64_t run_option_number(const struct run *run, const char *name, uint64_t otherwise);
bool run_options_fit(struct run *run);

/* prepare.c */
bool run_addresses_make(struct run *run);
bool run_prepare(struct run *run);
bool run_open_target(struct run *run);

/* room.c */
uint32_t run_sockets_most(const struct script *script);

/* judge.c */
void run_judge_begin(struct run *run);
void run_judge_sent(struct run *run, const struct run_frame *frame);
void run_judge_arrives(struct run *run, const struct run_frame *frame);
void run_judge_passes(struct run *run, uint64_t to_us);
void run_judge_rest(struct run *run);
void run_judge_end(struct run *run);
void run_target_call(struct run *run, struct anvil_target_call *call);

/* log.c */
void run_log_frame(struct run *run, size_t frame, enum anvil_target_state before);
void run_log_call(struct run *run, const struct run_call *call, enum anvil_target_state before);
char *run_ladder(struct run *run);
void run_capture(struct run *run);

/* verdict.c */
const char *run_text(struct run *run, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void run_texts_free(struct run *run);
void run_fail(struct run *run, const struct script_event *event, const char *field,
              const char *expected, const char *actual, const char *reason);
void run_skip(struct run *run, const struct script_event *event, const char *reason);
void run_error(struct run *run, const struct script_event *event, const char *reason);

/* mistake.c */
void run_error_at(struct run *run, const struct script_event *event, const struct script_pos *pos,
                  const char *reason);
void run_mistake_keep(struct run *run, const struct script_event *event, const char *reason);

/* verdict.c */
const char *run_line(struct run *run, const struct script_event *event);
const char *run_state_name(enum anvil_target_state state); /* NULL: not told */
const char *run_state_by_number(int64_t number);

/* errno.c, constant.c, need.c, capability.c */
const char *run_need(const char *reason);
const char *run_incapable(const struct run *run, const struct script_event *event);
int run_errno_value(const char *name);
const char *run_errno_name(int value);
bool run_constant(const char *name, int64_t *value);

#endif
