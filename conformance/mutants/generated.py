# SPDX-License-Identifier: BSD-2-Clause
"""Judges generated mutants: classic operators, at every place of every function of the core.

All mutants are in one program (sites.py, schemata.py, judge.c). Results go to
BUILD/mutants/generated.csv as they come: a run that was stopped goes on there, unless the core, the
suite or the runner has changed since. survivors.csv says of each survivor why it is one
(survivors.py).
"""

import argparse
import csv
import fnmatch
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

DEBIAN_PYTHON = "/usr/bin/python3"
try:
    from schemata import Foundry, UnitTest
except ModuleNotFoundError as missing:
    if sys.executable != DEBIAN_PYTHON and Path(DEBIAN_PYTHON).exists():
        os.execv(DEBIAN_PYTHON, [DEBIAN_PYTHON, "-B", *sys.argv])
    sys.exit(f"generated: {missing} (Debian: python3-clang-14)")
import survivors
import twins
from recipe import Failure

HERE = Path(__file__).resolve().parent
RATE_MIN = 0.95
FIELDS = ["mutant", "place", "result", "case", "variant", "reason", "cases", "ends"]
# Functions in which no operator finds a place.
NO_PLACE = {
    "src/congestion.c:anvil_congestion_on_loss": "returns what it is given",
    "src/options.c:take_nothing": "does nothing",
    "src/options.c:put_nothing": "does nothing",
}
# The test of this program judges these, whose results are known.
SAMPLE = {
    "include/anvil/seq.h:anvil_seq_le:opposite:1": "killed",
    "include/anvil/seq.h:anvil_seq_lt:opposite:2": "killed",
    "src/ack.c:anvil_acknowledged:drop:1": "killed",
    "src/ack.c:fin_acknowledged:case:1": "killed",
    "src/ack.c:fin_acknowledged:state:1": "killed",
    "src/checks.c:check_reset:constant:1": "killed",
    "src/checks.c:is_acceptable:logic:2": "killed",
    "src/host/frame_encode.c:put_tcp:drop:1": "killed",
    "src/lifecycle.c:anvil_enter_time_wait:sign:1": "killed",
    "src/names.c:anvil_state_name:case:1": "survived",
    "src/segment_out.c:anvil_challenge:drop:1": "killed",
    "src/timers.c:is_due:opposite:2": "killed",
}
# ... and so many of the mutants that a unit test is said to see.
SEEN_JUDGED = 4


class Results:
    """The results so far, in a file that each new one is added to.

    Those of a run before are kept if nothing has changed since, or, of mutants that are still
    there, if `keep` says so. `killers`: which case killed a mutant in a run before, to be tried
    first.
    """

    def __init__(self, foundry, keep):
        path, digest = foundry.folder.with_suffix(".csv"), foundry.digest()
        self.path, self.found, self.killers = path, {}, {}
        self.memory = path.with_suffix(".json")
        path.parent.mkdir(parents=True, exist_ok=True)
        if self.memory.exists():
            self.killers = json.loads(self.memory.read_text(encoding="utf-8"))
        if path.exists():
            with path.open(encoding="utf-8", newline="") as file:
                same = file.readline() == f"# {digest}\n"
                rows = [row for row in csv.DictReader(file) if row["ends"] is not None]
            self.killers |= {row["mutant"]: row["case"] for row in rows
                             if row["result"] == "killed"}
            if same if keep is None else keep:
                self.found = {row["mutant"]: row for row in survivors.renamed(foundry, rows)[0]}
        self.memory.write_text(json.dumps(self.killers), encoding="utf-8")
        self.file = path.open("w", encoding="utf-8", newline="")
        self.file.write(f"# {digest}\n")
        self.writer = csv.DictWriter(self.file, FIELDS)
        self.writer.writeheader()
        self.writer.writerows(self.found.values())
        self.lock = threading.Lock()

    def add(self, row):
        """Keeps one result."""
        with self.lock:
            self.found[row["mutant"]] = row
            self.writer.writerow(row)
            self.file.flush()


