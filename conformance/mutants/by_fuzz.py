# SPDX-License-Identifier: BSD-2-Clause
"""Proves the fuzz harnesses: which mutants of the core do they find, how soon, and by which oracle?

Each mutant is linked with the harnesses, and endpoint, matrix and pair look for it in turn, from
empty corpora, for 1 s of CPU time each, then 2, 4, 8 ... until one has found it or the time is up.
The core without a mutant is tried for the same time: what is found there is an error of ours.
A mutant that no oracle can see says why (`unseen because ...`), and is left out but with --all.
Results are kept in BUILD/mutants/fuzz.csv, so that a run which was stopped goes on where it was:
what was found stays so until the mutant is another; what was not is tried anew, too, if the core or
the harnesses are. found.csv is a copy; --check holds it and the mutants together.
"""

import argparse
import concurrent.futures
import csv
import hashlib
import os
import queue
import re
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from recipe import Failure, find
from verdict import run_suite
from workshop import Workshop, status_of

HERE = Path(__file__).resolve().parent
FOUND = HERE / "found.csv"
HARNESSES = ("endpoint", "matrix", "pair")
COVERAGE = "-fsanitize-coverage=inline-8bit-counters,pc-table"
FINDING = re.compile(r"^finding: (\S+) in (.+?) at ", re.M)
RIGHT = "(none)"
FIELDS = ("mutant", "harness", "oracle", "seconds", "suite", "change", "core")
UNBOUNDED = -1 # inputs, in the engine's words
MEMORY_MB, INPUT_SECONDS, SUITE_SECONDS = 1024, 20, 300


class FuzzWorkshop(Workshop):
    """Makes programs of the harnesses with a mutated core."""

    MAIN = "fuzz/choose.c"

    def includes(self):
        """Where the main program finds its headers."""
        return [f"-I{self.build / 'fuzz/view'}", "-Iconformance"]

    def libraries(self):
        """What is linked behind the objects of the core."""
        return [self.build / "fuzz/libanvil_fuzz.a", *super().libraries()]

    def flags(self):
        """More flags for the link."""
        return ["-fsanitize=fuzzer"]


def build(root, folder, jobs):
    """Builds the harnesses without sanitizers, as a release is."""
    folder.mkdir(parents=True, exist_ok=True)
    words = ["cmake", "-S", root, "-B", folder, "-DCMAKE_C_COMPILER=clang",
             "-DCMAKE_CXX_COMPILER=clang++", "-DCMAKE_BUILD_TYPE=Release",
             f"-DCMAKE_C_FLAGS={COVERAGE}", "-DANVIL_TESTS=OFF", "-DANVIL_FUZZ=ON"]
    for command in (words, ["cmake", "--build", folder, "--target", "anvil_fuzz", "-j", str(jobs)]):
        done = subprocess.run([str(word) for word in command], text=True, capture_output=True,
                              check=False)
        if done.returncode != 0:
            raise Failure(f"the harnesses could not be built:\n{done.stderr[-2000:]}")


def settings_of(root, harness):
    """The engine's flags in fuzz/HARNESS.options."""
    lines = (root / f"fuzz/{harness}.options").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("=") for line in lines if "=" in line]
    return [f"-{name.strip()}={value.strip()}" for name, value in pairs]


