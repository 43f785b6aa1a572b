# SPDX-License-Identifier: BSD-2-Clause
"""Proves that the variants of the suite catch mistakes about wrapping numbers.

usage: wraps.py CORE BUILD COMPILER [FLAG...]

Each mutant is a copy of CORE with one such mistake: a sequence comparison made unsigned, a time cut
to 32 bits. It is compiled, linked with BUILD's conformance libraries, and judged by the built-in
suite. Some case must pass in its plain run and fail in a variant that brings the wrap about. The
text that a mutant changes must stand exactly once in the function named, or the test fails.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

RELEASE = ["-std=c11", "-O1", "-DNDEBUG", "-w"]
SECONDS_MAX = 60
# Which variants bring a wrap about: sequence numbers wrap without any help of the clock's.
NUMBERS, MICROSECONDS, MILLISECONDS = " clock=0", " clock=2^32us-1s", " clock=2^32ms-1s"
TIME_WAIT = ("step->now + 2 * step->policy->msl_us;",
             "(uint32_t)(step->now + 2 * step->policy->msl_us);")
# name: (what must catch it, which cases are run, file, function, [(text, what it becomes)]). Where
# a mutant sends without end, few cases are run.
MUTANTS = {
    "anvil_seq_lt compares unsigned": (
        NUMBERS, "data/*", "include/anvil/seq.h", "anvil_seq_lt",
        [("return distance != 0 && distance < UINT32_C(0x80000000);",
          "return (void)distance, a.raw < b.raw;")]),
    "anvil_seq_le compares unsigned": (
        NUMBERS, "data/*", "include/anvil/seq.h", "anvil_seq_le",
        [("b.raw - a.raw < UINT32_C(0x80000000)", "a.raw <= b.raw")]),
    "the timeout after an ACK is cut to 32 bits": (
        MICROSECONDS, "timer/*", "src/ack.c", "anvil_acknowledged",
        [("step->now + tcb->rto_us", "(uint32_t)(step->now + tcb->rto_us)")]),
    "the next retransmission is cut to 32 bits": (
        MICROSECONDS, "timer/r*", "src/timers.c", "next_try",
        [("return step->now + tcb->rto_us;", "return (uint32_t)(step->now + tcb->rto_us);")]),
    "2MSL is cut to 32 bits on entering TIME-WAIT": (
        MICROSECONDS, "*", "src/lifecycle.c", "anvil_enter_time_wait", [TIME_WAIT]),
    "2MSL is cut to 32 bits on starting again": (
        MICROSECONDS, "*", "src/text.c", "anvil_check_fin", [TIME_WAIT]),
    "the keep-alive interval is cut to 32 bits": (
        MICROSECONDS, "keepalive/*", "src/timers.c", "fire_keepalive",
        [("step->now + interval;", "(uint32_t)(step->now + interval);")]),
    "a time is compared by its lower 32 bits": (
        MICROSECONDS, "*", "src/timers.c", "is_due",
        [("deadline <= step->now", "(uint32_t)deadline <= (uint32_t)step->now")]),
    "the timestamp clock stops at 2^32 ms": (
        MILLISECONDS, "timestamps/*", "src/machine.h", "anvil_timestamp",
        [("(uint32_t)(now / policy->timestamp_tick_us)",
          "(now / policy->timestamp_tick_us > UINT32_MAX ? UINT32_MAX :"
          " (uint32_t)(now / policy->timestamp_tick_us))")]),
}


class Failure(Exception):
    """What makes the test fail, as a sentence."""


def mutated(text, function, changes):
    """The text with changes made in one function."""
    found = list(re.finditer(rf"^[a-z].*\b{function}\([^;{{]*\n\{{$", text, re.M))
    if len(found) != 1:
        raise Failure(f"the function {function} is defined {len(found)} times")
    start = found[0].start()
    end = text.index("\n}\n", start)
    body = text[start:end]
    for old, new in changes:
        if body.count(old) != 1:
            raise Failure(f"'{old}' stands {body.count(old)} times in {function}")
        body = body.replace(old, new)
    return text[:start] + body + text[end:]


class Workshop:
    """A copy of the core in a temporary folder, and how to make a program of it."""

    def __init__(self, core, build, command, folder):
        self.core, self.build, self.command, self.folder = core, build, command, Path(folder)
        self.copy = self.folder / "core"
        for part in ("include", "src"):
            shutil.copytree(core / part, self.copy / part)
        self.sources = sorted((self.copy / "src").rglob("*.c"))

    def call(self, *words):
        """Runs a compiler command that must succeed."""
        done = subprocess.run([str(word) for word in words], text=True, capture_output=True,
                              check=False)
        if done.returncode != 0:
            raise Failure(f"{' '.join(str(word) for word in words)}\n{done.stderr}")

    def link(self, sources):
        """Compiles the sources and links them before the release core; returns the program."""
        objects = []
        for number, source in enumerate(sources):
            objects.append(self.folder / f"{number}.o")
            self.call(*self.command, *RELEASE, f"-I{self.copy / 'include'}",
                      f"-I{self.copy / 'src'}", "-c", source, "-o", objects[-1])
        program = self.folder / "tcpanvil"
        libraries = sorted((self.build / "conformance").glob("libanvil_*.a"))
        cache = (self.build / "CMakeCache.txt").read_text(encoding="utf-8")
        if re.search(r"^ANVIL_HAS_LWIP:INTERNAL=1$", cache, re.M):
            libraries += re.findall(r"^ANVIL_LWIP_LIBRARY:FILEPATH=(.*)$", cache, re.M)
        self.call(*self.command, *RELEASE, f"-I{self.core.parent / 'conformance'}",
                  self.core.parent / "conformance/cli/main.c", *objects, "-Wl,--start-group",
                  *libraries, self.build / "core/libtcpanvil.a", "-Wl,--end-group", "-ldl",
                  "-lpthread", "-o", program)
        return program

    def make(self, path, function, changes):
        """The program with one file changed; only what can see the change is compiled anew."""
        file = self.copy / path
        text = file.read_text(encoding="utf-8")
        file.write_text(mutated(text, function, changes), encoding="utf-8")
        try:
            return self.link(self.sources if path.endswith(".h") else [file])
        finally:
            file.write_text(text, encoding="utf-8")


def run_suite(program, which):
    """{case: {variant, "" for the plain run: verdict}} of some cases."""
    try:
        done = subprocess.run([str(program), "run", "--format", "json", "--filter", which],
                              text=True, check=False, capture_output=True, timeout=SECONDS_MAX)
    except subprocess.TimeoutExpired:
        raise Failure(f"the suite does not end within {SECONDS_MAX} s") from None
    if done.returncode not in (0, 1):
        raise Failure(f"the suite ends with status {done.returncode}\n{done.stderr[-2000:]}")
    found = {}
    for line in done.stdout.splitlines():
        one = json.loads(line)
        found.setdefault(one["case"], {})[one["variant"] or ""] = one["verdict"]
    return found


def catches(suite, wrap):
    """(case, variant) that shows a wrap: it fails, where the plain run and the clock at 0 pass."""
    for case, verdicts in suite.items():
        if verdicts[""] != "passed":
            continue
        still = [verdict for variant, verdict in verdicts.items() if variant.endswith(NUMBERS)]
        if wrap != NUMBERS and set(still) != {"passed"}:
            continue
        for variant, verdict in verdicts.items():
            if verdict == "failed" and variant.endswith(wrap):
                yield case, variant


def check_mutant(workshop, name, unmutated):
    """One mutant: prints what catches it. Returns whether something does."""
    wrap, which, path, function, changes = MUTANTS[name]
    suite = run_suite(workshop.make(path, function, changes), which)
    if not suite or any(set(unmutated[case]) != set(runs) for case, runs in suite.items()):
        raise Failure("the suite does not run the same cases in the same variants")
    caught = list(catches(suite, wrap))
    by = f"{caught[0][0]}, {caught[0][1]}" if caught else "nothing"
    cases = len({case for case, _ in caught})
    print(f"wraps: {name}: caught by {by} ({len(caught)} variants of {cases} cases of "
          f"{len(suite)})")
    return bool(caught)


def check_all(workshop):
    """The suite without a mistake, then each mutant; returns how many things are wrong."""
    unmutated = run_suite(workshop.link(workshop.sources), "*")
    count = sum(len(verdicts) for verdicts in unmutated.values())
    bad = [case for case, verdicts in unmutated.items() if set(verdicts.values()) != {"passed"}]
    if bad or count < len(unmutated) * 2:
        raise Failure(f"without a mistake, {len(unmutated)} cases run {count} times, and these do "
                      f"not pass: {bad}")
    wrong = 0
    for name in MUTANTS:
        try:
            wrong += not check_mutant(workshop, name, unmutated)
        except Failure as failure:
            print(f"wraps: {name}: {failure}")
            wrong += 1
    print(f"wraps: {count} runs without a mistake, {len(MUTANTS)} mutants, {wrong} wrong")
    return wrong


def main():
    """Runs the test; returns the exit status."""
    core, build, command = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]
    with tempfile.TemporaryDirectory() as folder:
        try:
            return 1 if check_all(Workshop(core, build, command, folder)) else 0
        except Failure as failure:
            print(f"wraps: {failure}")
            return 1


if __name__ == "__main__":
    sys.exit(main())
