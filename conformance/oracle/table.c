/* SPDX-License-Identifier: BSD-2-Clause */
/* The rules there are, and sets of them by name; policies by name. */
#include "oracle/watch.h"

#include <stdio.h>
#include <string.h>

#define ORACLE_RULE(name) extern const struct oracle_rule oracle_rule_##name;
#include "oracle/rules.def"
#undef ORACLE_RULE

#define ORACLE_RULE(name) &oracle_rule_##name,
static const struct oracle_rule *const rules[] = {
#include "oracle/rules.def"
};
#undef ORACLE_RULE

enum { RULES = sizeof rules / sizeof rules[0] };
_Static_assert((int)RULES <= (int)ORACLE_RULES_MAX, "a set has a bit for each rule");

const struct oracle_rule *oracle_rule_at(size_t index)
{
    return index < RULES ? rules[index] : NULL;
}

/* Whether the first `length` octets of `text` are this word, in either case. */
static bool is_word(const char *text, size_t length, const char *word)
{
    if (strlen(word) != length)
        return false;
    for (size_t i = 0; i < length; i++)
        if ((text[i] | 0x20) != (word[i] | 0x20))
            return false;
    return true;
}

/* The rule with this id or name; RULES: none. */
static size_t find(const char *text, size_t length)
{
    size_t i = 0;
    while (i < RULES && !is_word(text, length, rules[i]->id) &&
           !is_word(text, length, rules[i]->name))
        i++;
    return i;
}

bool oracle_mask_read(const char *text, oracle_mask *mask, char *why, size_t size)
{
    *mask = strcmp(text, "all") == 0 ? ORACLE_ALL : 0;
    if (strcmp(text, "all") == 0 || strcmp(text, "none") == 0)
        return true;
    for (;;) {
        size_t length = strcspn(text, ",");
        size_t found = find(text, length);
        if (found == RULES) {
            snprintf(why, size, "there is no oracle %.*s; tcpanvil list --oracles prints them",
                     (int)(length < 40 ? length : 40), text);
            return false;
        }
        *mask |= UINT64_C(1) << found;
        if (text[length] == '\0')
            return true;
        text += length + 1;
    }
}

#define ORACLE_POLICY_TEXT(name) #name,
static const char *const policies[] = { ORACLE_POLICIES(ORACLE_POLICY_TEXT) };

enum oracle_policy oracle_policy_find(const char *name)
{
    size_t i = 0;
    while (i < ORACLE_POLICY_COUNT && (*policies[i] != *name || strcmp(policies[i], name) != 0))
        i++;
    return (enum oracle_policy)i;
}

const char *oracle_policy_name(enum oracle_policy policy)
{
    return policy < ORACLE_POLICY_COUNT ? policies[policy] : NULL;
}