class Progress:
    """A line on the terminal that says how far the run is; elsewhere, one now and then."""

    def __init__(self, total):
        self.total, self.done, self.counts = total, 0, Counter()
        self.began = self.shown = time.monotonic()
        self.terminal = sys.stderr.isatty()

    def add(self, result):
        """One more mutant is judged."""
        self.done += 1
        self.counts[result] += 1
        now = time.monotonic()
        if now - self.shown < (0.2 if self.terminal else 20) and self.done < self.total:
            return
        self.shown = now
        left = (now - self.began) / self.done * (self.total - self.done)
        counts = ", ".join(f"{count} {name}" for name, count in sorted(self.counts.items()))
        text = f"generated: {self.done} of {self.total}: {counts}; {left:.0f} s left"
        end = "\n" if not self.terminal or self.done == self.total else "\r"
        print(f"{text:<100}" if self.terminal else text, end=end, file=sys.stderr, flush=True)


def worker(judge, foundry, work, results, progress, problems):
    """Feeds one judge with mutants until there are none."""
    with subprocess.Popen([str(judge), str(len(foundry.mutants))], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, text=True) as process:
        first = process.stdout.readline().split()
        if len(first) != 2 or first[1] != "0":
            problems.append(f"without a mutant, the suite does not pass ({' '.join(first)})")
        while not problems:
            try:
                number = work.get_nowait()
            except queue.Empty:
                break
            mutant = foundry.mutants[number - 1]
            killer = results.killers.get(mutant.name, "")
            process.stdin.write(f"{number} {killer}\n")
            process.stdin.flush()
            answer = process.stdout.readline().rstrip("\n").split("\t")
            if answer[0] != str(number):
                problems.append(f"the judge ends at {mutant.name}")
                break
            row = dict(zip(FIELDS, [mutant.name, mutant.place, *answer[1:]]))
            results.add(row)
            progress.add(row["result"])
        process.stdin.close()


