# SPDX-License-Identifier: BSD-2-Clause
"""A capture under construction: two ends that talk, and the numbers of each, with scapy.

The stack under test is 192.0.2.1 and 2001:db8::1; it listens on port 40001 and connects from other
ports. What it is shown sending is what the harness makes its application do.
"""

import struct

from scapy.layers.inet import ICMP, IP, TCP
from scapy.layers.inet6 import IPv6
from scapy.packet import Raw

HOST = {4: "192.0.2.1", 6: "2001:db8::1"}
PEER = {4: "192.0.2.2", 6: "2001:db8::2"}
LISTENING, CONNECTING, FAR = 40001, 40002, 8080
MASK = 0xFFFFFFFF


class Capture:
    """Frames and their times, written as classic pcap of raw IP."""

    def __init__(self, family=4, choices=b""):
        self.family = family
        self.choices = choices  # octets 8 to 15 of the head: profile, clock, ISS, MTU, lazy reader
        self.now_us = 0
        self.records = []
        self.identification = 0

    def wait(self, seconds):
        """Time passes."""
        self.now_us += int(seconds * 1000000)
        return self

    def raw(self, octets, mend=True, keep=None):
        """A frame as octets, or as many of them as are kept; where it is not to be mended, its
        checksums stay as they are."""
        original = len(octets) if mend else 0
        octets = octets[:keep]
        self.records.append(struct.pack("<IIII", self.now_us // 1000000, self.now_us % 1000000,
                                        len(octets), original) + octets)
        self.now_us += 1000
        return self

    def header(self, source, destination, **fields):
        """The IP header of the next frame."""
        if self.family == 6:
            return IPv6(src=source, dst=destination, hlim=64, **fields)
        self.identification += 1
        return IP(src=source, dst=destination, ttl=64, id=self.identification, flags="DF", **fields)

    def put(self, layers, mend=True):
        """A frame from the peer, with all that stands behind its IP header."""
        return self.raw(bytes(self.header(PEER[self.family], HOST[self.family]) / layers), mend)

    def octets(self):
        """The file."""
        head = struct.pack("<IHH", 0xA1B2C3D4, 2, 4) + self.choices.ljust(8, b"\0")
        return head + struct.pack("<II", 65535, 101) + b"".join(self.records)


class Talk:
    """One connection in a capture, from both sides."""

    def __init__(self, capture, port=LISTENING, far=FAR, host_iss=1000, peer_iss=5000):
        self.capture, self.port, self.far = capture, port, far
        self.host, self.peer = host_iss, peer_iss  # the next number that each sends
        self.window = 65535
        self.offer = [("MSS", 1460)]
        self.always = []                           # options of each segment of the peer

    def segment(self, flags, **fields):
        """TCP of the peer: at its next number, and acknowledging all, unless said."""
        told = {"seq": self.peer & MASK, "ack": self.host & MASK if "A" in flags else 0,
                "window": self.window, "options": self.always}
        told.update(fields)
        return TCP(sport=self.far, dport=self.port, flags=flags, **told)

    def hear(self, flags, text=b"", moves=True, **fields):
        """The peer sends a segment, and counts it unless it moves nothing."""
        self.capture.put(self.segment(flags, **fields) / Raw(text) if text
                         else self.segment(flags, **fields))
        if moves:
            self.peer += len(text) + ("S" in flags) + ("F" in flags)
        return self

    def say(self, flags, text=b"", moves=True, **fields):
        """The stack is shown sending: the headers alone, which say how much text there was."""
        told = {"seq": self.host & MASK, "ack": self.peer & MASK if "A" in flags else 0,
                "window": 65535}
        told.update(fields)
        family = self.capture.family
        head = self.capture.header(HOST[family], PEER[family]) / TCP(
            sport=self.port, dport=self.far, flags=flags, **told)
        self.capture.raw(bytes(head / Raw(text)), keep=len(bytes(head)))
        if moves:
            self.host += len(text) + ("S" in flags) + ("F" in flags)
        return self

    def wait(self, seconds):
        """Time passes."""
        self.capture.wait(seconds)
        return self

    def passive(self):
        """The peer opens."""
        self.hear("S", options=self.offer)
        self.say("SA", options=[("MSS", 1460)])
        return self.hear("A")

    def active(self):
        """The stack opens."""
        self.say("S", options=[("MSS", 1460)])
        self.hear("SA", options=self.offer)
        return self.say("A")

    def icmp(self, kind, code, seq=None, octets=8, **fields):
        """An ICMP error of the peer about what the stack sent last, or at `seq`."""
        family = self.capture.family
        quoted = self.capture.header(HOST[family], PEER[family]) / TCP(
            sport=self.port, dport=self.far, seq=(self.host if seq is None else seq) & MASK,
            flags="A")
        head = 40 if family == 6 else 20
        self.capture.put(ICMP(type=kind, code=code, **fields) / Raw(bytes(quoted)[:head + octets]))
        return self


def talk(family=4, choices=b"", **fields):
    """A connection in a capture of its own."""
    return Talk(Capture(family, choices), **fields)
