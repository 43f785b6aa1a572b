# SPDX-License-Identifier: BSD-2-Clause
"""Writes seeds and regressions of the harness `frame`, and frame.csv: what each seed must reach.

Needs scapy.

usage: frames.py FOLDER
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from corpora import attacks, connections, found  # noqa: E402 pylint: disable=wrong-import-position


def main():
    """Writes the files; returns the exit status."""
    folder, rows = Path(sys.argv[1]), ["seed,states"]
    assert attacks.seed is connections.seed
    (folder / "frame").mkdir(parents=True, exist_ok=True)
    for name, (function, family, states) in sorted(connections.SEEDS.items()):
        (folder / "frame" / f"{name}.pcap").write_bytes(function(family).octets())
        rows.append(f"{name}.pcap,{' '.join(states)}")
    regressions = folder / "regressions/frame"
    regressions.mkdir(parents=True, exist_ok=True)
    for name, function in found.FOUND.items():
        (regressions / f"{name}.pcap").write_bytes(function().octets())
    (folder / "frame.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
