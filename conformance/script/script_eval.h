/* SPDX-License-Identifier: BSD-2-Clause */
/* Evaluates the expressions of assertions: Python's rules for numbers of 64 bits.
 *
 * An expression that has no value (an unknown name, a division by zero, a number that does not fit)
 * is an error with a message, never a guess. */
#ifndef CONFORMANCE_SCRIPT_EVAL_H
#define CONFORMANCE_SCRIPT_EVAL_H

#include "script/script.h"

enum script_value_kind { SCRIPT_VALUE_INTEGER, SCRIPT_VALUE_FLOAT, SCRIPT_VALUE_STRING };

struct script_value {
    enum script_value_kind kind;
    int64_t integer;
    double number;
    const char *text;                  /* STRING: belongs to the script or to the lookup */
};

struct script_eval_error {
    struct script_pos pos;
    bool unknown_name;                 /* the lookup did not know `name` */
    const char *name;
    char message[160];
};

/* The value of a name such as tcpi_state; false: unknown. True, False and None are known here. */
typedef bool (*script_lookup_fn)(void *context, const char *name, struct script_value *value);

/* False, with *error, if there is no value. `lookup` may be NULL. Known functions: abs, min, max,
 * int, float. */
bool script_eval(const struct script_expr *expr, script_lookup_fn lookup, void *context,
                 struct script_value *value, struct script_eval_error *error);

/* left OP right, for the statement name OP= value. */
bool script_eval_binary(enum script_op op, const struct script_value *left,
                        const struct script_value *right, struct script_value *value,
                        struct script_eval_error *error);

bool script_value_is_true(const struct script_value *value);

/* The value as print shows it; returns the length, like snprintf. */
size_t script_value_format(const struct script_value *value, char *out, size_t size);

/* The text of an assertion's message or of one item of print: values, 'text %d' % values, tuples.
 * What has no value is shown as <why>. Always ends in NUL if size > 0. */
void script_eval_text(const struct script_expr *expr, script_lookup_fn lookup, void *context,
                      char *out, size_t size);

#endif
