# SPDX-License-Identifier: BSD-2-Clause
"""Mutant files: what one says, and how its change is made in the text of the core.

A mutant is a small mistake put into the core or its host, in a file AREA/NAME.mutant:

    # TIME-WAIT ends after one MSL.
    breaks MUST-13 S5
    in core/src/lifecycle.c anvil_enter_time_wait
    - step->now + 2 * step->policy->msl_us;
    + step->now + step->policy->msl_us;

The first line is a sentence that says what the mutated stack does wrong. `breaks` names the
requirements that it violates, the main one first. Optional: `recreates` names bugs, `oracle` the
oracles of which each must see it alone, whatever the scripts expect, `variant` the clock without
which it is right (see verdict.py). `unseen because ...` says why no oracle can see it, so that the
harnesses of fuzz/ need not look for it (see by_fuzz.py).
`in` names a file and a function, or a table, macro or enum; the text of the `-` lines must stand
there exactly once (any run of white space matches any other), and that of the `+` lines, if there
is one, takes its place.
"""

import csv
import hashlib
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "test/tools"))
import lint  # pylint: disable=wrong-import-position # its reader of C is used here too

KEYS = ("breaks", "recreates", "oracle", "variant")


class Failure(Exception):
    """What is wrong, as a sentence."""


class Change:
    """One text of one function or table, and what becomes of it."""

    def __init__(self, path, place):
        self.path, self.place, self.old, self.new = path, place, [], []

    def made(self, text):
        """The text of the whole file with the change made."""
        first, last = place_of(text, self.path, self.place)
        lines = text.split("\n")
        body = "\n".join(lines[first - 1:last])
        old = r"\s+".join(re.escape(word) for word in " ".join(self.old).split())
        found = list(re.finditer(old, body))
        if len(found) != 1:
            raise Failure(f"in {self.path}, '{' '.join(self.old)}' stands {len(found)} times in "
                          f"{self.place}")
        new = body[:found[0].start()] + "\n".join(self.new) + body[found[0].end():]
        return "\n".join(lines[:first - 1] + [new] + lines[last:])


class Mutant:
    """What a mutant file says."""

    def __init__(self, name):
        self.name, self.sentence, self.changes = name, "", []
        self.breaks, self.recreates, self.oracle, self.variant = [], [], [], []
        self.unseen = ""

    def digest(self):
        """What the change is, in a few digits."""
        text = repr([(one.path, one.place, one.old, one.new) for one in self.changes])
        return hashlib.sha256(text.encode()).hexdigest()[:8]

    def texts(self, root):
        """{path: text} of the files that it changes."""
        made = {}
        for change in self.changes:
            text = made.get(change.path)
            if text is None:
                text = source_text(root, change.path)
            made[change.path] = change.made(text)
        return made


def source_text(root, path):
    """The text of a file of the core, by its path from ROOT."""
    if not re.match(r"core/(src|include)/", path) or not (root / path).is_file():
        raise Failure(f"{path} is no file of core/src or core/include")
    return (root / path).read_text(encoding="utf-8")


def is_named(item, place):
    """Whether an item of a file is, or defines, what is called so."""
    if item.body:
        return item.name() == place
    defines = item.name() == place and not item.is_function()
    return defines or place in lint.enum_constants(item.head) or \
        any(item.head[i] in ("enum", "struct", "union") and item.head[i + 1] == place and
            item.head[i + 2] == "{" for i in range(len(item.head) - 2))


def place_of(text, path, place):
    """(first line, last line) of the function, table, enum or macro called so."""
    code = lint.without_comments(text)
    found = [(item.line, (item.body or item.head)[-1].line)
             for item in lint.items_of(lint.tokens_of(code)) if is_named(item, place)]
    found += [(first, last) for first, last, line in lint.directives(code)
              if re.match(rf"#define\s+{re.escape(place)}\b", line)]
    if len(found) != 1:
        raise Failure(f"in {path}, {place} is defined {len(found)} times")
    return found[0]


def add_line(mutant, word, rest):
    """Takes in one line that is not the sentence."""
    changes = mutant.changes
    if word in KEYS:
        if getattr(mutant, word) or not rest:
            raise Failure(f"'{word}' stands there twice, or names nothing")
        setattr(mutant, word, rest.split())
    elif word == "unseen" and re.match(r"because \S", rest) and not mutant.unseen:
        mutant.unseen = rest.split(" ", 1)[1].strip()
    elif word == "in" and len(rest.split()) == 2:
        changes.append(Change(*rest.split()))
    elif word == "-" and changes and rest:
        if changes[-1].new:
            changes.append(Change(changes[-1].path, changes[-1].place))
        changes[-1].old.append(rest.strip())
    elif word == "+" and changes and changes[-1].old:
        changes[-1].new.append(rest)
    else:
        raise Failure(f"'{word} {rest}' says nothing here")


def check(mutant, known):
    """Raises if something is missing or unknown."""
    if not re.fullmatch(r"\S.*[^ ]\.", mutant.sentence):
        raise Failure("the first line is no '# Sentence.'")
    if not mutant.breaks or not mutant.changes or not all(one.old for one in mutant.changes):
        raise Failure("'breaks', 'in' or the text to be changed is missing")
    unknown = [one for one in mutant.breaks + mutant.recreates if one not in known]
    if unknown:
        raise Failure(f"no requirement is called {' or '.join(unknown)}")
    if mutant.oracle and mutant.unseen:
        raise Failure(f"{' '.join(mutant.oracle)} sees it, and yet no oracle can")
    for word in mutant.oracle:
        if not re.fullmatch(r"O\d+", word):
            raise Failure(f"no oracle is called {word}")


def read(path, name, known):
    """The mutant in a file; `known` are the ids that it may name."""
    mutant = Mutant(name)
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        word, _, rest = line.partition(" ")
        try:
            if number == 1 and word == "#":
                mutant.sentence = rest.strip()
            elif line.strip():
                add_line(mutant, word, rest.rstrip())
        except Failure as failure:
            raise Failure(f"{path}:{number}: {failure}") from None
    try:
        check(mutant, known)
    except Failure as failure:
        raise Failure(f"{path}: {failure}") from None
    return mutant


def find(options):
    """([mutants whose name matches], [(name, (kind, why)) of the files that are wrong])."""
    known, found, wrong = known_ids(options.root), [], []
    for path in sorted(options.folder.rglob("*.mutant")):
        name = str(path.relative_to(options.folder).with_suffix(""))
        if not Path(name).match(options.only):
            continue
        try:
            found.append(read(path, name, known))
        except Failure as failure:
            wrong.append((name, ("unmade", str(failure))))
    return found, wrong


def known_ids(root):
    """The ids of the registry of requirements."""
    with open(root / "conformance/requirements.csv", encoding="utf-8", newline="") as file:
        return {row["id"] for row in csv.DictReader(file)}
