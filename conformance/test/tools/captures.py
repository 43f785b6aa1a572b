# SPDX-License-Identifier: BSD-2-Clause
"""Reads the captures of `tcpanvil run --pcap`: comments, checksums, and what variants change.

usage: captures.py PROGRAM...

Every packet has a comment that names the case, the line, what became of the packet, and the first
requirement that the case covers; what failed is marked. Lengths and checksums of IP, TCP and ICMP
are right (of frames written in hexadecimal, only ours). First numbers and clock are what a
variant's name says (the peer's: moved by that much from those of the plain run). Where tshark is
installed, it reads the captures without a complaint.
"""

import json
import re
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDERS = ["close", "handshake", "icmp", "ipv6", "sack", "timestamps", "matrix/closing"]
FAILING = "// Wrong.\n0 < S 0:0(0) win 9\n+0 > R. 0:0(0) ack 2\n"
CLOCKS = {"0": 0, "2^32us-1s": 2 ** 32 - 10 ** 6, "2^32ms-1s": 2 ** 32 * 1000 - 10 ** 6}
SECTION, INTERFACE, PACKET = 0x0a0d0d0a, 1, 6
INBOUND, OUTBOUND = 1, 2
SYN, ACK = 2, 16
TCP, ICMP, ICMPV6 = 6, 1, 58
VERDICTS = r"(sent by the script|as expected|not claimed|FAILED: [^;]+)"
TSHARK_FILES = 40
SHOWN_MAX = 20


class Broken(Exception):
    """What is wrong with a capture, as a sentence."""


