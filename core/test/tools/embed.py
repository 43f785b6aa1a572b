# SPDX-License-Identifier: BSD-2-Clause
"""Proves that another project can embed the core, in C and in C++.

usage: embed.py ROOT BUILD PROJECTS

BUILD is installed into an empty prefix, which is then moved. PROJECTS/c and PROJECTS/cpp are built
against it, with CMake's find_package(tcpanvil) and with what pkg-config says, and against the
checkout ROOT with add_subdirectory, and run. The installed program must use the suite beside it,
and the prefix must hold what a user expects there.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

COMPILERS = {"c": ["gcc", "-std=c11"], "cpp": ["g++", "-std=c++17"]}
EXPECTED = ["bin/tcpanvil", "lib/libtcpanvil.a", "lib/cmake/tcpanvil/tcpanvilConfig.cmake",
            "lib/pkgconfig/tcpanvil.pc", "include/anvil/seq.h", "include/anvil/target.h",
            "share/man/man1/tcpanvil.1", "share/tcpanvil/suite", "share/tcpanvil/*.schema.json",
            "share/doc/tcpanvil/LICENSE"]


def run(*command, **options):
    """Runs a command that must succeed; returns what it prints."""
    done = subprocess.run([str(word) for word in command], check=False, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    if done.returncode != 0:
        print(f"$ {' '.join(str(word) for word in command)}\n{done.stdout}")
        raise SystemExit(1)
    return done.stdout


def build_with_cmake(project, folder, setting):
    """Builds a project; the setting says where it finds the core. Returns its program."""
    run("cmake", "-S", project, "-B", folder, setting)
    run("cmake", "--build", folder)
    return folder / "embedder"


def build_with_pkg_config(project, folder, prefix):
    """Builds a project's one source with the flags of pkg-config; returns its program."""
    settings = {**os.environ, "PKG_CONFIG_PATH": str(prefix / "lib/pkgconfig")}
    flags = run("pkg-config", "--cflags", "--libs", "tcpanvil", env=settings).split()
    folder.mkdir()
    source = next(project.glob("main.*"))
    run(*COMPILERS[project.name], "-Wall", "-Wextra", "-Wpedantic", "-Werror", source, *flags,
        "-o", folder / "embedder")
    return folder / "embedder"


def check_suite(prefix, elsewhere):
    """Whether the installed program lists a case that only the installed suite has."""
    marker = prefix / "share/tcpanvil/suite/embed/only-installed.pkt"
    marker.parent.mkdir()
    marker.write_text("// Only the installed suite has this case.\n+0 < S 0:0(0) win 65535\n",
                      encoding="ascii")
    if "only-installed" in run(prefix / "bin/tcpanvil", "list", cwd=elsewhere):
        return 0
    print("embed: the installed program does not list the installed suite")
    return 1


def main():
    """Installs, builds, runs; returns the exit status."""
    root, build, projects = (Path(word) for word in sys.argv[1:])
    with tempfile.TemporaryDirectory() as name:
        prefix = Path(name) / "moved"
        run("cmake", "--install", build, "--prefix", Path(name) / "prefix")
        shutil.move(Path(name) / "prefix", prefix)
        absent = [path for path in EXPECTED if not any(prefix.glob(path))]
        if absent:
            print(f"embed: not installed: {', '.join(absent)}")
            return 1
        ways = {"find_package": (build_with_cmake, f"-DCMAKE_PREFIX_PATH={prefix}"),
                "pkg-config": (build_with_pkg_config, prefix),
                "add_subdirectory": (build_with_cmake, f"-DCHECKOUT={root}")}
        for language in COMPILERS:
            for way, (builds, where) in ways.items():
                program = builds(projects / language, Path(name) / f"{language}-{way}", where)
                print(f"embed: {language}, {way}: {run(program).strip()}")
        return check_suite(prefix, name)


if __name__ == "__main__":
    sys.exit(main())
