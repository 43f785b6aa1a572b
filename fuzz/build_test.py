# SPDX-License-Identifier: BSD-2-Clause
"""Builds the harnesses as OSS-Fuzz and ClusterFuzzLite do, and checks what comes of it.

usage: build_test.py ROOT FOLDER

.clusterfuzzlite/build.sh is called with the variables that the image sets, for the sanitizers
address and undefined. Then, as the image's own check of bad builds: each program starts, is
instrumented for coverage and by its sanitizer and no other, and runs its seeds; beside it lie its
options, its dictionary if they name one, and its seeds, all of them.
"""

import configparser
import contextlib
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import fuzz

COMMON = ("-O1 -fno-omit-frame-pointer -gline-tables-only "
          "-DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION -fsanitize=fuzzer-no-link ")
CHECKS = ("array-bounds,bool,builtin,enum,function,integer-divide-by-zero,null,object-size,return,"
          "returns-nonnull-attribute,shift,signed-integer-overflow,unreachable,vla-bound,vptr")
FLAGS = {
    "address": COMMON + "-fsanitize=address -fsanitize-address-use-after-scope",
    "undefined": COMMON + f"-fsanitize={CHECKS},unsigned-integer-overflow "
                 f"-fno-sanitize-recover={CHECKS}",
}
RUNS = 4
EDGES_MIN = 100
# Calls of each sanitizer's functions in a program: (at least, at most).
CALLS = {"address": {"asan": (1000, None), "ubsan": (0, 200)},
         "undefined": {"asan": (0, 0), "ubsan": (168, None)}}
SETTINGS = {"UBSAN_OPTIONS": "silence_unsigned_overflow=1"}


def fail(what):
    """Ends the test."""
    print(f"build: {what}")
    raise SystemExit(1)


def build(root, folder, sanitizer):
    """Runs the build script; returns its $OUT."""
    source, out = folder / "src", folder / sanitizer / "out"
    source.mkdir(parents=True, exist_ok=True)
    if not (source / "tcpanvil").is_symlink():
        (source / "tcpanvil").symlink_to(root)
    for path in out.glob("*"):
        path.unlink()
    image = {"CC": "clang", "CXX": "clang++", "CFLAGS": FLAGS[sanitizer],
             "CXXFLAGS": FLAGS[sanitizer], "LIB_FUZZING_ENGINE": "-fsanitize=fuzzer",
             "FUZZING_ENGINE": "libfuzzer", "SANITIZER": sanitizer, "ARCHITECTURE": "x86_64",
             "SRC": str(source), "OUT": str(out), "WORK": str(folder / sanitizer / "work")}
    done = subprocess.run([str(root / ".clusterfuzzlite/build.sh")], env={**os.environ, **image},
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        fail(f"the build for {sanitizer} exits {done.returncode}\n{done.stdout}{done.stderr}")
    return out


def run(program, *words):
    """Runs a harness in a folder of its own; it must end well. Returns what it said."""
    with tempfile.TemporaryDirectory() as name:
        done = subprocess.run([str(program), "-seed=1337", *words], cwd=name, text=True,
                              env={**os.environ, **SETTINGS}, capture_output=True, check=False)
    if done.returncode != 0:
        fail(f"{program} {' '.join(words)} exits {done.returncode}\n{done.stderr}")
    return done.stderr


def check_program(program, sanitizer):
    """It starts, and is instrumented."""
    said = run(program, f"-runs={RUNS}")
    edges = re.search(r"INFO: Loaded \d+ modules +\((\d+) inline 8-bit counters\)", said)
    if f"Done {RUNS} runs" not in said or edges is None or int(edges[1]) < EDGES_MIN:
        fail(f"{program} does not start well, or is not instrumented\n{said}")
    code = subprocess.run(["objdump", "-d", str(program)], capture_output=True, text=True,
                          check=True).stdout
    for name, (least, most) in CALLS[sanitizer].items():
        calls = len(re.findall(rf"callq?\s+[0-9a-f]+\s+<__{name}", code))
        if calls < least or (most is not None and calls > most):
            fail(f"{program} calls {name} {calls} times: it is not built for {sanitizer}")


def check_beside(root, program):
    """Its options, dictionary and seeds; the seeds run, and reach something. How many there are."""
    name = program.name
    options = configparser.ConfigParser()
    options.read(program.with_name(f"{name}.options"))
    if int(options["libfuzzer"]["max_len"]) < 1:
        fail(f"{name}.options says nothing")
    if not program.with_name(options["libfuzzer"].get("dict", name)).exists():
        fail(f"{name}.options names a dictionary that is not there")
    seeds = [path for folder in [root / "corpora/regressions" / name, *fuzz.seeds_of(root, name)]
             for path in folder.rglob("*") if path.is_file()]
    if not seeds:
        return 0
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(program.with_name(f"{name}_seed_corpus.zip")) as archive:
            archive.extractall(folder)
        said = run(program, "-runs=0", folder)
    found = re.search(r"seed corpus: files: (\d+)", said)
    if found is None or int(found[1]) != len([path for path in seeds if path.stat().st_size > 0]):
        fail(f"{name}_seed_corpus.zip has not the {len(seeds)} seeds that there are\n{said}")
    if fuzz.reached_in(said) == 0:
        fail(f"the seeds of {name} reach nothing\n{said}")
    return len(seeds)


def check_judge():
    """A run is worth something only if it went beyond its seeds, and reached something."""
    said = "stat::number_of_executed_units: {}\ntransitions reached: {} of 45\n"
    for runs, reached, status, seeds, well in ((10, 3, 0, 9, True), (9, 3, 0, 9, False),
                                               (10, 0, 0, 9, False), (10, 3, 1, 9, False),
                                               (0, 0, 0, 0, False)):
        with contextlib.redirect_stdout(None):
            judged = fuzz.judge(0, said.format(runs, reached), status, seeds)
        if judged != (runs, well):
            fail(f"{runs} executions from {seeds} seeds, which reach {reached}, are judged wrongly")


def main():
    """Builds and checks; returns the exit status."""
    check_judge()
    root, folder, seeds = Path(sys.argv[1]).resolve(), Path(sys.argv[2]), 0
    table = (root / "fuzz/harness.h").read_text(encoding="utf-8")
    names = re.findall(r"X\((\w+)\)", re.search(r"define FUZZ_HARNESSES.*", table)[0])
    for sanitizer in FLAGS:
        out = build(root, folder.resolve(), sanitizer)
        programs = {path.name for path in out.iterdir() if os.access(path, os.X_OK)}
        if programs != set(names):
            fail(f"built are {', '.join(sorted(programs))}, not {', '.join(names)}")
        for name in names:
            check_program(out / name, sanitizer)
            seeds += check_beside(root, out / name)
        print(f"build: {len(names)} harnesses with {sanitizer}")
    print(f"build: {seeds} seeds run")
    return 0 if seeds else 1


if __name__ == "__main__":
    sys.exit(main())