class Packet:
    """One packet of a capture."""

    def __init__(self, body):
        _, high, low, count, length = struct.unpack_from("<5I", body)
        if count != length or count + 20 > len(body):
            raise Broken(f"a packet of {count} octets, of {length} before")
        self.time_us = high << 32 | low
        self.bytes = body[20:20 + count]
        options = dict(options_of(body[20 + (count + 3) // 4 * 4:]))
        self.comment = options.get(1, b"").decode("utf-8")
        self.direction = struct.unpack("<I", options.get(2, bytes(4)))[0] & 3

    def header(self):
        """The protocol, the pseudo header for its checksum, and what the IP packet carries."""
        data = self.bytes
        if data[0] >> 4 == 6:
            length = struct.unpack_from(">H", data, 4)[0]
            if length + 40 != len(data):
                raise Broken(f"IPv6 says {length} octets, and {len(data) - 40} are there")
            return data[6], data[8:40] + struct.pack(">II", length, data[6]), data[40:]
        size = (data[0] & 15) * 4
        if struct.unpack_from(">H", data, 2)[0] != len(data) or ones_sum(data[:size]) != 0xffff:
            raise Broken("the length or checksum in the IPv4 header is wrong")
        pseudo = data[12:20] + struct.pack(">HH", data[9], len(data) - size)
        return data[9], b"" if data[9] == ICMP else pseudo, data[size:]

    def check(self):
        """Length and checksums; returns the protocol."""
        protocol, pseudo, text = self.header()
        if protocol in (TCP, ICMP, ICMPV6) and ones_sum(pseudo + text) != 0xffff:
            raise Broken(f"the checksum of protocol {protocol} is wrong")
        return protocol

    def first_number(self):
        """(direction, ports, number) of a SYN that asks or answers, else None."""
        try:
            protocol, _, text = self.header()
        except Broken:
            return None
        if protocol != TCP or not text[13] & SYN:
            return None
        return self.direction, struct.unpack_from(">I", text, 4)[0]


def ones_sum(data):
    """The sum of RFC 1071, which is all ones over a header with a right checksum."""
    data += bytes(len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total


def options_of(data):
    """(code, value) of each option of a pcapng block."""
    while len(data) >= 4:
        code, length = struct.unpack_from("<HH", data)
        if code == 0:
            return
        yield code, data[4:4 + length]
        data = data[4 + (length + 3) // 4 * 4:]


def read(path):
    """The comment of a capture, and its packets."""
    data, comment, packets, at = path.read_bytes(), "", [], 0
    while at < len(data):
        kind, length = struct.unpack_from("<II", data, at)
        if length % 4 or struct.unpack_from("<I", data, at + length - 4)[0] != length:
            raise Broken(f"the block at {at} says it has {length} octets")
        body = data[at + 8:at + length - 4]
        if kind == SECTION:
            comment = dict(options_of(body[16:])).get(1, b"").decode("utf-8")
        elif kind == PACKET:
            packets.append(Packet(body))
        elif kind != INTERFACE:
            raise Broken(f"a block of kind {kind}")
        at += length
    return comment, packets


class Check:
    """What was looked at, and what was found."""

    def __init__(self):
        self.packets = self.wrong = 0
        self.about = {}   # of each case: the first requirement that it covers
        self.raw = set()  # cases with frames that the script gives octet by octet
        self.seen = {}
        self.starts = {}  # of each case: when its first packet comes, from the clock's start

    def complain(self, text):
        """One more finding."""
        self.wrong += 1
        if self.wrong <= SHOWN_MAX:
            print(f"captures: {text}")

    def list_cases(self, program):
        """What the cases cover, and which have frames in hexadecimal."""
        done = subprocess.run([*program, "list", "--format", "json"], text=True, check=True,
                              capture_output=True)
        for line in done.stdout.splitlines():
            case = json.loads(line)
            self.about[case["case"]] = case["covers"][0] if case["covers"] else None
            path = Path(case["file"])
            if path.is_file() and re.search(r"^//: \S+ frame ", path.read_text("utf-8"), re.M):
                self.raw.add(case["case"])

    def comments(self, name, packets):
        """Each packet's comment says the case, the line and the verdict."""
        case = name.split(" (")[0]
        for packet in packets:
            self.packets += 1
            about = f"; requirement {self.about[case]}" if self.about.get(case) else ""
            if not re.fullmatch(rf"{re.escape(case)}( line \d+)?: {VERDICTS}{re.escape(about)}",
                                packet.comment):
                self.complain(f"{name}: a packet has the comment '{packet.comment}'")
            if " line " not in packet.comment and "not claimed" not in packet.comment:
                self.complain(f"{name}: the comment '{packet.comment}' does not name a line")

    def sums(self, name, packets, raw):
        """Each packet's checksums; those that a script wrote octet by octet may be wrong."""
        for number, packet in enumerate(packets, 1):
            try:
                packet.check()
            except Broken as broken:
                if not (raw and packet.direction == INBOUND):
                    self.complain(f"{name}: packet {number}: {broken}")

    def variant(self, name, packets, plain):
        """Numbers and times of a variant, against the plain run."""
        said = dict(word.split("=") for word in name.rstrip(")").split() if "=" in word)
        clock = CLOCKS[said.get("clock", "0").rstrip(":)")]
        if not packets or len(packets) != len(plain):
            return
        start = self.starts.setdefault(name.split()[0], packets[0].time_us - clock)
        if packets[0].time_us - clock != start:
            self.complain(f"{name}: the first packet at {packets[0].time_us} us, not {start} later"
                          " than the clock's start")
        self.count("clock", clock)
        first = {}
        for packet, other in zip(packets, plain):
            number, before = packet.first_number(), other.first_number()
            if number is None or before is None or number[0] in first:
                continue
            first[number[0]] = True
            self.compare(name, said, number, before)

    def compare(self, name, said, number, before):
        """The first number of one side in a variant, against that in the plain run."""
        direction, value = number
        if direction == OUTBOUND and "iss" in said and value != int(said["iss"], 0):
            self.complain(f"{name}: our first number is {value:#x}")
        if direction == INBOUND and "peer" in said and \
                (value - before[1]) % 2 ** 32 != int(said["peer"], 0):
            self.complain(f"{name}: the peer's first number is {value:#x}, {before[1]:#x} plain")
        self.count("iss" if direction == OUTBOUND else "peer", value)

    def count(self, kind, value):
        """A value that a variant really had."""
        self.seen.setdefault(kind, set()).add(value)


def check_folder(check, folder):
    """All captures of a folder; the number of them."""
    plain, paths = {}, sorted(folder.glob("*.pcapng"), key=lambda path: len(path.name))
    for path in paths:
        try:
            name, packets = read(path)
            case, variant = re.fullmatch(r"(\S+) \((.+)\): \S+", name).groups()
            check.comments(name, packets)
            check.sums(name, packets, case in check.raw)
            if variant == "plain":
                plain[case] = packets
            else:
                check.variant(f"{case} ({variant})", packets, plain[case])
        except (Broken, AttributeError, KeyError, struct.error) as wrong:
            check.complain(f"{path.name}: {wrong!r}")
    return len(paths)


def check_tshark(check, folder):
    """What tshark thinks of some of the captures."""
    paths = sorted(folder.glob("*.pcapng"))[::7][:TSHARK_FILES]
    for path in paths:
        done = subprocess.run(["tshark", "-r", str(path), "-T", "fields", "-e", "frame.comment",
                               "-e", "tcp.checksum.status", "-o", "tcp.check_checksum:TRUE"],
                              text=True, capture_output=True, check=False)
        lines = done.stdout.splitlines()
        if done.returncode != 0 or not lines or any(not line.strip() for line in lines):
            check.complain(f"{path.name}: tshark exits {done.returncode}\n{done.stderr}")
        if any(line.endswith("\t0") for line in lines):
            check.complain(f"{path.name}: tshark finds a wrong checksum")
    print(f"captures: {len(paths)} read by tshark")


def check_failing(check, program, folder):
    """The packet that decided a failed case says so."""
    (folder / "failing.pkt").write_text(FAILING, encoding="ascii")
    subprocess.run([*program, "run", "--pcap", folder, folder / "failing.pkt"], check=False,
                   capture_output=True)
    found = [packet.comment for path in folder.glob("*failing.pcapng")
             for packet in read(path)[1]]
    if len(found) != 2 or not re.search(r"failing line 3: FAILED: .*ack", found[-1]):
        check.complain(f"a failed case's packets say {found}")


def main():
    """Makes and reads the captures; returns the exit status."""
    program, check, captures = sys.argv[1:], Check(), 0
    with tempfile.TemporaryDirectory() as name:
        check.list_cases(program)
        for part in FOLDERS:
            folder = Path(name) / part
            subprocess.run([*program, "run", "--pcap", folder, "--filter", f"{part}/*"],
                           check=False, capture_output=True)
            captures += check_folder(check, folder)
        check_failing(check, program, Path(name))
        if shutil.which("tshark"):
            check_tshark(check, Path(name) / "close")
    for kind, least in (("iss", 5), ("peer", 5), ("clock", len(CLOCKS))):
        if len(check.seen.get(kind, ())) < least:
            check.complain(f"the variants show {len(check.seen.get(kind, ()))} values of {kind}")
    print(f"captures: {captures} captures, {check.packets} packets, {check.wrong} findings")
    return 1 if check.wrong or captures == 0 or check.packets < captures else 0


if __name__ == "__main__":
    sys.exit(main())
