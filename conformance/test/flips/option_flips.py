# SPDX-License-Identifier: BSD-2-Clause
"""Proves that every socket option changes a segment, a time or a result.

usage: option_flips.py OPTION_TABLE PROGRAM...

OPTION_TABLE is the C file with the runner's table of options. options.csv names for each of them a
case of the built-in suite and a change to the first line of it that sets (or, for what can only be
asked for, gets) the option: another value, or "removed". The case passes; its twin with the change
fails. An option without a line is a finding, and so is a line whose twin does not fail.
"""

import re
import sys

from flips import Findings, Program, c_table, table

LINE = r"^.*\b[gs]etsockopt\(\w+, \w+, {option}, .*$"
VALUE = r"({option}, )(\[[^\]]*\]|\{{[^}}]*\}})"
RESULT = r"= .*$"


def twin_of(text, option, change):
    """The script with the change; None if it has no such line."""
    found = re.search(LINE.format(option=option), text, re.M)
    if found is None:
        return None
    line = found.group(0)
    if change == "removed":
        changed = ""
    elif change.startswith("="):
        changed = re.sub(RESULT, change, line)
    else:
        changed = re.sub(VALUE.format(option=option), lambda match: match.group(1) + change, line)
    if changed == line:
        return None
    return text.replace(line, changed, 1)


def main():
    """Checks the table; returns the exit status."""
    program, findings, lines = Program(sys.argv[2:]), Findings("option flips"), table("options.csv")
    options = set(c_table(sys.argv[1], r'\{ "(\w+)", LEVEL_\w+, FORM_'))
    passed, twins = program.verdicts(), {}
    for option in sorted(options ^ {line["option"] for line in lines}):
        findings.add(f"{option} has no line in options.csv" if option in options
                     else f"options.csv: there is no option {option}")
    for number, line in enumerate(lines):
        case, option = line["case"], line["option"]
        twin = twin_of(program.show(case), option, line["change"])
        if passed.get(case) != "passed":
            findings.add(f"{case} ({option}): {passed.get(case, 'there is no such case')}")
        elif twin is None:
            findings.add(f"{case} has no line with {option} that the change would alter")
        else:
            twins[str(number)] = twin
    for number, verdict in program.run_copies(twins).items():
        if verdict != "failed":
            line = lines[int(number)]
            findings.add(f"{line['case']}: {verdict} with {line['option']} {line['change']}")
    return findings.status(f"{len(options)} options, {len(lines)} lines")


if __name__ == "__main__":
    sys.exit(main())
