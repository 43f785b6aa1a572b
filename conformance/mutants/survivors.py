# SPDX-License-Identifier: BSD-2-Clause
"""survivors.csv: why each generated mutant that no case kills is one.

A row names the mutant, says where it stands (sites.py: the line, with what is changed in
backticks), and why it lives: `equivalent` (no run can differ), `invisible` (to segments, calls and
time; the unit test named sees it) or `open`. Names count the places of a function, so that an edit
may give a mutant the name of another one; where it stands shows that.
"""

import csv
import sys
from pathlib import Path

from recipe import Failure

PATH = Path(__file__).resolve().parent / "survivors.csv"
FIELDS = ["mutant", "place", "kind", "test", "reason"]
KINDS = ("equivalent", "invisible", "open")


def renamed(foundry, rows):
    """Rows about mutants, each with the name that its mutant has now; those that are gone go.
    And what has changed, as sentences."""
    names = {(mutant.name.rpartition(":")[0], mutant.place): mutant.name
             for mutant in foundry.mutants}
    kept, said = [], []
    for row in rows:
        name = names.get((row["mutant"].rpartition(":")[0], row.get("place")))
        if name != row["mutant"]:
            said.append(f"{row['mutant']} is {'gone' if name is None else 'now ' + name}")
        if name is not None:
            kept.append(row | {"mutant": name})
    return kept, said


def read(foundry, move=False):
    """{mutant: row of survivors.csv}. What is wrong in the file is a failure; but with `move`, rows
    follow what they tell of to its new name, and go if it is gone."""
    with PATH.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    if move:
        rows, said = renamed(foundry, rows)
        print("".join(f"survivors.csv: {text}\n" for text in said), end="", file=sys.stderr)
    listed = {row["mutant"]: row for row in rows}
    tests = {path.stem for path in (foundry.core / "test").glob("*_test.c")}
    wrong = [text for row in rows for text in wrong_in(foundry, row, tests)]
    if len(listed) != len(rows):
        wrong.append("a mutant is named twice")
    if wrong:
        raise Failure("survivors.csv: " + "\n    ".join(wrong) +
                      "\nAfter an edit, --write gives rows that still stand there their new names.")
    return listed


def wrong_in(foundry, row, tests):
    """What is wrong in a row, as sentences."""
    if row["mutant"] not in foundry.numbers:
        return [f"there is no mutant {row['mutant']}"]
    stands = foundry.mutants[foundry.numbers[row["mutant"]] - 1].place
    if row["place"] != stands:
        return [f"{row['mutant']} is now another one:\n        was  {row['place']}\n"
                f"        is   {stands}"]
    if row["kind"] not in KINDS or not row["reason"] or \
            (row["test"] in tests) != (row["kind"] == "invisible"):
        return [f"not in order: {','.join(row.values())}"]
    return []


def write(foundry, names, results, listed):
    """Makes survivors.csv list what survived of the mutants named: what is new is open, what is
    killed goes."""
    rows = []
    for mutant in foundry.mutants:
        row = listed.get(mutant.name)
        if mutant.name in names and results.found[mutant.name]["result"] != "survived":
            continue
        if mutant.name in names and row is None:
            row = {"mutant": mutant.name, "place": mutant.place, "kind": "open", "test": "",
                   "reason": "not looked at yet"}
        rows += [row] if row is not None else []
    with PATH.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
