# SPDX-License-Identifier: BSD-2-Clause
"""Proves that the sanitizers of this build find mistakes here: a leak, an overrun, an overflow.

usage: sanitizers.py COMPILER FLAG...

The tests of a build with sanitizers rely on it: without leak detection, say, they would pass as
well. Each snippet is compiled with the flags and must end with the sanitizer's report.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

SNIPPETS = {
    "LeakSanitizer": "#include <stdlib.h>\nint main(int n, char **v) { char *volatile p = "
                     "malloc(9); p[0] = (char)n; p = v[0]; return 0; }\n",
    "AddressSanitizer": "#include <stdlib.h>\nint main(void) { char *volatile p = malloc(9);"
                        " p[9] = 1; free(p); return 0; }\n",
    "runtime error": "int main(int n, char **v) { (void)v; return n + 0x7fffffff; }\n",
}
GOOD = "int main(void) { return 0; }\n"


def outcome(command, folder, text):
    """The exit status and messages of a snippet."""
    program = Path(folder) / "snippet"
    subprocess.run([*command, "-w", "-x", "c", "-", "-o", program], input=text, text=True,
                   check=True)
    done = subprocess.run([program], text=True, capture_output=True, check=False)
    return done.returncode, done.stderr


def main():
    """Runs the snippets; returns the exit status."""
    command, missed = sys.argv[1:], 0
    with tempfile.TemporaryDirectory() as folder:
        for name, text in SNIPPETS.items():
            status, said = outcome(command, folder, text)
            if status == 0 or name not in said:
                print(f"sanitizers: {name} does not speak: exit {status}\n{said}")
                missed += 1
        if outcome(command, folder, GOOD)[0] != 0:
            print("sanitizers: a program without a mistake does not end with 0")
            missed += 1
    print(f"sanitizers: {len(SNIPPETS)} mistakes made, {missed} not found")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
