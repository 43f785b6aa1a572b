/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Compares mutants with the core as it is, call by call, inside of any program that is linked with
 * a core that holds them (guard.h). The linker gives calls of the core to twin_calls.c, which makes
 * each one without a mutant, and then, from the same state, with each mutant that it has reached
 * and that is to be compared. The program sees nothing of it: it goes on with what was left by the
 * first one.
 *
 * ANVIL_TWINS names a file. Before: `NUMBER KIND` a line, the mutants to be compared and at which
 * calls (enum twin_kind as a number). Behind `.out`, a line is added for each difference: NUMBER
 * TAB what differs. Behind `.at`, four octets: the mutant in force, 0 = none, for when it crashes.
 */
#ifndef MUTANTS_TWIN_H
#define MUTANTS_TWIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum twin_kind {
    TWIN_STEP, /* the machine: anvil_step() */
    TWIN_PURE, /* codecs, and whatever else has no state */
    TWIN_HOST, /* the socket layer */
    TWIN_KINDS
};

enum { TWIN_AREAS = 5 };

/* A call that is being made, and all that it may change. */
struct twin {
    enum twin_kind kind;
    const char *name; /* of the function */
    bool watched, made;
    unsigned areas;
    struct twin_area {
        const char *name;
        void *at;
        size_t size;
        bool (*same)(const struct twin *twin, const void *one, const void *other); /* or NULL */
    } area[TWIN_AREAS];
    void (*tell)(FILE *out, const struct twin *twin); /* what was called, for people; or NULL */
    const void *event;
    size_t next, count; /* of the mutants that it has reached */
};

/* A call of this kind begins: then twin_area() for all that it may change, then
 *
 *     do
 *         result = ...;
 *     while (twin_again(&twin, &result, sizeof result));
 */
void twin_begin(struct twin *twin, enum twin_kind kind, const char *name);
struct twin_area *twin_area(struct twin *twin, const char *name, void *at, size_t size);

/* The call is not compared after all. */
void twin_leave(struct twin *twin);

/* The call was made, once more. Whether to make it again. */
bool twin_again(struct twin *twin, void *result, size_t size);

#endif
