/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the world share. Only files of this folder include this. */
#ifndef WORLD_INTERNAL_H
#define WORLD_INTERNAL_H

#include "wire/frame.h"
#include "world/record.h"
#include "world/world.h"

enum {
    WORLD_FLIGHT_MAX = 1024,   /* frames on their way; what comes on top is lost */
    WORLD_FRAME_MAX = 2048,    /* octets; plans keep the MTU below */
    WORLD_PORT = 8080,         /* where B listens */
    WORLD_CLIENT_PORT = 40001, /* where A connects from */
    WORLD_PERIOD = 65521,      /* of the streams; prime: no usual shift hits equal octets */
    WORLD_LONGEST = 65536      /* octets that may be read from one place of a stream */
};

#define WORLD_NEVER UINT64_MAX

struct world_flight {
    uint64_t due_us, order;
    uint32_t incarnation; /* in which it was sent */
    uint16_t length;
    uint8_t to;
    bool held;            /* by a mark */
};

/* The network. Frames lie in slots; a heap of slot numbers has the one that is due first on top. */
struct world_net {
    struct world_flight flight[WORLD_FLIGHT_MAX];
    uint8_t bytes[WORLD_FLIGHT_MAX][WORLD_FRAME_MAX];
    uint16_t heap[WORLD_FLIGHT_MAX];  /* the first `count` are in use, the others free */
    size_t count;
    bool holds;                       /* what is put on its way now is held by a mark */
    uint64_t order;
    uint64_t last_due_us[WORLD_SIDES];     /* of frames of this sender that keep their order */
    uint32_t mark_seen[WORLD_MARKS_MAX];   /* frames that fitted a mark so far */
};

enum world_phase { WORLD_APP_WAITS, WORLD_APP_LISTENS, WORLD_APP_CONNECTS, WORLD_APP_OPEN,
                   WORLD_APP_GONE };

/* What rest is measured by, in microseconds: the longest that either end's policy allows, and how
 * long the less patient end sends again before it gives up. */
struct world_bounds {
    uint64_t msl_us, r2_us, syn_r2_us, rto_max_us, user_timeout_us;
    uint64_t patience_us;
};

/* One host and its application. */
struct world_end {
    enum world_side side;
    const struct anvil_target *target;
    void *self;
    struct anvil_target_address local, remote;
    uint64_t clock_us;     /* of the host: not later than the present */
    uint64_t deadline_us;  /* of the host */
    uint64_t wake_us;      /* of the application */
    enum world_phase phase;
    int listener, socket;  /* -1: none */
    uint64_t open_us;      /* when the connection was established */
    uint64_t sent, delivered;
    uint64_t send_at_us, read_at_us;
    uint64_t shut_us;
    bool shut, eof, aborted, unread; /* unread: closed without having read to the end */
    int error;
    uint64_t frames;
    struct world_step step;  /* its cause, until it is told */
    struct oracle_watch *watch;
    struct oracle_setting setting;
    int64_t policy[ORACLE_POLICY_COUNT];
    const char *known;     /* the profile that `profiled` was read from */
    int64_t profiled[ORACLE_POLICY_COUNT];
};

struct world {
    struct world_setup setup;
    const struct world_plan *plan;
    struct world_bounds bounds;
    struct world_draw *draw;
    struct world_end end[WORLD_SIDES];
    struct world_net net;
    uint64_t start_us, now_us;
    uint64_t progress_us;  /* when an application last got on */
    uint64_t faults_end_us;
    uint64_t harm_us;      /* when a frame was last lost or damaged */
    uint32_t incarnation;
    bool forged;           /* somebody else has sent something */
    bool stray;            /* a frame from before came, though no TIME-WAIT was kept */
    uint64_t frames, lost;
    uint64_t calls;
    struct world_record *record;
    world_step_fn tell_step;
    void *step_context;
    struct world_result result;
    uint8_t *stream[WORLD_SIDES];
    uint32_t watched[WORLD_SIDES]; /* frames sent when all should be at rest */
    uint64_t watch_from_us;
    uint8_t scratch[ANVIL_TARGET_FRAME_MAX];
    uint8_t inbox[WORLD_LONGEST];
};

/* Whether the network does nothing wrong any more. */
static inline bool world_is_calm(const struct world *world)
{
    return world->now_us >= world->faults_end_us;
}

/* Whether readers resume and applications close. */
static inline bool world_drains(const struct world *world)
{
    return world_is_calm(world) && world->plan->drains;
}

/* The first violation counts. */
void world_violate(struct world *world, const char *oracle, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* net.c */
void world_net_clear(struct world_net *net);
void world_net_send(struct world *world, enum world_side from, const uint8_t *bytes,
                    size_t length);
uint64_t world_net_due(const struct world_net *net);
bool world_net_arrive(struct world *world);

/* icmp.c */
size_t world_icmp_error(struct world *world, const uint8_t *bytes, size_t length, uint8_t *out,
                        size_t room);

/* app.c */
void world_app_start_over(struct world_end *end);
bool world_app_run(struct world *world, struct world_end *end);

/* call.c */
void world_call(struct world *world, struct world_end *end, struct anvil_target_call *call);
int world_socket(struct world *world, struct world_end *end);
void world_set(struct world *world, struct world_end *end, int socket,
               enum anvil_target_option option, int64_t number, int64_t number2);
void world_close_socket(struct world *world, struct world_end *end);
void world_exit(struct world *world, struct world_end *end);

/* step.c */
void world_step_tell(struct world *world, struct world_end *end);

/* watch.c */
void world_watch_begin(struct world *world);
void world_watch_frame(struct world_end *end, uint64_t time_us, const uint8_t *bytes,
                       size_t length, bool sent);
void world_watch_call(struct world *world, struct world_end *end,
                      const struct anvil_target_call *call);
void world_watch_rest(struct world *world, struct world_end *end);
void world_watch_end(struct world *world);

/* host.c */
bool world_host_open(struct world *world, struct world_end *end, char *why);
void world_host_sync(struct world *world, struct world_end *end);
void world_host_pump(struct world *world, struct world_end *end);
void world_host_inject(struct world *world, struct world_end *end, const uint8_t *bytes,
                       size_t length);
bool world_host_connection(const struct world_end *end,
                           struct anvil_target_observation *observation);

/* rest.c */
uint64_t world_rest_limit(const struct world *world);
bool world_rest_watch(struct world *world, const uint8_t *bytes, size_t length);
void world_rest_judge(struct world *world);

#endif
