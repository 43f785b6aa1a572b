/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a rule sees. Whoever writes one includes this and nothing else of the project.
 *
 * Observations come in time order, one connection's to its own state. A connection here is one
 * incarnation: the next one with the same four-tuple is another, and begins with a zeroed state.
 * One that was replaced in TIME-WAIT may come back (MAY-2): it is at REST again then.
 * Between two REST observations lies one event (an arrival, a call, the passing of time) and what
 * the endpoint did about it; a direct answer to a segment is what was SENT between its ARRIVED and
 * the next REST.
 *
 * The facts of struct oracle_connection are as they were before the observation: a SENT segment is
 * not yet part of snd_max, and at a REST `seen` is still what the REST before told.
 *
 * Most events change nothing that most rules judge. A rule says what concerns it: it waits for the
 * REST once it has seen what is to be judged there, or names what must have moved.
 */
#ifndef ORACLE_RULE_H
#define ORACLE_RULE_H

#include "oracle/oracle.h"

enum { ORACLE_SACK_MAX = 4 };

/* Options of one segment. */
struct oracle_options {
    bool has_mss, has_shift, has_stamps, sack_permitted, has_user_timeout;
    bool malformed;      /* a length that cannot be; the options before it are here */
    uint16_t mss;
    uint8_t shift;       /* as it stands, above 14 included */
    uint8_t sack_count;
    uint32_t ts_val, ts_ecr;
    struct { uint32_t left, right; } sack[ORACLE_SACK_MAX];
    bool user_timeout_minutes;
    uint16_t user_timeout;
};

/* A TCP segment; numbers as on the wire, flags of enum wire_flag. */
struct oracle_segment {
    uint32_t seq, ack;
    uint16_t flags;
    uint16_t window;         /* as on the wire, not scaled */
    uint16_t urgent;
    uint32_t length;         /* octets of text */
    uint32_t span;           /* of sequence space: text, SYN and FIN */
    uint32_t header_bytes;   /* of TCP, options included */
    uint32_t packet_bytes;   /* of IP */
    bool doubtful;           /* arrived with what a stack may refuse: malformed options, reserved
                                bits, IP options, an odd source address; or foreign */
    bool foreign;            /* arrived, and is addressed to somebody else */
    struct oracle_options options;
    const uint8_t *text;     /* lives as long as the observation */
};

/* An ICMP error about a segment of the connection. */
struct oracle_icmp {
    uint8_t version, type, code; /* version 4 or 6: which ICMP */
    uint32_t mtu;
    bool has_seq;
    uint32_t seq;                /* of the segment that it quotes */
    bool sound;                  /* checksum right, quote complete, to whom it quotes, from no odd
                                    source, in no fragment */
};

/* One incarnation of a connection, as far as it is known from outside. */
struct oracle_connection {
    struct oracle_name name;
    bool guessed;        /* the endpoint does not tell when one ends: where this one began is a
                            guess from its segments */
    /* From the segments. Sequence numbers mean nothing before has_iss, has_irs. */
    bool has_iss, has_irs;
    bool active;         /* our first SYN had no ACK */
    uint32_t iss, irs;
    struct oracle_options own_syn, peer_syn; /* options of the SYNs; valid with has_iss, has_irs */
    bool peer_syn_doubtful;  /* several SYNs came that differ, or it was doubtful */
    bool own_syn_varied;     /* a repeated SYN of ours had other options (or none) */
    uint32_t snd_max;    /* behind the highest number sent */
    uint32_t peer_max;   /* behind the highest number of the peer that arrived, wanted or not */
    bool has_fin;        /* our FIN was sent, */
    uint32_t fin;        /* as this number */
    bool has_peer_fin;   /* a FIN of the peer arrived (wanted or not; the first) */
    uint32_t peer_fin;
    bool has_acked;      /* we sent an ACK: */
    uint32_t acked;      /* the highest number acknowledged to the peer */
    uint32_t right_edge; /* the furthest right edge offered to the peer (scaled) */
    bool reset_sent, reset_arrived;
    bool came_back;      /* after another had taken its place and failed. MAY-2 */
    uint64_t began_us, last_sent_us, last_arrived_us;
    uint64_t opened_us, over_us; /* told as synchronized; told no longer. 0: not yet */
    unsigned since;      /* what was shown since the last rest: bits 1u << enum oracle_kind */
    int64_t backlog;     /* of its listener; ORACLE_UNKNOWN: there is none, or it is not known */
    uint32_t waiting;    /* other connections there that nobody had accepted when it began */
    /* From the calls. */
    bool has_socket;     /* a descriptor of the user */
    uint32_t earlier;    /* how many connections it, or its listener, had before this one */
    bool closed;         /* which was closed; */
    bool lingered_zero;  /*   with SO_LINGER on and 0 seconds */
    bool shut_write, shut_read;
    int64_t option[ANVIL_OPTION_COUNT]; /* as set, or ORACLE_UNKNOWN = default; LINGER: seconds,
                                           or -1 */
    /* As it was told at the last rest. */
    enum anvil_target_state state; /* LISTEN: there is none, but a listener; UNKNOWN: not told */
    bool seen_any;                 /* `seen` is set: the connection was there at the last rest */
    struct anvil_target_observation seen;
    uint64_t deadline_us;          /* the endpoint's next */
};

