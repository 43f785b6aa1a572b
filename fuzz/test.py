# SPDX-License-Identifier: BSD-2-Clause
"""Replays the committed inputs of the event harnesses, and checks that they read back.

usage: test.py ROOT PROGRAM...

None of the files shows an error; each, written as a script, is carried out by the runner with the
same segments, calls and times, and so are inputs of random octets; a script that was tampered with
is not. Each script, made an input again, is told as the same script. The same bytes tell the same.
A seed that was made of a script of the suite reaches what it is named for; the seeds reach all
states.
"""

import csv
import random
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from told import call, check_passes, check_scripts, fail, files_of, tell

RANDOM_INPUTS = 64
OF_SUITE = {"endpoint": 880, "matrix": 530}  # of 1,034 scripts, at least so many become inputs
BACK_OF_RANDOM = 0.8  # some have calls that fail as no record says, or last for months
VERSIONS = (1, 2)
HARNESSES = ("endpoint", "matrix")  # both take the seeds of the first
STATES = {"CLOSED", "LISTEN", "SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1",
          "FIN-WAIT-2", "CLOSE-WAIT", "CLOSING", "LAST-ACK", "TIME-WAIT"}


def inputs_of(root, harness):
    """All committed inputs of a harness."""
    return [path for folder in ("corpora", "corpora/regressions")
            for path in files_of(root / folder / harness)]


def random_inputs(folder):
    """Inputs of any octets, in any scene."""
    draw, paths = random.Random(1), []
    for number in range(RANDOM_INPUTS):
        paths.append(folder / f"random-{number}")
        head = bytes([1, *draw.randbytes(5), number, *draw.randbytes(5)])
        paths[-1].write_bytes(head + b"".join(
            bytes([draw.randrange(8), draw.randrange(16), *draw.choices(range(8), k=5), 0]) +
            draw.randbytes(4) for _ in range(16)))
    return paths


def without_text(octets):
    """A frame in octets up to its checksum, and its length: what text it has is not told."""
    frame = bytes.fromhex(octets)
    return f"{frame[:36 if frame[0] >> 4 == 4 else 56].hex()} and so on, {len(frame)}"


def happened(script):
    """The lines of a script with their times from its start, but calls that would have blocked,
    which change nothing and no record stands for; how much a recv() wants beyond what it gets."""
    lines, at_us = [], 0
    for line in re.sub(r"(recv\(\d+, \.\.\., )\d+", r"\1", script).splitlines():
        found = re.match(r"(//: )?\+([0-9.]+) (.*)", line)
        if found:
            at_us += round(float(found[2]) * 1000000)
            frame = found[3].startswith("frame ")
            line = f"{at_us} {without_text(found[3][6:]) if frame else found[3]}"
        if not line.endswith(" = -1 EAGAIN") and not line.startswith("//: on "):
            lines.append(line)
    return lines


def check_back(program, harness, scripts, folders, into):
    """Scripts become inputs again, and these are told as the same scripts. How many do."""
    count = 0
    for profile, folder in folders.items():
        back = into / "back" / profile
        back.mkdir(parents=True)
        subprocess.run([*program, "seed", "--harness", harness, "--profile", profile, "-o",
                        str(back), str(folder)], stdout=subprocess.DEVNULL, check=False)
        for path in files_of(back):
            told = call(program, "replay", "--harness", harness, "--as", "pkt", path)
            if happened(told) != happened(scripts[path.name]):
                fail(f"{path.name} as a script, and that as an input, is told in another way")
            count += 1
    return count


def check_told(program, harness, paths, least=1.0):
    """The way from inputs to scripts, and back: that part of them, at least."""
    with tempfile.TemporaryDirectory() as name:
        scripts = {path.name: tell(program, harness, "pkt", path) for path in paths}
        changed, folders = check_scripts(program, scripts, Path(name))
        back = check_back(program, harness, scripts, folders, Path(name))
    if changed < len(paths) / 2 or back < least * len(paths):
        fail(f"of {len(paths)} inputs of {harness} {changed} say what is sent, {back} came back")


