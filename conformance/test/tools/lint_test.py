# SPDX-License-Identifier: BSD-2-Clause
"""Tests of the lint: each rule finds its bad snippet, and nothing in a good one."""

import unittest

import lint

HEAD = "/* SPDX-License-Identifier: BSD-2-Clause */\n/* What it is for. */\n"

GOOD = HEAD + """
#include <anvil/seq.h>

enum colour { RED, GREEN = 2 };
static const char *const names[] = { "goto", "/* a */" };
static int later(int x);
static int (*const table[])(int) = { later };
struct pair { int a, b; };
static const struct pair origin = { .a = 1, .b = 2 };

/* Which one it is; the rest comes later. */
static int later(int x)
{
    for (int i = 0; i < x; i++) {
        if (x == 1)
            return 1;
        else if (x == 2)
            return 2;
        else if (x == 3)
            return 3;
        else if (x == 4)
            return 4;
    }
    do {
        x--;
    } while (x > 0);
    switch ((enum colour)x) {
    case RED:
        return 1;
    case GREEN:
        return (struct pair) { .a = 3 }.a;
    }
    return names[0][0] + origin.a + table[0](1);
}
"""


def rules(path, text):
    """The names of the rules that this text breaks when it is the file `path`."""
    return sorted({finding[2] for finding in lint.findings_of([(path, text)])})


def in_function(body):
    """A C file whose one function has this body."""
    return HEAD + "/* Does it. */\nstatic int f(int x)\n{\n" + body + "\n}\n"


