# SPDX-License-Identifier: BSD-2-Clause
"""What tests of this folder have in common: calls of the program, and inputs told as scripts."""

import re
import subprocess


def fail(what):
    """Ends the test."""
    print(f"fuzz: {what}")
    raise SystemExit(1)


def call(program, *words, text=None, status=0):
    """What the program prints; its exit status must be the one given."""
    done = subprocess.run([*program, *map(str, words)], input=text, text=True, capture_output=True,
                          check=False)
    if done.returncode != status:
        fail(f"{' '.join(map(str, words))} exits {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def files_of(folder):
    """The inputs of a folder, which may not be there."""
    return sorted(folder.iterdir()) if folder.is_dir() else []


def check_passes(program, harness, inputs):
    """None of the inputs shows anything."""
    printed = call(program, "replay", "--harness", harness, *inputs)
    if printed.splitlines()[-1] != f"{len(inputs)} passed, 0 failed, 0 skipped":
        fail(printed)


def tell(program, harness, form, path, *words):
    """One input, told twice in the same way."""
    words = ("replay", "--harness", harness, "--as", form, *words, path)
    told = call(program, *words)
    if told != call(program, *words):
        fail(f"{path.name} is not told twice in the same way")
    return told


def profile_of(script):
    """The profile that a script was told for."""
    return re.search(r"--profile (\w+)", script)[1]


def tampered(script):
    """A script with one number changed in its last segment that goes out; None: there is none."""
    lines = script.splitlines()
    found = [i for i, line in enumerate(lines) if " > " in line and " win " in line]
    if not found:
        return None
    lines[found[-1]] = re.sub(r" win (\d+)", lambda one: f" win {int(one[1]) ^ 1}",
                              lines[found[-1]])
    return "\n".join(lines) + "\n"


def write_scripts(folder, scripts):
    """Writes {name: text} as files, below a folder for each profile. {profile: folder}."""
    folders = {}
    for name, script in scripts.items():
        profile = profile_of(script)
        folders[profile] = folder / profile
        folders[profile].mkdir(parents=True, exist_ok=True)
        (folders[profile] / f"{name}.pkt").write_text(script, encoding="utf-8")
    return folders


def check_scripts(program, scripts, folder):
    """All of {name: text} pass, and each that says what is sent fails with a number changed. How
    many do; the folders that they are in."""
    false = {name: changed for name, script in scripts.items() if (changed := tampered(script))}
    folders = write_scripts(folder / "told", scripts)
    for profile, path in folders.items():
        call(program, "run", "--profile", profile, path)
    for profile, path in write_scripts(folder / "tampered", false).items():
        printed = call(program, "run", "--profile", profile, path, status=1).splitlines()[-1]
        if not printed.startswith("0 passed, ") or not printed.endswith(" 0 skipped"):
            fail(f"scripts with a number changed: {printed}")
    return len(false), folders
