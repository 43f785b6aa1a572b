# SPDX-License-Identifier: BSD-2-Clause
"""Finds the places where a classic operator changes a C source, and writes the source with all of
the changes in it, each behind a guard.

A place that holds `a < b` becomes `(anvil_is(17u) ? a <= b : anvil_is(18u) ? a >= b : a < b)`. One
program then contains every mutant; a number chooses the one that is in force. Where C wants a
constant (initialisers of static tables, case labels, array sizes) nothing can be guarded: `skipped`
counts the numbers and names there. Asserts are compiled out, and so are no places.

Operators: boundary (< is <=), opposite (< is >=, == is !=), logic (&& is ||), negate (a condition),
plus-one, minus-one (a number), sign (+ is -), drop (a statement), state, constant (another one of
those that it is declared with), boolean (true is false), case (a value is handled as the next of
the switch), result (one more is returned; only where a function has no other place).
"""

import re
from collections import namedtuple

from clang import cindex

# `place` tells it from all others of its function and operator, whatever is edited elsewhere.
Mutant = namedtuple("Mutant", "name line text becomes place")

FLAGS = ["-std=c11", "-DNDEBUG"]
BOUNDARY = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
LOGIC = {"&&": "||", "||": "&&"}
SIGN = {"+": "-", "-": "+", "+=": "-=", "-=": "+="}
STEPS = {"++": "--", "--": "++"}
BOOLEAN = {"true": "false", "false": "true"}
STATEMENTS = {"COMPOUND_STMT", "IF_STMT", "WHILE_STMT", "DO_STMT", "FOR_STMT", "SWITCH_STMT",
              "CASE_STMT", "DEFAULT_STMT", "RETURN_STMT", "BREAK_STMT", "CONTINUE_STMT",
              "DECL_STMT", "NULL_STMT", "LABEL_STMT"}
NOT_EVALUATED = {"CXX_UNARY_EXPR", "StmtExpr", "STRING_LITERAL"}


def kind(cursor):
    """The kind of a node, as a word."""
    return cursor.kind.name


def span(cursor):
    """(start, end) of a node in its file."""
    return cursor.extent.start.offset, cursor.extent.end.offset


def peeled(cursor):
    """The node inside parentheses and implicit conversions."""
    while kind(cursor) in ("UNEXPOSED_EXPR", "PAREN_EXPR"):
        inner = list(cursor.get_children())
        if len(inner) != 1:
            break
        cursor = inner[0]
    return cursor


def constant_groups(texts):
    """{name: another name} for the macros and enumerators that are declared together.

    Macros count as such if they stand on adjoining lines; each is replaced by the next one that
    stands for something else, the last by the first. Names of sizes are not among them.
    """
    other = {}
    for text in texts:
        plain = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
        groups = [re.findall(r"#define (\w+) ([^\n]*?)u?\s*\n", block) for block in
                  re.findall(r"(?:^#define [A-Z]\w+ [(]?[-\w][^\n\\]*\n)+", plain, re.M)]
        for body in re.findall(r"\benum\b(?: \w+)? \{([^}]*)\}", plain):
            groups.append([(name, name) for name in re.findall(r"(?:^|,)\s*([A-Z]\w*)", body)])
        for group in groups:
            named = [one for one in group if not re.search(r"_(MAX|COUNT|FIRST|LAST)$", one[0])]
            for index, (name, value) in enumerate(named):
                turned = named[index + 1:] + named[:index]
                following = [one[0] for one in turned if one[1] != value]
                if following:
                    other[name] = following[0]
    return other


def squeezed(text):
    """A text with any run of white space as one space."""
    return " ".join(text.split())


