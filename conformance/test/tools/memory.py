# SPDX-License-Identifier: BSD-2-Clause
"""Runs the runner under valgrind: no wrong access, no use of what was never set, no leak.

usage: memory.py PROGRAM SCRIPTS COMPILER [FLAG...]

PROGRAM runs folders of the built-in suite, the bad scripts of SCRIPTS/bad, scripts with a line of
ten million characters, and its other subcommands. First, programs with a known mistake show that
valgrind finds such mistakes here. Without valgrind the test is skipped (exit 77).
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FOUND = 99
VALGRIND = ["valgrind", "--quiet", "--leak-check=full", "--show-leak-kinds=all",
            "--errors-for-leak-kinds=all", f"--error-exitcode={FOUND}"]
MISTAKES = {
    "leak": "#include <stdlib.h>\nint main(int n, char **v) { char *volatile p = malloc(9);"
            " p[0] = (char)n; p = v[0]; return 0; }\n",
    "unset": "#include <stdlib.h>\nint main(void) { int *volatile p = malloc(9); int n = p[1] > 3;"
             " free(p); return n ? 0 : 1; }\n",
    "overrun": "#include <stdlib.h>\nint main(void) { char *volatile p = malloc(9); p[9] = 1;"
               " free(p); return 0; }\n",
}
FOLDERS = ["close", "handshake", "host", "icmp", "listen", "options", "sack", "time-wait"]
LONG = ["0 socket(", "0 < S 0:0(0) win 1", "0 write(3, \"", "0 %{ assert 1 == ", "// "]


def under_valgrind(*words, folder="."):
    """Runs a command under valgrind."""
    return subprocess.run([*VALGRIND, *(str(word) for word in words)], cwd=folder, text=True,
                          capture_output=True, check=False, errors="replace")


def check_valgrind(command, folder):
    """Whether each mistake is found; how many are not."""
    missed = 0
    for name, text in MISTAKES.items():
        program = folder / name
        subprocess.run([*command, "-O0", "-w", "-x", "c", "-", "-o", program], input=text,
                       text=True, check=True)
        if under_valgrind(program).returncode != FOUND:
            print(f"memory: valgrind does not find the mistake '{name}'")
            missed += 1
    return missed


def calls(scripts, folder):
    """What is run: (words, the exit status, the least number of cases judged)."""
    for number, start in enumerate(LONG):
        (folder / f"long{number}.pkt").write_text(start + "1" * 10_000_000, encoding="ascii")
    (folder / "failing.pkt").write_text("// Wrong.\n//: covers MUST-1\n0 < S 0:0(0) win 9\n"
                                        "+0 > R. 0:0(0) ack 2\n", encoding="ascii")
    for name in FOLDERS:
        yield ["run", "--filter", f"{name}/*"], 0, 5
    yield ["run", "--filter", "matrix/*-wait*/syn*/*edge"], 0, 5
    yield ["run", "--jobs", "2", "--pcap", folder / "captures", "--filter", "close/s*"], 0, 2
    yield ["run", scripts / "bad"], 2, 8
    yield ["run", *sorted(folder.glob("long*.pkt")), "failing.pkt", "missing.pkt"], 2, len(LONG) + 1
    for form in ("tap", "junit", "json"):
        yield ["run", "--format", form, "failing.pkt"], 1, None
    yield ["run", "--target", "mute", "--filter", "close/*"], 1, 5
    yield ["run", "--profile", "linux", "--target", "ackall", "--filter", "close/*"], 1, 5
    yield ["list"], 0, None
    yield ["show", "close/four-segments"], 0, None
    yield ["coverage"], 0, None
    yield ["profile", "freebsd"], 0, None


def judged(text):
    """How many cases the last line of a report counts."""
    counts = re.findall(r"^(\d+) passed, (\d+) failed, (\d+) skipped$", text, re.M)
    return sum(int(count) for count in counts[-1]) if counts else 0


def check_call(program, words, status, least, folder):
    """Runs one call; whether it went as it should, without a finding of valgrind's."""
    done = under_valgrind(program, *words, folder=folder)
    shown = " ".join(str(word) for word in words)
    if done.returncode == FOUND:
        print(f"memory: tcpanvil {shown}: valgrind says\n{done.stderr[-4000:]}")
        return False
    if done.returncode != status:
        print(f"memory: tcpanvil {shown}: exit {done.returncode} instead of {status}\n"
              f"{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return False
    if least is not None and judged(done.stdout) < least:
        print(f"memory: tcpanvil {shown}: judges {judged(done.stdout)} cases, not {least} or more")
        return False
    return True


def main():
    """Runs all calls; returns the exit status."""
    program, scripts, command = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve(), \
        sys.argv[3:]
    if not shutil.which("valgrind"):
        print("memory: skipped, because valgrind is not installed")
        return 77
    with tempfile.TemporaryDirectory() as name:
        wrong, count = check_valgrind(command, Path(name)), 0
        for words, status, least in calls(scripts, Path(name)):
            wrong += not check_call(program, words, status, least, name)
            count += 1
    print(f"memory: {len(MISTAKES)} mistakes shown, {count} calls under valgrind, {wrong} wrong")
    return 1 if wrong or not count else 0


if __name__ == "__main__":
    sys.exit(main())
