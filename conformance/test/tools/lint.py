# SPDX-License-Identifier: BSD-2-Clause
"""The style rules that a program can check, over core, conformance and fuzz.

usage: lint.py ROOT

Prints one line a finding, as file:line: rule: what, and exits 1 if there is one. The reader is a
tokenizer and a small statement parser, not a C compiler: it relies on code that compiles.
"""

import re
import sys
from pathlib import Path

FILE_LINES_MAX = 600
LINE_COLUMNS_MAX = 100
FUNCTION_LINES_MAX = 50
NESTING_MAX = 3
# A static function longer than this is not self-explaining: it has a comment before it (others
# have theirs in their header, tests have names that are sentences).
UNCOMMENTED_LINES_MAX = 20

# Who may break which rule, and why: (file, rule, function or name): reason. An exception that
# nothing needs any more is a finding itself.
EXCEPTIONS = {
    ("fuzz/choose.c", "mutable-static", "harness"):
        "which harness the environment names is looked up once",
    ("fuzz/matrix.c", "mutable-static", "record"):
        "the memory of a record, which is cleared for each event of an input",
    ("fuzz/memory.c", "mutable-static", "memory"):
        "an engine gives a harness no place to keep anything between two inputs",
    ("conformance/mutants/twin.c", "mutable-static", "twins"):
        "what watches a program that knows nothing of it has no other place",
    ("conformance/mutants/twin_calls.c", "mutable-static", "open_hosts"):
        "what watches a program that knows nothing of it has no other place",
    ("fuzz/pair.c", "mutable-static", "world"):
        "an engine gives a harness no place to keep a world between two inputs",
    ("fuzz/kinds.c", "mutable-static", "kinds"):
        "what all inputs of an engine reached together; an engine gives no place for it",
    ("fuzz/frame.c", "mutable-static", "names"):
        "some of the names are those of another table",
    ("fuzz/spy.c", "mutable-static", "spying"):
        "the functions of a target are given what its open() returned, and no place beside it",
    ("fuzz/reached.c", "mutable-static", "reached"):
        "what all inputs of an engine reached together; an engine gives no place for it",
}

FOLDER_PREFIXES = {
    "core/src": ("anvil_",),
    "conformance/script": ("script_",),
    "conformance/wire": ("wire_",),
    "conformance/target": ("target_", "anvil_"),
    "conformance/run": ("run_",),
    "conformance/matrix": ("matrix_",),
    "conformance/report": ("report_",),
    "conformance/cli": ("cli_", "main"),
}
TOP_LEVEL = {"core", "fuzz", "conformance", "corpora", "CMakeLists.txt", "README.md", "anvil",
             "LICENSE", "CONTRIBUTING.md", "CMakePresets.json"}
PUBLIC_HEADERS = ("core/include/", "conformance/target/target.h")
# Headers of core/src that the host may use beside its own: they know nothing of the machine.
HOST_MAY_SHARE = {"octets.h"}
CODE_FOLDERS = ("core", "conformance", "fuzz")

TOKEN = re.compile(r"[A-Za-z_]\w*|0[xX][0-9a-fA-F]+\w*|\d[\w.]*|->|\+\+|--|[^\s\w]")
WORD = re.compile(r"[A-Za-z_]\w*$")
CLOSER = {"(": ")", "[": "]", "{": "}"}


class Token(str):
    """A token that knows its line."""

    def __new__(cls, text, line):
        token = super().__new__(cls, text)
        token.line = line
        return token


def blank(match):
    """What stands for a comment or a literal: nothing but its line ends."""
    text = match.group(0)
    lines = "\n" * text.count("\n")
    return lines + " " if text.startswith("/") else '"' + lines + '"'


def without_comments(text):
    """The text with comments gone and literals empty; lines keep their numbers."""
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text,
                  flags=re.S)


