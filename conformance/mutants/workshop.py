# SPDX-License-Identifier: BSD-2-Clause
"""Makes the program with a mutated core: compiles only what can see the change, and links it.

The rest is the release build's: its conformance libraries and its core, of which the linker takes
only what the mutated objects leave to be defined.
"""

import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from recipe import Failure

RELEASE = ["-std=c11", "-O1", "-DNDEBUG", "-w"]
INCLUDES = ["-Icore/include", "-Icore/src"]


class Workshop:
    """The core, a release build of the project, and a folder for what is made."""

    MAIN = "conformance/cli/main.c"

    def __init__(self, root, build, folder):
        self.root, self.build, self.folder = root, build, Path(folder)
        self.lock = threading.Lock()
        self.originals, self.includers = {}, {}
        self.cache = dict(re.findall(r"^(\w+):\w+=(.*)$",
                                     (build / "CMakeCache.txt").read_text(encoding="utf-8"), re.M))
        self.compiler = [self.cache["CMAKE_C_COMPILER"],
                         *shlex.split(self.cache.get("CMAKE_C_FLAGS", ""))]
        self.original = self.bench("original")
        self.sources = sorted(str(path.relative_to(self.original))
                              for path in (self.original / "core/src").rglob("*.c"))
        self.main = self.folder / "main.o"
        self.call(self.root, *RELEASE, *self.includes(), "-c", self.MAIN, "-o", self.main)

    def includes(self):
        """Where the main program finds its headers."""
        return ["-Iconformance"]

    def libraries(self):
        """What is linked behind the objects of the core."""
        found = sorted((self.build / "conformance").glob("libanvil_*.a"))
        if self.cache.get("ANVIL_HAS_LWIP") == "1":
            found.append(self.cache["ANVIL_LWIP_LIBRARY"])
        return found

    def flags(self):
        """More flags for the link."""
        return []

    def bench(self, name):
        """A folder with a copy of the core, where one thread works."""
        bench = self.folder / name
        for part in ("include", "src"):
            shutil.copytree(self.root / "core" / part, bench / "core" / part)
        return bench

    def call(self, folder, *words):
        """Runs the compiler, which must succeed; returns what it prints."""
        command = [*self.compiler, *(str(word) for word in words)]
        done = subprocess.run(command, cwd=folder, text=True, capture_output=True, check=False)
        if done.returncode != 0:
            raise Failure(f"{' '.join(command)}\n{done.stderr}")
        return done.stdout

    def compiled(self, bench, source):
        """The object file of one source of a bench."""
        target = bench / (source.replace("/", "-") + ".o")
        self.call(bench, *RELEASE, *INCLUDES, "-c", source, "-o", target)
        return target

    def original_code(self, source):
        """The object code of a source without any change."""
        with self.lock:
            if source not in self.originals:
                self.originals[source] = self.compiled(self.original, source).read_bytes()
            return self.originals[source]

    def who_includes(self, path):
        """The sources that a change of this file concerns."""
        if path in self.sources:
            return [path]
        with self.lock:
            for source in self.sources if not self.includers else []:
                rule = self.call(self.original, *RELEASE, *INCLUDES, "-MM", source)
                self.includers[source] = set(rule.split())
        seen_as = re.compile(r"(core/src/(\w+/)*)?" + re.escape(path) + "$")
        return [source for source in self.sources
                if any(seen_as.fullmatch(name) for name in self.includers[source])]

    def program(self, bench, texts):
        """The program with {path: text} of core files changed, and whether its code differs."""
        for path, text in texts.items():
            (bench / path).write_text(text, encoding="utf-8")
        try:
            sources = sorted({source for path in texts for source in self.who_includes(path)})
            objects = [self.compiled(bench, source) for source in sources]
        finally:
            for path in texts:
                shutil.copyfile(self.original / path, bench / path)
        differs = any(made.read_bytes() != self.original_code(source)
                      for source, made in zip(sources, objects))
        return self.link(bench, objects), differs

    def link(self, bench, objects):
        """Links objects of the core before the release core; returns the program."""
        self.call(bench, *self.flags(), self.main, *objects, "-Wl,--start-group",
                  *self.libraries(), self.build / "core/libtcpanvil.a", "-Wl,--end-group",
                  "-ldl", "-lpthread", "-o", "tcpanvil")
        return bench / "tcpanvil"


def status_of(run, options):
    """The exit status of a program: run(options, folder) says how many things are wrong."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            return 1 if run(options, folder) else 0
        except Failure as failure:
            print(f"mutants: {failure}", file=sys.stderr)
            return 1
