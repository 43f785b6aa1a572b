# SPDX-License-Identifier: BSD-2-Clause
"""Holds what is written about a foreign stack to what it does.

usage: findings.py FINDINGS DEVIATIONS TARGET PROGRAM...

FINDINGS is a file of numbered findings, each with a script, what the program prints when it runs it
against TARGET, and the cases of the suite that fail for the same reason; DEVIATIONS is the list of
those cases, and of those of the matrix. A script passes on the core, and on the target prints what
is written. The two files name the same cases for the same findings. And the suite and the matrix,
with that list, have no failure, fail in every case of the suite that is listed, say the same each
time, and take less than ten seconds of processor time.
"""

import fnmatch
import json
import re
import resource
import subprocess
import sys

FINDING = re.compile(r"^## (\d+)\. (.+)$", re.M)
SCRIPT = re.compile(r"```packetdrill\n(.*?)```", re.S)
PRINTED = re.compile(r"```text\n(.*?)```", re.S)
CASES = re.compile(r"^\*\*Cases\*\*((?: |\n)(?:`[^`]+`(?:, |,\n)?)+)", re.M)
ENTRY = re.compile(r'([^#\s]\S*)\s+(?:"[^"]*"\s+)?(.*\S)')
RUNS = 3
SECONDS_MAX = 10


class Checks:
    """Runs the program, and counts what is not as it should be."""

    def __init__(self, target, program):
        self.target = target
        self.program = program
        self.findings = 0

    def report(self, text):
        """One thing that is wrong."""
        self.findings += 1
        print(f"findings: {text}")

    def run(self, words, script=None):
        """What the program prints."""
        done = subprocess.run(self.program + ["run"] + words, input=script, check=False, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        return done.stdout

    def check_script(self, number, script, printed):
        """A finding's script, on the core and on the target."""
        if not self.run(["-"], script).endswith("\n1 passed, 0 failed, 0 skipped\n"):
            self.report(f"the core does not pass the script of finding {number}")
        seen = self.run(["--target", self.target, "--deviations", "none", "--oracles", "none",
                         "-"], script)
        seen = seen.split("\nfolder ")[0].rstrip("\n") + "\n"
        if seen != printed:
            self.report(f"finding {number} prints\n{seen}")

    def verdicts(self):
        """What the whole suite says of the target: {(case, variant): (verdict, reason)}."""
        lines = self.run(["--target", self.target, "--format", "json"]).splitlines()
        rows = [json.loads(line) for line in lines]
        return {(row["case"], row["variant"]): (row["verdict"], row["reason"]) for row in rows}


def read_findings(text):
    """[(title, script, printed, cases)] in the order of their numbers."""
    heads = list(FINDING.finditer(text))
    found = []
    for head, following in zip(heads, heads[1:] + [None]):
        part = text[head.end():following.start() if following else len(text)]
        script, printed, cases = SCRIPT.search(part), PRINTED.search(part), CASES.search(part)
        if int(head[1]) != len(found) + 1 or not (script and printed and cases):
            sys.exit(f"findings: finding {head[1]} is out of order, or lacks a part")
        found.append((head[2], script[1], printed[1], re.findall(r"`([^`]+)`", cases[1])))
    return found


def read_deviations(path):
    """[(pattern, reason)]"""
    with open(path, encoding="utf-8") as file:
        return [(entry[1], entry[2]) for entry in map(ENTRY.match, file) if entry]


def main(findings_path, deviations_path, target, *program):
    """Status 1 if anything is wrong."""
    checks = Checks(target, list(program))
    with open(findings_path, encoding="utf-8") as file:
        findings = read_findings(file.read())
    deviations = read_deviations(deviations_path)
    wanted = [(case, f"{title} (finding {number})")
              for number, (title, _, _, cases) in enumerate(findings, 1) for case in cases]
    reasons = {reason for _, reason in wanted}
    of_suite = {line for line in deviations if not line[0].startswith("matrix/")}
    for case, reason in sorted(set(wanted) ^ of_suite):
        checks.report(f"only in one of the two files: {case} {reason}")
    for case, reason in deviations:
        if reason not in reasons:
            checks.report(f"{case} is listed for what is not among the findings: {reason}")
    for number, (_, script, printed, _) in enumerate(findings, 1):
        checks.check_script(number, script, printed)
    first = checks.verdicts()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    for _ in range(RUNS - 1):
        if checks.verdicts() != first:
            checks.report("two runs of the suite say different things")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = (after.ru_utime - used.ru_utime + after.ru_stime - used.ru_stime) / (RUNS - 1)
    if seconds > SECONDS_MAX:
        checks.report(f"the suite takes {seconds:.1f} s")
    known = {key[0] for key, (verdict, _) in first.items() if verdict == "known-deviation"}
    for key, (verdict, reason) in first.items():
        if verdict in ("failed", "error"):
            checks.report(f"{key[0]}: {reason}")
    for pattern, reason in sorted(of_suite):
        if not fnmatch.filter(known, pattern):
            checks.report(f"nothing fails of what is listed as {pattern} {reason}")
    return checks.findings > 0


if __name__ == "__main__":
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
