# SPDX-License-Identifier: BSD-2-Clause
"""The committed corpora are what generate.py writes, octet for octet, no more and no less.

usage: test.py PROGRAM...
"""

import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCES = {".py", ".md", ".txt"}
OCTETS_MAX = 5 << 20
# At least so many of each: a list that shrinks does so here, too.
COUNTS = {"endpoint": 200, "matrix": 170, "host": 3, "frame": 88, "options": 60, "script": 105}


def files_of(folder):
    """All inputs below a folder: {relative path: octets}."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*")
            if path.is_file() and path.suffix not in SOURCES and "__pycache__" not in path.parts
            and path.name != "converted.csv"}


def main():
    """Generates and compares; returns the exit status."""
    with tempfile.TemporaryDirectory() as name:
        subprocess.run([sys.executable, "-B", str(HERE / "generate.py"), name, *sys.argv[1:]],
                       check=True)
        made, failed = files_of(Path(name)), False
    committed = files_of(HERE)
    for path in sorted(made.keys() | committed.keys()):
        if made.get(path) != committed.get(path):
            print(f"corpora: {path} is not what it is made to be; to make all of them: python3 "
                  "corpora/generate.py corpora build/tcpanvil")
            failed = True
    for harness, least in COUNTS.items():
        count = sum(1 for path in committed if path.startswith(f"{harness}/"))
        print(f"corpora: {count} seeds of {harness}")
        failed = failed or count < least
    total = sum(map(len, committed.values()))
    print(f"corpora: {total} octets")
    return 1 if failed or total > OCTETS_MAX else 0


if __name__ == "__main__":
    sys.exit(main())
