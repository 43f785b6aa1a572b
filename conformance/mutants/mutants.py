# SPDX-License-Identifier: BSD-2-Clause
"""Proves the suite: every mutant of the core must be killed from outside, for its requirement.

Each .mutant file below this folder (recipe.py says what stands in one) is a mistake. It is put into
a copy of the core, compiled, linked with the release build, and judged by the built-in suite.
"""

import argparse
import concurrent.futures
import os
import queue
import sys
from pathlib import Path

from recipe import Failure, find
from verdict import Right, judge
from workshop import Workshop, status_of

HERE = Path(__file__).resolve().parent
KILLS = HERE / "kills.csv"
# The order in which what is wrong is listed, and its headings.
HEADINGS = {
    "survived": "survivors",
    "otherwise": "killed, but not for what they break",
    "unseen": "not seen by an oracle that should",
    "crash": "crash",
    "hang": "hang",
    "error": "error of a script",
    "unmade": "cannot be made",
}


class Progress:
    """A line on a terminal that says how far it is; nothing elsewhere."""

    def __init__(self, total):
        self.total, self.done, self.wrong = total, 0, 0
        self.shown = sys.stderr.isatty()

    def add(self, why):
        """One mutant more."""
        self.done += 1
        self.wrong += bool(why)
        if self.shown:
            print(f"\rmutants: {self.done} of {self.total}, {self.wrong} wrong ", end="",
                  file=sys.stderr, flush=True)

    def end(self):
        """Takes the line away."""
        if self.shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def judge_one(workshop, benches, right, whole, mutant):
    """The verdict on one mutant, made on a free bench."""
    bench = benches.get()
    try:
        program, differs = workshop.program(bench, mutant.texts(workshop.root))
        if not differs:
            raise Failure("compiles to the same code as the right core")
        return judge(mutant, right, program, whole)
    finally:
        benches.put(bench)


def judge_all(workshop, right, mutants, options):
    """([verdicts], [(name, (kind, why)) of those that could not be made]), both in order."""
    benches, progress = queue.Queue(), Progress(len(mutants))
    verdicts, unmade = [], []
    for number in range(options.jobs):
        benches.put(workshop.bench(f"bench-{number}"))
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        waiting = {pool.submit(judge_one, workshop, benches, right, options.whole, one): one
                   for one in mutants}
        for done in concurrent.futures.as_completed(waiting):
            try:
                verdicts.append(done.result())
                progress.add(verdicts[-1].why)
            except Failure as failure:
                unmade.append((waiting[done].name, ("unmade", str(failure))))
                progress.add(failure)
    progress.end()
    return sorted(verdicts, key=lambda one: one.mutant.name), sorted(unmade)


def print_wrong(wrong):
    """Lists what is wrong, survivors first."""
    for kind, heading in HEADINGS.items():
        listed = [(name, why[1]) for name, why in wrong if why[0] == kind]
        if listed:
            print(f"{heading}:")
        for name, text in listed:
            print(f"  {name}\n    " + text.replace("\n", "\n    "))
    if wrong:
        print()


def print_matrix(verdicts):
    """The kill matrix: mutant, the case that killed it, what that covers, how many do, when."""
    rows = [("mutant", "killed by", "requirement", "cases", "ms", "oracles")]
    for one in verdicts:
        if one.killer is not None:
            covers = [word for word in one.mutant.breaks if word in one.killer["covers"]]
            rows.append((one.mutant.name, one.killer["case"], (covers or ["-"])[0], str(one.cases),
                         f"{one.cpu_ns / 1e6:.1f}", " ".join(one.oracles)))
    wide = [max(len(row[column]) for row in rows) for column in range(3)]
    for mutant, case, covers, cases, when, oracles in rows:
        print(f"{mutant:{wide[0]}}  {case:{wide[1]}}  {covers:{wide[2]}}  {cases:>5}  {when:>6}  "
              f"{oracles}".rstrip())
    print()


def kills_text(verdicts):
    """What kills.csv says: for each requirement that a mutant breaks, a case that shows it."""
    rows = [f"{one.mutant.name},{word},{one.kills[word]}" for one in verdicts
            for word in one.mutant.breaks if word in one.kills]
    return "\n".join(["mutant,requirement,case", *rows]) + "\n"