class Function:
    """One function that is being rewritten."""

    def __init__(self, writer, cursor):
        self.writer, self.cursor = writer, cursor
        self.name = cursor.spelling
        self.is_bool = cursor.result_type.spelling in ("bool", "_Bool")
        self.counts = {}
        self.mutants = 0

    # What stands in the file.

    def raw(self, cursor):
        """The text of a node."""
        start, end = span(cursor)
        return self.writer.text[start:end]

    def between(self, left, right):
        """The operator that stands between two nodes."""
        text = self.writer.text[span(left)[1]:span(right)[0]]
        return re.sub(r"/\*.*?\*/|[\s()]", "", text, flags=re.S)

    def is_macro(self, cursor):
        """Whether the node is a whole macro."""
        return span(cursor) in self.writer.macros

    def inside_macro(self, cursor):
        """Whether the node is only a part of a macro."""
        start, end = span(cursor)
        return any(s <= start and end <= e and (s, e) != (start, end)
                   for s, e in self.writer.macros if s < end and start < e)

    def place(self, cursor):
        """A node, in backticks, in its line or lines, behind as many of the lines before it as it
        takes for that to stand there only once in the function."""
        text = self.writer.code
        start, end = span(cursor)
        first, last = text.rindex("\n", 0, start) + 1, text.index("\n", end)
        function = squeezed(text[slice(*span(self.cursor))])
        while function.count(squeezed(text[first:last])) > 1:
            first = text.rindex("\n", 0, first - 1) + 1
        return squeezed(f"{text[first:start]}`{text[start:end]}`{text[end:last]}")

    # What it becomes.

    def number(self, operator, cursor, becomes):
        """A new mutant; returns its guard."""
        count = self.counts[operator] = self.counts.get(operator, 0) + 1
        line = cursor.extent.start.line
        name = f"{self.writer.path}:{self.name}:{operator}:{count}"
        text = self.writer.lines[line - 1].strip()
        self.mutants += 1
        self.writer.mutants.append(Mutant(name, line, text, becomes, self.place(cursor)))
        return f"anvil_is({self.writer.first + len(self.writer.mutants) - 1}u)"

    def choose(self, cursor, others, original):
        """An expression that is one of the others, or as it was."""
        guarded = "".join(f"{self.number(operator, cursor, becomes)} ? ({becomes}) : "
                          for operator, becomes in others)
        return f"({guarded}({original}))" if guarded else original

    def with_children(self, cursor, render):
        """The text of a node with each child replaced by render(child)."""
        start, end = span(cursor)
        text, at = [], start
        for child in sorted(cursor.get_children(), key=span):
            low, high = span(child)
            if low < at or high > end or low == high:
                continue
            text += [self.writer.text[at:low], render(child)]
            at = high
        return "".join(text) + self.writer.text[at:end]

    # Expressions.

    def expression(self, cursor, condition=False):
        """An expression; `condition`: only whether it is zero matters."""
        if kind(cursor) in NOT_EVALUATED or self.inside_macro(cursor):
            return self.raw(cursor)
        inner = list(cursor.get_children())
        if kind(cursor) == "UNEXPOSED_EXPR" and len(inner) == 1 and span(inner[0]) == span(cursor):
            return self.expression(inner[0], condition)
        if self.is_macro(cursor):
            return self.leaf(cursor, condition)
        if kind(cursor) == "PAREN_EXPR":
            return self.with_children(cursor, lambda child: self.expression(child, condition))
        if not inner:
            return self.leaf(cursor, condition)
        text = self.with_children(cursor, lambda child: self.operand(cursor, child))
        if kind(cursor) in ("INIT_LIST_EXPR", "COMPOUND_LITERAL_EXPR"):
            return text
        others = self.operator_changes(cursor, inner)
        if condition and self.is_atom(cursor):
            others.append(("negate", f"!({self.raw(cursor)})"))
            text = f"!!({text})"
        return self.choose(cursor, others, text)

    def is_atom(self, cursor):
        """A condition that no other operator turns round."""
        cursor = peeled(cursor)
        if kind(cursor) == "UNARY_OPERATOR":
            return not self.raw(cursor).startswith("!")
        if kind(cursor) != "BINARY_OPERATOR":
            return True
        operator = self.between(*cursor.get_children())
        return operator not in OPPOSITE and operator not in LOGIC

    def operand(self, parent, child):
        """A child of an expression."""
        if not child.kind.is_expression():
            return self.raw(child)
        first = list(parent.get_children())[0]
        logical = kind(parent) == "BINARY_OPERATOR" and \
            self.between(*parent.get_children()) in LOGIC
        negated = kind(parent) == "UNARY_OPERATOR" and self.raw(parent).startswith("!")
        chosen = kind(parent) == "CONDITIONAL_OPERATOR" and child == first
        return self.expression(child, logical or negated or chosen)

    def operator_changes(self, cursor, inner):
        """[(operator, what the node becomes)] of a node with operands."""
        if kind(cursor) == "UNARY_OPERATOR":
            before = self.writer.text[span(cursor)[0]:span(inner[0])[0]].strip()
            after = self.writer.text[span(inner[0])[1]:span(cursor)[1]].strip()
            changed = STEPS.get(before, before) + self.raw(inner[0]) + STEPS.get(after, after)
            return [("sign", changed)] if before in STEPS or after in STEPS else []
        if kind(cursor) not in ("BINARY_OPERATOR", "COMPOUND_ASSIGNMENT_OPERATOR"):
            return []
        operator = self.between(*inner)
        left, right = self.raw(inner[0]), self.raw(inner[1])
        pairs = (("boundary", BOUNDARY), ("opposite", OPPOSITE), ("logic", LOGIC), ("sign", SIGN))
        found = []
        for name, table in pairs:
            if operator in table and not (name == "sign" and "*" in inner[0].type.spelling):
                if name == "logic":
                    left, right = f"({left})", f"({right})"
                found.append((name, f"{left} {table[operator]} {right}"))
        return found

    def leaf(self, cursor, condition):
        """A name, a number, or a macro that stands for one. A 1 that is assigned is most often a
        flag, and then 2 is as good."""
        raw = self.raw(cursor)
        assigned = self.writer.text[:span(cursor)[0]].endswith(" = ")
        if raw in BOOLEAN:
            return self.choose(cursor, [("boolean", BOOLEAN[raw])], raw)
        others = []
        inner = peeled(cursor)
        is_name = kind(inner) == "DECL_REF_EXPR" and inner.referenced is not None and \
            kind(inner.referenced) == "ENUM_CONSTANT_DECL"
        if raw in self.writer.groups:
            states = is_name and inner.referenced.semantic_parent.spelling == "anvil_state"
            others.append(("state" if states else "constant", self.writer.groups[raw]))
        elif kind(inner) == "INTEGER_LITERAL" or is_name or \
                (self.is_macro(cursor) and cursor.type.kind.name not in ("POINTER", "VOID")):
            if raw not in ("1", "1u") or not assigned:
                others.append(("plus-one", f"({raw}) + 1"))
            if raw not in ("0", "0u", "ANVIL_NEVER"):
                others.append(("minus-one", f"({raw}) - 1"))
        elif condition:
            others.append(("negate", f"!({raw})"))
            return self.choose(cursor, others, f"!!({raw})")
        return self.choose(cursor, others, raw)

    # Statements.

    def statement(self, cursor, following=None):
        """A statement; `following`: the one after it, None at the end."""
        render = {"COMPOUND_STMT": self.compound, "IF_STMT": self.branch, "WHILE_STMT": self.branch,
                  "DO_STMT": self.branch, "FOR_STMT": self.loop, "SWITCH_STMT": self.switch,
                  "CASE_STMT": self.labelled, "DEFAULT_STMT": self.labelled,
                  "RETURN_STMT": self.returned, "DECL_STMT": self.declared}.get(kind(cursor))
        if render in (self.labelled, self.compound):
            return render(cursor, following)
        if render is not None:
            return render(cursor)
        if kind(cursor) in ("BREAK_STMT", "CONTINUE_STMT"):
            return self.jump(cursor, following)
        if not cursor.kind.is_expression() or self.inside_macro(cursor) or self.is_macro(cursor):
            return self.raw(cursor)
        text = self.expression(cursor)
        if kind(cursor) == "CSTYLE_CAST_EXPR":
            return text
        guard = self.number("drop", cursor, "")
        return f"({guard} ? (void)0 : (void)({text}))"

    def jump(self, cursor, following):
        """break or continue, which at the end of its list changes nothing."""
        while following is not None and kind(following) in ("CASE_STMT", "DEFAULT_STMT"):
            following = list(following.get_children())[-1]
        if following is None or kind(following) == kind(cursor):
            return self.raw(cursor)
        return f"if ({self.number('drop', cursor, '')}) ; else {self.raw(cursor)}"

    def compound(self, cursor, following=None):
        """Statements in braces."""
        parts = list(cursor.get_children())
        after = dict(zip(map(span, parts), parts[1:] + [following]))
        return self.with_children(cursor, lambda part: self.statement(part, after[span(part)]))

    def labelled(self, cursor, following):
        """case and default: their label stays."""
        last = list(cursor.get_children())[-1]
        return self.with_children(cursor, lambda part: self.statement(part, following)
                                  if part == last else self.raw(part))

    def branch(self, cursor):
        """if, while, do: a condition and statements."""
        def render(part):
            if part.kind.is_expression() and span(part)[0] == condition:
                return self.expression(part, condition=True)
            return self.statement(part)

        parts = list(cursor.get_children())
        condition = span(parts[1 if kind(cursor) == "DO_STMT" else 0])[0]
        return self.with_children(cursor, render)

    def loop(self, cursor):
        """for: its parts are told apart by the semicolons between them."""
        parts = list(cursor.get_children())
        start, body = span(cursor)[0], parts[-1]
        head = self.writer.text[start:span(body)[0]]
        first = start + head.index(";")
        second = start + head.index(";", first - start + 1)

        def render(part):
            if part == body:
                return self.statement(part)
            if kind(part) == "DECL_STMT":
                return self.declared(part)
            return self.expression(part, first < span(part)[0] < second)

        return self.with_children(cursor, render)

    def switch(self, cursor):
        """switch: its value may be taken for another one."""
        value, body = list(cursor.get_children())
        groups = [[]]
        for part in body.get_children():
            if kind(part) != "CASE_STMT":
                if groups[-1]:
                    groups.append([])
                continue
            while kind(part) == "CASE_STMT":
                inner = list(part.get_children())
                groups[-1].append(inner[0])
                part = inner[-1]
            groups.append([])
        groups = [group for group in groups if group]
        others = []
        for index, group in enumerate(groups):
            next_label = self.raw(groups[(index + 1) % len(groups)][0])
            for label in group if len(groups) > 1 else []:
                guard = self.number("case", label, f"case {self.raw(label)} as {next_label}")
                others.append(f"({self.raw(value)}) == {self.raw(label)} && {guard} ? "
                              f"{next_label} : ")

        def render(part):
            if part == value:
                return "".join(others) + f"({self.expression(part)})"
            return self.statement(part)

        return self.with_children(cursor, render)

    def returned(self, cursor):
        """return, which may be left out where nothing is returned."""
        inner = list(cursor.get_children())
        if not inner:
            return f"if ({self.number('drop', cursor, '')}) ; else return"
        before = self.mutants
        text = self.with_children(cursor, lambda part: self.expression(part, self.is_bool))
        alone = before == 0 and self.mutants == 0
        type_kind = self.cursor.result_type.get_canonical().kind.name
        if alone and type_kind not in ("RECORD", "VOID"):
            raw = self.raw(inner[0])
            text = "return " + self.choose(inner[0], [("result", f"({raw}) + 1")], raw)
        return text

    def declared(self, cursor):
        """Declarations: only what an automatic variable starts from is evaluated."""
        def render(part):
            if kind(part) != "VAR_DECL" or part.storage_class.name == "STATIC":
                self.writer.skip(self.raw(part))
                return self.raw(part)
            parts = list(part.get_children())
            last = parts[-1] if parts else None
            if last is None or not last.kind.is_expression() or \
                    "=" not in self.writer.text[span(part)[0]:span(last)[0]]:
                return self.raw(part)
            return self.with_children(part, lambda child: self.expression(child)
                                      if child == last else self.raw(child))

        return self.with_children(cursor, render)


