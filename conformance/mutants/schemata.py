# SPDX-License-Identifier: BSD-2-Clause
"""Builds what runs generated mutants: a core that holds all of them, the judge that runs the suite
on one after the other, and the core's unit tests over the same core.
"""

import hashlib
import os
import re
import shlex
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import sites
from recipe import Failure

HERE = Path(__file__).resolve().parent
# Variables that a dropped statement leaves without a value have one: else runs would differ.
RELEASE = ["-std=c11", "-O1", "-DNDEBUG", "-w", "-ftrivial-auto-var-init=zero"]
# Asserts only: all of it is compiled out in a release build.
LEFT_OUT = ("src/invariant.c",)
CHOSEN = """/* What guard.h declares. */
unsigned anvil_mutant;
unsigned char anvil_reached[ANVIL_MUTANTS + 1];
"""
SELECTOR = """/* Chooses the mutant by the environment, for programs that do not know of mutants;
 * ANVIL_REACHED names a file for the octets that say which mutants were reached. */
#include <stdio.h>
#include <stdlib.h>
#include "guard.h"
__attribute__((constructor)) static void choose(void)
{
    const char *number = getenv("ANVIL_MUTANT");
    anvil_mutant = number == NULL ? 0 : (unsigned)strtoul(number, NULL, 10);
}
__attribute__((destructor)) static void tell(void)
{
    const char *path = getenv("ANVIL_REACHED");
    FILE *file = path == NULL ? NULL : fopen(path, "wb");
    if (file != NULL) {
        fwrite(anvil_reached, 1, ANVIL_MUTANTS + 1, file);
        fclose(file);
    }
}
"""


