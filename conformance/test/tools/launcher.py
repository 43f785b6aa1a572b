# SPDX-License-Identifier: BSD-2-Clause
"""Tests of ./anvil that need no build: help, wrong calls, and what it says when tools are missing.

usage: launcher.py ROOT
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

# What the launcher itself needs; a folder with these alone is a machine without build tools.
POSIX = ["sh", "cat", "dirname", "id", "mkdir", "readlink", "sort", "tr", "uname"]


def main():
    """Makes the calls; returns the exit status."""
    anvil, failed = (Path(sys.argv[1]) / "anvil").resolve(), False
    with tempfile.TemporaryDirectory() as bare:
        for name in POSIX:
            os.symlink(shutil.which(name), Path(bare) / name)
        everything = os.environ["PATH"]
        calls = [
            (["--help"], everything, 0, "usage: ./anvil"),
            ([], everything, 2, "usage: ./anvil"),
            (["forge"], everything, 2, "no job is called 'forge'"),
            (["test", "--no-install", "pdp11"], everything, 2, "no flavour is called 'pdp11'"),
            (["fuzz"], everything, 2, "fuzz needs a harness"),
            (["fuzz", "--no-install", "frame", "--engine", "afl"], bare, 2,
             "are missing: afl++ clang cmake gcc"),
            (["fuzz", "--no-install", "endpoint", "--engine", "afl", "--bench"], everything, 2,
             "--bench is of libFuzzer"),
            (["fuzz", "--no-install", "endpoint"], bare, 2, "are missing: clang cmake gcc"),
            (["mutants", "--no-install"], bare, 2, "are missing: cmake gcc make python3"),
            (["gcov", "--no-install"], bare, 2, "are missing: cmake gcc gcovr make python3"),
            (["--no-install", "run"], bare, 2, "are missing: cmake gcc make"),
            (["bench", "--no-install"], bare, 2, "are missing: cmake gcc make"),
            (["test", "--no-install", "clang"], bare, 2, "are missing: clang cmake g++ gcc "),
            (["run"], bare, 2, "are missing: cmake gcc make"),
        ]
        for words, path, status, said in calls:
            done = subprocess.run([str(anvil), *words], env={"PATH": path, "LC_ALL": "C"},
                                  text=True, capture_output=True, check=False)
            if done.returncode != status or said not in done.stdout + done.stderr:
                print(f"anvil {' '.join(words)}: exit {done.returncode}, expected {status} and "
                      f"'{said}':\n{done.stdout}{done.stderr}")
                failed = True
    print(f"launcher: {len(calls)} calls")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