def judge_all(foundry, names, results):
    """Judges the mutants named that have no result yet."""
    judge = foundry.make_judge()
    todo = [foundry.numbers[name] for name in names if name not in results.found]
    work, problems, progress = queue.Queue(), [], Progress(len(todo))
    for number in todo:
        work.put(number)
    threads = [threading.Thread(target=worker,
                                args=(judge, foundry, work, results, progress, problems))
               for _ in range(min(foundry.jobs, len(todo)))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise Failure(problems[0])


def show(mutant, note):
    """Two lines about a mutant."""
    print(f"  {mutant.name}  {note}")
    becomes = f"  becomes  {mutant.becomes}" if mutant.becomes else ""
    print(f"      {mutant.line}: {mutant.text}{becomes}")


def table(title, counts):
    """Killed of all, a line a key; the worst first."""
    print(f"\n{title:<28} killed of all")
    for key, (killed, total) in sorted(counts.items(), key=lambda item: item[1][0] / item[1][1]):
        print(f"{key:<28} {killed:>6} {total:>6} {100 * killed / total:5.1f} %")


def tables(foundry, names, results):
    """Kill rates by file and by operator."""
    by_file, by_operator = {}, {}
    for name in names:
        file, _, operator, _ = name.split(":")
        for counts, key in ((by_file, file), (by_operator, operator)):
            killed, total = counts.get(key, (0, 0))
            counts[key] = (killed + (results.found[name]["result"] == "killed"), total + 1)
    table("file", by_file)
    table("operator", by_operator)
    print(f"\n{foundry.schemata.skipped} numbers and names stand where C wants a constant (tables "
          "of policies, options and names), and are not changed.")


def print_alive(mutants, results, listed):
    """Lists what was not killed and is not explained; returns the counts by explanation."""
    explained = Counter()
    for mutant in mutants:
        row = results.found[mutant.name]
        kind = listed[mutant.name]["kind"] if mutant.name in listed else "unlisted"
        if row["result"] == "survived":
            explained[kind] += 1
        if row["result"] == "survived" and kind in ("open", "unlisted"):
            show(mutant, f"survived {row['cases']} cases" if row["cases"] != "0"
                 else "no case reaches it")
    for mutant in mutants:
        row = results.found[mutant.name]
        if row["result"] in ("crashed", "hung"):
            show(mutant, f"{row['result']} in {row['case']}")
        elif row["result"] == "killed" and mutant.name in listed:
            show(mutant, f"is listed as {listed[mutant.name]['kind']}, but {row['case']} kills it")
    return explained


def report(foundry, names, results, listed):
    """Survivors first, then the tables and the total; returns whether all is well."""
    mutants = [foundry.mutants[foundry.numbers[name] - 1] for name in names]
    counts = Counter(results.found[name]["result"] for name in names)
    explained = print_alive(mutants, results, listed)
    tables(foundry, names, results)
    killed, ended = counts["killed"], counts["crashed"] + counts["hung"]
    visible = len(mutants) - explained["equivalent"] - explained["invisible"]
    rate, ended_rate = ((number / visible if visible else 1) for number in (killed, killed + ended))
    print(f"\n{len(mutants)} mutants: {killed} killed, {counts['crashed']} crashed, "
          f"{counts['hung']} hung, {counts['survived']} survived: " +
          ", ".join(f"{explained[kind]} {kind}" for kind in (*survivors.KINDS, "unlisted")))
    print(f"killed: {100 * killed / len(mutants):.2f} % of all; {100 * rate:.2f} % of those that "
          f"are neither equivalent nor invisible ({100 * ended_rate:.2f} % with "
          "those that crash or hang)")
    return rate >= RATE_MIN and not explained["unlisted"]


def print_seen_by(foundry, names, results):
    """Prints, for each survivor, the first unit test that sees it."""
    paths = sorted((foundry.core / "test").glob("*_test.c"))
    programs = foundry.make_tests([path.stem for path in paths])
    tests = {name: UnitTest(program, 3) for name, program in programs.items()}
    for name, test in tests.items():
        if not test.passes:
            print(f"generated: {name} fails or takes long, and is left out", file=sys.stderr)

    def look(name):
        stem = Path(name.split(":")[0]).stem
        for test in sorted(tests, key=lambda test: (stem not in test, test)):
            if tests[test].sees(foundry.numbers[name]):
                return name, test
        return name, ""

    alive = [name for name in names if results.found[name]["result"] == "survived"]
    with ThreadPoolExecutor(foundry.jobs) as pool:
        for name, test in pool.map(look, alive):
            print(f"{name},{test}", flush=True)


def check_sample(foundry, results):
    """Judges the sample. Returns how many of it do not come out as they should."""
    for name in SAMPLE:
        if name not in foundry.numbers:
            raise Failure(f"the sample names {name}, which is no mutant")
    judge_all(foundry, list(SAMPLE), results)
    wrong = 0
    for name, result in SAMPLE.items():
        row = results.found[name]
        if row["result"] != result:
            print(f"generated: {name}: {row['result']} {row['case']}, not {result}")
            wrong += 1
    print(f"generated: {len(SAMPLE)} mutants judged")
    return wrong


def check_invisible(foundry, rows):
    """Whether the unit tests named in survivors.csv see the mutants. Returns how many do not."""
    programs = foundry.make_tests(sorted({row["test"] for row in rows}))
    tests = {name: UnitTest(program, 60) for name, program in programs.items()}
    with ThreadPoolExecutor(foundry.jobs) as pool:
        seen = list(pool.map(
            lambda row: tests[row["test"]].sees(foundry.numbers[row["mutant"]]), rows))
    for row in (row for row, good in zip(rows, seen) if not good):
        print(f"generated: {row['test']} does not see {row['mutant']}")
    print(f"generated: {len(rows)} invisible mutants, {sum(seen)} seen by the unit tests named")
    return len(rows) - sum(seen)


def check_places(foundry, listed):
    """Whether a row that tells of another place would be refused. Returns how many are not."""
    row = next(row for row in listed.values() if row["kind"] == "equivalent")
    if any("is now another one" in text for text in
           survivors.wrong_in(foundry, row | {"place": f"`{row['place']}`"}, {})):
        return 0
    print(f"generated: {row['mutant']} may stand anywhere")
    return 1


def sample_of(listed):
    """Of the mutants listed as invisible, a few for each unit test: some tests take long."""
    by_test = {}
    for row in listed.values():
        if row["kind"] == "invisible":
            by_test.setdefault(row["test"], []).append(row)
    return [row for rows in by_test.values() for row in rows[::len(rows) // SEEN_JUDGED + 1]]


def options_of():
    """The command line, read."""
    parser = argparse.ArgumentParser(
        prog="./anvil mutants --generated", description="Applies classic operators to every "
        "function of the core, and shows how many of the mutants the suite kills, survivors "
        "first. Exit status 1: fewer than 95 % of those that can be seen from outside are "
        "killed, or one survives that conformance/mutants/survivors.csv does not list.")
    parser.add_argument("--only", metavar="GLOB", default="*", help="only mutants of this name "
                        "(FILE:FUNCTION:OPERATOR:NUMBER), as in 'src/ack.c:*'")
    parser.add_argument("--jobs", metavar="N", type=int, default=os.cpu_count(),
                        help="judge N at a time (one a core)")
    parser.add_argument("--fresh", action="store_false", dest="keep", default=None,
                        help="forget the results of a run before")
    parser.add_argument("--keep", action="store_true", default=None,
                        help="keep them, though the core, the suite or the runner has changed")
    parser.add_argument("--seen-by", action="store_true",
                        help="print which unit test of the core sees each survivor")
    parser.add_argument("--judge", action="store_true", help="run those listed as equivalent "
                        "beside the core as it is, and print where they differ: see twins.py")
    parser.add_argument("--seconds", metavar="N", type=int, default=20, help="of CPU time for "
                        "each fuzz harness that --judge runs (20)")
    parser.add_argument("--write", action="store_true", help="bring survivors.csv up to date: "
                        "rows follow their line to its new name, what is killed goes, what is new "
                        "is open")
    parser.add_argument("--check", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--root", type=Path, default=HERE.parent.parent, help=argparse.SUPPRESS)
    parser.add_argument("--build", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.jobs < 1:
        parser.error("--jobs is at least 1")
    options.build = (options.build or options.root / "build").resolve()
    return options


def run(options):
    """Does what the call asks for; returns whether all is well."""
    foundry = Foundry(options.root.resolve(), options.build,
                      "check" if options.check else "generated", options.jobs)
    listed = survivors.read(foundry, move=options.write)
    without = set(foundry.schemata.empty) ^ set(NO_PLACE)
    if without:
        raise Failure(f"functions without a mutant are not as listed: {', '.join(sorted(without))}")
    foundry.make_core()
    results = Results(foundry, False if options.check else options.keep)
    if options.check:
        return check_places(foundry, listed) + check_sample(foundry, results) + \
            check_invisible(foundry, sample_of(listed)) + twins.check(foundry) == 0
    names = [name for name in foundry.numbers if fnmatch.fnmatchcase(name, options.only)]
    if not names:
        raise Failure(f"no mutant is called '{options.only}'")
    if options.judge:
        equal = {name: listed[name] for name in names
                 if name in listed and listed[name]["kind"] == "equivalent"}
        return twins.judge(foundry, equal, options.seconds) == 0
    judge_all(foundry, names, results)
    if options.seen_by:
        print_seen_by(foundry, names, results)
        return True
    if options.write:
        survivors.write(foundry, set(names), results, listed)
        listed = survivors.read(foundry)
    seen = [listed[name] for name in names if results.found[name]["result"] == "survived" and
            name in listed and listed[name]["kind"] == "invisible"]
    unseen = check_invisible(foundry, seen) if seen else 0
    return report(foundry, names, results, listed) and not unseen


def main():
    """Returns the exit status."""
    try:
        return 0 if run(options_of()) else 1
    except Failure as failure:
        print(f"generated: {failure}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