class Hunt:
    """One program, and what each harness does with it."""

    def __init__(self, options, program, folder):
        self.root, self.program, self.folder = options.root, program, Path(folder)
        self.runs = options.runs
        self.seconds, self.ended, self.said = 0.0, {}, ""
        for harness in HARNESSES:
            (self.folder / harness).mkdir()

    def slice(self, harness, seconds, seed):
        """Lets one harness look for so many seconds of CPU time; the oracle that found, or None."""
        words = [self.program, self.folder / harness, *settings_of(self.root, harness),
                 f"-seed={seed}", "-entropic=0", "-verbosity=0", f"-rss_limit_mb={MEMORY_MB}",
                 f"-timeout={INPUT_SECONDS}", f"-artifact_prefix={self.folder}/",
                 f"-runs={self.runs}"]
        with tempfile.TemporaryFile() as said:
            with subprocess.Popen([str(word) for word in words], stdout=subprocess.DEVNULL,
                                  stderr=said, cwd=self.folder,
                                  env=os.environ | {"FUZZ_HARNESS": harness}) as process:
                try:
                    resource.prlimit(process.pid, resource.RLIMIT_CPU, (seconds, seconds + 1))
                except ProcessLookupError:
                    pass
                _, status, used = os.wait4(process.pid, 0)
                process.returncode = os.waitstatus_to_exitcode(status)
            said.seek(0)
            text = said.read().decode("utf-8", "replace")
        self.seconds += used.ru_utime + used.ru_stime
        found = FINDING.search(text)
        if found:
            self.said = text[-600:]
            return found[1]
        if process.returncode == 0: # all runs are made
            self.ended[harness] = ""
        elif process.returncode not in (-signal.SIGXCPU, -signal.SIGKILL): # it ended before
            self.ended[harness] = "hang" if "ERROR: libFuzzer: timeout" in text else "crash"
            self.said = f"{harness} ends with {process.returncode}: {text[-600:]}"
        return None

    def run(self, most):
        """(harness, oracle) of the first finding, or ("", crash, hang or "") after that time."""
        length, seed = 1 if self.runs == UNBOUNDED else most, 1
        while self.seconds < most and len(self.ended) < len(HARNESSES):
            for harness in HARNESSES:
                left = most - self.seconds
                if harness in self.ended or left <= 0:
                    continue
                oracle = self.slice(harness, max(1, min(length, round(left))), seed)
                if oracle:
                    return harness, oracle
            length, seed = 2 * length, seed + 1
        return "", " ".join(sorted(set(self.ended.values()) - {""}))


class Results:
    """What is known by now, kept in a file as soon as it is known. Without one: found.csv."""

    def __init__(self, path, fresh):
        self.path, self.rows = path, {}
        known = path if path.exists() else FOUND
        if known.exists() and not fresh:
            with open(known, encoding="utf-8", newline="") as file:
                self.rows = {row["mutant"]: {"core": "", **row} for row in csv.DictReader(file)}

    def has(self, name, change, core, seconds):
        """Whether this mutant need not be tried any more."""
        row = self.rows.get(name)
        return row is not None and row["change"] == change and \
            (row["harness"] != "" or (row["core"] == core and float(row["seconds"]) >= seconds - 1))

    def add(self, row):
        """Keeps a row."""
        self.rows[row["mutant"]] = row
        write(self.path, self.rows.values(), FIELDS)


