# SPDX-License-Identifier: BSD-2-Clause
"""Tells which lines and branches of the core the suite reaches, measured with gcov and gcovr.

usage: reached.py [--list] ROOT BUILD

The core is compiled with --coverage and linked with the conformance libraries of BUILD; then the
suite runs once, and nothing else. Printed are the lines and branches of each file of core/src, and
with --list those that were not reached. What cannot be reached stands in unreached.csv beside this
file, with the reason: a line that is not reached and not listed there fails, so does an entry that
excuses nothing, and so do branches below 95 % where nothing is listed.
"""

import csv
import fnmatch
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "mutants"))
from recipe import Failure  # pylint: disable=wrong-import-position
from workshop import Workshop  # pylint: disable=wrong-import-position

COVERAGE = ["-std=c11", "-O0", "-DNDEBUG", "-w", "--coverage"]
REASONS = Path(__file__).with_name("unreached.csv")
BRANCHES_LEAST = 0.95
SHOWN_MAX = 40


class Function:
    """The lines of one function: how many there are, and which were not reached."""

    def __init__(self, path, name):
        self.path, self.name = path, name
        self.lines, self.missed = 0, []
        self.branches, self.branches_missed, self.branch_lines = 0, 0, []
        self.reason = None

    def add(self, line):
        """One line, as gcovr describes it."""
        number = line["line_number"]
        self.lines += 1
        if line["count"] == 0:
            self.missed.append(number)
        taken = [branch["count"] > 0 for branch in line["branches"]]
        self.branches += len(taken)
        self.branches_missed += taken.count(False)
        if False in taken and line["count"] > 0:
            self.branch_lines.append(number)


def measure(root, build, folder):
    """Builds and runs the suite; returns what gcovr says as a value."""
    shop = Workshop(root, build, folder)
    bench = shop.original
    objects = []
    for source in shop.sources:
        objects.append(bench / (source.replace("/", "-") + ".o"))
        shop.call(bench, *COVERAGE, "-Icore/include", "-Icore/src", "-c", source, "-o",
                  objects[-1])
    program = shop.link(bench, [*objects, "--coverage"])
    done = subprocess.run([program, "run"], text=True, capture_output=True, check=False)
    print(done.stdout.rstrip().rsplit("\n", 1)[-1])
    if done.returncode != 0:
        raise Failure(f"the suite fails:\n{done.stdout[-2000:]}{done.stderr}")
    told = subprocess.run(["gcovr", "-r", bench, "--filter", r".*core/src/", bench, "--json"],
                          text=True, capture_output=True, check=False)
    if told.returncode != 0:
        raise Failure(f"gcovr: {told.stderr}")
    return json.loads(told.stdout)


def functions_of(measured):
    """All functions that gcovr tells of."""
    found = []
    for file in measured["files"]:
        path = file["file"][file["file"].index("core/src/"):]
        starts = sorted((one["lineno"], one["name"]) for one in file["functions"])
        here = {}
        for line in file["lines"]:
            if line["gcovr/noncode"]:
                continue
            names = [name for start, name in starts if start <= line["line_number"]]
            name = names[-1] if names else "(file)"
            here.setdefault(name, Function(path, name)).add(line)
        found += here.values()
    return found


def take_reasons(functions):
    """Enters the reasons of unreached.csv; returns entries that excuse nothing."""
    idle = []
    with REASONS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            fitting = [one for one in functions if one.path == "core/src/" + row["file"] and
                       fnmatch.fnmatch(one.name, row["function"]) and
                       (one.missed or one.branches_missed)]
            for one in fitting:
                one.reason = row["reason"]
            if not fitting or len(row["reason"]) < 10:
                idle.append(f"{row['file']} {row['function']}: {row['reason']}")
    return idle


def percent(part, whole):
    """A share as text."""
    return f"{100 * part / whole:5.1f} %" if whole else "      -"


def show(functions):
    """The table by file."""
    print(f"{'file':32}{'lines':>7}{'reached':>9}{'branches':>10}{'taken':>9}")
    for path in sorted({one.path for one in functions}) + [""]:
        here = [one for one in functions if path in ("", one.path)]
        lines, missed = sum(one.lines for one in here), sum(len(one.missed) for one in here)
        branches = sum(one.branches for one in here)
        untaken = sum(one.branches_missed for one in here)
        print(f"{path or 'all':32}{lines:7}{percent(lines - missed, lines):>9}{branches:10}"
              f"{percent(branches - untaken, branches):>9}")


def show_missed(functions):
    """What was not reached, function by function."""
    for one in functions:
        if not one.missed and not one.branches_missed:
            continue
        print(f"{one.path} {one.name}: {len(one.missed)} lines {one.missed}, "
              f"{one.branches_missed} branches, in lines {one.branch_lines}")
        print(f"    {one.reason or 'no reason is listed'}")


def judge(functions, idle):
    """Says what is wrong; returns how much."""
    wrong = [f"listed, but all of it is reached, or without a reason: {text}" for text in idle]
    wrong += [f"{one.path} {one.name}: line {number} is not reached, and no reason is listed"
              for one in functions if one.reason is None for number in one.missed]
    rest = [one for one in functions if one.reason is None]
    branches = sum(one.branches for one in rest)
    taken = branches - sum(one.branches_missed for one in rest)
    print(f"branches where no reason is listed: {taken} of {branches}, {percent(taken, branches)}")
    if taken < BRANCHES_LEAST * branches or branches == 0:
        wrong.append(f"that is less than {BRANCHES_LEAST:.0%}")
    for text in wrong[:SHOWN_MAX]:
        print(f"reached: {text}")
    return len(wrong)


def main():
    """Measures, prints and judges; returns the exit status."""
    words = [word for word in sys.argv[1:] if word != "--list"]
    root, build = (Path(word).resolve() for word in words)
    if shutil.which("gcovr") is None:
        print("reached: gcovr is not there (Debian: gcovr)")
        return 1
    with tempfile.TemporaryDirectory() as name:
        try:
            functions = functions_of(measure(root, build, Path(name)))
        except Failure as failure:
            print(f"reached: {failure}")
            return 1
    idle = take_reasons(functions)
    if "--list" in sys.argv:
        show_missed(functions)
    show(functions)
    return 1 if judge(functions, idle) else 0


if __name__ == "__main__":
    sys.exit(main())