class Writer:
    """One file that is being rewritten; the numbers of its mutants start at `first`."""

    def __init__(self, path, text, first, groups):
        self.path, self.text, self.first = path, text, first
        self.groups = groups | constant_groups([text])
        self.lines = text.splitlines()
        self.code = re.sub(r"/\*.*?\*/", lambda comment: re.sub(r"[^\n]", " ", comment[0]), text,
                           flags=re.S)
        self.mutants, self.empty, self.macros = [], [], set()
        self.skipped = 0

    def skip(self, text):
        """Counts the numbers and constants of a text that cannot be guarded."""
        plain = re.sub(r"/\*.*?\*/|\"[^\"]*\"", "", text, flags=re.S)
        self.skipped += len(re.findall(r"\b(?:\d\w*|[A-Z][A-Z0-9_]+\b(?!\())", plain))

    def rewrite(self, unit, file):
        """The text with every change in it, behind its guard."""
        functions = []
        for cursor in unit.cursor.get_children():
            if cursor.location.file is None or cursor.location.file.name != file:
                continue
            if kind(cursor) == "MACRO_INSTANTIATION":
                self.macros.add(span(cursor))
            elif kind(cursor) == "FUNCTION_DECL" and cursor.is_definition():
                functions.append(cursor)
            elif kind(cursor) == "VAR_DECL":
                self.skip(self.text[slice(*span(cursor))])
        text, at = [], 0
        for cursor in functions:
            function = Function(self, cursor)
            body = list(cursor.get_children())[-1]
            start, end = span(body)
            text += [self.text[at:start], function.compound(body)]
            at = end
            if not function.mutants:
                self.empty.append(function.name)
        return "".join(text) + self.text[at:]


