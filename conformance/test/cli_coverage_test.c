/* SPDX-License-Identifier: BSD-2-Clause */
/* tcpanvil coverage, on a suite of its own beside a copy of the program. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/program.h"

#define SHARE "share/tcpanvil/"

static const char registry[] =
    "id,rfc,section,level,summary,subject,observed_by\n"
    "MUST-1,9293,3.1,MUST,\"One, and\",x,segments\n"
    "MUST-2,9293,3.2,MUST NOT,Two,x,segments\n"
    "SHLD-1,9293,3.3,SHOULD,Three,x,unit test (core/test/isn_test.c)\n"
    "RFC1-1,1,4,MAY,Four,x,not testable (a matter of taste)\n"
    "RFC2-1,2,5,MUST,Five,x,not built (for want of time)\n"
    "BUG-9,,,BUG,A stack that is silent,x,segments\n";
static const char one[] = "// Answers a segment to nowhere.\n//: covers MUST-1\n"
                          "0 < S 0:0(0) win 100\n+0 > R. 0:0(0) ack 1\n";
static const char two[] = "// Answers it again.\n//: covers MUST-1 MUST-2 BUG-9\n"
                          "0 < S 0:0(0) win 100\n+0 > R. 0:0(0) ack 1\n";

/* The call, on the suite of this test alone: the program brings its matrix, too. */
static void coverage(const char *words, int status, const char *text)
{
    char call[256];
    bool chosen = strstr(words, "--filter") != NULL || strstr(words, ".pkt") != NULL;
    size_t command = strcspn(words, " ");
    snprintf(call, sizeof call, "%.*s%s%s", (int)command, words, chosen ? "" : " --filter 'x/*'",
             words + command);
    program_check_other("bin/tcpanvil", call, status, text);
}

static int enter(void **state)
{
    if (program_enter_folder(state) != 0)
        return -1;
    if (system("mkdir -p bin " SHARE "suite/x " SHARE "mutants/area && cp " ANVIL_PROGRAM
               " bin/tcpanvil") != 0)
        return -1;
    program_write_file(SHARE "requirements.csv", registry);
    program_write_file(SHARE "suite/x/one.pkt", one);
    program_write_file(SHARE "suite/x/two.pkt", two);
    program_write_file(SHARE "mutants/area/silent.mutant", "# Says nothing.\nbreaks MUST-1 MUST-2\n"
                       "recreates BUG-9\n"
                       "in core/src/a.c b\n- c\n+ d\n");
    program_write_file(SHARE "mutants/area/loud.mutant", "# Says much.\nbreaks MUST-2\n");
    return 0;
}

static void without_a_table_of_kills_nothing_is_proven(void **state)
{
    (void)state;
    coverage("coverage", 0, "mutants/kills.csv) is there: nothing is proven");
    coverage("coverage", 0, "\n2 cases; 0 of 3 testable requirements without a case\n"
                            "2 of 2 testable MUSTs without a mutant-proven case\n");
    coverage("coverage --check", 1, "2 of 2 testable MUSTs without a mutant-proven case\n");
}

/* A row: ids, testable, with a case, proven, unit test, not testable, not built, missing. */
static void requirements_by_rfc_and_level(void **state)
{
    (void)state;
    program_write_file(SHARE "mutants/kills.csv", "mutant,requirement,case\n"
                       "area/silent,MUST-1,x/one\n");
    coverage("coverage", 0,
             "\nRFC 9293 MUST               2         2          2       1     0      "
             "     0          0        0\n");
    coverage("coverage", 0,
             "\nRFC 9293 SHOULD             1         0          0       0     1      "
             "     0          0        0\n");
    coverage("coverage", 0,
             "\nall                         6         3          3       2     1      "
             "     1          1        0\n");
    coverage("coverage", 0,
             "\nbugs of real stacks         1         1          1       1     0      "
             "     0          0        0\n");
    coverage("coverage", 0, "\n1 MUST not proven by a mutant\n    MUST-2\n");
    coverage("coverage", 0, "\n1 not built (for want of time)\n    RFC2-1\n");
    coverage("coverage", 0, "\n1 not testable (a matter of taste)\n    RFC1-1\n");
    coverage("coverage --check", 1, "1 of 2 testable MUSTs without a mutant-proven case\n");
    coverage("coverage --filter x/one --check", 1,
             "2 testable, without a case\n    MUST-2 BUG-9\n");
}

static void a_proven_suite_passes_the_check(void **state)
{
    (void)state;
    program_write_file(SHARE "mutants/kills.csv", "mutant,requirement,case\n"
                       "area/silent,MUST-1,x/one\narea/silent,MUST-2,x/two\n");
    coverage("coverage --check", 0, "0 of 2 testable MUSTs without a mutant-proven case\n");
    coverage("coverage", 0, "\narea                           2       1\n");
    coverage("coverage --mutants", 0, "area/silent\n    Says nothing.\n    MUST-1                 "
                                      "x/one\n    MUST-2                 x/two\n");
    coverage("coverage --mutants", 0, "area/loud\n    Says much.\n    breaks MUST-2: not killed");
}