def directives(code):
    """The preprocessor's lines, continued ones joined: [(line, text)]."""
    found, lines, number = [], code.split("\n"), 0
    while number < len(lines):
        start = number
        text = lines[number]
        while text.endswith("\\") and number + 1 < len(lines):
            number += 1
            text = text[:-1] + " " + lines[number]
        if text.lstrip().startswith("#"):
            found.append((start + 1, number + 1, re.sub(r"#\s+", "#", text.strip())))
        number += 1
    return found


def tokens_of(code):
    """The C tokens outside directives, and outside the parts that only C++ sees."""
    lines = code.split("\n")
    cpp_only = 0
    for first, last, text in directives(code):
        lines[first - 1:last] = [""] * (last - first + 1)
        if text.startswith("#ifdef __cplusplus"):
            cpp_only = last
        elif cpp_only and re.match(r"#(else|endif)", text):
            lines[cpp_only:first] = [""] * (first - cpp_only)
            cpp_only = 0
    return [Token(word, number) for number, line in enumerate(lines, 1)
            for word in TOKEN.findall(line)]


def closing(tokens, at):
    """The index of the bracket that closes the one at `at`."""
    depth = 0
    for index in range(at, len(tokens)):
        if tokens[index] in CLOSER:
            depth += 1
        elif tokens[index] in CLOSER.values():
            depth -= 1
            if depth == 0:
                return index
    return len(tokens) - 1


def without_braces(tokens):
    """The tokens outside of braces."""
    kept, index = [], 0
    while index < len(tokens):
        if tokens[index] == "{":
            index = closing(tokens, index)
        else:
            kept.append(tokens[index])
        index += 1
    return kept


class Item:
    """One piece of a file at its outermost level: a declaration, or a function with its body."""

    def __init__(self, head, body):
        self.head = head
        self.body = body
        self.line = head[0].line

    def name(self):
        """A function's name, or the last word of what is declared."""
        head = self.declarator()
        if "(" in head and self.is_pointer():
            return head[head.index("(") + 2]
        if "(" in head:
            return head[head.index("(") - 1]
        words = [token for token in head if WORD.match(token)]
        return words[-1] if words else ""

    def is_pointer(self):
        """Whether the first bracket opens a pointer's declarator: int (*name)..."""
        head = self.declarator()
        return head[head.index("(") + 1:][:1] == ["*"]

    def declarator(self):
        """The head up to an initialiser or an array's bracket, struct bodies left out."""
        flat = without_braces(self.head)
        ends = [index for index, token in enumerate(flat) if token in ("=", ";", "[", ":")]
        return flat[:ends[0]] if ends else flat

    def is_function(self):
        """Whether it is a function, or declares one (not a pointer to one)."""
        head = self.declarator()
        if "(" not in head or head[0] == "typedef":
            return False
        return not self.is_pointer() or head[head.index("(") + 3:][:1] == ["("]


def items_of(tokens):
    """The outermost items of a file, in order."""
    found, start, index = [], 0, 0
    while index < len(tokens):
        token = tokens[index]
        if token == "{":
            end = closing(tokens, index)
            head = tokens[start:index]
            if head and head[-1] == ")" and "=" not in head:
                found.append(Item(head, tokens[index:end + 1]))
                start = end + 1
            index = end
        elif token == "(" or token == "[":
            index = closing(tokens, index)
        elif token == ";":
            if index > start:
                found.append(Item(tokens[start:index + 1], None))
            start = index + 1
        index += 1
    return found


