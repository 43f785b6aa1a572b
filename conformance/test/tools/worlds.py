# SPDX-License-Identifier: BSD-2-Clause
"""Checks that the run of a world reads back: the script of each end, run alone, passes.

usage: worlds.py PROGRAM...

For a range of seeds, both ends of a world are written as scripts, and the runner carries them out
with the same segments at the same times and the same results of calls, also where two connections
of the same four-tuple follow each other. A ladder and a capture of one seed are looked at, too.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

SEEDS = range(1, 121)


def call(program, *words, status=0):
    """What the program prints; its exit status must be the one given."""
    done = subprocess.run([*program, *words], text=True, capture_output=True, check=False)
    if done.returncode != status:
        print(f"worlds: {' '.join(words)} exits {done.returncode}\n{done.stdout}{done.stderr}")
        raise SystemExit(1)
    return done.stdout


def check_scripts(program, folder):
    """Writes and runs the scripts of all seeds; returns how many passed."""
    for seed in SEEDS:
        call(program, "world", "--seed", str(seed), "--as", "pkt", "--output",
             str(folder / f"{seed:04}"))
    scripts = sorted(folder.glob("*.pkt"))
    double = [path for path in scripts if "//: conn " in path.read_text(encoding="utf-8")]
    if len(scripts) != 2 * len(SEEDS) or len(double) < 10:
        print(f"worlds: {len(scripts)} scripts of {len(SEEDS)} seeds, {len(double)} of which have "
              "several connections")
        raise SystemExit(1)
    printed = call(program, "run", *(str(path) for path in scripts))
    wanted = f"{len(scripts)} passed, 0 failed, 0 skipped"
    if printed.splitlines()[-1] != wanted:
        print(f"worlds: not '{wanted}':\n{printed}")
        raise SystemExit(1)
    return len(scripts)


def check_false_scripts(program, folder):
    """A script that was tampered with fails: one number more in one segment that went out."""
    script = folder / "0001.a.pkt"
    lines = script.read_text(encoding="utf-8").splitlines(keepends=True)
    last = max(i for i, line in enumerate(lines) if " > " in line and " win " in line)
    head, tail = lines[last].split(" win ", 1)
    number, _, rest = tail.partition(" ")
    lines[last] = f"{head} win {int(number) ^ 1} {rest}" if rest else f"{head} win " \
                                                                    f"{int(number) ^ 1}\n"
    false = folder / "false.txt"
    false.write_text("".join(lines), encoding="utf-8")
    call(program, "run", str(false), status=1)


def check_other_forms(program, folder):
    """The ladder names both ends' states; the capture is a pcapng file."""
    ladder = call(program, "world", "--seed", "7", "--as", "ladder")
    if "| A " not in ladder.splitlines()[0] or "ESTABLISHED" not in ladder:
        print(f"worlds: this is no ladder:\n{ladder}")
        raise SystemExit(1)
    call(program, "world", "--seed", "7", "--as", "pcap", "--output", str(folder / "seven"))
    if (folder / "seven.pcapng").read_bytes()[:4] != b"\x0a\x0d\x0d\x0a":
        print("worlds: the capture does not begin as pcapng does")
        raise SystemExit(1)


def main():
    """Runs the test; returns the exit status."""
    program = sys.argv[1:]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        count = check_scripts(program, folder)
        check_false_scripts(program, folder)
        check_other_forms(program, folder)
    print(f"worlds: {count} scripts of {len(SEEDS)} worlds pass")
    return 0


if __name__ == "__main__":
    sys.exit(main())