class Findings(unittest.TestCase):
    """One test a rule."""

    def expect(self, rule, text, path="conformance/run/x.c"):
        """The text breaks this rule and no other."""
        self.assertEqual(rules(path, text), [rule] if rule else [])

    def test_good_code_has_no_findings(self):
        self.expect(None, GOOD)

    def test_licence(self):
        self.expect("licence", GOOD.replace("SPDX", "SPX"))
        self.expect("licence", "#!/bin/sh\n# hello\n# what it is for\n", "anvil")

    def test_purpose(self):
        self.expect("purpose", HEAD.split("\n")[0] + "\nint f(void);\n")

    def test_file_length(self):
        self.expect("file-length", HEAD + "\n" * 599)
        self.expect(None, HEAD + "\n" * 598)

    def test_line_length(self):
        self.expect("line-length", HEAD + "/* " + "a" * 95 + " */\n")
        self.expect(None, HEAD + "/* " + "a" * 94 + " */\n")

    def test_unfinished_work(self):
        for word in ("TO" "DO", "FIX" "ME", "XX" "X"):
            self.expect("todo", HEAD + f"/* {word}: later */\n")

    def test_spaces(self):
        self.expect("trailing-space", HEAD + "int f(void); \n")
        self.expect("tab", HEAD + "\tint f(void);\n")

    def test_goto(self):
        self.expect("goto", in_function("again: if (x) goto again; return x;"))

    def test_function_length(self):
        self.expect("function-length", in_function("    x++;\n" * 47))
        self.expect(None, in_function("    x++;\n" * 46))

    def test_nesting_with_and_without_braces(self):
        self.expect(None, in_function("if (x) { while (x) { switch (x) { case 1: x++; } } }"))
        self.expect("nesting", in_function("if (x) { do { for (;;) { if (x) x--; } } while (x); }"))
        self.expect("nesting", in_function("if (x) for (;;) while (x) if (x) x--;"))
        self.expect("nesting", in_function("if (x) x++; else { for (;;) while (x) if (x) x--; }"))

    def test_mutable_statics(self):
        for text in ("static int count;", "int count = 3;", "static const char *name;",
                     "static const char *names[] = { 0 };", "static struct { int a; } s;",
                     "static struct pair { int a; } s = { 1 };", "static int (*hook)(int);"):
            self.expect("mutable-static", HEAD + text + "\n")
        self.expect("mutable-static", in_function("static int calls; return calls += x;"))

    def test_constants_and_declarations_are_no_statics(self):
        for text in ("static const int a = 1;", "extern int a;", "struct s;",
                     "enum e { A = 1, B };",
                     "static_assert(sizeof(int) == 4, \"\");", "typedef int (*hook)(int);",
                     "static const char *const n = \"\";", "struct s { int a[3]; };",
                     "static const struct s *const p[] = { 0 };", "int (*f(int a))(int);"):
            self.expect(None, HEAD + text + "\n")

    def test_default_over_an_enum(self):
        enum = HEAD + "enum colour { RED, GREEN };\n"
        code = enum + ("static int f(int x)\n{\n"
                       "switch (x) { case %s: return 1; default: return 0; }\n}\n")
        self.expect("switch-default", code % "RED", "core/src/x.c")
        self.expect(None, code % "3", "core/src/x.c")

    def test_default_of_a_switch_within_a_switch(self):
        enum = HEAD + "enum colour { RED };\n"
        inner = "switch (x) { case 7: return 1; default: return 2; }"
        self.expect(None, enum + "static int f(int x)\n{\nswitch (x) { case RED: " + inner
                    + " }\nreturn 0;\n}\n", "core/src/x.c")

    def test_uncommented_long_function(self):
        text = in_function("    x++;\n" * 30).replace("/* Does it. */\n", "\n")
        self.expect("comment", text)
        self.expect(None, text, "conformance/test/x.c")

    def test_directives_in_the_core(self):
        self.expect("if-directive", HEAD + "#ifdef A\n#endif\n", "core/src/x.c")
        self.expect(None, HEAD + "#ifndef X_H\n#define X_H\nint anvil_x(void);\n#endif\n",
                    "core/src/x.h")
        self.expect("header-guard", HEAD + "int run_x(void);\n", "conformance/run/x.h")

    def test_control_macro(self):
        self.expect("control-macro", HEAD + "#define TRY(x) \\\n    if (x) return\n")

    def test_include_that_climbs(self):
        self.expect("include", HEAD + '#include "../core/src/tcb.h"\n')

    def test_host_keeps_to_public_headers(self):
        for name in ("machine.h", "tcb.h"):
            self.expect("include", HEAD + f'#include "{name}"\n', "core/src/host/x.c")
        for name in ('"host/state.h"', '"octets.h"', "<anvil/step.h>"):
            self.expect(None, HEAD + f"#include {name}\n", "core/src/host/x.c")

    def test_prefixes(self):
        code = HEAD + "int %s(void)\n{\n    return 1;\n}\n"
        self.expect("prefix", code % "script_x")
        self.expect(None, code % "run_x")
        self.expect("prefix", code % "run_x", "core/src/host/x.c")
        self.expect(None, code % "anvil_x", "core/src/host/x.c")

    def test_public_names(self):
        header = HEAD + "#ifndef ANVIL_X_H\n#define ANVIL_X_H\n%s\n#endif\n"
        for text in ("struct tcb { int a; };", "enum anvil_e { RST };", "int tcp_input(int a);",
                     "typedef struct { int raw; } seq;", "#define MAX 3",
                     "static inline int f(void) { return 1; }", "typedef int (*hook)(int x);"):
            self.expect("public-name", header % text, "core/include/anvil/x.h")
        for text in ("struct anvil_tcb { int a; struct anvil_b *b; };",
                     "enum anvil_e { ANVIL_A = 1 };",
                     "struct anvil_tcb *anvil_find(int a, void (*f)(int));",
                     "typedef int (*anvil_hook)(int x);",
                     "#ifdef __cplusplus\nextern \"C\" {\n#endif",
                     "static inline int anvil_f(void) { int x = 1; return x; }"):
            self.expect(None, header % text, "core/include/anvil/x.h")


if __name__ == "__main__":
    unittest.main()
