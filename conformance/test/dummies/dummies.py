# SPDX-License-Identifier: BSD-2-Clause
"""Runs the built-in suite against the two dummy targets, which know no TCP.

usage: dummies.py [--write] PROGRAM...

mute.csv and ackall.csv list each case that passes against the dummy of that name, with the reason
why it may. An unlisted pass is a finding, and so is a listed case that does not pass. --write makes
the tables anew: reasons stay, and a new case gets one that has to be filled in.
"""

import csv
import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
REASONS = {
    "calls": "the case is about results of calls alone, and the dummy gives the same",
    "silence": "nothing must be sent, and what shows that it was heard the dummy does as well",
    "ack": "a SYN,ACK or an ACK is the right answer to every segment of the case",
}


def passes(program, target):
    """The cases that pass against a target in all their variants, sorted, and how many ran."""
    done = subprocess.run([*program, "run", "--target", target, "--format", "json"], text=True,
                          capture_output=True, check=False)
    found = {}
    for line in done.stdout.splitlines():
        one = json.loads(line)
        found.setdefault(one["case"], []).append(one["verdict"])
    passed = [case for case, verdicts in found.items() if set(verdicts) == {"passed"}]
    return sorted(passed), len(found)


def read(path):
    """{case: reason}."""
    if not path.exists():
        return {}
    with open(path, encoding="utf-8", newline="") as file:
        return {line["case"]: line["reason"] for line in csv.DictReader(file)}


def write(path, passed, listed):
    """Makes a table of what passes."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("case", "reason"))
        table.writerows((case, listed.get(case, "to be filled in")) for case in passed)


def check(target, passed, total, listed):
    """Compares with the table; how many findings there are."""
    findings = [f"{case} passes against {target}, and {target}.csv does not say why it may"
                for case in passed if case not in listed]
    findings += [f"{case} does not pass against {target}, but {target}.csv lists it"
                 for case in listed if case not in passed]
    findings += [f"{target}.csv: {case}: the reason is not one of {', '.join(REASONS)}"
                 for case, reason in listed.items() if reason not in REASONS]
    if total == 0:
        findings.append(f"no case was run against {target}")
    for finding in findings:
        print(f"dummies: {finding}")
    for reason, text in REASONS.items():
        count = sum(listed.get(case) == reason for case in passed)
        print(f"dummies: {target}: {count} of {total} cases pass: {text}")
    return len(findings)


def main():
    """Checks or writes both tables; returns the exit status."""
    program, findings = sys.argv[1:], 0
    writing = program[0] == "--write"
    if writing:
        program = program[1:]
    for target in ("mute", "ackall"):
        passed, total = passes(program, target)
        listed = read(HERE / f"{target}.csv")
        if writing:
            write(HERE / f"{target}.csv", passed, listed)
        else:
            findings += check(target, passed, total, listed)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
