/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Chapter 8: numbers that an outsider must not guess. Initial sequence numbers, timestamp offsets
 * and ephemeral ports, each a keyed hash of a connection's name. RFC 9293 3.4.1, 6528, 7323 7.1,
 * 6056.
 *
 * Pure: the randomness is the secret that the embedder gives, the clock is `now`.
 */
#ifndef ANVIL_ISN_H
#define ANVIL_ISN_H

#include <anvil/frame.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Octets of a secret. */
#define ANVIL_SECRET_SIZE 16u

/* A secret key: random octets that outsiders do not know and that stay for the host's life. */
struct anvil_secret {
    uint8_t octets[ANVIL_SECRET_SIZE];
};

/* SipHash-2-4 of `length` octets at `bytes` (may be NULL when length is 0): a keyed hash, the F of
 * RFC 6528 section 3. Reads: its arguments. */
uint64_t anvil_siphash(const struct anvil_secret *secret, const uint8_t *bytes, size_t length);

/* The initial sequence number of a connection: M + F(name, secret), where M counts 4 microseconds
 * of `now`. RFC 9293 3.4.1 (MUST-8, SHLD-1), RFC 6528 section 3. */
anvil_seq anvil_isn(const struct anvil_secret *secret, const struct anvil_four_tuple *name,
                    anvil_time now);

/* What to add to the timestamp clock for this connection: constant for a name, so that TSval goes
 * on rising from one incarnation to the next; unlike for others. RFC 7323 7.1 and 5.2. */
uint32_t anvil_ts_offset(const struct anvil_secret *secret, const struct anvil_four_tuple *name);

/*
 * The port to try at the `attempt`th try (0 is the first) of an active open of `name`, whose local
 * port is not looked at. Double-hash selection, RFC 6056 3.3.4.
 *
 * `counter` is an entry of RFC 6056's table: a few numbers that the caller keeps for the whole
 * host, zero or random at first; anvil_port_slot says which one this name uses. When a port was
 * taken, add attempt + 1 to that entry. Attempts 0 to last - first try each port of [first, last]
 * once. first is at least 1 and at most last.
 */
uint16_t anvil_port(const struct anvil_secret *secret, const struct anvil_four_tuple *name,
                    uint16_t first, uint16_t last, uint32_t counter, uint32_t attempt);

/* The entry of the table of counters that this name uses, below counter_count (at least 1). */
uint32_t anvil_port_slot(const struct anvil_secret *secret, const struct anvil_four_tuple *name,
                         uint32_t counter_count);

#ifdef __cplusplus
}
#endif

#endif