class Body:
    """Walks a function's statements; collects how deep they nest, and its switches."""

    def __init__(self, tokens):
        self.tokens = tokens
        self.deepest = (0, tokens[0].line)
        self.switches = []
        self.statement(0, 0)

    def at(self, index):
        """The token there, or nothing past the end."""
        return self.tokens[index] if index < len(self.tokens) else Token("", 0)

    def enter(self, index, depth):
        """One control statement deeper; returns the index after its body."""
        if depth + 1 > self.deepest[0]:
            self.deepest = (depth + 1, self.at(index).line)
        return self.statement(index, depth + 1)

    def statement(self, index, depth):
        """Reads the statement there; returns the index after it."""
        token = self.at(index)
        if token == "{":
            index += 1
            while index < len(self.tokens) and self.at(index) != "}":
                index = self.statement(index, depth)
            return index + 1
        if token == "if":
            return self.branches(index, depth)
        if token in ("for", "while", "switch"):
            after = closing(self.tokens, index + 1) + 1
            end = self.enter(after, depth)
            if token == "switch":
                self.switches.append(self.tokens[index:end])
            return end
        if token == "do":
            index = self.enter(index + 1, depth)
            return closing(self.tokens, index + 1) + 2
        if token in ("case", "default"):
            while index < len(self.tokens) and self.at(index) != ":":
                index += 1
            return index + 1
        return self.simple(index)

    def branches(self, index, depth):
        """An if with its else; a chain of else-ifs is one level."""
        end = self.enter(closing(self.tokens, index + 1) + 1, depth)
        if self.at(end) != "else":
            return end
        if self.at(end + 1) == "if":
            return self.branches(end + 1, depth)
        return self.enter(end + 1, depth)

    def simple(self, index):
        """An expression or declaration up to its semicolon."""
        while index < len(self.tokens) and self.at(index) != ";":
            if self.at(index) == "}":
                return index
            if self.at(index) in CLOSER:
                index = closing(self.tokens, index)
            index += 1
        return index + 1


def enum_constants(tokens):
    """The names that enums in these tokens define."""
    found = set()
    for index, token in enumerate(tokens):
        if token != "enum":
            continue
        brace = index + 1 if tokens[index + 1] == "{" else index + 2
        if brace < len(tokens) and tokens[brace] == "{":
            expect = True
            for word in tokens[brace + 1:closing(tokens, brace)]:
                if expect and WORD.match(word):
                    found.add(str(word))
                expect = word == ","
    return found


