/* SPDX-License-Identifier: BSD-2-Clause */
/* What the watch keeps; only the files of the watch itself include this, no rule. */
#ifndef ORACLE_WATCH_H
#define ORACLE_WATCH_H

#include "oracle/rule.h"

enum { ORACLE_RULES_MAX = 64, ORACLE_CALLS = ANVIL_CALL_PEER_NAME + 1 };

/* One incarnation of a connection. */
struct oracle_record {
    struct oracle_connection facts;
    bool over;           /* the endpoint has it no more: a further segment begins another */
    bool replaced;
    bool told;           /* at the rest that is under way; as `now` */
    oracle_mask waiting; /* rules that await its next rest */
    bool has_syn;        /* the peer's SYN that may have begun it */
    bool syn_doubtful;
    struct oracle_segment syn;
    bool has_opener;     /* the peer's last SYN without ACK, which opens another one if answered */
    struct oracle_segment opener;
    uint64_t opener_us;
    struct anvil_target_observation now;
};

struct oracle_socket {
    bool used, listening;
    int descriptor;
    int record;          /* -1: none */
    uint32_t records;    /* how many it has had */
    uint16_t port;       /* as bound; 0: not known */
    struct anvil_target_address address; /* as bound */
    int64_t backlog;     /* if it listens */
    int64_t option[ANVIL_OPTION_COUNT];
};

struct oracle_listener {
    struct wire_address address;
    uint16_t port;
};

struct oracle_watch {
    const struct oracle_setting *setting;
    oracle_mask enabled;                    /* rules of this run that can be judged */
    oracle_mask wants[ORACLE_KIND_COUNT];   /* who is shown this kind, */
    oracle_mask waits[ORACLE_KIND_COUNT];   /*   while waiting only */
    oracle_mask moves[ORACLE_MOVES];        /* who is shown a REST in which this has moved */
    oracle_mask calls[ORACLE_CALLS];        /* who is shown this call */
    oracle_mask whole_case;                 /* rules about it; who of them waits */
    oracle_mask case_waiting;
    unsigned since;                         /* since the last REST of any connection, */
    uint64_t shown_deadline_us;             /*   which had this deadline */
    oracle_mask shown, silent;              /* who saw something; who cannot tell any more */
    bool has_finding;
    struct oracle_finding finding;
    oracle_mask violated;
    bool rest_wanted;
    uint64_t rest_us, deadline_us;
    size_t record_count, socket_limit, listener_count;
    bool has_last_told;                     /* the record that was told of last, until another */
    size_t last_told;                       /*   begins or is revived */
    struct oracle_record *records;          /* [ORACLE_CONNECTIONS_MAX] */
    struct oracle_socket sockets[ORACLE_SOCKETS_MAX];
    struct oracle_listener listeners[ORACLE_LISTENERS_MAX];
    uint8_t *states;                        /* of all rules, a stride for each connection */
    size_t stride;
    uint8_t *case_states;                   /* of rules about the whole case */
    size_t case_bytes;
    const struct oracle_rule *rule[ORACLE_RULES_MAX]; /* oracle_rule_at() */
    size_t offset[ORACLE_RULES_MAX];        /* of a rule's state in either */
};

/* watch.c: shows an observation to the rules that want it. */
void oracle_show(struct oracle_watch *watch, size_t index, const struct oracle_observation *what);

/* connection.c: the record of a name; -1: none, or no room for a new one. */
int oracle_record_newest(const struct oracle_watch *watch, const struct oracle_name *name);
int oracle_record_live(const struct oracle_watch *watch, const struct oracle_name *name);
/* The record that the endpoint speaks of. */
int oracle_record_told(const struct oracle_watch *watch, const struct oracle_name *name,
                       const struct anvil_target_observation *seen);
int oracle_record_new(struct oracle_watch *watch, const struct oracle_name *name,
                      uint64_t time_us);
void oracle_record_end(struct oracle_record *record, bool listening);
/* The record in which a segment that goes out belongs; a new one where that begins another. */
int oracle_record_for_sent(struct oracle_watch *watch, const struct oracle_name *name,
                           const struct oracle_segment *segment, uint64_t time_us);
int oracle_record_for_arrived(struct oracle_watch *watch, const struct oracle_name *name,
                              const struct oracle_segment *segment, uint64_t time_us);
void oracle_record_replace(struct oracle_watch *watch, int index, uint64_t time_us);

/* facts.c: what a segment adds to what is known. */
void oracle_facts_sent(struct oracle_record *record, const struct oracle_segment *segment,
                       uint64_t time_us);
void oracle_facts_arrived(struct oracle_record *record, const struct oracle_segment *segment,
                          uint64_t time_us);

/* socket.c */
bool oracle_is_listening(const struct oracle_watch *watch, const struct oracle_name *name);
void oracle_socket_inherit(const struct oracle_watch *watch, struct oracle_connection *facts);

/* segment.c: what a frame says, and whether any stack must drop it. */
bool oracle_segment_read(struct oracle_segment *segment, const struct wire_frame *frame);
void oracle_icmp_read(struct oracle_icmp *icmp, const struct wire_frame *frame);

#endif
