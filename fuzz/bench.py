# SPDX-License-Identifier: BSD-2-Clause
"""Measures how fast a harness of events is under libFuzzer, beside one that does nothing.

usage: bench.py HARNESS NAME=BUILD...

Always the same inputs, from an empty corpus that is kept in memory alone: to write each new input
to a file takes longer than to run it, in the first seconds. There are so many that what is new has
become rare, as in a long run. Figures are per second of CPU time, so that other work on the machine
matters little. An event is one record, a scene's among them.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import fuzz

RUNS, EMPTY_RUNS = 200000, 2000000
EVENTS = re.compile(r"events: (\d+)")
FINDING = re.compile(r"^finding: .*\n.*", re.M)


def measure(program, runs, flags):
    """(CPU seconds, what it printed) of so many runs."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as log:
        before = os.times()
        done = subprocess.run([str(program), f"-runs={runs}", "-seed=1", "-verbosity=0", *flags,
                               f"-artifact_prefix={folder}/"], stdout=log, stderr=log, check=False)
        after = os.times()
        log.seek(0)
        text = log.read().decode("utf-8", "replace")
    if done.returncode != 0:
        found = FINDING.search(text)
        raise SystemExit(f"fuzz: {program} ends with status {done.returncode}"
                         f"{': ' + found[0] if found else ''}")
    return (after.children_user + after.children_system - before.children_user -
            before.children_system), text


def main():
    """Measures each build; returns the exit status."""
    harness = sys.argv[1]
    flags = [f"-{name}={value}" for name, value in fuzz.flags_of(harness).items()]
    for name, build in (word.split("=", 1) for word in sys.argv[2:]):
        seconds, text = measure(Path(build) / f"fuzz-{harness}", RUNS, flags)
        idle_seconds, _ = measure(Path(build) / "fuzz-empty", EMPTY_RUNS, flags)
        found = EVENTS.search(text)
        if found is None:
            print(f"fuzz: {harness} counts no events")
            return 2
        inputs, ceiling = RUNS / seconds, EMPTY_RUNS / idle_seconds
        print(f"{harness}, {name}: {int(found.group(1)) / seconds:,.0f} events/s in "
              f"{inputs:,.0f} inputs/s; a harness that does nothing: {ceiling:,.0f} inputs/s "
              f"({100 * inputs / ceiling:.1f} %)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
