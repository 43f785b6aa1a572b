# SPDX-License-Identifier: BSD-2-Clause
"""Writes kept.txt: which of the generated option areas and scripts libFuzzer's -merge=1 keeps.

usage: minimise.py BUILD

BUILD holds the harnesses (build/libfuzzer, after ./anvil fuzz). Afterwards, write the corpora
again: generate.py corpora. What is kept depends on the compiler; the file says what was chosen.
"""

import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main():
    """Minimises; returns the exit status."""
    build, kept = Path(sys.argv[1]), []
    with tempfile.TemporaryDirectory() as name:
        subprocess.run([sys.executable, "-B", str(HERE / "generate.py"), name, "--all"], check=True)
        for harness in ("options", "script", "frame"):
            merged = Path(name) / f"{harness}-merged"
            merged.mkdir()
            seeds = Path(name) / harness
            subprocess.run([str(build / f"fuzz-{harness}"), "-merge=1", str(merged), str(seeds)],
                           check=True, capture_output=True)
            hashes = {path.name for path in merged.iterdir()}
            found = sorted(path.name for path in seeds.iterdir()
                           if hashlib.sha1(path.read_bytes()).hexdigest() in hashes)
            print(f"{harness}: {len(found)} of {sum(1 for _ in seeds.iterdir())} kept")
            if harness == "frame":
                left = sorted({path.name for path in seeds.iterdir()} - set(found))
                print(f"frame: all are kept, also those that add no edge: {' '.join(left)}")
            else:
                kept += [f"{harness}/{seed}" for seed in found]
    (HERE / "kept.txt").write_text("\n".join(kept) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
