/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The host's memory: one block, which starts with struct anvil_host and goes on with its tables.
 * Tables are found by their distance from the start, slots by their number; there is no pointer.
 */
#ifndef ANVIL_HOST_STATE_H
#define ANVIL_HOST_STATE_H

#include <anvil/host.h>

#include "host/pool.h"
#include "host/ring.h"

/* An option that the user has not set: the policy's value, or off. */
#define OPTION_UNSET INT32_MIN

/*
 * Sizes that are chosen when the library is built, as both tables are parts of the host's block.
 *
 * PORT_COUNTERS: entries of RFC 6056 3.3.4's table of port counters, there TABLE_LENGTH. Peers that
 * fall on the same entry can see each other's connections being counted, so a larger table tells
 * less; 10 was found to help already.
 * PORT_BUCKETS: chains of the table of ports. bind() and connect() go through one chain; what
 * packets cause does not.
 */
#define PORT_COUNTERS 16u
#define PORT_BUCKETS 256u

/* How far a socket has come. Its TCB says the rest. */
enum phase {
    PHASE_FRESH,      /* a new socket, perhaps bound */
    PHASE_LISTENING,  /* its TCB is in LISTEN and stays so */
    PHASE_CONNECTING, /* an active or passive open that is not complete */
    PHASE_CONNECTED,  /* it was ESTABLISHED, its TCB still exists */
    PHASE_ENDED       /* it was, and its TCB is gone */
};

/* Where a connection without a descriptor waits at its listener. */
enum place {
    PLACE_NONE,
    PLACE_HALF_OPEN, /* on the listener's half_open list: in SYN-RECEIVED */
    PLACE_DEFERRED,  /* on its deferred list: complete, waits for data. ANVIL_SO_DEFER_ACCEPT */
    PLACE_ACCEPT     /* on its accept queue */
};

/* What is known of urgent data. */
enum urgent {
    URGENT_NONE,
    URGENT_AHEAD, /* the octet at urgent_at is urgent and was not read */
    URGENT_PASSED, /* reading went past it; it can still be had by ANVIL_MSG_OOB */
    URGENT_TAKEN  /* it was read by ANVIL_MSG_OOB */
};

/* A close() that waits, SO_LINGER. */
enum lingering {
    LINGER_NOT,
    LINGER_WAITS,
    LINGER_OVER /* the time is over */
};

/* A list of slots, oldest first, linked by list_next and list_prev. */
struct list {
    uint32_t first, last, count;
};

/* One socket, with or without a descriptor. Slot numbers start at 1; 0 is "none". */
struct slot {
    struct anvil_tcb tcb;
    struct anvil_four_tuple name; /* as on the wire; a listener's remote end is all zero */
    struct anvil_endpoint bound;  /* what bind() chose; family 0: nothing */
    anvil_time deadline;          /* place in the heap; ANVIL_NEVER: not in it */
    anvil_time linger_deadline, cork_deadline, defer_deadline; /* ANVIL_NEVER: off */
    uint64_t written;  /* stream offset of the end of what the user wrote */
    uint64_t acked;    /* of the first octet that must be kept */
    uint64_t read_from, read_to; /* received in order and not read */
    uint64_t urgent_at; /* stream offset of the urgent octet */
    struct ring send, receive;
    uint32_t number;    /* of this slot */
    uint32_t tuple_next, port_next, port_prev; /* chains of the hash tables */
    uint32_t tuple_chain; /* which one of the names it is in */
    uint32_t list_next, list_prev; /* of the list that `place` says; list_next of free slots */
    uint32_t parent;    /* the listener it waits at, if it has a place there */
    uint32_t heap_at;   /* entry of the heap; 0: not in it */
    struct list half_open, deferred, accept; /* of a listener */
    uint32_t backlog;
    uint32_t path_mtu;
    int32_t option[ANVIL_SO_COUNT];
    int32_t descriptor; /* -1: none */
    uint8_t used;       /* switch: this slot is taken */
    uint8_t family;     /* of the socket; an IPv6 socket may have an IPv4 name */
    uint8_t phase, place, urgent;
    uint8_t error;      /* pending enum anvil_error */
    uint8_t soft_error; /* the last soft error, told when the connection fails. MUST-47 */
    uint8_t icmp_error; /* of the ICMP error that is being processed */
    uint8_t in_tuples, in_ports; /* switches: member of the table */
    uint8_t read_shut, write_shut; /* switches: shutdown() */
    uint8_t discards; /* switch: what comes is thrown away, after shutdown() of reading */
    uint8_t lingering;  /* LINGER_... */
    uint8_t doomed;     /* switch: ABORT is due (its listener is gone) */
    uint8_t close_due;  /* switch: CLOSE is due (the process has exited) */
    uint8_t urgent_octet; /* of URGENT_PASSED */
    uint8_t held_push;  /* switch: what is held back ends with a push */
    uint8_t spare[6];   /* zero */
};

struct anvil_host {
    struct anvil_host_config config;
    struct anvil_secret table_secret; /* the key of the tables' hash, made from config.secret */
    struct anvil_host_counters counters;
    struct pool pool;
    size_t tuples_at, ports_at, heap_at, descriptors_at, slots_at, units_at, area_at;
    uint32_t tuple_mask;
    uint32_t slots_fresh; /* slots from this index on were never used: they hold anything */
    uint32_t slots_free;  /* first of the free ones below */
    uint32_t descriptors_fresh; /* likewise for descriptors */
    uint32_t descriptors_used;
    uint32_t heap_count;
    uint32_t last_found;  /* slot of the last segment or the last one added, or 0: the next segment
                           * is often for it */
    uint32_t port_counters[PORT_COUNTERS];
    uint32_t verdict_drop, verdict_refusal, verdict_check; /* of the last packet */
};

/* The table that starts at this distance from the host's start. */
static inline void *host_at(const struct anvil_host *host, size_t at)
{
    return (uint8_t *)host + at;
}

/* Slot `number`, from 1. */
static inline struct slot *host_slot(const struct anvil_host *host, uint32_t number)
{
    return (struct slot *)host_at(host, host->slots_at) + (number - 1u);
}

/* The slots' numbers by descriptor; 0 is a free descriptor. */
static inline uint32_t *host_descriptors(const struct anvil_host *host)
{
    return host_at(host, host->descriptors_at);
}

/* The octets of all rings. */
static inline uint8_t *host_area(const struct anvil_host *host)
{
    return host_at(host, host->area_at);
}

#endif
