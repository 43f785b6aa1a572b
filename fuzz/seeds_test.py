# SPDX-License-Identifier: BSD-2-Clause
"""Replays the committed inputs of the harnesses frame, options and script.

usage: seeds_test.py ROOT PROGRAM...

None shows an error, each tells the same twice, and each seed of `frame` goes through the states
that corpora/frame.csv names, and is carried out as a script where a script can say it; together
they see all states. The whole suite reads back as printed. A seed that lost its meaning fails.
"""

import csv
import re
import subprocess
import sys
from pathlib import Path

STATES = {"LISTEN", "SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2",
          "CLOSE-WAIT", "CLOSING", "LAST-ACK", "TIME-WAIT"}
AT_LEAST = {"frame": 80, "options": 50, "script": 100}
REFUSED = 20  # scripts at most that are no scripts; the others are told as scripts
# Captures that no script can tell: frames without an octet, or with octets of their own that are
# delivered; more connections at once than the host of the harness has room for.
NO_SCRIPT = {"cut-short", "wrong-lengths", "wrong-lengths-of", "reserved-bits", "syn-flood",
             "extension-headers", "fragments", "fragments-of",
             "options-behind-one-of-a-wrong-length"}
AT_ONCE = 200  # inputs of one call


def fail(what):
    """Ends the test."""
    print(f"seeds: {what}")
    raise SystemExit(1)


def call(program, *words, status=0):
    """The octets that the program prints; its exit status must be the one given."""
    done = subprocess.run([*program, *words], capture_output=True, check=False)
    if done.returncode != status:
        fail(f"{' '.join(words)} exits {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def tell(program, harness, form, path):
    """One input, told twice in the same way."""
    words = ("replay", "--harness", harness, "--as", form, str(path))
    told = call(program, *words)
    if told != call(program, *words):
        fail(f"{path.name} is not told twice in the same way")
    return told


def check_script(program, path):
    """A capture as a script is carried out with the same result."""
    script = tell(program, "frame", "pkt", path)
    profile = re.search(rb"--profile (\w+)", script)[1].decode()
    done = subprocess.run([*program, "run", "--profile", profile, "-"], input=script,
                          capture_output=True, check=False)
    if done.returncode != 0:
        fail(f"{path.name} as a script:\n{done.stdout.decode()}{done.stderr.decode()}")


def check_frames(program, root):
    """Each capture reaches what it is there for."""
    reached = {"LISTEN"}
    with open(root / "corpora/frame.csv", encoding="utf-8", newline="") as rows:
        wanted = {row["seed"]: set(row["states"].split()) for row in csv.DictReader(rows)}
    if set(wanted) != {path.name for path in (root / "corpora/frame").iterdir()}:
        fail("corpora/frame.csv names other seeds than there are")
    for name, states in wanted.items():
        path = root / "corpora/frame" / name
        ladder = tell(program, "frame", "ladder", path).decode()
        seen = {state for state in STATES if re.search(rf"\| (.*-> )?{state}\b(?!-)", ladder)}
        if not states <= seen:
            fail(f"{name} does not reach {', '.join(sorted(states - seen))}")
        reached |= seen
        if tell(program, "frame", "pcap", path)[:4] != b"\x0a\x0d\x0d\x0a":
            fail(f"{name} is not told as a pcapng capture")
        if path.stem.removesuffix("-v6") not in NO_SCRIPT:
            check_script(program, path)
    for path in (root / "corpora/regressions/frame").iterdir():
        if path.stem not in NO_SCRIPT:
            check_script(program, path)
    if reached != STATES:
        fail(f"no seed of frame reaches {', '.join(sorted(STATES - reached))}")


def check_texts(program, root):
    """Option areas and scripts are told as text; nearly all scripts as scripts."""
    refused = 0
    for path in (root / "corpora/options").iterdir():
        if b"encoded  <" not in tell(program, "options", "text", path):
            fail(f"{path.name} is not encoded")
    for path in (root / "corpora/script").iterdir():
        refused += tell(program, "script", "text", path).startswith(b"input:")
    if refused > REFUSED:
        fail(f"{refused} seeds of script are no scripts")
    path = next((root / "corpora/options").iterdir())
    call(program, "replay", "--harness", "options", "--as", "pcap", str(path), status=2)


def check_suite(program, root):
    """Each script of the suite reads back as it is printed. Returns how many there are."""
    scripts = sorted((root / "conformance/suite").rglob("*.pkt"))
    for at in range(0, len(scripts), AT_ONCE):
        call(program, "replay", "--harness", "script", *map(str, scripts[at:at + AT_ONCE]))
    for path in scripts[::50]:
        if tell(program, "script", "text", path).startswith(b"input:"):
            fail(f"{path} is no script")
    return len(scripts)


def main():
    """Runs the test; returns the exit status."""
    root, program, total = Path(sys.argv[1]), sys.argv[2:], 0
    for harness, least in AT_LEAST.items():
        inputs = sorted((root / "corpora" / harness).iterdir())
        regressions = root / "corpora/regressions" / harness
        if len(inputs) < least:
            fail(f"there are {len(inputs)} seeds of {harness}, not {least}")
        inputs += sorted(regressions.iterdir()) if regressions.is_dir() else []
        printed = call(program, "replay", "--harness", harness, *map(str, inputs)).decode()
        if printed.splitlines()[-1] != f"{len(inputs)} passed, 0 failed, 0 skipped":
            fail(printed)
        total += len(inputs)
    check_frames(program, root)
    check_texts(program, root)
    total += check_suite(program, root)
    print(f"seeds: {total} inputs replayed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
