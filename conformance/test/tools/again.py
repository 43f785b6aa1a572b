# SPDX-License-Identifier: BSD-2-Clause
"""Proves that a second ./anvil run compiles nothing, and that a changed file alone is compiled.

usage: again.py ROOT

Works in a copy of the sources under ROOT, built without optimisation. The copy's path has a space.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PARTS = ["anvil", "CMakeLists.txt", "CMakePresets.json", "LICENSE", "CONTRIBUTING.md", "core",
         "conformance", "fuzz"]
CASE = "close/four-segments"
SOURCES_LEAST = 50


def copy(root, folder):
    """The files that a build and one case need."""
    folder.mkdir()
    for part in PARTS:
        if (root / part).is_dir():
            shutil.copytree(root / part, folder / part,
                            ignore=shutil.ignore_patterns("test", "__pycache__"))
        elif (root / part).exists():
            shutil.copy2(root / part, folder / part)
    lists = folder / "CMakeLists.txt"
    text = lists.read_text(encoding="utf-8")
    if text.count('"-O2"') != 1:
        raise SystemExit("again: CMakeLists.txt does not say -O2 once")
    lists.write_text(text.replace('"-O2"', '"-O0"'), encoding="utf-8")


def run(folder):
    """Calls ./anvil run; returns what was compiled and linked."""
    done = subprocess.run([str(folder / "anvil"), "--no-install", "run", "--filter", CASE],
                          text=True, capture_output=True, check=False)
    if done.returncode != 0 or not done.stdout.endswith("1 passed, 0 failed, 0 skipped\n"):
        raise SystemExit(f"again: ./anvil run exits {done.returncode}\n{done.stdout}{done.stderr}")
    log = (folder / "build/build.log").read_text(encoding="utf-8")
    return re.findall(r"Building C object \S*/(\S+)\.o$", log, re.M), \
        re.findall(r"Linking C executable (?:\S*/)?(\S+)$", log, re.M)


def main():
    """Runs three times; returns the exit status."""
    wrong = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "a copy"
        copy(Path(sys.argv[1]), folder)
        first, second = run(folder), run(folder)
        if len(first[0]) < SOURCES_LEAST or first[1] != ["tcpanvil"]:
            print(f"again: the first call compiles {len(first[0])} files and links {first[1]}")
            wrong += 1
        if second != ([], []):
            print(f"again: the second call compiles {second[0]} and links {second[1]}")
            wrong += 1
        changed = folder / "core/src/ack.c"
        changed.write_text(changed.read_text(encoding="utf-8") + "\n", encoding="utf-8")
        third = run(folder)
        if third != (["ack.c"], ["tcpanvil"]):
            print(f"again: with ack.c changed, {third[0]} are compiled and {third[1]} linked")
            wrong += 1
    print(f"again: {len(first[0])} files compiled, then {len(second[0])}, then {len(third[0])}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
