/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * %{ ... }%: assertions over tcp_info, variables, and print. Upstream runs these with Python after
 * the whole script; here each is judged at its place.
 */
#include "run/state.h"

#include <string.h>

enum { MESSAGE_MAX = 200 };

/* The descriptor that the assertion is about: that of the connection that the script is at. */
static const struct run_fd *fd_in_question(struct run *run)
{
    for (int i = run->fd_limit; i-- > 0;) {
        const struct run_fd *fd = run_fd_find(run, i);
        if (fd != NULL && fd->kind == RUN_FD_SOCKET && fd->conn == run->current)
            return fd;
    }
    return NULL;
}

/* Names: the script's variables, then tcp_info, then constants. */
static bool look_up(void *context, const char *name, struct script_value *value)
{
    struct run *run = context;
    for (size_t i = run->variable_count; i-- > 0;) {
        if (strcmp(run->variables[i].name, name) == 0) {
            *value = run->variables[i].value;
            return true;
        }
    }
    value->kind = SCRIPT_VALUE_INTEGER;
    if (strncmp(name, "tcpi_", 5) == 0)
        return run_info_told(run, fd_in_question(run), name, &value->integer);
    return run_constant(name, &value->integer);
}

/* An expression without a value: what we do not know is skipped, what is wrong is an error. */
static void no_value(struct run *run, const struct script_eval_error *error)
{
    if (run->ended)
        return; /* the look-up has said why */
    if (error->unknown_name)
        run_skip(run, run->event, run_text(run, "unsupported name %s in an assertion",
                                           error->name));
    else
        run_error(run, run->event, run_text(run, "%s", error->message));
}

/* The first tcp_info field in an expression, or NULL. */
static const char *first_field(const struct script_expr *expr)
{
    if (expr == NULL)
        return NULL;
    if (expr->kind == SCRIPT_EXPR_SYMBOL && strncmp(expr->text, "tcpi_", 5) == 0)
        return expr->text;
    const char *found = first_field(expr->left);
    return found != NULL ? found : first_field(expr->right);
}

/* What was found instead: the field's value, and the state in words where it is one. */
static const char *found_instead(struct run *run, const struct script_statement *statement)
{
    char message[MESSAGE_MAX];
    struct script_value value;
    const char *field = first_field(statement->value);
    if (field != NULL && look_up(run, field, &value)) {
        if (strcmp(field, "tcpi_state") == 0)
            return run_text(run, "tcpi_state is %lld (%s)", (long long)value.integer,
                            run_state_by_number(value.integer));
        return run_text(run, "%s is %lld", field, (long long)value.integer);
    }
    if (statement->message == NULL)
        return "it does not hold";
    script_eval_text(statement->message, look_up, run, message, sizeof message);
    return run_text(run, "%s", message);
}

/* A value by itself, as in `assert "text"`, asserts nothing. */
static bool is_constant(const struct script_expr *expr)
{
    while (expr->kind == SCRIPT_EXPR_UNARY)
        expr = expr->left;
    return expr->kind == SCRIPT_EXPR_STRING || expr->kind == SCRIPT_EXPR_INTEGER ||
           expr->kind == SCRIPT_EXPR_FLOAT || script_expr_is_symbol(expr, "True") ||
           script_expr_is_symbol(expr, "False") || script_expr_is_symbol(expr, "None");
}

/* Whether every assertion of a line asserts something; else the case ends. */
bool run_code_fits(struct run *run, const struct script_event *event)
{
    const struct script_statement *statement = event->statements;
    for (; statement != NULL; statement = statement->next)
        if (statement->kind == SCRIPT_STATEMENT_ASSERT && is_constant(statement->value))
            run_error_at(run, event, &statement->pos, "this assertion is a constant");
    return !run->ended;
}

static void do_assert(struct run *run, const struct script_statement *statement)
{
    struct script_value value;
    struct script_eval_error error;
    if (!script_eval(statement->value, look_up, run, &value, &error))
        no_value(run, &error);
    else if (!script_value_is_true(&value))
        run_fail(run, run->event, NULL, run_text(run, "%s", statement->text),
                 found_instead(run, statement), "an assertion does not hold");
}

/* name = value, or name += value and so on. */
static void do_assign(struct run *run, const struct script_statement *statement)
{
    struct script_value value, old, sum;
    struct script_eval_error error;
    size_t i = 0;
    if (!script_eval(statement->value, look_up, run, &value, &error)) {
        no_value(run, &error);
        return;
    }
    while (i < run->variable_count && strcmp(run->variables[i].name, statement->name) != 0)
        i++;
    if (i == RUN_VARIABLES_MAX) {
        run_skip(run, run->event, "unsupported: so many variables");
        return;
    }
    if (statement->op != SCRIPT_OP_NONE) {
        if (!look_up(run, statement->name, &old)) {
            run_error(run, run->event, run_text(run, "%s has no value yet", statement->name));
            return;
        }
        if (!script_eval_binary(statement->op, &old, &value, &sum, &error)) {
            no_value(run, &error);
            return;
        }
        value = sum;
    }
    run->variables[i].name = statement->name;
    run->variables[i].value = value;
    if (i == run->variable_count)
        run->variable_count++;
}

/* Whether all assertions of a line hold. */
static bool holds(struct run *run, const struct script_event *event)
{
    struct script_value value;
    struct script_eval_error error;
    for (const struct script_statement *one = event->statements; one != NULL; one = one->next)
        if (one->kind == SCRIPT_STATEMENT_ASSERT &&
            (!script_eval(one->value, look_up, run, &value, &error) ||
             !script_value_is_true(&value)))
            return false;
    return true;
}

/* Whether another line holds that may stand in place of this one. */
static bool another_holds(struct run *run, const struct script_event *event)
{
    if (run->follows || event->others == NULL || holds(run, event))
        return false;
    for (const struct script_event *other = event->others; other != NULL; other = other->next)
        if (holds(run, other))
            return true;
    return false;
}

/* Carries out %{ ... }%, now. What it prints is of no use to a verdict, and dropped. */
void run_code(struct run *run, const struct script_event *event)
{
    const struct script_statement *statement = another_holds(run, event) ? NULL
                                                                         : event->statements;
    for (; statement != NULL && !run->ended; statement = statement->next) {
        switch (statement->kind) {
        case SCRIPT_STATEMENT_ASSERT: do_assert(run, statement); break;
        case SCRIPT_STATEMENT_ASSIGN: do_assign(run, statement); break;
        case SCRIPT_STATEMENT_PRINT: break;
        case SCRIPT_STATEMENT_UNKNOWN:
            run_skip(run, event, run_text(run, "unsupported Python: %s", statement->reason));
            break;
        }
    }
}
