# SPDX-License-Identifier: BSD-2-Clause
"""Proves that output which no line claims fails the cases of the built-in suite.

usage: unclaimed_output.py PROGRAM...

From each case, every line that claims an immediate segment is taken out in turn, and each of these
copies must fail, or be an error: without the SYN of a connect() nobody knows its port. A line that
waits for a timer is left in: without it the case may end before the timer does. A few scripts then
show where the rule begins and ends.
"""

import re
import sys

from flips import Findings, Program

IMMEDIATE = re.compile(r"^(//: )?\+0 > .*$", re.M)
IGNORES = re.compile(r"^//: unclaimed ignore$", re.M)
OPENED = """+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 65535 <mss 1460>
"""
SYN_ACK = "+0 > S. 0:0(0) ack 1 <...>\n"
STRIDE = 101  # of the matrix one in so many: a prime, so that states and events vary
LAST = "+0 < . 1:1(0) ack 1 win 65535\n"
# The SYN,ACK is not claimed, or claimed but repeated; the script is ours, or anybody's.
SCRIPTS = {
    "ours-and-nothing-claimed": ("//: own\n" + OPENED, "failed"),
    "ours-and-all-claimed": ("//: own\n" + OPENED + SYN_ACK + LAST, "passed"),
    "ours-and-repeated-in-a-quiet-time": ("//: own\n" + OPENED + SYN_ACK + "//: quiet 2\n",
                                          "failed"),
    "ours-and-really-quiet": ("//: own\n" + OPENED + SYN_ACK + LAST + "//: quiet 2\n", "passed"),
    "ours-and-ignored": ("//: unclaimed ignore\n" + OPENED, "passed"),
    "not-ours": (OPENED, "passed"),
    "not-ours-and-strict": ("//: unclaimed fail\n" + OPENED, "failed"),
}


def without_each(text):
    """Copies of a script with one immediate segment less."""
    for found in IMMEDIATE.finditer(text):
        yield text[:found.start()] + text[found.end() + 1:]


def chosen(verdicts):
    """The cases that pass and are scripts: all that are written, and some that are generated."""
    passed = [case for case, verdict in verdicts.items() if verdict == "passed"]
    generated = [case for case in passed if case.startswith("matrix/")]
    return [case for case in passed if not case.startswith(("matrix/", "world/"))] + \
        generated[::STRIDE]


def main():
    """Runs all copies; returns the exit status."""
    program, findings = Program(sys.argv[1:]), Findings("unclaimed output")
    copies, origin, cases = {}, {}, 0
    for case in chosen(program.verdicts()):
        text = program.show(case)
        if IGNORES.search(text):
            continue
        cases += 1
        for copy in without_each(text):
            name = f"copy{len(copies)}"
            copies[name], origin[name] = copy, case
    for name, verdict in program.run_copies(copies).items():
        if verdict not in ("failed", "error"):
            line = set(program.show(origin[name]).splitlines()) - set(copies[name].splitlines())
            findings.add(f"{origin[name]}: {verdict} without {line or 'one of its lines'}")
    for name, verdict in program.run_copies({n: s[0] for n, s in SCRIPTS.items()}).items():
        if verdict != SCRIPTS[name][1]:
            findings.add(f"{name}: {verdict}, not {SCRIPTS[name][1]}")
    return findings.status(f"{cases} cases, {len(copies)} copies")


if __name__ == "__main__":
    sys.exit(main())