class Source:
    """One C file and what was found in it."""

    def __init__(self, path, text, enums, paths):
        self.path = path
        self.text = text
        self.code = without_comments(text)
        self.tokens = tokens_of(self.code)
        self.items = items_of(self.tokens)
        self.enums = enums
        self.paths = paths
        self.findings = []

    def report(self, line, rule, what, name=""):
        """Adds a finding; `name` is what an exception would name."""
        self.findings.append((self.path, line, rule, what, str(name)))

    def check(self):
        """Every rule; returns the findings."""
        check_text(self)
        self.check_directives()
        self.check_words()
        for item in self.items:
            if item.body:
                self.check_function(item)
            self.check_storage(item.head, item)
        self.check_exports()
        if self.path.startswith(PUBLIC_HEADERS):
            self.check_public_names()
        return self.findings

    def check_directives(self):
        """#if, macros and includes."""
        guard = re.search(r"#ifndef (\w+)\s*\n\s*#define \1\s*\n", self.code)
        for line, _, text in directives(self.code):
            conditional = re.match(r"#(if|ifdef|ifndef|elif)\b", text)
            is_guard = guard and text == "#ifndef " + guard.group(1)
            if conditional and self.path.startswith("core/src/") and not is_guard:
                self.report(line, "if-directive", "no #if in core/src but header guards")
            macro = re.match(r"#define\s+(\w+)(.*)", text)
            if macro and re.search(r"\b(return|break|continue|goto|if|for|while|do|switch)\b",
                                   macro.group(2)):
                self.report(line, "control-macro", "a macro with control flow", macro.group(1))
        if self.path.endswith(".h") and not guard:
            self.report(1, "header-guard", "a header without a guard")
        for number, line in enumerate(self.text.split("\n"), 1):
            included = re.match(r'\s*#\s*include\s+"([^"]*)"', line)
            if included:
                self.check_include(number, included.group(1))

    def check_include(self, number, name):
        """Includes stay in their folder or go through the include path."""
        if "../" in name:
            self.report(number, "include", "an include that climbs out of its folder", name)
        hosts_own = name.startswith("host/") or "core/src/host/" + name in self.paths
        if self.path.startswith("core/src/host/") and not hosts_own \
                and name not in HOST_MAY_SHARE:
            self.report(number, "include",
                        f"the host reaches the machine through <anvil/...> only, not {name}", name)

    def check_words(self):
        """Words that are not to appear."""
        for token in self.tokens:
            if token == "goto":
                self.report(token.line, "goto", "no goto")

    def check_function(self, item):
        """Length, nesting, switches, statics and the comment of one function."""
        name, last = item.name(), item.body[-1].line
        length = last - item.line + 1
        if length > FUNCTION_LINES_MAX:
            self.report(item.line, "function-length",
                        f"{name} has {length} lines (at most {FUNCTION_LINES_MAX})", name)
        body = Body(item.body)
        if body.deepest[0] > NESTING_MAX:
            self.report(body.deepest[1], "nesting",
                        f"{name} nests {body.deepest[0]} deep (at most {NESTING_MAX})", name)
        if self.path.startswith("core/src/"):
            for switch in body.switches:
                self.check_switch(switch, name)
        self.check_local_statics(item)
        if length > UNCOMMENTED_LINES_MAX and "static" in item.head \
                and "/test/" not in self.path:
            before = self.text.split("\n")[item.line - 2].rstrip() if item.line > 1 else ""
            if not (before.endswith("*/") or before.lstrip().startswith("//")):
                self.report(item.line, "comment", f"{name} has no comment before it", name)

    def check_switch(self, switch, name):
        """No default where the labels are an enum's."""
        own, index = [], closing(switch, 1) + 2
        while index < len(switch):
            if switch[index] == "switch":
                index = closing(switch, closing(switch, index + 1) + 1)
            own.append(switch[index])
            index += 1
        labels = {str(own[i + 1]) for i, token in enumerate(own[:-1]) if token == "case"}
        for index, token in enumerate(own[:-1]):
            if token == "default" and own[index + 1] == ":" and labels & self.enums:
                self.report(token.line, "switch-default",
                            f"a switch over an enum lists all values, without default ({name})",
                            name)

    def check_local_statics(self, item):
        """Statics inside a function."""
        for index, token in enumerate(item.body):
            if token == "static":
                end = item.body.index(";", index)
                self.check_storage(item.body[index:end + 1], None)

    def check_storage(self, head, item):
        """A variable that outlives a call is const all the way (its pointers too)."""
        declared = (item or Item(head, None))
        words = declared.declarator()
        if not words or words[0] in ("typedef", "extern", "static_assert", "_Static_assert"):
            return
        if declared.is_function() or (item and item.body):
            return
        flat = without_braces(head)
        only_type = flat[0] in ("struct", "union", "enum") and "=" not in flat and len(flat) <= 3
        if only_type:
            return
        tail = words
        if "*" in words:
            tail = words[len(words) - words[::-1].index("*"):]
        if "const" not in tail:
            self.report(head[0].line, "mutable-static", f"{declared.name()} is not constant",
                        declared.name())

    def check_exports(self):
        """Functions seen from outside start with their folder's noun."""
        for folder, prefixes in FOLDER_PREFIXES.items():
            if not self.path.startswith(folder + "/"):
                continue
            for item in self.items:
                if item.is_function() and item.body and "static" not in item.head \
                        and not item.name().startswith(prefixes):
                    self.report(item.line, "prefix",
                                f"{item.name()} starts with none of {', '.join(prefixes)}",
                                item.name())

    def check_public_names(self):
        """All that a public header defines starts with anvil_ or ANVIL_."""
        names = [(line, match.group(1)) for line, _, text in directives(self.code)
                 if (match := re.match(r"#define\s+(\w+)", text))]
        constants = enum_constants(self.tokens)
        names += [(token.line, token) for token in self.tokens if token in constants]
        for item in self.items:
            head = item.head
            names += [(head[i + 1].line, head[i + 1]) for i in range(len(head) - 2)
                      if head[i] in ("struct", "enum", "union") and head[i + 2] == "{"]
            if item.is_function() or head[0] == "typedef":
                names.append((item.line, item.name()))
        for line, name in sorted(set(names)):
            if not name.startswith(("anvil_", "ANVIL_", "static_assert", "_Static_assert")):
                self.report(line, "public-name", f"{name} starts with neither anvil_ nor ANVIL_",
                            name)


