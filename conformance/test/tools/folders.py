# SPDX-License-Identifier: BSD-2-Clause
"""Proves the dependency rule: a folder cannot include what it is not to know.

usage: folders.py BUILD ROOT

For one source of each folder, taken with its compiler flags from BUILD/compile_commands.json, every
header of the project is included alone: those it may know must be found, the others must not.
"""

import json
import shlex
import subprocess
import sys
from pathlib import Path

# Which folder may include whose headers. "core" stands for the core's public headers.
MAY_KNOW = {
    "core/src": {"core", "core/src"},
    "conformance/script": {"script"},
    "conformance/wire": {"wire"},
    "conformance/target": {"target", "wire"},
    "conformance/target/core.c": {"target", "wire", "core"},
    "conformance/report": {"report", "script", "wire"},
    "conformance/oracle": {"oracle", "wire", "target"},
    "conformance/run": {"run", "script", "wire", "target", "oracle", "report"},
    "conformance/matrix": {"matrix"},
    "conformance/world": {"world", "wire", "target", "oracle"},
    "conformance/cli": {"cli", "report", "run", "script", "wire", "target", "oracle", "matrix",
                        "world"},
}


def is_ordinary(path):
    """Whether a file is not one of those that may know the core, or links last."""
    return not path.name.startswith(("core", "profile", "main"))


def headers_of(root):
    """One header of each owner, as it is written in an include."""
    found = {}
    for path in sorted((root / "core/include").rglob("*.h"))[:1]:
        found["core"] = str(path.relative_to(root / "core/include"))
    for path in sorted((root / "core/src").rglob("*.h"))[:1]:
        found["core/src"] = str(path.relative_to(root / "core/src"))
    for path in sorted((root / "conformance").glob("*/*.h")):
        if is_ordinary(path):
            found.setdefault(path.parent.name, str(path.relative_to(root / "conformance")))
    return found


def command_for(commands, root, user):
    """The compiler call of one source in a folder (or of that very file), without the source."""
    for entry in commands:
        source = Path(entry["file"])
        if not source.is_relative_to(root):
            continue
        name = str(source.relative_to(root))
        if name == user or (str(Path(name).parent) == user and is_ordinary(source)):
            words = shlex.split(entry["command"])
            return words[:words.index("-o")], entry["directory"]
    return None, None


def is_found(command, folder, header):
    """Whether an include of this header is found."""
    done = subprocess.run([*command, "-x", "c", "-M", "-"], cwd=folder, text=True, check=False,
                          input=f'#include "{header}"\n', capture_output=True)
    return done.returncode == 0


def main():
    """Tries every folder with every header; returns the exit status."""
    build, root = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    commands = json.loads((build / "compile_commands.json").read_text(encoding="utf-8"))
    headers, checks, failed = headers_of(root), 0, False
    for user, known in MAY_KNOW.items():
        command, folder = command_for(commands, root, user)
        if command is None:
            print(f"folders: {user} has no source to try it with")
            failed = True
            continue
        for owner, header in headers.items():
            checks += 1
            if is_found(command, folder, header) != (owner in known):
                print(f"folders: {user} {'does not find' if owner in known else 'finds'} {header}")
                failed = True
    print(f"folders: {checks} includes tried")
    return 1 if failed or checks == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
