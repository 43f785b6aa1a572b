# SPDX-License-Identifier: BSD-2-Clause
"""Scripts of the suite and of the matrix as seeds of the harnesses of events.

usage: convert.py PROGRAM...

Writes converted.csv: of all scripts that become inputs, from the smallest on, those that reach a
state, an event and a next state that no smaller one does. A seed is named for such a step, and held
to all that it adds (fuzz/seeds_test.py). generate.py writes the inputs themselves.
"""

import csv
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
LIST = HERE / "converted.csv"
HARNESSES = ("endpoint", "matrix")
FIELDS = ("harness", "seed", "script", "reaches")
AT_ONCE = 500  # inputs of one call


def file_of(script):
    """The file that a case becomes."""
    return script.replace("/", "-")


def cases(program):
    """The names of all cases that are scripts, by the file that each becomes."""
    printed = subprocess.run([*program, "list", "--format", "json"], check=True, text=True,
                             capture_output=True).stdout
    names = (line.split('"case":"', 1)[1].split('"', 1)[0] for line in printed.splitlines())
    return {file_of(name): name for name in names}


def reached(program, harness, folder):
    """What each input of a folder reaches: {file: cells}."""
    paths, found = sorted(folder.iterdir()), {}
    for at in range(0, len(paths), AT_ONCE):
        printed = subprocess.run(
            [*program, "replay", "--harness", harness, "--reached",
             *map(str, paths[at:at + AT_ONCE])], check=True, text=True, capture_output=True).stdout
        for line in printed.splitlines()[:-1]:
            path, cells = line.split(":", 1)
            found[Path(path)] = cells.split()
    return found


def name_for(cells):
    """The step that a seed is named for: one that leads on, if there is any."""
    return next((cell for cell in cells if cell.split(".")[0] != cell.split(".")[2]), cells[0])


def choose(program, harness, names):
    """The rows of a harness."""
    rows, known = [], set()
    with tempfile.TemporaryDirectory() as name:
        subprocess.run([*program, "seed", "--harness", harness, "-o", name],
                       stdout=subprocess.DEVNULL, check=False)
        found = reached(program, harness, Path(name))
        for path in sorted(found, key=lambda path: (path.stat().st_size, path.name)):
            more = [cell for cell in found[path] if cell not in known]
            if more:
                rows.append(dict(zip(FIELDS, (harness, name_for(more), names[path.name],
                                              " ".join(more)))))
            known.update(more)
        print(f"{harness}: {len(rows)} of {len(found)} kept, which reach {len(known)} steps")
    return sorted(rows, key=lambda row: row["seed"])


def write(program, folder):
    """Writes the inputs that converted.csv lists, each below its name."""
    with open(LIST, encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    for harness in HARNESSES:
        into = folder / harness
        into.mkdir(parents=True, exist_ok=True)
        mine = [row for row in rows if row["harness"] == harness]
        with tempfile.TemporaryDirectory() as name:
            subprocess.run([*program, "seed", "--harness", harness, "-o", name,
                            *(row["script"] for row in mine)], check=True, capture_output=True)
            for row in mine:
                (into / row["seed"]).write_bytes((Path(name) /
                                                  file_of(row["script"])).read_bytes())


def main():
    """Writes the list; returns the exit status."""
    program = sys.argv[1:]
    names = cases(program)
    rows = [row for harness in HARNESSES for row in choose(program, harness, names)]
    with open(LIST, "w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
