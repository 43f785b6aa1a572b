# SPDX-License-Identifier: BSD-2-Clause
"""Checks the reports of the whole suite, and that two runs say the same.

usage: reports.py SCHEMAS PROGRAM...

JSON lines follow the schema in SCHEMAS, JUnit has the common form (junit.xsd, with xmllint), TAP is
what Perl's TAP::Parser reads without a complaint, and all formats count the same. Two runs, one of
them on several threads, print the same but for the processor time they took. A script that fails
and one that is wrong are among the cases. The lines of `coverage` follow their schema as well.
"""

import json
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from report_schema_check import faults  # pylint: disable=wrong-import-position

SCRIPTS = {
    "fails.pkt": "// Says \"ack 2\" & <more>.\n0 < S 0:0(0) win 9\n+0 > R. 0:0(0) ack 2\n",
    "wrong.pkt": "0 < Q 0:0(0) win 9\n",
    "skips.pkt": "// Needs more.\n0 splice(3, 4) = 0\n",
}
SUITE_LEAST = 80
COVERAGE_LEAST, CELLS, COLUMNS = 700, 11 * 20, 100
SHOWN_MAX = 20
JUNIT_SCHEMA = Path(__file__).parent.parent / "junit.xsd"
TAP_CONSUMER = """
my ($failed, $skipped, $details) = (0, 0, 0);
my $parser = TAP::Parser->new({ tap => join("", <STDIN>) });
while (my $one = $parser->next) {
    $details++ if $one->is_yaml && $one->data->{message};
    next unless $one->is_test;
    $failed++ unless $one->is_ok;
    $skipped++ if $one->has_skip;
}
printf("%d planned, %d run, %d failed, %d skipped, %d with details, %d complaints\\n",
       $parser->tests_planned, $parser->tests_run, $failed, $skipped, $details,
       scalar($parser->parse_errors));
print(STDERR "$_\\n") for $parser->parse_errors;
"""


class Runs:
    """The reports, and what is wrong with them."""

    def __init__(self, program, folder):
        self.program, self.folder, self.wrong = program, folder, 0
        for name, text in SCRIPTS.items():
            (folder / name).write_text(text, encoding="ascii")
        self.suite = self.suite_folder()

    def suite_folder(self):
        """The folder of the built-in suite, from the first case that is listed."""
        one = json.loads(self.call("run", "--format", "json", "--filter", "close/four-segments")
                         .splitlines()[0])
        return Path(one["file"]).parent.parent

    def call(self, *words):
        """What a call prints."""
        done = subprocess.run([*self.program, *(str(word) for word in words)], text=True,
                              capture_output=True, check=False)
        return done.stdout

    def report(self, form, *more):
        """The report of all cases in a format."""
        return self.call("run", "--format", form, *more, self.suite,
                         *(self.folder / name for name in SCRIPTS))

    def complain(self, text):
        """One more finding."""
        self.wrong += 1
        if self.wrong <= SHOWN_MAX:
            print(f"reports: {text}")


def verdict_of(verdicts):
    """The verdict of a case from those of its variants."""
    for name in ("error", "failed", "skipped"):
        if name in verdicts:
            return "failed" if name == "error" else name
    return "passed"


def check_json(runs, schema):
    """Each line follows the schema; returns how often cases have each verdict."""
    cases, lines = {}, runs.report("json").splitlines()
    for number, line in enumerate(lines, 1):
        one = json.loads(line)
        for fault in faults(schema, one, f"JSON line {number}"):
            runs.complain(fault)
        cases.setdefault(one["case"], []).append(one["verdict"])
    counts = {"passed": 0, "failed": 0, "skipped": 0, "lines": len(lines)}
    for verdicts in cases.values():
        counts[verdict_of(verdicts)] += 1
    return counts


def check_text(runs, counts):
    """The last line counts the same."""
    last = runs.report("text").rstrip("\n").split("\n")[-1]
    expected = "{passed} passed, {failed} failed, {skipped} skipped".format(**counts)
    if last != expected:
        runs.complain(f"the last line is '{last}', and the JSON lines say '{expected}'")


def check_tap_parser(runs, text, counts):
    """What a consumer of TAP makes of it."""
    done = subprocess.run(["perl", "-MTAP::Parser", "-e", TAP_CONSUMER], input=text, text=True,
                          capture_output=True, check=False)
    cases = counts["passed"] + counts["failed"] + counts["skipped"]
    expected = f"{cases} planned, {cases} run, {counts['failed']} failed, " \
               f"{counts['skipped']} skipped, {counts['failed']} with details, 0 complaints"
    if done.returncode != 0 or done.stdout.strip() != expected:
        runs.complain(f"TAP::Parser finds {done.stdout}{done.stderr}, not {expected}")


