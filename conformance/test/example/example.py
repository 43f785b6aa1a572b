# SPDX-License-Identifier: BSD-2-Clause
"""Proves that a stack can be brought from outside, with the installed tree and nothing else.

usage: example.py BUILD SOURCES COMPILER...

BUILD is installed into an empty prefix. The example of a target there is built as its comment says,
and with its CMakeLists.txt, and run and checked by the installed program; so is the template. The
header must do in C and in C++. Objects that are no targets must be refused with a sentence and exit
status 2: SOURCES holds one for each kind.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from report_schema_check import faults  # pylint: disable=wrong-import-position

STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror"]
LINES_MAX = 99
# A source of SOURCES, and what is said of the object that is made of it.
REFUSED = {
    "no_entry.c": "does not export the function anvil_target_entry()",
    "no_table.c": "anvil_target_entry() returned NULL instead of a table",
    "other_version.c": "built for version 4711 of the target seam, but this program has version 3",
    "no_function.c": "its table has no function advance(); all of them must be there",
    "no_name.c": "traits() returned no name",
    "no_symbol.c": "undefined symbol: something_that_nobody_defines",
}
CPP = """#include <anvil/target.h>
extern "C" ANVIL_TARGET_EXPORT const struct anvil_target *anvil_target_entry(void)
{
    static anvil_target table = {};
    table.abi = ANVIL_TARGET_ABI;
    return &table;
}
"""


class Checks:
    """Runs commands, and counts those that do not go as they should."""

    def __init__(self, folder):
        self.folder = folder
        self.findings = 0

    def run(self, status, texts, *command):
        """A command must exit with this status and print all of the texts."""
        done = subprocess.run([str(word) for word in command], check=False, text=True,
                              cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        absent = [text for text in texts if text not in done.stdout]
        if done.returncode != status or absent:
            self.findings += 1
            print(f"example: $ {' '.join(str(word) for word in command)}\n{done.stdout[-2000:]}\n"
                  f"example: status {done.returncode} instead of {status}, or absent: {absent}")


def check_example(checks, program, suite, compiler, include, source):
    """The worked example: small, builds in both ways, passes and fails as it should."""
    lines = source.read_text(encoding="utf-8").splitlines()
    if len(lines) > LINES_MAX:
        checks.findings += 1
        print(f"example: {source.name} has {len(lines)} lines; at most {LINES_MAX}")
    checks.run(0, [], *compiler, "-std=c11", *STRICT, "-shared", "-fPIC", f"-I{include}",
               "-o", "rst.so", source)
    for path in ("rst.so", "./rst.so", checks.folder / "rst.so"):
        checks.run(0, ["1 passed, 0 failed, 0 skipped"], program, "run", "--target", path,
                   suite / "reset/closed-port-syn.pkt")
    checks.run(1, ["0 passed, 1 failed, 0 skipped", "FAILED"], program, "run", "--target",
               "./rst.so", suite / "handshake/passive-open.pkt")
    checks.run(1, ["skipped", "the target has no IPv6", "kept     damaged ",
                   "socket(): call(SOCKET) fails: Operation not supported",
                   "9 kept, 3 broken, 3 skipped"], program, "check-target", "./rst.so")
    checks.run(1, ["\n    ./rst.so  failed: ", " differ, "], program, "run", "--target", "core",
               "--against", "./rst.so", suite / "handshake")
    built = checks.folder / "with-cmake"
    checks.run(0, [], "cmake", "-S", source.parent, "-B", built,
               f"-DCMAKE_PREFIX_PATH={include.parent}", f"-DCMAKE_C_COMPILER={compiler[0]}",
               f"-DCMAKE_C_FLAGS={' '.join(compiler[1:])}")
    checks.run(0, [], "cmake", "--build", built)
    checks.run(0, ["1 passed"], program, "run", "--target", built / "rst.so",
               suite / "reset/closed-port-syn.pkt")


def check_json(checks, program, data):
    """The JSON lines of a comparison follow the schema that is installed beside the suite."""
    schema = json.loads((data / "tcpanvil-against.schema.json").read_text("utf-8"))
    done = subprocess.run([program, "run", "--against", "./rst.so", "--format", "json",
                           data / "suite/reset"], check=False, text=True, cwd=checks.folder,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    lines = done.stdout.splitlines()
    found = [fault for line in lines for fault in faults(schema, json.loads(line), "line")]
    if not lines or found:
        checks.findings += 1
        print(f"example: {len(lines)} lines of JSON, of which {found[:5]}")


def check_template(checks, program, compiler, include, source):
    """The template builds as it stands, and check-target says what to do next."""
    checks.run(0, [], *compiler, "-std=c11", *STRICT, "-shared", "-fPIC", f"-I{include}",
               "-o", "mystack.so", source)
    checks.run(1, ["3 broken", "socket()"], program, "check-target", "./mystack.so")


def check_header(checks, compiler, include):
    """The header alone, in the oldest and newest languages that it is for."""
    (checks.folder / "use.cpp").write_text(CPP, encoding="ascii")
    (checks.folder / "use.c").write_text("#include <anvil/target.h>\nint use;\n", encoding="ascii")
    for standard in ("c++11", "c++20"):
        checks.run(0, [], "g++", f"-std={standard}", "-Wall", "-Wextra", "-Wpedantic", "-Werror",
                   "-Wno-missing-field-initializers", "-fvisibility=hidden", "-shared", "-fPIC",
                   f"-I{include}", "-o", "cpp.so", "use.cpp")
    for standard in ("c99", "c11"):
        checks.run(0, [], *compiler, f"-std={standard}", *STRICT, "-fsyntax-only", f"-I{include}",
                   "use.c")


def check_refused(checks, program, sources, compiler, include):
    """What is no target is refused, by run and by check-target, and why is said."""
    (checks.folder / "text.so").write_text("this is no shared object\n", encoding="ascii")
    cases = {"text.so": "text.so: this is no shared object", "none.so": "No such file or directory",
             ".so/": "No such file", "./": "this is no file"}
    for name, said in REFUSED.items():
        made = name.replace(".c", ".so")
        checks.run(0, [], *compiler, "-std=c11", "-shared", "-fPIC", f"-I{include}", "-o", made,
                   sources / name)
        cases[made] = said
    if "cpp.so" in [path.name for path in checks.folder.iterdir()]:
        cases["./cpp.so"] = "its table has no function traits()"
    for path, said in cases.items():
        checks.run(2, [said], program, "run", "--target", path)
        checks.run(2, [said], program, "check-target", path)
    checks.run(2, ["there is no target teapot; there are core, "], program, "check-target",
               "teapot")
    checks.run(2, ["check-target needs one target"], program, "check-target")


def main():
    """Installs, builds, runs; returns the exit status."""
    build, sources, compiler = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]
    with tempfile.TemporaryDirectory() as name:
        prefix = Path(name) / "prefix"
        subprocess.run(["cmake", "--install", build, "--prefix", prefix], check=True,
                       stdout=subprocess.DEVNULL)
        checks = Checks(Path(name))
        program, include = prefix / "bin/tcpanvil", prefix / "include"
        suite = prefix / "share/tcpanvil/suite"
        examples = Path(shutil.copytree(prefix / "share/doc/tcpanvil/target", checks.folder / "t"))
        check_example(checks, program, suite, compiler, include, examples / "rst.c")
        check_json(checks, program, suite.parent)
        check_template(checks, program, compiler, include, examples / "template.c")
        check_header(checks, compiler, include)
        check_refused(checks, program, sources, compiler, include)
        print(f"example: {checks.findings} findings")
        return 1 if checks.findings else 0


if __name__ == "__main__":
    sys.exit(main())