class Foundry:
    """The folder BUILD/mutants/NAME, and what is made in it."""

    def __init__(self, root, build, name, jobs):
        self.core, self.build, self.jobs = root / "core", build, jobs
        self.cache = dict(re.findall(r"^(\w+):\w+=(.*)$",
                                     (build / "CMakeCache.txt").read_text(encoding="utf-8"), re.M))
        self.command = [self.cache["CMAKE_C_COMPILER"],
                        *shlex.split(self.cache.get("CMAKE_C_FLAGS", ""))]
        self.folder = build / "mutants" / name
        self.copy = self.folder / "core"
        try:
            self.schemata = sites.Schemata(self.core, LEFT_OUT)
        except ValueError as error:
            raise Failure(f"the core does not parse: {error}") from None
        self.mutants = self.schemata.mutants
        self.numbers = {mutant.name: number for number, mutant in enumerate(self.mutants, 1)}
        self.objects = []

    def call(self, *words):
        """Runs a compiler command that must succeed."""
        done = subprocess.run([str(word) for word in words], text=True, capture_output=True,
                              check=False)
        if done.returncode != 0:
            raise Failure(f"{' '.join(str(word) for word in words)}\n{done.stderr[-3000:]}")

    def compile(self, source, folder, flags):
        """Compiles one source; returns the object."""
        target = self.folder / folder / (str(source).strip("/").replace("/", "_") + ".o")
        target.parent.mkdir(parents=True, exist_ok=True)
        self.call(*self.command, *RELEASE, *flags, "-c", source, "-o", target)
        return target

    def compile_all(self, sources, folder, flags):
        """Compiles several sources at once; returns the objects."""
        with ThreadPoolExecutor(self.jobs) as pool:
            return list(pool.map(lambda source: self.compile(source, folder, flags), sources))

    def make_core(self):
        """Writes the core with its mutants and compiles it."""
        for name in LEFT_OUT:
            self.schemata.files[name] = (self.core / name).read_text("ascii")
        for name, text in self.schemata.files.items():
            path = self.copy / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="ascii")
        for name, text in (("selector.c", SELECTOR), ("chosen.c", CHOSEN)):
            (self.folder / name).write_text(text, encoding="ascii")
        sources = [self.copy / name for name in self.schemata.files if name.endswith(".c")]
        flags = ["-include", HERE / "guard.h", f"-I{self.copy / 'include'}",
                 f"-I{self.copy / 'src'}"]
        self.objects = self.compile_all(sources, "objects", flags)
        self.objects.append(self.compile(self.folder / "chosen.c", "objects", [
            f"-DANVIL_MUTANTS={len(self.mutants)}"]))

    def make_judge(self):
        """Links the judge; returns it."""
        return self.make_program("judge", [f"-I{HERE.parent}", HERE / "judge.c"])

    def make_program(self, name, words, fuzz=False):
        """Links what `words` say with the core and conformance, and with the fuzz harnesses;
        returns the program."""
        program = self.folder / name
        libraries = sorted((self.build / "conformance").glob("libanvil_*.a"))
        if self.cache.get("ANVIL_HAS_LWIP") == "1":
            libraries.append(self.cache["ANVIL_LWIP_LIBRARY"])
        if fuzz:
            libraries.append(self.build / "fuzz/libanvil_fuzz.a")
        self.call(*self.command, *RELEASE, *words, *self.objects,
                  "-Wl,--start-group", *libraries, "-Wl,--end-group", "-ldl", "-lpthread",
                  "-o", program)
        return program

    def make_tests(self, names, folder=".", more=()):
        """Links unit tests of the core, named as their files are, with more objects and flags;
        returns {name: program}."""
        tests = self.core / "test"
        flags = ["-include", HERE / "guard.h", f"-I{self.copy / 'include'}",
                 f"-I{self.copy / 'src'}", f"-I{tests}",
                 f'-DANVIL_SOURCE_DIR="{self.core.parent}"']
        shared = self.compile_all(sorted((tests / "support").glob("*.c")), "tests", flags)
        shared.append(self.compile(self.folder / "selector.c", "tests", [
            f"-I{HERE}", f"-DANVIL_MUTANTS={len(self.mutants)}"]))

        def link(name):
            if not (tests / f"{name}.c").exists():
                raise Failure(f"there is no unit test core/test/{name}.c")
            program = self.folder / folder / name
            self.call(*self.command, self.compile(tests / f"{name}.c", "tests", flags), *shared,
                      *more, *self.objects, self.cache["CMOCKA_LIBRARY"], "-o", program)
            return name, program

        if not Path(self.cache.get("CMOCKA_LIBRARY", "NOTFOUND")).exists():
            raise Failure(f"{self.build} is configured without unit tests: cmake --preset release")
        with ThreadPoolExecutor(self.jobs) as pool:
            return dict(pool.map(link, names))

    def digest(self):
        """What the results depend on, as a number: the core, the judge's libraries, the suite."""
        found = hashlib.sha256(repr(self.mutants).encode())
        for name in sorted(self.schemata.files):
            found.update(self.schemata.files[name].encode())
        conformance = self.core.parent / "conformance"
        others = [HERE / "judge.c", *sorted((self.build / "conformance").glob("libanvil_*.a")),
                  *sorted((conformance / "suite").rglob("*.pkt"))]
        for path in others:
            found.update(path.read_bytes())
        return found.hexdigest()[:16]


class UnitTest:
    """A unit test over the core with all mutants."""

    def __init__(self, program, seconds_max):
        self.program, self.seconds_max = program, seconds_max
        reached = program.with_suffix(".reached")
        reached.unlink(missing_ok=True)
        self.passes = not self.run({"ANVIL_REACHED": str(reached)})
        self.reached = reached.read_bytes() if self.passes and reached.exists() else b""

    def run(self, environment):
        """Whether the test fails. One that does not end says nothing."""
        try:
            done = subprocess.run([str(self.program)], env=os.environ | environment,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                  check=False, timeout=self.seconds_max)
        except subprocess.TimeoutExpired:
            return False
        return done.returncode != 0

    def sees(self, number):
        """Whether it fails with this mutant."""
        return number < len(self.reached) and self.reached[number] != 0 and \
            self.run({"ANVIL_MUTANT": str(number)})
