# SPDX-License-Identifier: BSD-2-Clause
"""Tests of conformance/mutants/mutants.py: it must tell a kill from all that is none.

usage: mutants_test.py ROOT BUILD

Each mutant below is listed where it belongs, and nowhere else; whatever is wrong makes it fail.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

TIME_WAIT = ("in core/src/lifecycle.c anvil_enter_time_wait\n"
             "- step->now + 2 *\n- step->policy->msl_us;\n")
SHORT = TIME_WAIT + "+ step->now + step->policy->msl_us;\n"
SENTENCE = "# TIME-WAIT is not what it should be.\n"
# name: (heading under which it is listed, "" for none; words that are said of it; the file)
MUTANTS = {
    "killed": ("", "MUST-13", f"{SENTENCE}breaks MUST-13\noracle O10\n{SHORT}"),
    "by-the-clock": ("", "MUST-13", f"{SENTENCE}breaks MUST-13\n"
                     f"variant clock=2^32us-1s\n{TIME_WAIT}"
                     "+ (uint32_t)(step->now + 2 * step->policy->msl_us);\n"),
    "without-the-clock": ("survivors", "not what it should be",
                          f"{SENTENCE}breaks MUST-13\nvariant clock=2^32us-1s\n{SHORT}"),
    "invisible": ("survivors", "no name", "# A state has no name.\nbreaks MUST-13\n"
                  "in core/src/names.c anvil_state_name\n- \"TIME-WAIT\"\n+ \"\"\n"),
    "for-another": ("killed, but not for what they break", "none covers MUST-2",
                    f"{SENTENCE}breaks MUST-2\n{SHORT}"),
    "unseen": ("not seen by an oracle that should", "O17 does not see that",
               f"{SENTENCE}breaks MUST-13\noracle O10 O17\n{SHORT}"),
    "crash": ("crash", "ends by SIG", f"{SENTENCE}breaks MUST-13\n{TIME_WAIT}"
              "+ 0; __builtin_trap();\n"),
    "hang": ("hang", "", f"{SENTENCE}breaks MUST-13\n{TIME_WAIT}"
             "+ 0; for (volatile int i = 1; i;) ;\n"),
    "same": ("cannot be made", "the same code", f"{SENTENCE}breaks MUST-13\n{TIME_WAIT}"
             "+ (step->now + 2 * step->policy->msl_us);\n"),
    "no-program": ("cannot be made", "error:", f"{SENTENCE}breaks MUST-13\n{TIME_WAIT}+ never;\n"),
    "stale": ("cannot be made", "'never' stands 0 times in anvil_enter_time_wait",
              f"{SENTENCE}breaks MUST-13\n{SHORT.replace('step->now + 2 *', 'never', 1)}"
              .replace("- step->policy->msl_us;\n", "")),
    "twice": ("cannot be made", "'step' stands ", f"{SENTENCE}breaks MUST-13\n"
              "in core/src/lifecycle.c anvil_enter_time_wait\n- step\n"),
    "no-function": ("cannot be made", "never is defined 0 times",
                    f"{SENTENCE}breaks MUST-13\nin core/src/ack.c never\n- step\n"),
    "no-file": ("cannot be made", "is no file of core",
                f"{SENTENCE}breaks MUST-13\nin conformance/cli/run.c cli_run\n- int\n"),
    "unknown-id": ("cannot be made", "no requirement is called MUST-1300",
                   f"{SENTENCE}breaks MUST-1300\n{SHORT}"),
    "unknown-oracle": ("cannot be made", "no oracle is called delphi",
                       f"{SENTENCE}breaks MUST-13\noracle delphi\n{SHORT}"),
    "seen-and-unseen": ("cannot be made", "and yet no oracle can", f"{SENTENCE}breaks MUST-13\n"
                        f"oracle O10\nunseen because it is dark\n{SHORT}"),
    "unseen-without-why": ("cannot be made", "says nothing here", f"{SENTENCE}breaks MUST-13\n"
                           f"unseen\n{SHORT}"),
    "unknown-key": ("cannot be made", "'fixes MUST-13' says nothing here",
                    f"{SENTENCE}breaks MUST-13\nfixes MUST-13\n{SHORT}"),
    "no-breaks": ("cannot be made", "'breaks', 'in' or the text", f"{SENTENCE}{SHORT}"),
    "no-sentence": ("cannot be made", "no '# Sentence.'", f"breaks MUST-13\n{SHORT}"),
    "no-change": ("cannot be made", "'breaks', 'in' or the text", f"{SENTENCE}breaks MUST-13\n"),
}


def call(root, build, folder, *more):
    """Runs the tool on a folder of mutants."""
    words = [sys.executable, "-B", root / "conformance/mutants/mutants.py", "--build", build,
             "--folder", folder, "--cpu-seconds", "3", *more]
    return subprocess.run(words, text=True, capture_output=True, check=False)


def sections(text):
    """{name: (heading, what is said)} of the mutants that are listed as wrong, and the rest."""
    found, heading, name = {}, "", ""
    lines = text.splitlines()
    while lines and lines[0]:
        line = lines.pop(0)
        if not line.startswith(" "):
            heading = line.rstrip(":")
        elif not line.startswith("    "):
            name = line.strip().removeprefix("test/")
            found[name] = (heading, "")
        else:
            found[name] = (heading, found[name][1] + line.strip() + "\n")
    return found, lines


def main():
    """Returns the exit status."""
    root, build = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    failed = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "test").mkdir()
        none = call(root, build, folder)
        if none.returncode != 1 or "0 mutants match" not in none.stderr:
            failed.append(f"no mutant at all: {none.stdout}{none.stderr}")
        for mutant, (_, _, text) in MUTANTS.items():
            (folder / "test" / f"{mutant}.mutant").write_text(text, encoding="utf-8")
        done = call(root, build, folder)
        fine = call(root, build, folder, "--only", "test/killed")
    listed, rest = sections(done.stdout)
    rows = {line.split()[0].removeprefix("test/"): line for line in rest if line[:5] == "test/"}
    for mutant, (heading, said, _) in MUTANTS.items():
        where, words = listed.get(mutant, ("", rows.get(mutant, "")))
        if where != heading or said not in words:
            failed.append(f"{mutant} is listed under '{where}': {words}")
    killed = sum(heading == "" for heading, _, _ in MUTANTS.values())
    if done.returncode != 1 or f", {killed} killed for their requirement, " not in rest[-1]:
        failed.append(f"exit status {done.returncode}: {rest[-1:]}{done.stderr}")
    if fine.returncode != 0 or "1 mutants, 1 killed for their requirement" not in fine.stdout:
        failed.append(f"exit status {fine.returncode}: {fine.stdout}{fine.stderr}")
    for text in failed:
        print(f"mutants-self-test: {text}")
    print(f"mutants-self-test: {len(MUTANTS)} mutants")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
