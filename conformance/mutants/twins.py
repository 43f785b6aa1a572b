# SPDX-License-Identifier: BSD-2-Clause
"""Looks for a difference that mutants make which are said to make none.

The unit tests of the core, and inputs of the fuzz harnesses, are linked with a core that holds all
mutants, and with what makes each call again with every mutant that it reaches (twin.h): returned
values, effects, packets, and the whole state have to be the same, but for what anvil_normalise()
takes out of a TCB. A mutant that crashes or does not end differs as well, and so does one with
which a unit test fails.
"""

import os
import re
import signal
import subprocess
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from recipe import Failure
from schemata import HERE, UnitTest

HARNESSES = ("endpoint", "host", "matrix", "pair", "frame", "options")
PURE = re.compile(r"src/(options\.c|normalise\.c|host/(frame_\w+\.c|checksum\.[ch]|wire\.h)):")
STEP, IN_PURE, IN_HOST = range(3)  # enum twin_kind
TEST_SECONDS_MAX = 600
QUICK_SECONDS = 0.5
MORE = {"ANVIL_CHAOS_SEEDS": "1:2000"}  # core/test/total_test.c runs so many
# The test of this program compares these, of each kind of calls: whether they differ.
SAMPLE = {
    "src/ack.c:anvil_acknowledged:drop:1": True,
    "src/ack.c:anvil_take_window:boundary:1": False,
    "src/host/host.c:anvil_host_socket:opposite:3": True,
    "src/host/ring.c:anvil_ring_write:boundary:1": False,
    "src/options.c:anvil_options_decode:plus-one:1": True,
}
SAMPLE_TESTS = ("ack_test", "host_socket_test", "options_test")


def kind_of(name):
    """At which calls a mutant is compared."""
    if PURE.match(name):
        return IN_PURE
    return IN_HOST if name.startswith("src/host/") else STEP


def wait_for(process, in_force):
    """Waits for a program; the number of the mutant that has ended it, or does not let it go on,
    0 if none does. One that only takes long is stopped."""
    try:
        process.wait(TEST_SECONDS_MAX)
        return int.from_bytes(in_force.read_bytes(), "little")
    except subprocess.TimeoutExpired:
        at = set()
        for _ in range(10):
            at.add(int.from_bytes(in_force.read_bytes(), "little"))
            time.sleep(0.3)
        process.kill()
        return at.pop() if len(at) == 1 else 0


class Twins:
    """The programs, and what they have shown of the mutants named."""

    def __init__(self, foundry, names):
        self.foundry, self.names = foundry, names
        self.folder = foundry.folder / "twins"
        self.folder.mkdir(exist_ok=True)
        self.found, self.compared = {}, Counter()

    def make(self):
        """Objects and flags that make a program compare."""
        include = [f"-I{HERE.parent}", f"-I{self.foundry.core / 'include'}"]
        objects = self.foundry.compile_all([HERE / "twin.c", HERE / "twin_calls.c"], "twins",
                                           include)
        calls = set(re.findall(r"__wrap_(anvil_\w+)\(",
                               (HERE / "twin_calls.c").read_text(encoding="ascii")))
        return [*objects, *(f"-Wl,--wrap={name}" for name in sorted(calls))]

    def tests(self, words, names):
        """{name: command} of unit tests."""
        return {name: [program] for name, program in
                self.foundry.make_tests(names, "twins", words).items()}

    def harnesses(self, words, seconds):
        """{name: command} of the harnesses, each for so many seconds."""
        corpora = self.foundry.core.parent / "corpora"
        main = self.foundry.compile(HERE / "twin_fuzz.c", "twins", [
            f"-I{HERE.parent}", f"-I{self.foundry.core.parent}"])
        program = self.foundry.make_program("twins/fuzz", [main, *words], fuzz=True)
        return {harness: [program, harness, seconds, *(
            path for folder in (corpora / harness, corpora / "regressions" / harness)
            for path in sorted(folder.glob("*")) if path.is_file())] for harness in HARNESSES}

    def run(self, command, path):
        """Runs a program over the mutants that have not differed yet; whether it came to its end.
        If one of them ended it, that has differed."""
        numbers = self.foundry.numbers
        names = {numbers[name]: name for name in self.names if name not in self.found}
        path.write_text("".join(f"{number} {kind_of(name)}\n"
                                for number, name in names.items()), encoding="ascii")
        results, in_force = Path(f"{path}.out"), Path(f"{path}.at")
        results.unlink(missing_ok=True)
        with subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL,
                              env=os.environ | {"ANVIL_TWINS": str(path)} | MORE) as process:
            at = wait_for(process, in_force)
        for line in results.read_text(encoding="utf-8", errors="replace").splitlines():
            number, _, said = line.partition("\t")
            if said.startswith("#"):
                self.compared[names[int(number)]] += int(said[1:])
            else:
                self.found.setdefault(names[int(number)], said)
        if at != 0:
            self.found[names[at]] = f"crashes or does not end in {path.stem}"
        elif process.returncode not in (0, -signal.SIGKILL):
            raise Failure(f"{path.stem} fails, but with no mutant in force")
        return at == 0

    def look(self, commands):
        """Runs all programs."""
        def until_it_ends(name):
            path = self.folder / f"{name}.twins"
            while not self.run(commands[name], path):
                pass

        with ThreadPoolExecutor(self.foundry.jobs) as pool:
            list(pool.map(until_it_ends, sorted(commands, key=lambda name: name not in HARNESSES)))