def write(path, rows, fields):
    """A file of results, by name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8",
                                     newline="") as file:
        out = csv.DictWriter(file, fields, lineterminator="\n", extrasaction="ignore")
        out.writeheader()
        out.writerows(sorted(rows, key=lambda row: row["mutant"]))
    os.replace(file.name, path)
    path.chmod(0o644)


class Hunter:
    """All that a mutant needs to be tried."""

    def __init__(self, options, folder):
        self.options, self.folder = options, Path(folder)
        release = options.build
        harnesses = options.build / "mutants/harnesses"
        build(options.root, harnesses, options.jobs)
        self.workshop = FuzzWorkshop(options.root, harnesses, self.folder / "fuzz")
        self.judge = Workshop(options.root, release, self.folder / "suite")
        self.results = Results(options.results, options.fresh)
        self.benches = queue.Queue()
        for number in range(options.jobs):
            self.benches.put((self.workshop.bench(f"bench-{number}"),
                              self.judge.bench(f"bench-{number}")))
        core = hashlib.sha256()
        for path in [harnesses / "fuzz/libanvil_fuzz.a", harnesses / "core/libtcpanvil.a"]:
            core.update(path.read_bytes())
        self.core = core.hexdigest()[:8]

    def seen_by_suite(self, bench, texts):
        """The oracles that complain when the suite runs, whatever its scripts expect."""
        if not texts:
            return ""
        program, _ = self.judge.program(bench, texts)
        outcome = run_suite(program, SUITE_SECONDS, "--oracles", "all", "--oracles-only")
        return " ".join(outcome.oracles())

    def hunt(self, mutant):
        """The row of one mutant; None: the core without one, in which nothing may be found."""
        name, change = (mutant.name, mutant.digest()) if mutant else (RIGHT, "")
        if self.results.has(name, change, self.core, self.options.seconds):
            return self.results.rows[name]
        texts = mutant.texts(self.options.root) if mutant else {}
        fuzz_bench, suite_bench = self.benches.get()
        try:
            program = self.workshop.program(fuzz_bench, texts)[0] if texts else \
                self.workshop.link(fuzz_bench, [])
            with tempfile.TemporaryDirectory(dir=self.folder) as folder:
                here = shutil.copy(program, Path(folder) / "program")
                hunt = Hunt(self.options, here, folder)
                harness, oracle = hunt.run(self.options.seconds)
            if not texts and oracle:
                raise Failure(f"without a mutant: {harness} {oracle}\n{hunt.said}")
            suite = "" if harness else self.seen_by_suite(suite_bench, texts)
        finally:
            self.benches.put((fuzz_bench, suite_bench))
        return {"mutant": name, "harness": harness, "oracle": oracle,
                "seconds": f"{hunt.seconds:.1f}", "suite": suite, "change": change,
                "core": self.core}


def hunt_all(hunter, mutants):
    """Tries all of them; [rows]."""
    shown = sys.stderr.isatty()
    rows, wrong = [], []
    with concurrent.futures.ThreadPoolExecutor(hunter.options.jobs) as pool:
        waiting = {pool.submit(hunter.hunt, mutant): mutant.name for mutant in mutants}
        for done in concurrent.futures.as_completed(waiting):
            try:
                row = done.result()
            except Failure as failure:
                wrong.append(f"{waiting[done]}: {failure}")
                continue
            rows.append(row)
            hunter.results.add(row)
            if shown:
                print(f"\rmutants: {len(rows)} of {len(mutants)}, "
                      f"{sum(bool(one['harness']) for one in rows)} found ", end="",
                      file=sys.stderr, flush=True)
    if shown:
        print("\r\033[K", end="", file=sys.stderr, flush=True)
    if wrong:
        raise Failure("\n".join(wrong))
    return sorted(rows, key=lambda row: row["mutant"])


def why_missed(row):
    """What is known of a mutant that was not found, in words."""
    if row["oracle"]:
        return f"{row['oracle']} instead"
    return f"{row['suite']} sees it in the suite" if row["suite"] else "not in the suite either"


def quantile(times, share):
    """The time within which this share of all was found."""
    return sorted(times)[min(len(times) - 1, int(share * len(times)))]


def print_found(found):
    """How soon, and by whom."""
    times = [float(row["seconds"]) for row in found]
    print(f"half of them within {statistics.median(times):.1f} s, nine of ten within "
          f"{quantile(times, 0.9):.1f} s")
    for column in ("harness", "oracle"):
        count = Counter(row[column] for row in found)
        print(f"by {column}: " + ", ".join(f"{name} {number}"
                                           for name, number in count.most_common()))


def report(rows, unseen):
    """Prints what was found, when, and what was not and why."""
    found = [row for row in rows if row["harness"]]
    missed = [row for row in rows if not row["harness"] and row["mutant"] not in unseen]
    wide = max([len(row["mutant"]) for row in rows] + [len(name) for name in unseen])
    for row in found:
        print(f"{row['mutant']:{wide}}  {row['harness']:8}  {row['oracle']:5}  "
              f"{float(row['seconds']):6.1f} s")
    for title, lines in (
            ("no oracle can see", unseen.items()),
            ("not found", [(row["mutant"], f"{float(row['seconds']):.0f} s; {why_missed(row)}")
                        for row in missed])):
        print(f"\n{title}:" if lines else "", end="\n" if lines else "")
        for name, text in lines:
            print(f"{name:{wide}}  {text}")
    visible = len(found) + len(missed)
    print(f"\n{visible + len(unseen)} mutants, of which an oracle can see {visible}; "
          f"{len(found)} of these were found: {100 * len(found) / max(1, visible):.1f} %")
    if found:
        print_found(found)


def check(options):
    """Holds found.csv and the mutants together; returns how many things are wrong."""
    mutants, wrong = find(options)
    with open(FOUND, encoding="utf-8", newline="") as file:
        rows = {row["mutant"]: row for row in csv.DictReader(file)}
    said = [f"{name}: {why[1]}" for name, why in wrong]
    known = {mutant.name: mutant for mutant in mutants}
    said += [f"{name}: there is no such mutant" for name in rows if name not in known]
    never = [name for name, mutant in known.items() if name not in rows and not mutant.unseen]
    for name, row in rows.items():
        if name in known and known[name].unseen:
            said.append(f"{name}: was tried, though no oracle can see it")
        elif name in known and row["change"] != known[name].digest():
            said.append(f"{name}: what was tried is another change")
    report([row for name, row in rows.items() if name in known],
           {name: mutant.unseen for name, mutant in known.items() if mutant.unseen})
    if never:
        print(f"not tried yet: {len(never)}: {' '.join(never)}")
    for text in said:
        print(f"found.csv: {text}")
    return len(said)


def options_of(arguments):
    """The command line, read."""
    parser = argparse.ArgumentParser(
        prog="./anvil mutants --by fuzz", description="Lets the fuzz harnesses look for each "
        "mistake of conformance/mutants, from empty corpora. A run that was stopped goes on. Exit "
        "status 1: something was found in the core without any mistake, or a mutant that must be "
        "found was not.")
    parser.add_argument("--only", metavar="GLOB", default="*/*", help="only mutants of this name "
                        "(AREA/NAME), as in 'time-wait/*'")
    parser.add_argument("--every", metavar="N", type=int, default=1, help="a sample: each Nth")
    parser.add_argument("--first", metavar="N", type=int, default=0, help="of which this is the "
                        "first, counted from 0")
    parser.add_argument("--seconds", metavar="N", type=int, default=60, help="CPU time for each, "
                        "of all harnesses together (60)")
    parser.add_argument("--jobs", metavar="N", type=int, default=os.cpu_count(),
                        help="try N at a time (one a core)")
    parser.add_argument("--all", action="store_true", help="try those, too, that say why no "
                        "oracle can see them: one that is found is an error")
    parser.add_argument("--fresh", action="store_true", help="forget the results of a run before, "
                        "and those of found.csv")
    parser.add_argument("--write", action="store_true",
                        help="write conformance/mutants/found.csv, with all results there are")
    parser.add_argument("--check", action="store_true", help="try nothing: report what is in "
                        "found.csv, and whether it has all mutants")
    parser.add_argument("--runs", metavar="N", type=int, default=UNBOUNDED, help="at most N "
                        "inputs for each harness: then all is the same each time")
    parser.add_argument("--all-found", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--root", type=Path, default=HERE.parent.parent, help=argparse.SUPPRESS)
    parser.add_argument("--build", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--results", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, default=HERE, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if min(options.jobs, options.every, options.seconds) < 1 or options.first < 0:
        parser.error("--jobs, --every and --seconds are at least 1")
    if options.runs == 0 or options.runs < UNBOUNDED:
        parser.error("--runs is at least 1")
    options.build = (options.build or options.root / "build").resolve()
    options.results = options.results or options.build / "mutants/fuzz.csv"
    return options


def write_found(results, options):
    """Writes found.csv: the results of all mutants that an oracle can see, were they tried now or
    not."""
    mutants, _ = find(argparse.Namespace(**{**vars(options), "only": "*/*"}))
    wanted = {mutant.name: mutant.digest() for mutant in mutants if not mutant.unseen}
    write(FOUND, [row for name, row in results.rows.items()
                  if wanted.get(name) == row["change"]], FIELDS[:-1])


def run(options, folder):
    """Tries the mutants; returns how many things are wrong."""
    if options.check:
        return check(options)
    mutants, wrong = find(options)
    for name, (_, why) in wrong: # the suite's own test of the mutants fails by them
        print(f"mutants: {name}: {why}", file=sys.stderr)
    sample = mutants[options.first::options.every]
    tried = [mutant for mutant in sample if options.all or not mutant.unseen]
    if not sample:
        raise Failure(f"no mutant matches '{options.only}'")
    hunter = Hunter(options, folder)
    control = hunter.hunt(None)
    hunter.results.add(control)
    rows = hunt_all(hunter, tried)
    unseen = {mutant.name: mutant.unseen for mutant in sample if mutant.unseen}
    seen = [row for row in rows if row["mutant"] in unseen and (row["harness"] or row["suite"])]
    report([row for row in rows if row["mutant"] not in unseen], unseen)
    for row in seen:
        print(f"{row['mutant']}: {row['oracle'] or row['suite']} sees what no oracle can see")
    print(f"without a mutant: nothing in {control['seconds']} s")
    if options.write:
        write_found(hunter.results, options)
    return len(seen) + sum(not row["harness"] for row in rows if options.all_found)


if __name__ == "__main__":
    sys.exit(status_of(run, options_of(sys.argv[1:])))