class Schemata:
    """The whole of a core with its mutants. `files`: {path: text with all of them}."""

    def __init__(self, core, left_out=()):
        self.files, self.mutants, self.empty, self.skipped = {}, [], [], 0
        headers = sorted(core.glob("include/**/*.h")) + sorted(core.glob("src/**/*.h"))
        sources = sorted(core.glob("src/**/*.c"))
        paths = [path for path in headers + sources
                 if str(path.relative_to(core)) not in left_out]
        groups = constant_groups(path.read_text("ascii") for path in headers)
        index = cindex.Index.create()
        options = cindex.TranslationUnit.PARSE_DETAILED_PROCESSING_RECORD
        flags = FLAGS + [f"-I{core / 'include'}", f"-I{core / 'src'}"]
        for path in paths:
            kind_flags = ["-x", "c"] if path.suffix == ".h" else []
            unit = index.parse(str(path), args=kind_flags + flags, options=options)
            worst = [str(found) for found in unit.diagnostics if found.severity >= 3]
            if worst:
                raise ValueError(worst[0])
            name = str(path.relative_to(core))
            writer = Writer(name, path.read_text("ascii"), len(self.mutants) + 1, groups)
            self.files[name] = writer.rewrite(unit, str(path))
            self.mutants += writer.mutants
            self.empty += [f"{name}:{function}" for function in writer.empty]
            self.skipped += writer.skipped
