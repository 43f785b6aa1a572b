# SPDX-License-Identifier: BSD-2-Clause
"""Replays the committed inputs of the event harnesses, and checks that they read back.

usage: test.py ROOT PROGRAM...

None of the files shows an error; each, written as a script, is carried out by the runner with the
same segments, calls and times, and so are inputs of random octets; a script that was tampered with
is not; the same bytes tell the same; the seeds reach all states but LISTEN and CLOSED by name.
"""

import random
import re
import subprocess
import sys
import tempfile
from pathlib import Path

RANDOM_INPUTS = 64
HARNESSES = ("endpoint", "matrix")  # both take the seeds of the first
STATES = {"SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT",
          "CLOSING", "LAST-ACK", "TIME-WAIT"}


def fail(what):
    """Ends the test."""
    print(f"fuzz: {what}")
    raise SystemExit(1)


def call(program, *words, text=None, status=0):
    """What the program prints; its exit status must be the one given."""
    done = subprocess.run([*program, *words], input=text, text=True, capture_output=True,
                          check=False)
    if done.returncode != status:
        fail(f"{' '.join(words)} exits {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def run_script(program, script):
    """Carries a script out, which passes; its profile."""
    profile = re.search(r"--profile (\w+)", script)[1]
    call(program, "run", "--profile", profile, "-", text=script)
    return profile


def check_random(program):
    """Inputs of any octets, in any scene, read back as well."""
    draw = random.Random(1)
    with tempfile.TemporaryDirectory() as name:
        for number in range(RANDOM_INPUTS):
            path = Path(name) / str(number)
            head = bytes([1, *draw.randbytes(5), number, *draw.randbytes(5)])
            path.write_bytes(head + b"".join(
                bytes([draw.randrange(8), draw.randrange(16), *draw.choices(range(8), k=5), 0]) +
                draw.randbytes(4) for _ in range(16)))
            run_script(program, call(program, "replay", "--harness", HARNESSES[0], "--as", "pkt",
                                     str(path)))


def check_script(program, harness, path):
    """An input as a script passes, and fails with one number changed."""
    words = ("replay", "--harness", harness, "--as", "pkt", str(path))
    script = call(program, *words)
    if script != call(program, *words):
        fail(f"{path.name} is not told twice in the same way")
    profile = run_script(program, script)
    lines = script.splitlines()
    at = max(i for i, line in enumerate(lines) if " > " in line and " win " in line)
    lines[at] = re.sub(r" win (\d+)", lambda found: f" win {int(found[1]) ^ 1}", lines[at])
    call(program, "run", "--profile", profile, "-", text="\n".join(lines) + "\n", status=1)


def check_host(root, program):
    """Inputs with many connections show nothing, and are told, but as no script."""
    inputs = sorted([*(root / "corpora/host").iterdir(),
                     *(root / "corpora/regressions/host").iterdir()])
    printed = call(program, "replay", "--harness", "host", *map(str, inputs))
    if printed.splitlines()[-1] != f"{len(inputs)} passed, 0 failed, 0 skipped":
        fail(printed)
    for path in inputs:
        words = ("replay", "--harness", "host", "--as", "ladder", str(path))
        if call(program, *words) != call(program, *words):
            fail(f"{path.name} is not told twice in the same way")
        call(program, "replay", "--harness", "host", "--as", "pkt", str(path), status=2)
    return len(inputs)


def check_shrink(program, path):
    """An input that shows nothing cannot be shrunk, nor one that has no events."""
    for harness, status in ((HARNESSES[0], 1), ("pair", 2), ("none", 2)):
        call(program, "shrink", "--harness", harness, str(path), "-o", "/dev/null", status=status)


def main():
    """Runs the test; returns the exit status."""
    root, program = Path(sys.argv[1]), sys.argv[2:]
    seeds = sorted((root / "corpora" / HARNESSES[0]).iterdir())
    count, reached = 0, set()
    for harness in HARNESSES:
        inputs = seeds + sorted((root / "corpora/regressions" / harness).iterdir())
        printed = call(program, "replay", "--harness", harness, *map(str, inputs))
        if printed.splitlines()[-1] != f"{len(inputs)} passed, 0 failed, 0 skipped":
            fail(printed)
        for path in inputs:
            check_script(program, harness, path)
        count += len(inputs)
    for path in seeds:
        ladder = call(program, "replay", "--harness", HARNESSES[0], "--as", "ladder", str(path))
        reached |= {state for state in STATES if f"| {state} " in ladder}
    if reached != STATES:
        fail(f"no seed reaches {', '.join(sorted(STATES - reached))}")
    check_random(program)
    count += check_host(root, program)
    call(program, "replay", "--harness", "none", "x", status=2)
    check_shrink(program, seeds[0])
    print(f"fuzz: {count} inputs replayed, {len(reached)} states reached")
    return 0


if __name__ == "__main__":
    sys.exit(main())
