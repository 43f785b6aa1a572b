# SPDX-License-Identifier: BSD-2-Clause
"""Proves that the public headers stand alone, get along with others', and refuse misuse.

usage: headers.py CORE LIBRARY COMPILER [FLAG...]

Each header compiles alone as C11 and as C++17, and all together beside <netinet/tcp.h>,
<linux/tcp.h> and lwIP's headers, before and after them. Comparing two sequence numbers with an
operator must not compile. No external name of LIBRARY is one of lwIP's library.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Werror"]
LWIP = Path("/usr/include/lwip")
NEIGHBOURS = {
    "netinet": (["netinet/tcp.h", "netinet/in.h", "sys/socket.h", "errno.h"], []),
    "linux": (["linux/tcp.h", "linux/in.h", "linux/icmp.h"], []),
    "lwip": (["lwip/tcp.h", "lwip/priv/tcp_priv.h", "lwip/prot/tcp.h", "lwip/prot/ip.h",
              "lwip/sockets.h"], [f"-isystem{LWIP}"]),
}
MISUSE = ["a < b", "a <= b", "a == b", "a - b", "a + 1", "a > 7"]


class Checker:
    """Compiles snippets and remembers what did not go as it should."""

    def __init__(self, include, command):
        self.include = include
        self.command = command
        self.failures = []
        self.checks = 0

    def compiles(self, text, language, flags):
        """Whether the text compiles, and what the compiler says."""
        done = subprocess.run([*self.command, "-x", language, "-fsyntax-only", *flags,
                               f"-I{self.include}", "-"],
                              input=text, capture_output=True, text=True, check=False)
        return done.returncode == 0, done.stderr

    def expect(self, what, text, flags=(), language="c", good=True):
        """The text must compile, or must not."""
        standard = ["-std=c11"] if language == "c" else ["-std=c++17"]
        self.checks += 1
        compiled, said = self.compiles(text, language, [*standard, *WARNINGS, *flags])
        if compiled != good:
            self.failures.append(f"{what} ({language}): {'no' if good else 'it'} compiles\n{said}")


def includes(names):
    """Include lines for these headers."""
    return "".join(f"#include <{name}>\n" for name in names)


def check_alone(checker, headers, languages):
    """Each header by itself, twice, which also shows its guard."""
    for header in headers:
        for language in languages:
            checker.expect(header, includes([header, header]) + "extern int used;\n",
                           language=language)


def check_neighbours(checker, headers, languages):
    """All headers together with those of other owners, in both orders."""
    for name, (theirs, flags) in NEIGHBOURS.items():
        if name == "lwip" and not LWIP.exists():
            print("headers: lwIP's headers are not installed, so they are not compared")
            continue
        flags = [*flags, "-D_DEFAULT_SOURCE"]
        for language in languages:
            checker.expect(f"before {name}", includes(headers + theirs), flags, language)
            checker.expect(f"after {name}", includes(theirs + headers), flags, language)


def check_misuse(checker, languages):
    """A sequence number is not a number."""
    text = "#include <anvil/seq.h>\nint f(anvil_seq a, anvil_seq b);\n" \
           "int f(anvil_seq a, anvil_seq b)\n{\n    (void)a;\n    (void)b;\n    return !!(%s);\n}\n"
    for language in languages:
        checker.expect("anvil_seq_lt", text % "anvil_seq_lt(a, b)", language=language)
        for misuse in MISUSE:
            checker.expect(misuse, text % misuse, language=language, good=False)


def external_names(library, dynamic=False):
    """The names that a library defines for others."""
    command = ["nm", "-P", "--defined-only", *(["-D"] if dynamic else ["-g"]), str(library)]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return {match.group(1) for match in re.finditer(r"^(\S+) [A-TV-Z] ", text, re.M)}


def check_symbols(checker, library):
    """No name of ours is lwIP's, so that both can be linked into one program."""
    theirs = [path for path in Path("/usr/lib").glob("*/liblwip*") if path.is_file()]
    ours = external_names(library)
    if not ours:
        checker.failures.append(f"{library} defines no name")
    for path in theirs:
        checker.checks += 1
        both = ours & external_names(path, dynamic=".so" in path.name)
        if both:
            checker.failures.append(f"names that {path} has too: {sorted(both)}")


def main():
    """Runs all checks; returns the exit status."""
    core, library, command = Path(sys.argv[1]), sys.argv[2], sys.argv[3:]
    headers = sorted(str(path.relative_to(core / "include"))
                     for path in (core / "include").rglob("*.h"))
    languages = ["c", "c++"] if shutil.which("c++") else ["c"]
    checker = Checker(core / "include", command)
    check_alone(checker, headers, languages)
    check_neighbours(checker, headers, languages)
    check_misuse(checker, languages)
    check_symbols(checker, library)
    print("\n".join(checker.failures))
    print(f"headers: {len(headers)} headers, {checker.checks} checks")
    return 1 if checker.failures or not headers else 0


if __name__ == "__main__":
    sys.exit(main())