def check_tap(runs, counts):
    """The plan, the numbers of its lines, and their verdicts."""
    text = runs.report("tap")
    check_tap_parser(runs, text, counts)
    lines = re.findall(r"^(not ok|ok) (\d+)(.*)$", text, re.M)
    plan = re.findall(r"^1\.\.(\d+)$", text, re.M)
    if plan != [str(len(lines))] or [int(line[1]) for line in lines] != \
            list(range(1, len(lines) + 1)):
        runs.complain(f"the TAP plan is {plan}, and there are {len(lines)} lines")
    bad = sum(line[0] == "not ok" for line in lines)
    skipped = sum("# SKIP" in line[2] for line in lines)
    if (bad, skipped) != (counts["failed"], counts["skipped"]) or \
            len(lines) != counts["passed"] + counts["failed"] + counts["skipped"]:
        runs.complain(f"TAP counts {len(lines)} cases, {bad} failed, {skipped} skipped: {counts}")


def check_junit(runs, counts):
    """The elements, and the numbers in their parents' attributes."""
    text = runs.report("junit")
    done = subprocess.run(["xmllint", "--noout", "--schema", JUNIT_SCHEMA, "-"], input=text,
                          text=True, capture_output=True, check=False)
    if done.returncode != 0:
        runs.complain(f"JUnit does not have the common form:\n{done.stderr[:2000]}")
    root = xml.fromstring(text)
    suites = [root] if root.tag == "testsuite" else root.findall("testsuite")
    found = {"cases": 0, "bad": 0, "skipped": 0}
    for suite in suites:
        cases = suite.findall("testcase")
        found["cases"] += len(cases)
        found["bad"] += sum(case.find("failure") is not None or case.find("error") is not None
                            for case in cases)
        found["skipped"] += sum(case.find("skipped") is not None for case in cases)
        if int(suite.get("tests")) != len(cases):
            runs.complain(f"JUnit says {suite.get('tests')} tests, and there are {len(cases)}")
    expected = {"cases": counts["passed"] + counts["failed"] + counts["skipped"],
                "bad": counts["failed"], "skipped": counts["skipped"]}
    if found != expected:
        runs.complain(f"JUnit counts {found}, and the JSON lines say {expected}")


def check_coverage(runs, schema):
    """The lines of `coverage` follow their schema, each with the keys of its kind, twice alike."""
    keys, counts = {}, {"requirement": 0, "cell": 0, "mutant": 0}
    text = runs.call("coverage", "--format", "json")
    for number, line in enumerate(text.splitlines(), 1):
        one = json.loads(line)
        for fault in faults(schema, one, f"coverage line {number}"):
            runs.complain(fault)
        counts[one["kind"]] += 1
        if keys.setdefault(one["kind"], list(one)) != list(one):
            runs.complain(f"coverage line {number} has other keys than the first of its kind")
    if counts["requirement"] < COVERAGE_LEAST or counts["cell"] != CELLS:
        runs.complain(f"coverage has too few lines, or too many: {counts}")
    for form in ("json", "text"):
        if runs.call("coverage", "--format", form) != runs.call("coverage", "--format", form):
            runs.complain(f"two calls of coverage differ in {form}")
    for words in ([], ["--mutants"], ["MUST-13"]):
        text = runs.call("coverage", *words)
        wide = [line for line in text.splitlines() if len(line) > COLUMNS]
        if wide or not text:
            runs.complain(f"coverage {words} prints nothing, or wider than {COLUMNS}: {wide}")


def without_times(text):
    """A report without the processor time."""
    text = re.sub(r'"cpu_ns":\d+', '"cpu_ns":0', text)
    return re.sub(r' time="[0-9.]+"', "", text)


def check_same(runs):
    """Two runs print the same."""
    for form in ("text", "tap", "junit", "json"):
        first, second = (without_times(runs.report(form, "--jobs", jobs)) for jobs in ("1", "3"))
        if first == second and first:
            continue
        pairs = zip(first.splitlines(), second.splitlines())
        differing = next(((one, two) for one, two in pairs if one != two), ("", ""))
        runs.complain(f"two runs differ in {form}:\n{differing[0]}\n{differing[1]}")


def main():
    """Makes and checks the reports; returns the exit status."""
    schema = json.loads((Path(sys.argv[1]) / "tcpanvil-run.schema.json").read_text("utf-8"))
    with tempfile.TemporaryDirectory() as name:
        runs = Runs(sys.argv[2:], Path(name))
        counts = check_json(runs, schema)
        check_text(runs, counts)
        check_tap(runs, counts)
        check_junit(runs, counts)
        check_same(runs)
        check_coverage(runs, json.loads((Path(sys.argv[1]) / "tcpanvil-coverage.schema.json")
                                        .read_text("utf-8")))
    if counts["passed"] < SUITE_LEAST or counts["failed"] < 2 or counts["skipped"] < 1 or \
            counts["lines"] < 2 * counts["passed"]:
        runs.complain(f"too little was run: {counts}")
    print(f"reports: {counts['lines']} runs, {counts}, {runs.wrong} findings")
    return 1 if runs.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
