# SPDX-License-Identifier: BSD-2-Clause
"""Runs inputs of the harness pair, and checks that both ends read back.

usage: pair_test.py PROGRAM...

The inputs are octets made from numbers, the empty one among them. None shows an error; the same
bytes tell the same; each end, written as a script, is carried out by the runner with the same
segments, calls and times, and one that was tampered with is not; all of them together come through
all states.
"""

import hashlib
import re
import subprocess
import sys
import tempfile
from pathlib import Path

INPUTS = 40
STATES = {"SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT",
          "CLOSING", "LAST-ACK", "TIME-WAIT"}


def fail(what):
    """Ends the test."""
    print(f"pair: {what}")
    raise SystemExit(1)


def call(program, *words, text=None, status=0):
    """What the program prints; its exit status must be the one given."""
    done = subprocess.run([*program, *words], input=text, text=True, capture_output=True,
                          check=False)
    if done.returncode != status:
        fail(f"{' '.join(words)} exits {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def octets(number):
    """An input: none, or up to 512 octets."""
    wanted = number * 16 % 528
    made = b"".join(hashlib.sha256(f"{number} {part}".encode()).digest()
                    for part in range(wanted // 32 + 1))
    return made[:wanted]


def tampered(script):
    """A script with one number changed in its last segment that goes out; None: there is none."""
    lines = script.splitlines()
    found = [i for i, line in enumerate(lines) if " > " in line and " win " in line]
    if not found:
        return None
    lines[found[-1]] = re.sub(r" win (\d+)", lambda one: f" win {int(one[1]) ^ 1}",
                              lines[found[-1]])
    return "\n".join(lines) + "\n"


def check_end(program, path, end):
    """The script of one end passes, and with one number changed it fails. Returns whether it was
    changed."""
    words = ("replay", "--harness", "pair", "--as", "pkt", "--end", end, str(path))
    script = call(program, *words)
    profile = re.search(r"--profile (\w+)", script)[1]
    call(program, "run", "--profile", profile, "-", text=script)
    false = tampered(script)
    if false is not None:
        call(program, "run", "--profile", profile, "-", text=false, status=1)
    return false is not None


def check_capture(program, path):
    """The capture begins as pcapng does."""
    words = [*program, "replay", "--harness", "pair", "--as", "pcap", str(path)]
    if subprocess.run(words, capture_output=True, check=True).stdout[:4] != b"\x0a\x0d\x0d\x0a":
        fail("the capture is no pcapng")


def main():
    """Runs the test; returns the exit status."""
    program = sys.argv[1:]
    with tempfile.TemporaryDirectory() as name:
        paths = []
        for number in range(INPUTS):
            paths.append(Path(name) / f"{number:02}")
            paths[-1].write_bytes(octets(number))
        printed = call(program, "replay", "--harness", "pair", *map(str, paths))
        if printed.splitlines()[-1] != f"{INPUTS} passed, 0 failed, 0 skipped":
            fail(printed)
        reached, changed = set(), 0
        for path in paths:
            changed += sum(check_end(program, path, end) for end in "ab")
            words = ("replay", "--harness", "pair", "--as", "ladder", str(path))
            ladder = call(program, *words)
            if ladder != call(program, *words):
                fail(f"{path.name} is not told twice in the same way")
            reached |= {state for state in STATES if re.search(rf"\| {state} ", ladder + " ")}
        check_capture(program, paths[0])
        call(program, "replay", "--harness", "endpoint", "--as", "pkt", "--end", "b",
             str(paths[0]), status=2)
    if changed < INPUTS or not reached >= STATES:
        fail(f"{changed} scripts say what is sent; {', '.join(sorted(STATES - reached))} not seen")
    print(f"pair: {INPUTS} inputs replayed, {len(reached)} states reached")
    return 0


if __name__ == "__main__":
    sys.exit(main())
