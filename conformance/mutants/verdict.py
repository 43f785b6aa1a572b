# SPDX-License-Identifier: BSD-2-Clause
"""Runs the suite with a program, and says whether it tells the program from the right one.

A mutant is killed when a case fails that passes with the right core, and killed for its requirement
when such a case names one of those that the mutant breaks. A crash, a hang and an error of a script
are no kill. A mutant with `variant clock=...` is right until the clock wraps: only those cases kill
it that pass in their plain run and fail with that clock, and, unless it is clock=0 (where sequence
numbers wrap without any help of the clock's), pass in all variants with clock=0.

The scripts are run first, all of them, and the named worlds. The generated matrix is run after them
only where they do not settle it: when no failing one of them names one of the requirements that a
case of the matrix names.
"""

import json
import re
import resource
import signal
import subprocess
import tempfile

# A suite that takes this long, in seconds and in multiples of the right one's time, hangs.
CPU_SECONDS_MAX, CPU_TIMES_MAX = 60, 20
MEMORY_BYTES_MAX = 2 << 30
PASSED = b'"verdict":"passed"'
MATRIX = "matrix/"
WORLDS = "world/*"


class Outcome:
    """What one run of the suite showed."""

    def __init__(self):
        self.ended, self.count, self.cpu_ns = "", 0, 0
        self.failed, self.others = [], []
        self.said = ""

    def add(self, line):
        """Takes in one line of the report; runs that pass are only counted."""
        self.count += 1
        passed = PASSED in line
        if not self.failed:
            self.cpu_ns += max(0, int(re.search(rb'"cpu_ns":(-?\d+|null)', line)
                                      .group(1).replace(b"null", b"0")))
        if not passed:
            one = json.loads(line)
            one["variant"] = one["variant"] or ""
            (self.failed if one["verdict"] == "failed" else self.others).append(one)

    def go_on(self, after):
        """Takes in what was run after this."""
        if not self.failed:
            self.cpu_ns += after.cpu_ns
        self.ended, self.count = after.ended, self.count + after.count
        self.failed, self.others = self.failed + after.failed, self.others + after.others
        self.said = after.said

    def oracles(self):
        """The oracles that complained, in order."""
        found = {word for one in self.failed for word in re.findall(r"O\d+", one["oracle"] or "")}
        return sorted(found, key=lambda word: int(word[1:]))


def is_matrix(case):
    """Whether a case is generated."""
    return case.startswith(MATRIX)


def suite_key(case):
    """Orders cases by name, scripts before the matrix."""
    return is_matrix(case), case


def limit(process, cpu_seconds):
    """Bounds what a process may use."""
    for what, most in ((resource.RLIMIT_CPU, cpu_seconds), (resource.RLIMIT_AS, MEMORY_BYTES_MAX),
                       (resource.RLIMIT_CORE, 0)):
        try: # the hard limit of CPU time would kill at once, and not say why
            resource.prlimit(process.pid, what, (most, most + 1))
        except ProcessLookupError:
            return


def run_suite(program, cpu_seconds, *options, until=None):
    """Runs the built-in suite, with more options of `tcpanvil run`; returns the outcome. Ends early
    when `until`, asked of the outcome after each failure, is true."""
    outcome, failures, stopped = Outcome(), 0, False
    words = [str(program), "run", "--format", "json", *options]
    with tempfile.TemporaryFile() as errors:
        with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=errors) as process:
            limit(process, cpu_seconds)
            for line in process.stdout:
                if line.endswith(b"}\n") and not stopped:
                    outcome.add(line)
                if until and len(outcome.failed) > failures:
                    failures, stopped = len(outcome.failed), until(outcome)
                if stopped:
                    process.kill()
        errors.seek(0)
        outcome.said = errors.read()[-2000:].decode("utf-8", "replace")
    status = 0 if stopped else process.returncode
    if status == -signal.SIGXCPU:
        outcome.ended = "hang"
    elif status < 0:
        outcome.ended = "crash"
        outcome.said += f"\nends by {signal.Signals(-status).name} behind {outcome.count} runs"
    elif status > 1:
        outcome.ended = "error"
    return outcome


