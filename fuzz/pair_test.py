# SPDX-License-Identifier: BSD-2-Clause
"""Runs inputs of the harness pair, and checks that both ends read back.

usage: pair_test.py ROOT PROGRAM...

The inputs are those that once showed an error, and octets made from numbers, the empty one among
them. None shows an error; the same bytes tell the same; each end, written as a script, is carried
out by the runner with the same segments, calls and times, and one that was tampered with is not;
all of them together come through all states.
"""

import hashlib
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from told import call, check_passes, check_scripts, fail, files_of, tell

INPUTS = 40
# What a user is given there is the text of a connection before, which no script expects.
WITHOUT_SCRIPT = {"an-old-frame-after-a-reset"}
STATES = {"SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT",
          "CLOSING", "LAST-ACK", "TIME-WAIT"}


def octets(number):
    """An input: none, or up to 512 octets."""
    wanted = number * 16 % 528
    made = b"".join(hashlib.sha256(f"{number} {part}".encode()).digest()
                    for part in range(wanted // 32 + 1))
    return made[:wanted]


def check_capture(program, path):
    """The capture begins as pcapng does."""
    words = [*program, "replay", "--harness", "pair", "--as", "pcap", str(path)]
    if subprocess.run(words, capture_output=True, check=True).stdout[:4] != b"\x0a\x0d\x0d\x0a":
        fail("the capture is no pcapng")


def check_told(program, paths, folder):
    """Each input as a ladder, and each of its ends as a script. How many scripts say what is sent;
    the states that were seen."""
    scripts = {f"{path.name}-{end}": tell(program, "pair", "pkt", path, "--end", end)
               for path in paths for end in "ab"}
    changed, _ = check_scripts(program, scripts, folder)
    ladders = "".join(tell(program, "pair", "ladder", path) for path in paths)
    return changed, {state for state in STATES if re.search(rf"\| {state} ", ladders + " ")}


def main():
    """Runs the test; returns the exit status."""
    root, program = Path(sys.argv[1]), sys.argv[2:]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = files_of(root / "corpora/regressions/pair")
        for number in range(INPUTS):
            paths.append(folder / f"{number:02}")
            paths[-1].write_bytes(octets(number))
        check_passes(program, "pair", paths)
        told = [path for path in paths if path.name not in WITHOUT_SCRIPT]
        changed, reached = check_told(program, told, folder)
        check_capture(program, paths[0])
        call(program, "replay", "--harness", "endpoint", "--as", "pkt", "--end", "b", paths[-1],
             status=2)
    if changed < INPUTS or not reached >= STATES:
        fail(f"{changed} scripts say what is sent; {', '.join(sorted(STATES - reached))} not seen")
    print(f"fuzz: {len(paths)} inputs of pair replayed, {len(reached)} states reached")
    return 0


if __name__ == "__main__":
    sys.exit(main())
