# SPDX-License-Identifier: BSD-2-Clause
"""Runs a harness under an engine, and asserts that the run was worth something.

usage: fuzz.py BUILD ROOT HARNESS [--engine libfuzzer|afl] [--seconds N] [--jobs N]

Seeds come from corpora/HARNESS, where there are any. What libFuzzer finds is kept in
BUILD/HARNESS-corpus, its findings in BUILD/HARNESS-findings; AFL++ keeps all in BUILD/HARNESS-afl,
which several instances share (-M and -S). Exit status: 0 nothing was found; 1 something was, or the
run executed nothing or reached nothing, or did not load its seeds; 2 the call is wrong.
"""

import argparse
import configparser
import os
import re
import subprocess
import sys
from pathlib import Path

import afl

HERE = Path(__file__).resolve().parent
GRACE_SECONDS = 60  # for the last input, and for an engine that starts on a busy machine
EXECUTED = re.compile(r"stat::number_of_executed_units:\s*(\d+)")
REACHED = re.compile(r"(?:transitions|kinds) reached: (\d+)")


def flags_of(harness):
    """What fuzz/HARNESS.options says: {name: value}."""
    config = configparser.ConfigParser()
    config.read(HERE / f"{harness}.options")
    flags = dict(config["libfuzzer"])
    if "dict" in flags:
        flags["dict"] = HERE / flags["dict"]
    return flags


def afl_flags_of(harness):
    """The same in AFL++'s words."""
    flags = flags_of(harness)
    return ["-G", flags["max_len"]] + (["-x", str(flags["dict"])] if "dict" in flags else [])


def reached_in(text):
    """How much a run says that it reached."""
    return sum(map(int, REACHED.findall(text)))


def seeds_of(root, harness):
    """The folders with its seeds: corpora/HARNESS, and those that fuzz/HARNESS.seeds names."""
    more = HERE / f"{harness}.seeds"
    names = more.read_text(encoding="utf-8").splitlines() if more.exists() else []
    folders = [root / "corpora" / harness]
    folders += [root / name for name in names if not name.startswith("#")]
    return [folder for folder in folders if folder.is_dir()]


def count_seeds(folders):
    """How many files an engine begins with: empty ones it passes over."""
    return sum(path.is_file() and path.stat().st_size > 0
               for folder in folders for path in folder.rglob("*"))


def start(options, folders, log):
    """One engine; its output goes to the file."""
    corpus, findings = folders
    command = [str(Path(options.build) / f"fuzz-{options.harness}"), str(corpus)]
    command += map(str, seeds_of(Path(options.root), options.harness))
    command += [f"-max_total_time={options.seconds}",
                *(f"-{name}={value}" for name, value in flags_of(options.harness).items()),
                "-print_final_stats=1", "-verbosity=0", "-reload=5",
                f"-artifact_prefix={findings}/"]
    return subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)


def print_reached(text):
    """The tables of what an engine reached, from its output."""
    lines = text.splitlines()
    starts = [number for number, line in enumerate(lines)
              if line.startswith("stat::peak_rss_mb") or "SYN,ACK      RST" in line]
    ends = [number for number, line in enumerate(lines) if REACHED.search(line)]
    if starts and ends:
        first = starts[0] + lines[starts[0]].startswith("stat::")
        print("\n".join(lines[first:ends[-1] + 1]))


def judge(number, text, status, seeds):
    """What one engine's output says; returns (executions, whether it is well). It begins with all
    its seeds, so that fewer executions mean that they were not loaded."""
    for line in text.splitlines():
        if line.startswith(("finding:", "  O", "Test unit written", "SUMMARY")):
            print(line)
    executed = EXECUTED.search(text)
    runs = int(executed.group(1)) if executed else 0
    if status != 0:
        print(f"fuzz: engine {number} ended with status {status}")
        return runs, False
    reached = reached_in(text)
    if runs <= seeds or reached == 0:
        print(f"fuzz: engine {number}: {runs} executions from {seeds} seeds, {reached} steps or "
              "kinds reached: worth nothing")
        return runs, False
    return runs, True


def main():
    """Runs the engines; returns the exit status."""
    parser = argparse.ArgumentParser(prog="./anvil fuzz", description="Fuzzes one harness.")
    parser.add_argument("build", help=argparse.SUPPRESS)
    parser.add_argument("root", help=argparse.SUPPRESS)
    parser.add_argument("harness", help="endpoint, pair, matrix, host, frame, options, script")
    parser.add_argument("--engine", choices=("libfuzzer", "afl"), default="libfuzzer")
    parser.add_argument("--seconds", type=int, default=60, help="how long (60)")
    parser.add_argument("--jobs", type=int, default=1, help="so many engines at once (1)")
    options = parser.parse_args()
    build = Path(options.build)
    if not (build / f"fuzz-{options.harness}").exists():
        parser.error(f"there is no harness {options.harness}")
    if options.seconds < 1 or options.jobs < 1:
        parser.error("--seconds and --jobs are 1 or more")
    if options.engine == "afl":
        return afl.run(options, afl_flags_of(options.harness), reached_in)
    folders = [build / f"{options.harness}-corpus", build / f"{options.harness}-findings"]
    for folder in folders:
        folder.mkdir(exist_ok=True)
    logs = [build / f"{options.harness}-{number}.log" for number in range(options.jobs)]
    seeds = count_seeds([folders[0], *seeds_of(Path(options.root), options.harness)])
    engines = []
    for log in logs:
        with open(log, "wb") as out:
            engines.append(start(options, folders, out))
    total, well = 0, True
    for number, (engine, log) in enumerate(zip(engines, logs)):
        status = engine.wait(timeout=options.seconds + GRACE_SECONDS)
        text = log.read_text(encoding="utf-8", errors="replace")
        runs, good = judge(number, text, status, seeds)
        total, well = total + runs, well and good
        print_reached(text)
    inputs = sum(1 for path in folders[0].iterdir())
    print(f"fuzz {options.harness}: {seeds} seeds, {total} executions in {options.seconds} s, "
          f"{options.jobs} engine(s), {inputs} inputs kept, "
          f"findings in {os.path.relpath(folders[1])}" if not well else
          f"fuzz {options.harness}: {seeds} seeds, {total} executions in {options.seconds} s, "
          f"{options.jobs} engine(s), {inputs} inputs kept, nothing found")
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