def check(foundry):
    """Looks whether it tells mutants that differ from some that do not. Returns how many it does
    not."""
    twins = Twins(foundry, list(SAMPLE))
    twins.look(twins.tests(twins.make(), SAMPLE_TESTS))
    wrong = [name for name, differs in SAMPLE.items()
             if (name in twins.found) != differs or not twins.compared[name]]
    for name in wrong:
        print(f"generated: {name}, compared {twins.compared[name]} times: "
              f"{twins.found.get(name, 'does not differ')}")
    print(f"generated: {len(SAMPLE)} mutants compared")
    return len(wrong)


def seen_by(foundry, tests, names):
    """{name: a unit test that fails with it} of those for which there is one. Only quick tests are
    asked: the others compare what they call, which tells more."""
    looking = {}
    for name, command in tests.items():
        began = time.monotonic()
        test = UnitTest(command[0], TEST_SECONDS_MAX)
        if test.passes and time.monotonic() - began < QUICK_SECONDS:
            looking[name] = test

    def look(name):
        return next((test for test in sorted(looking)
                     if looking[test].sees(foundry.numbers[name])), "")

    with ThreadPoolExecutor(foundry.jobs) as pool:
        return {name: test for name, test in zip(names, pool.map(look, names)) if test}


def judge(foundry, listed, seconds):
    """Compares the mutants listed; prints those that differ, and those that nothing reached.
    Returns how many differ."""
    twins = Twins(foundry, list(listed))
    words = twins.make()
    tests = twins.tests(words, sorted(path.stem for path in
                                      (foundry.core / "test").glob("*_test.c")))
    twins.look(twins.harnesses(words, seconds) | tests)
    seen = seen_by(foundry, tests, list(listed))
    differs = {name for name in listed if name in twins.found or name in seen}
    never = {name for name in listed if not twins.compared[name]} - differs
    for name in (name for name in listed if name in differs or name in never):
        mutant = foundry.mutants[foundry.numbers[name] - 1]
        print(f"  {name}  {twins.found.get(name, 'is never compared')}"
              f"{'; seen by ' + seen[name] if name in seen else ''}")
        print(f"      {mutant.line}: {mutant.place}  {mutant.becomes}")
        print(f"      said to be equivalent: {listed[name]['reason']}")
    print(f"\n{len(listed)} mutants compared {sum(twins.compared.values())} times: "
          f"{len(differs)} differ, {len(never)} are never compared")
    return len(differs)
