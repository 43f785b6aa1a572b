# SPDX-License-Identifier: BSD-2-Clause
"""Checks that the man page and the program's own help name the same subcommands and options.

usage: manual.py MANPAGE PROGRAM...

PROGRAM is the command that runs tcpanvil, an emulator included.
"""

import re
import subprocess
import sys
from pathlib import Path


def help_of(program, *words):
    """What the program prints for --help; it must succeed."""
    done = subprocess.run([*program, *words, "--help"], text=True, capture_output=True, check=False)
    if done.returncode != 0 or not done.stdout:
        print(f"manual: {' '.join(words)} --help exits {done.returncode} and prints "
              f"{len(done.stdout)} characters\n{done.stderr}")
        raise SystemExit(1)
    return done.stdout


def options_in(text):
    """The long options that a text names."""
    return set(re.findall(r"(?<![\w-])--[a-z][a-z-]*[a-z]", text)) - {"--help"}


def main():
    """Compares; returns the exit status."""
    page = Path(sys.argv[1]).read_text(encoding="utf-8").replace("\\-", "-")
    program, failed = sys.argv[2:], False
    subcommands = re.findall(r"^\.B tcpanvil ([a-z-]+)$", page, re.M)
    overview, helped = help_of(program), set()
    for name in subcommands:
        if not re.search(rf"\b{name}\b", overview):
            print(f"manual: tcpanvil --help does not name {name}")
            failed = True
        helped |= options_in(help_of(program, name))
    for name in re.findall(r"^ {2}(?:tcpanvil )?([a-z-]+) ", overview, re.M):
        if name not in subcommands:
            print(f"manual: the page does not name the subcommand {name}")
            failed = True
    for option in sorted(helped ^ options_in(page)):
        where = "the page" if option in helped else "any --help"
        print(f"manual: {where} does not name {option}")
        failed = True
    print(f"manual: {len(subcommands)} subcommands, {len(helped)} options")
    return 1 if failed or not subcommands else 0


if __name__ == "__main__":
    sys.exit(main())
