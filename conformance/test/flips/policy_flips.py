# SPDX-License-Identifier: BSD-2-Clause
"""Proves that every policy field can be seen from outside.

usage: policy_flips.py PROGRAM...

policy.csv names for each field another value and a case of the built-in suite. The case passes, and
fails with that value: given by --set, or, if the case sets the field itself, in a copy. A field
without a line is a finding, and so is a line whose case does not flip. Cases that set a field
themselves come in pairs: another line of that field has a case with another value. And --set itself
refuses what is no field or no value, and gives way to the script's own directive.
"""

import sys

from flips import Findings, Program, policies_of, table, with_policy


def check_fields(findings, lines, fields):
    """Each field has a line, and each line a field."""
    named = {line["field"] for line in lines}
    for field in fields:
        if field not in named:
            findings.add(f"{field} has no line in policy.csv")
    for field in sorted(named - set(fields)):
        findings.add(f"policy.csv: there is no policy field {field}")


def check_pairs(findings, lines, own, fields):
    """Whether the cases that set their field themselves have a counterpart."""
    for line in lines:
        field, case = line["field"], line["case"]
        value = own[case].get(field)
        others = {own[other["case"]].get(field, fields.get(field)) for other in lines
                  if other["field"] == field}
        if value is not None and others == {value}:
            findings.add(f"{case} sets {field}={value}, and no other case shows another value")


def check_line(findings, line, verdict, own):
    """Whether the verdict with the other value is what it should be."""
    case = line["case"]
    if verdict != "failed":
        findings.add(f"{case}: {verdict} with {line['field']}={line['value']}"
                     + (" in place of its own" if line["field"] in own[case] else ""))


def check_set(program, findings):
    """What --set refuses, with exit status 2, and that a script's own value wins over it."""
    for wrong in ("no_such_field=1", "ttl", "ttl=", "ttl=many", "ttl=-1", "ttl=0", "ttl=256"):
        status = program.call("run", "--set", wrong, "--filter", "policy/*").returncode
        if status != 2:
            findings.add(f"--set {wrong} exits {status}")
    case = "handshake/default-ttl"
    verdict = program.verdicts("--set", "ttl=99", "--filter", case).get(case)
    if verdict != "passed":
        findings.add(f"{case}, which sets ttl itself: {verdict} with --set ttl=99")


def main():
    """Checks the table; returns the exit status."""
    program, findings, lines = Program(sys.argv[1:]), Findings("policy flips"), table("policy.csv")
    fields, passed = program.profile(), program.verdicts()
    own = {line["case"]: policies_of(program.show(line["case"])) for line in lines}
    check_set(program, findings)
    check_fields(findings, lines, fields)
    check_pairs(findings, lines, own, fields)
    copies = {}
    for number, line in enumerate(lines):
        field, value, case = line["field"], line["value"], line["case"]
        if passed.get(case) != "passed":
            findings.add(f"{case} ({field}): {passed.get(case, 'there is no such case')}")
        elif field in own[case]:
            copies[str(number)] = with_policy(program.show(case), field, value)
        elif field in fields:
            found = program.verdicts("--set", f"{field}={value}", "--filter", case)
            check_line(findings, line, found.get(case, "not run"), own)
    for number, verdict in program.run_copies(copies).items():
        check_line(findings, lines[int(number)], verdict, own)
    return findings.status(f"{len(fields)} fields, {len(lines)} lines")


if __name__ == "__main__":
    sys.exit(main())