/* A kill counts while its case is there and names the requirement: a question to all cases. */
static void stale_kills_prove_nothing(void **state)
{
    (void)state;
    program_write_file(SHARE "mutants/kills.csv", "mutant,requirement,case\n"
                       "area/silent,MUST-1,x/one\narea/silent,MUST-2,x/one\n"
                       "area/silent,MUST-2,x/gone\n");
    program_check_other("bin/tcpanvil", "coverage --check", 1,
                        "\n2 kills by cases that are gone, or no longer name the id\n");
    coverage("coverage --check", 1, "2 cases; 0 of 3 testable requirements without a case\n"
                                    "1 of 2 testable MUSTs without a mutant-proven case\n");
    program_check_other("bin/tcpanvil", "coverage --check 2>/dev/null", 1,
                        "\n2 kills by cases that are gone, or no longer name the id\n");
}

static void one_requirement(void **state)
{
    (void)state;
    program_write_file(SHARE "mutants/kills.csv", "mutant,requirement,case\n"
                       "area/silent,MUST-2,x/two\n");
    coverage("coverage MUST-2", 0,
             "MUST-2  RFC 9293  3.2  MUST NOT\n  summary     Two\n  observed by segments\n"
             "  1 cases\n    x/two\n        Answers it again.\n  2 mutants violate it\n"
             "    area/loud\n        Says much.\n    area/silent  killed by x/two\n"
             "        Says nothing.\n");
    coverage("coverage MUST-1", 0, "  1 mutants violate it; none proves it\n    area/silent\n");
    coverage("coverage MUST-3", 2, "MUST-3");
}

static void as_json(void **state)
{
    (void)state;
    program_write_file(SHARE "mutants/kills.csv", "mutant,requirement,case\n"
                       "area/silent,MUST-2,x/two\n");
    coverage("coverage --format json 2>/dev/null", 0,
             "{\"schema\":1,\"kind\":\"requirement\",\"id\":\"MUST-2\",\"rfc\":\"9293\","
             "\"section\":\"3.2\",\"level\":\"MUST NOT\",\"summary\":\"Two\","
             "\"observed\":\"cases\","
             "\"observed_by\":\"segments\",\"cases\":[\"x/two\"],\"mutants\":[{\"mutant\":"
             "\"area/loud\",\"killed_by\":null},{\"mutant\":\"area/silent\",\"killed_by\":"
             "\"x/two\"}],\"proven\":true}\n");
    coverage("coverage --format json 2>/dev/null", 0,
             "{\"schema\":1,\"kind\":\"cell\",\"state\":\"CLOSED\",\"event\":\"SYN\","
             "\"count\":2}\n");
    coverage("coverage --format json 2>/dev/null", 0,
             "{\"schema\":1,\"kind\":\"mutant\",\"mutant\":\"area/silent\",\"sentence\":"
             "\"Says nothing.\",\"breaks\":\"MUST-1 MUST-2\",\"killed\":true}\n");
    coverage("coverage --format tap", 2, "coverage knows the formats text and json");
}

/* Foreign scripts may have ids of their own; they count as nothing, and are named. */
static void ids_that_are_not_there_or_not_built(void **state)
{
    (void)state;
    program_write_file("other.pkt", "//: covers MUST-1 NOPE-1 RFC2-1\n0 < S 0:0(0) win 9\n"
                                    "+0 > R. 0:0(0) ack 1\n");
    coverage("coverage other.pkt", 0, "other.pkt:1: NOPE-1 is not a requirement\n");
    coverage("coverage other.pkt", 0, "other.pkt:1: RFC2-1 is not built (for want of time)\n");
    coverage("coverage --check other.pkt", 1,
             "\n2 times a case names what is no requirement, or not built\n");
    program_write_file(SHARE "suite/x/one.pkt", "//: covers RFC2-1\n0 < S 0:0(0) win 9\n"
                                                "+0 > R. 0:0(0) ack 1\n");
    coverage("run", 2, "x/one.pkt:1:12: RFC2-1 is not built (for want of time)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define IN_FOLDER(f) cmocka_unit_test_setup_teardown(f, enter, program_leave_folder)
        IN_FOLDER(without_a_table_of_kills_nothing_is_proven),
        IN_FOLDER(requirements_by_rfc_and_level),
        IN_FOLDER(a_proven_suite_passes_the_check),
        IN_FOLDER(stale_kills_prove_nothing),
        IN_FOLDER(one_requirement),
        IN_FOLDER(as_json),
        IN_FOLDER(ids_that_are_not_there_or_not_built),
#undef IN_FOLDER
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