struct oracle_observation {
    enum oracle_kind kind;
    uint64_t time_us;
    const struct oracle_segment *segment;         /* SENT, ARRIVED, DAMAGED */
    const struct oracle_icmp *icmp;               /* ICMP */
    const struct anvil_target_call *call;         /* CALL; CONNECT and ACCEPT included */
    uint64_t from_us;                             /* TIME: from here to time_us at most */
    enum anvil_target_state state;                /* REST: now; UNKNOWN where it is not told */
    const struct anvil_target_observation *seen;  /* REST: now; NULL: not told, or not there */
    uint64_t deadline_us;                         /* REST: the endpoint's next deadline */
    unsigned moves;                               /* REST: enum oracle_move */
};

/* How a rule sees the run, besides the observation. `connection` is never NULL. */
struct oracle_view {
    const struct oracle_setting *setting;
    const struct oracle_connection *connection;
    size_t connection_index; /* tells connections apart, for a rule about the whole case */
    struct oracle_watch *watch;
    size_t rule;
    oracle_mask waiting; /* who waits for the next rest */
    uint64_t now_us;
    unsigned since;       /* as connection->since and connection->deadline_us, of any connection */
    uint64_t deadline_us;
};

/* The rule is shown all that it wants up to the next REST; in a REST, up to the one behind it. One
 * about the whole case is so of every connection, until the endpoint is at rest. */
static inline void oracle_await(struct oracle_view *view)
{
    view->waiting |= UINT64_C(1) << view->rule;
}

/* Whether one of these kinds, bits 1u << enum oracle_kind, came since the last rest. */
static inline bool oracle_since(const struct oracle_connection *connection, unsigned kinds)
{
    return (connection->since & kinds) != 0;
}

/* The rule is violated: a sentence that names numbers, without its full stop. Only the first one of
 * a run counts, and the rule is shown nothing more in it. */
void oracle_violated(struct oracle_view *view, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The rule cannot tell any more, in this run. */
void oracle_cannot_tell(struct oracle_view *view);

/* A policy, or ORACLE_UNKNOWN. */
static inline int64_t oracle_policy(const struct oracle_view *view, enum oracle_policy policy)
{
    return view->setting->policy == NULL ? ORACLE_UNKNOWN : view->setting->policy[policy];
}

/* How much early or late a timer may be, or a clock be read, in microseconds. */
static inline uint64_t oracle_slack(const struct oracle_view *view)
{
    return view->setting->granularity_us - 1 + view->setting->tolerance_us;
}

/* Sequence numbers, for values less than 2^31 apart. RFC 9293 3.4. */
static inline bool oracle_before(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b) < 0;
}

static inline bool oracle_up_to(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b) <= 0;
}

/* From `low` to `high`; a number half the space away, which lies before and behind, does not. */
static inline bool oracle_within(uint32_t number, uint32_t low, uint32_t high)
{
    return number - low <= high - low;
}

static inline bool oracle_has(const struct oracle_segment *segment, unsigned flags)
{
    return (segment->flags & flags) == flags;
}

/* How far the windows of one side are shifted: 0 unless both SYNs offered. RFC 7323 2.2, 2.3. */
static inline uint8_t oracle_peer_shift(const struct oracle_connection *connection)
{
    bool both = connection->own_syn.has_shift && connection->peer_syn.has_shift;
    uint8_t shift = connection->peer_syn.shift;
    return !both ? 0 : shift > 14 ? 14 : shift;
}

static inline uint8_t oracle_own_shift(const struct oracle_connection *connection)
{
    bool both = connection->own_syn.has_shift && connection->peer_syn.has_shift;
    uint8_t shift = connection->own_syn.shift;
    return !both ? 0 : shift > 14 ? 14 : shift;
}

/* A number relative to where its side began, for sentences: as scripts count. */
static inline uint32_t oracle_ours(const struct oracle_connection *connection, uint32_t number)
{
    return connection->has_iss ? number - connection->iss : number;
}

static inline uint32_t oracle_theirs(const struct oracle_connection *connection, uint32_t number)
{
    return connection->has_irs ? number - connection->irs : number;
}

bool oracle_same_name(const struct oracle_name *a, const struct oracle_name *b);

/* Whether a stack may have sent this segment as it was the first time, with an ACK and a window
 * from then: RFC 9293 3.8.1 (MAY-4). */
static inline bool oracle_may_be_as_before(const struct oracle_view *view,
                                           const struct oracle_segment *sent)
{
    return view->setting->chooses && sent->span > 0 && view->connection->has_iss &&
           oracle_up_to(sent->seq + sent->span, view->connection->snd_max);
}

/* ESTABLISHED and what comes behind it. RFC 9293 3.5.2. */
bool oracle_is_synchronized(enum anvil_target_state state);

/*
 * Whether the checks of RFC 9293 3.10.7.4 let an arriving segment pass for sure: it stands at
 * RCV.NXT in a window that is open to it, is nothing but an ACK with or without text and FIN,
 * acknowledges nothing unsent or old, and cannot be too old itself (PAWS). False where that is not
 * told.
 */
bool oracle_is_in_order(const struct oracle_connection *connection,
                        const struct oracle_segment *segment);

/* Whether a segment without timestamps came where both ends use them: it may be dropped in silence,
 * unless it is a RST. RFC 7323 3.2. */
bool oracle_lacks_stamps(const struct oracle_connection *connection,
                         const struct oracle_segment *segment);

/* "SYN,ACK", for sentences; `out` of 48 is enough. */
const char *oracle_flags_text(uint16_t flags, char *out, size_t size);

#endif
