# SPDX-License-Identifier: BSD-2-Clause
"""Proves on object code that the core is pure.

usage: purity.py CORE COMPILER [FLAG...]

Every source of CORE/src is compiled as in a release, position dependent and without stack
protector, and the objects are joined. Nothing may be undefined but the four memory functions (and
the compiler's own arithmetic where the machine has no such instruction), .data and .bss must be
empty, and every external name starts with anvil_. `--self-test` in place of CORE shows that the
check finds a clock, a counter and a stray name.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

RELEASE = ["-std=c11", "-O2", "-DNDEBUG", "-fno-pic", "-fno-stack-protector", "-fno-common",
           "-fno-builtin-bcmp"]
MEMORY = {"memcpy", "memmove", "memset", "memcmp"}
# 64-bit division, multiplication and shifts on 32-bit machines (libgcc).
ARITHMETIC = re.compile(r"__(u?(div|mod|divmod)|mul|ashl|ashr|lshr|clz|ctz|popcount)[dts]i\d$")
WRITABLE = re.compile(r"\.(data|bss|tdata|tbss|common)\b(?!\.rel\.ro)")

BAD = {
    "clock": "#include <time.h>\nlong anvil_now(void);\nlong anvil_now(void) { return time(0); }\n",
    "counter": "int anvil_n(void);\nint anvil_n(void) { static int n; return ++n; }\n",
    "start value": "int anvil_n(void);\nint anvil_n(void) { static int n = 3; return ++n; }\n",
    "variable": "int anvil_n;\n",
    "stray name": "int tcp_input(int a);\nint tcp_input(int a) { return a; }\n",
}
GOOD = ("#include <string.h>\nstatic const char *const names[] = { \"a\", \"b\" };\n"
        "const char *anvil_name(int a, char *to, unsigned long long b, unsigned long long c);\n"
        "const char *anvil_name(int a, char *to, unsigned long long b, unsigned long long c)\n"
        "{\n    memset(to, 0, b / c);\n    return names[a];\n}\n")


def tool(compiler, name):
    """The binutils program that goes with a compiler (s390x-linux-gnu-nm for a cross compiler)."""
    beside = re.sub(r"(gcc|clang|cc)(-\d+)?$", name, compiler)
    return beside if shutil.which(beside) else name


def output(*command):
    """What a command prints; it must succeed."""
    return subprocess.run([str(word) for word in command], check=True, capture_output=True,
                          text=True).stdout


def impurities(objects, compiler):
    """What is not pure in these objects, taken together: a list of sentences."""
    found, defined, undefined = [], set(), set()
    for line in output(tool(compiler, "nm"), "-P", *objects).splitlines():
        fields = line.split()
        if len(fields) < 2:
            continue
        name, kind = fields[:2]
        if kind in "Uvw":
            undefined.add(name)
        elif kind.isupper() or kind == "u":
            defined.add(name)
            if not name.startswith("anvil_"):
                found.append(f"{name} is external and does not start with anvil_")
    for name in sorted(undefined - defined - MEMORY):
        if not ARITHMETIC.match(name):
            found.append(f"{name} is taken from outside")
    for line in output(tool(compiler, "size"), "-A", *objects).splitlines():
        fields = line.split()
        if len(fields) == 3 and WRITABLE.match(fields[0]) and fields[1] != "0":
            found.append(f"{fields[0]} has {fields[1]} bytes")
    return found


def compile_all(sources, includes, command, folder):
    """Compiles each source to an object in the folder; returns the objects."""
    objects = []
    for number, source in enumerate(sources):
        objects.append(Path(folder) / f"{number}.o")
        subprocess.run([*command, *RELEASE, *includes, "-c", source, "-o", objects[-1]], check=True)
    return objects


def self_test(command, folder):
    """Whether each bad snippet is found, and nothing in the good one."""
    good = True
    for name, text in {**BAD, "good": GOOD}.items():
        source = Path(folder) / "snippet.c"
        source.write_text(text, encoding="ascii")
        found = impurities(compile_all([source], [], command, folder), command[0])
        if bool(found) == (name == "good"):
            print(f"purity: the snippet '{name}' gives {found}")
            good = False
    return good


def main():
    """Checks the core, or this program itself; returns the exit status."""
    core, command = sys.argv[1], sys.argv[2:]
    with tempfile.TemporaryDirectory() as folder:
        if core == "--self-test":
            return 0 if self_test(command, folder) else 1
        sources = sorted(Path(core).glob("src/**/*.c"))
        includes = [f"-I{core}/include", f"-I{core}/src"]
        found = impurities(compile_all(sources, includes, command, folder), command[0])
    print("\n".join(found + [f"purity: {len(sources)} sources"]))
    return 1 if found or not sources else 0


if __name__ == "__main__":
    sys.exit(main())
