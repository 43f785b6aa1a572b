# SPDX-License-Identifier: BSD-2-Clause
"""What the tests of this folder share: running the program, and changed copies of its cases."""

import csv
import json
import os
import re
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).parent


class Program:
    """tcpanvil, as a command that may begin with an emulator."""

    def __init__(self, words):
        self.words = list(words)
        self.shown = {}

    def call(self, *arguments, text=""):
        """Runs it with a text to read; what it says on both streams, and its exit status."""
        return subprocess.run([*self.words, *arguments], input=text, text=True,
                              capture_output=True, check=False)

    def run(self, *arguments):
        """Runs cases; {case: {variant or None: report line}}."""
        found = {}
        for line in self.call("run", "--format", "json", *arguments).stdout.splitlines():
            one = json.loads(line)
            found.setdefault(one["case"], {})[one["variant"]] = one
        return found

    def verdicts(self, *arguments):
        """Runs cases; {case: verdict of its plain run}."""
        return {case: runs[None]["verdict"] for case, runs in self.run(*arguments).items()}

    def show(self, case):
        """The script of a case with its preamble in it, without remarks; "" if there is none."""
        if case not in self.shown:
            done = self.call("show", case)
            text = done.stdout if done.returncode == 0 else ""
            self.shown[case] = text.split("\n// packetdrill of google:")[0] + "\n"
        return self.shown[case]

    def run_copies(self, texts, *arguments):
        """Runs scripts given as texts; {name: verdict}. Names are those of the texts."""
        with tempfile.TemporaryDirectory() as folder:
            for name, text in texts.items():
                (Path(folder) / (name + ".pkt")).write_text(text, encoding="utf-8")
            jobs = str(min(os.cpu_count() or 1, 8))
            found = self.verdicts("--jobs", jobs, *arguments, folder) if texts else {}
        return {name: found.get(name, "missing") for name in texts}

    def profile(self, name="rfc9293"):
        """{policy field: value} of a profile."""
        lines = self.call("profile", name).stdout.splitlines()
        return {line.split()[0]: int(line.split()[1]) for line in lines}


class Findings:
    """What is wrong, printed as it is found."""

    def __init__(self, test):
        self.test = test
        self.count = 0

    def add(self, text):
        """One more."""
        print(f"{self.test}: {text}")
        self.count += 1

    def status(self, summary):
        """Prints the last line; the exit status."""
        print(f"{self.test}: {summary}, {self.count} findings")
        return 1 if self.count else 0


def table(name, folder=HERE):
    """The lines of a table, as dictionaries."""
    with open(folder / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def policies_of(text):
    """{field: value} of the policy directives of a script."""
    return {field: int(value, 0)
            for field, value in re.findall(r"^//: policy (\w+)=(\w+)$", text, re.M)}


def with_policy(text, field, value):
    """A copy in which the policy directive of `field` says `value`."""
    return re.sub(rf"^(//: policy {field})=\w+$", rf"\1={value}", text, flags=re.M)


def c_table(path, pattern):
    """What `pattern` finds in each line of a table in a C file."""
    text = Path(path).read_text(encoding="utf-8")
    start = text.index("entries[] = {")
    return re.findall(pattern, text[start:text.index("\n};", start)])