class Plain:
    """A file of another language: only the rules about text hold."""

    def __init__(self, path, text):
        self.path, self.text, self.findings = path, text, []

    report = Source.report

    def check(self):
        """The rules about text; returns the findings."""
        check_text(self)
        return self.findings


def check_text(source):
    """Rules about lines, whatever the language."""
    lines = source.text.split("\n")
    if lines and lines[-1] == "":
        lines.pop()
    is_c = source.path.endswith((".c", ".h"))
    spdx = "/* SPDX-License-Identifier: BSD-2-Clause */" if is_c else \
        "# SPDX-License-Identifier: BSD-2-Clause"
    start = 1 if lines and lines[0].startswith("#!") else 0
    if lines[start:start + 1] != [spdx]:
        source.report(start + 1, "licence", f"the first line is not {spdx}")
    following = next((line for line in lines[start + 1:] if line.strip()), "")
    if not following.startswith(("/*", "//", "#", '"""')) or following.startswith("#in"):
        source.report(start + 2, "purpose", "no comment says what the file is for")
    if len(lines) > FILE_LINES_MAX:
        source.report(FILE_LINES_MAX + 1, "file-length",
                      f"{len(lines)} lines (at most {FILE_LINES_MAX})")
    for number, line in enumerate(lines, 1):
        if len(line) > LINE_COLUMNS_MAX:
            source.report(number, "line-length",
                          f"{len(line)} columns (at most {LINE_COLUMNS_MAX})")
        if re.search(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b", line):
            source.report(number, "todo", "unfinished work is not left in the text")
        if "\t" in line and source.path != "anvil":
            source.report(number, "tab", "a tab")
        if line != line.rstrip():
            source.report(number, "trailing-space", "space at the end of the line")


def sources(root):
    """Every file the rules hold for, read."""
    found = []
    for folder in CODE_FOLDERS + ("corpora", ".ci"):
        for path in sorted((root / folder).rglob("*")):
            is_code = path.suffix in (".c", ".h", ".py", ".cmake", ".sh") \
                or path.name == "CMakeLists.txt"
            if is_code and path.is_file():
                found.append((str(path.relative_to(root)), path.read_text(encoding="utf-8")))
    for name in ("anvil", ".ci/run", "CMakeLists.txt"):
        found.append((name, (root / name).read_text(encoding="utf-8")))
    return found


def findings_of(files):
    """What the rules say about these (path, text) pairs."""
    enums, paths = set(), {path for path, _ in files}
    for path, text in files:
        if path.endswith((".c", ".h")):
            enums |= enum_constants(tokens_of(without_comments(text)))
    found = []
    for path, text in files:
        is_c = path.endswith((".c", ".h"))
        found += (Source(path, text, enums, paths) if is_c else Plain(path, text)).check()
    return found


def main():
    """Checks the tree; exit status 1 if a rule is broken or an exception is stale."""
    files = sources(Path(sys.argv[1]))
    unused, failed = dict(EXCEPTIONS), False
    for path, line, rule, what, name in sorted(findings_of(files)):
        if (path, rule, name) in EXCEPTIONS:
            unused.pop((path, rule, name), None)
            continue
        print(f"{path}:{line}: {rule}: {what}")
        failed = True
    there = {entry.name for entry in Path(sys.argv[1]).iterdir() if entry.name[0] != "."}
    for name in sorted((there ^ TOP_LEVEL) - {"build"}):
        print(f"{name}: top-level: {'not foreseen' if name in there else 'missing'}")
        failed = True
    for path, rule, name in unused:
        print(f"{path}: the exception for {rule} {name} is not needed any more")
        failed = True
    print(f"lint: {len(files)} files checked")
    return 1 if failed or not files else 0


if __name__ == "__main__":
    sys.exit(main())