class Right:
    """What the suite says of the core without any change, and the folder of its scripts."""

    def __init__(self, program, scripts):
        self.passed, self.covers, self.scripts = {}, {}, str(scripts)
        words = [str(program), "run", "--format", "json"]
        done = subprocess.run(words, capture_output=True, check=False)
        self.bad = [f"exit status {done.returncode}"] if done.returncode != 0 else []
        cpu_ns = 0
        for line in done.stdout.splitlines():
            one = json.loads(line)
            runs = self.passed.setdefault(one["case"], {})
            runs[one["variant"] or ""] = one["verdict"] == "passed"
            self.covers[one["case"]] = one["covers"]
            cpu_ns += one["cpu_ns"] or 0
            if one["verdict"] != "passed":
                self.bad.append(f"{one['case']}: {one['verdict']}")
        self.count = sum(len(runs) for case, runs in self.passed.items() if not is_matrix(case))
        self.in_matrix = {word for case, covers in self.covers.items() if is_matrix(case)
                          for word in covers}
        self.cpu_seconds = CPU_SECONDS_MAX + CPU_TIMES_MAX * cpu_ns // 10 ** 9


def has_clock(variant, clock):
    """Whether a variant's clock is the one named so (clock=...)."""
    return clock in variant.split()


def killers(right, outcome, clocks=()):
    """The failed runs that tell a mutant from the right core, in the suite's order."""
    failed = {}
    for one in outcome.failed:
        failed.setdefault(one["case"], {})[one["variant"]] = one
    found = []
    for case in sorted(failed, key=suite_key):
        runs, passed = failed[case], right.passed.get(case, {})
        if clocks and "" in runs:
            continue
        still = any(has_clock(variant, "clock=0") for variant in runs)
        for variant, one in runs.items():
            by_clock = not clocks or any(has_clock(variant, clock) for clock in clocks)
            if passed.get(variant) and by_clock and (not still or not clocks or
                                                     "clock=0" in clocks):
                found.append(one)
    return found


def cases_text(found):
    """The first cases that fail, with what they cover."""
    covers = {one["case"]: one["covers"] for one in found}
    shown = [f"{case}: {' '.join(covers[case]) or 'nothing'}" for case in list(covers)[:8]]
    return "; ".join(shown + ["..."] * (len(covers) > 8))


def shown(mutant, right, outcome):
    """The requirements that the mutant breaks and a failing case names."""
    return {word for one in killers(right, outcome, mutant.variant) for word in one["covers"]
            if word in mutant.breaks}


def judge(mutant, right, program, whole):
    """The verdict on a mutant by its program. `whole`: the matrix is run in any case."""
    most = right.cpu_seconds
    outcome = run_suite(program, most, right.scripts)
    if not outcome.ended:
        outcome.go_on(run_suite(program, most, "--filter", WORLDS))
    if outcome.count != right.count and not outcome.ended:
        outcome.ended = "error"
        outcome.said = f"{outcome.count} runs of scripts, not {right.count}"
    wanted = (right.in_matrix & set(mutant.breaks)) - shown(mutant, right, outcome)
    found = killers(right, outcome, mutant.variant)
    if not outcome.ended and (whole or wanted or not found):
        def is_enough(after):
            return not whole and not wanted - shown(mutant, right, after)
        outcome.go_on(run_suite(program, most, "--filter", MATRIX + "*", until=is_enough))
    unseen = [word for word in mutant.oracle
              if word not in run_suite(program, most, "--oracles", word,
                                       "--oracles-only").oracles()]
    return Verdict(mutant, right, outcome, unseen)


class Verdict:
    """What became of a mutant, whose program showed this outcome."""

    def __init__(self, mutant, right, outcome, unseen=()):
        self.mutant, self.oracles, self.unseen = mutant, outcome.oracles(), unseen
        found = killers(right, outcome, mutant.variant)
        self.cases = len({one["case"] for one in found})
        self.cpu_ns = outcome.cpu_ns
        self.kills = {}
        for one in found:
            for word in one["covers"]:
                if word in mutant.breaks:
                    self.kills.setdefault(word, one["case"])
        named = [one for one in found if set(one["covers"]) & set(mutant.breaks)]
        self.killer = (named or found or [None])[0]
        self.why = self.wrong(outcome, found, named)

    def wrong(self, outcome, found, named):
        """'' if all is as it should be, or why it is not: (kind, in words)."""
        errors = [one for one in outcome.others if one["verdict"] == "error"]
        if outcome.ended or errors:
            said = outcome.said.strip().splitlines()
            text = errors[0]["case"] + ": " + errors[0]["reason"] if errors else \
                said[-1] if said else "the suite does not end as it should"
            return (outcome.ended or "error", text)
        if not found:
            return ("survived", self.mutant.sentence)
        if not named:
            return ("otherwise", f"{self.cases} cases fail ({cases_text(found)}), and none covers "
                              f"{' '.join(self.mutant.breaks)}")
        if self.unseen:
            return ("unseen", f"{' '.join(self.unseen)} does not see that: {self.mutant.sentence}")
        return ""