def check_kills(verdicts, write):
    """Writes kills.csv, or says how the one that is there differs. Returns 1 if it does."""
    text = kills_text(verdicts)
    if write:
        KILLS.write_text(text, encoding="utf-8")
    if not KILLS.exists():
        return 0
    there = KILLS.read_text(encoding="utf-8")
    if there == text:
        return 0
    for line in sorted(set(there.splitlines()) ^ set(text.splitlines())):
        print(f"kills.csv {'lacks' if line in text.splitlines() else 'is wrong in'}: {line}")
    print("kills.csv is not what these mutants show: ./anvil mutants --write")
    return 1


def options_of(arguments):
    """The command line, read."""
    parser = argparse.ArgumentParser(
        prog="./anvil mutants", description="Puts each mistake of conformance/mutants into a copy "
        "of the core, and shows which case of the suite kills it. Exit status 1: one was not "
        "killed, or not for the requirement that it breaks.")
    parser.add_argument("--only", metavar="GLOB", default="*/*", help="only mutants of this name "
                        "(AREA/NAME), as in 'time-wait/*'")
    parser.add_argument("--jobs", metavar="N", type=int, default=os.cpu_count(),
                        help="make and judge N at a time (one a core)")
    parser.add_argument("--generated", action="store_true", help="mutants that a program makes, "
                        "instead: --generated --help lists the options of that")
    parser.add_argument("--by", choices=("suite", "fuzz"), default="suite",
                        help="who is to kill them (suite); --by fuzz --help lists the options of "
                        "the other")
    parser.add_argument("--whole", action="store_true", help="run the matrix too where scripts "
                        "have killed the mutant: how many cases fail, and all oracles that see it")
    parser.add_argument("--write", action="store_true", help="write conformance/mutants/kills.csv")
    parser.add_argument("--at-least", metavar="N", type=int, default=1, help=argparse.SUPPRESS)
    parser.add_argument("--root", type=Path, default=HERE.parent.parent, help=argparse.SUPPRESS)
    parser.add_argument("--build", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, default=HERE, help=argparse.SUPPRESS)
    parser.add_argument("--cpu-seconds", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.jobs < 1:
        parser.error("--jobs is at least 1")
    if options.write and (options.only != "*/*" or options.folder != HERE):
        parser.error("--write takes all mutants, not --only some")
    options.build = (options.build or options.root / "build").resolve()
    return options


def run(options, folder):
    """Judges the mutants; returns how many things are wrong."""
    mutants, wrong = find(options)
    if len(mutants) + len(wrong) < options.at_least:
        raise Failure(f"{len(mutants) + len(wrong)} mutants match '{options.only}', at least "
                      f"{options.at_least} should")
    workshop = Workshop(options.root, options.build, folder)
    right = Right(options.build / "tcpanvil", options.root / "conformance/suite")
    right.cpu_seconds = options.cpu_seconds or right.cpu_seconds
    for text in right.bad:
        print(f"without a mutant, {text}")
    verdicts, unmade = judge_all(workshop, right, mutants, options)
    wrong = sorted(wrong + unmade + [(one.mutant.name, one.why) for one in verdicts if one.why])
    print_wrong(wrong)
    print_matrix(verdicts)
    count = len(right.bad) + len(wrong)
    if options.only == "*/*" and options.folder == HERE:
        count += check_kills(verdicts, options.write)
    good = sum(not one.why for one in verdicts)
    print(f"{len(mutants)} mutants, {good} killed for their requirement, " +
          ", ".join(f"{sum(why[0] == kind for _, why in wrong)} {kind}" for kind in HEADINGS))
    return count


def main():
    """Returns the exit status."""
    if "--generated" in sys.argv:
        words = [word for word in sys.argv[1:] if word != "--generated"]
        os.execv(sys.executable, [sys.executable, "-B", str(HERE / "generated.py"), *words])
    if "fuzz" in sys.argv and "--by" in sys.argv or "--by=fuzz" in sys.argv:
        words = [word for word in sys.argv[1:] if word not in ("--by", "fuzz", "--by=fuzz")]
        os.execv(sys.executable, [sys.executable, "-B", str(HERE / "by_fuzz.py"), *words])
    return status_of(run, options_of(sys.argv[1:]))


if __name__ == "__main__":
    sys.exit(main())
