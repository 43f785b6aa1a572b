# SPDX-License-Identifier: BSD-2-Clause
"""Proves that every sysctl that the runner maps changes the policy field it stands for.

usage: sysctl_flips.py SYSCTL_TABLE PROGRAM...

SYSCTL_TABLE is the C file with the runner's table. For a sysctl that sets a policy field, the lines
of policy.csv for that field are played by copies of their cases in which the sysctl is the last to
speak: with the value that the case needs the copy passes, although a directive before it says the
other one; with the other value the copy fails. So the field is the right one, and so is the scale.
A sysctl that sets nothing passes with a value that the table calls harmless, and skips the case,
naming the sysctl, with any other. All spellings of the command are tried.
"""

import re
import sys

from flips import Findings, Program, c_table, policies_of, table

ENTRY = r'\{ "([\w.]+)", (\w+), (?:"(\w+)"|NULL), (\w+), (NULL|"[^"]*") \}'
SCALES = {"1": 1, "0": 0, "SECONDS": 1000000, "MILLISECONDS": 1000}
SPELLINGS = ["`sysctl -q {name}=\"{value}\"`", "`sysctl -w {name}='{value}'`",
             "`./set_sysctls.py /proc/sys/{path}=\"{value}\"`"]
SPELLINGS_BSD = ["`sysctl {name}='{value}'`", "`sysctl -w {name}='{value}' > /dev/null 2>&1`"]
HARMLESS_ANY, WRONG_VALUE, WINDOW_MAX = "7", "12345", 65535
FIRST_EVENT = re.compile(r"^(?!//|--|\s*$)|^//: (?:on|quiet|[+*0-9])", re.M)


def spelled(rule, scale, number, fields):
    """The sysctl's value for a field's value; None if it cannot say that."""
    if rule == "SCALED":
        return str(number // scale) if number % scale == 0 else None
    if rule == "SWITCH":
        return str(number)
    if rule == "INVERSE":
        return str(1 - number)
    if rule == "SECOND":
        return f"4096 {number} {WINDOW_MAX}"
    if rule == "SHIFT":
        return f"4096 {fields['receive_buffer']} {WINDOW_MAX << number}"
    return None


def commands(name, value):
    """The command lines that set a sysctl."""
    forms = SPELLINGS if name.startswith("net.ipv4.") else SPELLINGS_BSD
    return [form.format(name=name, path=name.replace(".", "/"), value=value) for form in forms]


def with_command(text, command, field=None, value=None):
    """A copy with a command before its first event, behind a directive for the field."""
    if field is not None:
        text = re.sub(rf"^//: policy {field}=.*\n", "", text, flags=re.M)
        text = text.replace("\n", f"\n//: policy {field}={value}\n", 1)
    at = FIRST_EVENT.search(text).start()
    return text[:at] + command + "\n" + text[at:]


class Copies:
    """Copies with the verdict that each must have."""

    def __init__(self):
        self.texts, self.wanted = {}, {}

    def add(self, text, verdict, what):
        """One more."""
        name = f"copy{len(self.texts)}"
        self.texts[name], self.wanted[name] = text, (verdict, what)

    def check(self, program, findings):
        """Runs them all."""
        for name, verdict in program.run_copies(self.texts).items():
            wanted, what = self.wanted[name]
            if verdict != wanted:
                findings.add(f"{what}: {verdict}, not {wanted}")


def add_mapped(copies, program, entry, line, fields):
    """The copies for one sysctl and one line of policy.csv; False if it cannot say the values."""
    name, rule, field, scale, alone = entry
    text, other = program.show(line["case"]), int(line["value"])
    own = policies_of(text).get(field)
    needed = spelled(rule, scale, fields[field] if own is None else own, fields)
    wrong = spelled(rule, scale, other, fields)
    if needed is None or wrong is None or (own is not None and not alone):
        return False
    needed_number = fields[field] if own is None else own
    for command in commands(name, needed):
        copies.add(with_command(text, command, field, other), "passed", f"{line['case']} {command}")
    for command in commands(name, wrong):
        copies.add(with_command(text, command, field, needed_number), "failed",
                   f"{line['case']} {command}")
    return True


def add_unmapped(copies, text, name, harmless):
    """The copies for a sysctl that sets nothing."""
    listed = [value for value in harmless.strip('"').split("|") if value]
    for value in [HARMLESS_ANY] if harmless == "NULL" else listed:
        for command in commands(name, value):
            copies.add(with_command(text, command), "passed", command)
    if harmless != "NULL":
        for command in commands(name, WRONG_VALUE):
            copies.add(with_command(text, command), "skipped", command)


def check_names(program, findings, text):
    """A skip names the sysctl, and an unknown one is a skip as well."""
    for command in ("`sysctl -w net.ipv4.tcp_unheard_of=1`", "`sysctl -w net.inet.tcp.mssdflt=1`"):
        done = program.call("run", "-", text=with_command(text, command))
        name = command.split()[-1].rstrip("`")
        if f"unsupported sysctl {name}" not in done.stdout:
            findings.add(f"{command}: the reason of the skip does not name it")


def main():
    """Checks the table; returns the exit status."""
    program, findings, copies = Program(sys.argv[2:]), Findings("sysctl flips"), Copies()
    fields, lines = program.profile(), table("policy.csv")
    entries = c_table(sys.argv[1], ENTRY)
    names = [name for name, *_ in entries]
    plain = program.show("handshake/passive-open")
    for name, rule, field, scale, harmless in entries:
        if rule == "NO_OP":
            add_unmapped(copies, plain, name, harmless)
            continue
        entry = (name, rule, field, SCALES[scale], names.count(name) == 1 or rule != "SWITCH")
        played = [add_mapped(copies, program, entry, line, fields) for line in lines
                  if line["field"] == field]
        if field not in fields or not any(played):
            findings.add(f"{name} sets {field}, for which policy.csv has no line that it can say")
    copies.check(program, findings)
    check_names(program, findings, plain)
    return findings.status(f"{len(entries)} entries, {len(copies.texts)} copies")


if __name__ == "__main__":
    sys.exit(main())
