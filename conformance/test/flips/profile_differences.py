# SPDX-License-Identifier: BSD-2-Clause
"""Proves that the profiles rfc9293, linux and freebsd differ where real stacks differ.

usage: profile_differences.py PROGRAM...

profiles.csv says for each script in profiles/ under which profile it passes. Where it fails, it
does so behind the comment from which on the profiles differ, not for something else before. Each
script tells two profiles apart. Beyond that, each policy field in which linux or freebsd has
another value than rfc9293 is shown: a case of policy.csv fails with that value, or a script of
profiles.csv that passes with the profile fails if only this field has the value of rfc9293. HIDDEN
lists what neither can show.
"""

import sys

from flips import HERE, Findings, Program, policies_of, table, with_policy

PROFILES = ("rfc9293", "linux", "freebsd")
HIDDEN = {
    ("freebsd", "half_open_max"): "a case would need 129 half-open connections; a listener's limit "
                                  "is shown at 1 and 2",
}
DIFFER = "// From here on the profiles differ.\n"


def first_line_that_may_differ(script):
    """The number of the first line behind the comment; None without it."""
    head, comment, _ = (HERE / "profiles" / f"{script}.pkt").read_text().partition(DIFFER)
    return head.count("\n") + 2 if comment else None


def check_script(findings, line, found):
    """One line of profiles.csv against the runs under the three profiles."""
    script = line["script"]
    first = first_line_that_may_differ(script)
    if first is None:
        findings.add(f"{script} does not say from where on the profiles differ")
        return
    if len({line[profile] for profile in PROFILES}) == 1:
        findings.add(f"{script} tells no profiles apart")
    for profile in PROFILES:
        one = found[profile].get(script)
        if one is None or one["verdict"] != line[profile]:
            findings.add(f"{script}: {one and one['verdict']} with {profile}, not {line[profile]}")
        elif one["verdict"] == "failed" and (one["line"] or first) < first:
            findings.add(f"{script}: fails with {profile} at line {one['line']}: {one['reason']}")


def check_scripts(program, findings):
    """All lines of profiles.csv; how many there are."""
    lines, found = table("profiles.csv"), {}
    for profile in PROFILES:
        runs = program.run("--profile", profile, str(HERE / "profiles"))
        found[profile] = {case.rsplit("/", 1)[-1]: one[None] for case, one in runs.items()}
    scripts = {path.stem for path in (HERE / "profiles").glob("*.pkt")}
    for script in sorted(scripts ^ {line["script"] for line in lines}):
        findings.add(f"{script} is only in one of profiles.csv and profiles/")
    for line in lines:
        if line["script"] in scripts:
            check_script(findings, line, found)
    return len(lines)


def shown_by_policy(program, field, base, value):
    """Whether a case of policy.csv that passes with the value of rfc9293 fails with this one."""
    copies = {}
    for line in table("policy.csv"):
        own = policies_of(program.show(line["case"]))
        if line["field"] == field and own.get(field, base) == base:
            text = program.show(line["case"])
            copies[str(len(copies))] = with_policy(text, field, value) if field in own else (
                text.replace("\n", f"\n//: policy {field}={value}\n", 1))
    return "failed" in program.run_copies(copies).values()


def shown_by_script(program, profile, field, base):
    """Whether a script that passes with the profile fails without this difference."""
    passing = {line["script"] for line in table("profiles.csv") if line[profile] == "passed"}
    found = program.verdicts("--profile", profile, "--set", f"{field}={base}",
                             str(HERE / "profiles"))
    return any(verdict == "failed" and case.rsplit("/", 1)[-1] in passing
               for case, verdict in found.items())


def check_fields(program, findings):
    """All differences of the policies; how many there are."""
    bases, differences = program.profile(), 0
    for profile in PROFILES[1:]:
        for field, value in program.profile(profile).items():
            base = bases[field]
            if value == base:
                continue
            differences += 1
            shown = (shown_by_policy(program, field, base, value) or
                     shown_by_script(program, profile, field, base))
            reason = HIDDEN.get((profile, field))
            if shown and reason:
                findings.add(f"{field}={value} of {profile} is shown, and listed as hidden")
            elif reason:
                print(f"{field}={value} of {profile} is not shown: {reason}")
            elif not shown:
                findings.add(f"no case shows {field}={value} of {profile}")
    return differences


def main():
    """Checks scripts and fields; returns the exit status."""
    program, findings = Program(sys.argv[1:]), Findings("profile differences")
    scripts = check_scripts(program, findings)
    differences = check_fields(program, findings)
    return findings.status(f"{scripts} scripts, {differences} differing values")


if __name__ == "__main__":
    sys.exit(main())
