/* SPDX-License-Identifier: BSD-2-Clause */
/* The hash by which the host's tables find a connection's name. */
#ifndef ANVIL_HOST_NAME_HASH_H
#define ANVIL_HOST_NAME_HASH_H

#include <anvil/isn.h>

/*
 * A keyed hash of a name whose address families are alike, or whose remote end is all zero. The
 * same on every machine. It is what every packet costs first, so it is SipHash-1-3 and not 2-4: no
 * packet ever shows a value of it, and all that is asked is that no peer can choose names that
 * share a chain. For what packets do show, use anvil_siphash.
 */
uint64_t anvil_name_hash(const struct anvil_secret *secret, const struct anvil_four_tuple *name);

#endif
