# SPDX-License-Identifier: BSD-2-Clause
"""Checks the table of requirements, and that cases and mutants fit it.

usage: registry.py ROOT PROGRAM...

Each row is whole, its id stands once, and its observed_by is one of the forms that CONTRIBUTING.md
names; a unit test that it names exists, and a reason is a sentence, not a word. Every id that
cases can observe is covered by one, every other id by none, and no case of the suite and no mutant
names an id that is not there.
"""

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

COLUMNS = ["id", "rfc", "section", "level", "summary", "subject", "observed_by"]
LEVELS = {"MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY", "ROW", "BEHAVIOUR", "POSITION", "BUG"}
OBSERVED = {"segments", "wire", "api", "config", "segments and calls", "segments, calls and time"}
REASON = re.compile(r"(not testable|not built|unit test) \((.+)\)")
# Congestion control and loss recovery come later, each RFC as a whole.
LATER = {"5681", "6582", "6675", "3042", "6928", "3168", "7413"}
ROWS_LEAST, SHOWN_MAX = 700, 40


class Findings:
    """What is wrong."""

    def __init__(self):
        self.count = 0

    def add(self, text):
        """One more finding."""
        self.count += 1
        if self.count <= SHOWN_MAX:
            print(f"registry: {text}")


def check_reason(findings, root, row):
    """The column observed_by of one row; returns its kind, None for what cases observe."""
    text = row["observed_by"]
    if text in OBSERVED:
        return None
    match = REASON.fullmatch(text)
    if match is None:
        findings.add(f"{row['id']}: '{text}' does not say how it is observed")
        return None
    kind, reason = match.groups()
    if kind == "unit test" and not (root / reason).is_file():
        findings.add(f"{row['id']}: there is no unit test {reason}")
    if len(reason) < 3:
        findings.add(f"{row['id']}: '{reason}' is no reason")
    return kind


def check_rows(findings, root, rows):
    """Each row for itself; returns the kind of observation of each id."""
    kinds = {}
    for row in rows:
        name = row["id"]
        if name in kinds:
            findings.add(f"{name} stands twice")
        if None in row or None in row.values() or not row["summary"] or not row["subject"]:
            findings.add(f"{name}: a column is missing, or there are too many")
            continue
        if row["level"] not in LEVELS:
            findings.add(f"{name}: there is no level '{row['level']}'")
        if not re.fullmatch(r"\d{3,4}|", row["rfc"]) or \
                (row["rfc"] and not row["section"] and row["level"] != "POSITION"):
            findings.add(f"{name}: RFC '{row['rfc']}', section '{row['section']}'")
        kinds[name] = check_reason(findings, root, row)
        if row["rfc"] in LATER and kinds[name] != "not built":
            findings.add(f"{name}: RFC {row['rfc']} is not built")
    return kinds


def check_cases(findings, kinds, program):
    """What the cases of the suite cover; returns how many cases there are."""
    done = subprocess.run([*program, "list", "--format", "json"], text=True, capture_output=True,
                          check=True)
    cases = [json.loads(line) for line in done.stdout.splitlines()]
    covered = {}
    for case in cases:
        for name in case["covers"]:
            covered.setdefault(name, case["case"])
    for name, case in covered.items():
        if name not in kinds:
            findings.add(f"{case} covers {name}, which is not there")
        elif kinds[name] in ("not built", "not testable"):
            findings.add(f"{case} covers {name}, which is {kinds[name]}")
    for name, kind in kinds.items():
        if kind is None and name not in covered:
            findings.add(f"{name} has no case, and no reason why")
    return len(cases)


def check_mutants(findings, kinds, folder):
    """What the mutants say that they break; returns how many there are."""
    paths = sorted(folder.glob("*/*.mutant"))
    for path in paths:
        for line in path.read_text("utf-8").splitlines():
            if not line.startswith(("breaks ", "recreates ")):
                continue
            for name in line.split()[1:]:
                if kinds.get(name, "no such id") in ("not built", "no such id"):
                    findings.add(f"{path.name} breaks {name}: {kinds.get(name, 'no such id')}")
    return len(paths)


def main():
    """Checks all; returns the exit status."""
    root = Path(sys.argv[1])
    findings = Findings()
    with (root / "conformance/requirements.csv").open(encoding="utf-8", newline="") as file:
        table = csv.DictReader(file)
        rows = list(table)
    if table.fieldnames != COLUMNS:
        findings.add(f"the columns are {table.fieldnames}")
    kinds = check_rows(findings, root, rows)
    cases = check_cases(findings, kinds, sys.argv[2:])
    mutants = check_mutants(findings, kinds, root / "conformance/mutants")
    if len(rows) < ROWS_LEAST or cases == 0:
        findings.add(f"{len(rows)} rows and {cases} cases are too few")
    print(f"registry: {len(rows)} ids, {cases} cases, {mutants} mutants, {findings.count} findings")
    return 1 if findings.count else 0


if __name__ == "__main__":
    sys.exit(main())