def check_converted(root, program):
    """Seeds made of scripts reach what they are there for. Returns all that any seed reaches."""
    reached = {}
    for harness in HARNESSES:
        folder = root / "corpora" / harness
        for line in call(program, "replay", "--harness", harness, "--reached",
                         *files_of(folder)).splitlines()[:-1]:
            path, cells = line.split(":", 1)
            reached[harness, Path(path).name] = set(cells.split())
    with open(root / "corpora/converted.csv", encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            wanted = {row["seed"], *row["reaches"].split()}
            lost = wanted - reached[row["harness"], row["seed"]]
            if lost:
                fail(f"{row['harness']}/{row['seed']} does not reach {', '.join(sorted(lost))}")
    return set().union(*reached.values())


def check_suite(root, program):
    """Scripts of the suite become inputs, which do the same and show nothing."""
    for harness, least in OF_SUITE.items():
        with tempfile.TemporaryDirectory() as name:
            printed = call(program, "seed", "--harness", harness, "-o", name,
                           root / "conformance/suite", status=1)
            made = len(files_of(Path(name)))
        if made < least or "it shows an error" in printed:
            fail(f"{made} scripts become inputs of {harness}, not {least}\n{printed}")


def host_inputs(folder):
    """Inputs of the harness host: any octets, for all of its connections and for strangers."""
    draw, paths = random.Random(2), []
    for number in range(RANDOM_INPUTS):
        paths.append(folder / f"host-{number}")
        head = bytes([2, *draw.randbytes(5), number, *draw.randbytes(5)])
        paths[-1].write_bytes(head + b"".join(
            bytes([draw.randrange(8), draw.randrange(3 if draw.random() < 0.5 else 16),
                   *draw.choices(range(8), k=5), draw.randrange(14)]) + draw.randbytes(4)
            for _ in range(24)))
    return paths


def check_host(root, program):
    """Inputs with many connections are told, in both versions of IP, and carried out as scripts."""
    committed = inputs_of(root, "host")
    check_passes(program, "host", committed)
    with tempfile.TemporaryDirectory() as name:
        inputs = committed + host_inputs(Path(name))
        scripts = {path.name: tell(program, "host", "pkt", path) for path in inputs}
        changed, _ = check_scripts(program, scripts, Path(name))
        for path in inputs:
            tell(program, "host", "ladder", path)
    several = sum("//: conn c2 " in script for script in scripts.values())
    if several < RANDOM_INPUTS or changed < RANDOM_INPUTS / 2:
        fail(f"{several} scripts have several connections, {changed} say what is sent")
    return len(committed)


def check_calls(program, path):
    """An input that shows nothing cannot be shrunk, nor one that has no events; and wrong calls."""
    for harness, status in ((HARNESSES[0], 1), ("pair", 2), ("none", 2)):
        call(program, "shrink", "--harness", harness, path, "-o", "/dev/null", status=status)
    for harness in ("none", "pair"):
        call(program, "seed", "--harness", harness, "-o", "/dev/null", "ack/count-by-policy",
             status=2)
    call(program, "seed", "--harness", HARNESSES[0], "-o", "/dev/null", "no/such-case", status=2)
    call(program, "replay", "--harness", "none", "x", status=2)


def main():
    """Runs the test; returns the exit status."""
    root, program = Path(sys.argv[1]), sys.argv[2:]
    count = 0
    for harness in HARNESSES:
        inputs = inputs_of(root, harness)
        if any(path.read_bytes()[0] not in VERSIONS for path in inputs):
            fail(f"an input of {harness} is of another version than {VERSIONS}")
        check_passes(program, harness, inputs + inputs_of(root, HARNESSES[0])
                     if harness != HARNESSES[0] else inputs)
        check_told(program, harness, inputs)
        count += len(inputs)
    with tempfile.TemporaryDirectory() as name:
        check_told(program, HARNESSES[0], random_inputs(Path(name)), BACK_OF_RANDOM)
    states = {cell.split(".")[2].upper() for cell in check_converted(root, program)}
    if states != STATES:
        fail(f"no seed reaches {', '.join(sorted(STATES - states))}")
    check_suite(root, program)
    count += check_host(root, program)
    check_calls(program, inputs_of(root, HARNESSES[0])[0])
    print(f"fuzz: {count} inputs replayed, {len(states)} states reached")
    return 0


if __name__ == "__main__":
    sys.exit(main())
