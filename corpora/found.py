# SPDX-License-Identifier: BSD-2-Clause
"""Captures that once showed an error, in the core or in a rule: regressions of the harness `frame`.

Each function is one, named after what it shows; its first line says what was wrong.
"""

from scapy.layers.inet import ICMP, TCP
from scapy.packet import Raw

from corpora.connections import TEXT
from corpora.talk import CONNECTING, FAR, HOST, PEER, talk

FOUND = {}


def found(function):
    """Registers a regression."""
    FOUND[function.__name__.replace("_", "-")] = function
    return function


@found
def options_behind_one_of_a_wrong_length():
    """O22 said that a timestamp was never received that stood behind such an option."""
    it = talk(choices=bytes([2]))
    it.offer = [("MSS", 1460), ("Timestamp", (1000, 0))]
    it.always = [("Timestamp", (1000, 0))]
    it.passive().hear("PA", TEXT, options=[(2, b""), ("Timestamp", (1001, 0))])
    return it.hear("PA", TEXT, seq=it.peer + 100, moves=False).capture


@found
def peer_at_port_0():
    """O8 took a connection with the port 0 for a listener."""
    return talk(far=0).passive().hear("PA", TEXT).capture


@found
def two_refused_timestamps_half_the_space_apart():
    """O22 took the largest of refused timestamps for a bound, though they go half way round."""
    it = talk()
    it.offer = [("MSS", 1460), ("SAckOK", b""), ("Timestamp", (5000, 0))]
    it.always = [("Timestamp", (5000, 0))]
    it.passive()
    for away, stamp in ((300, 5000 + (1 << 31) - 1), (100, 1)):
        it.hear("PA", TEXT, moves=False, seq=(it.peer - away) % (1 << 32),
                options=[("Timestamp", (stamp, 0))])
    return it.capture


@found
def timestamp_half_the_space_ahead():
    """O21 asked for a block of text that was dropped for its timestamp."""
    it = talk()
    it.offer = [("MSS", 1460), ("SAckOK", b""), ("Timestamp", (5000, 0))]
    it.always = [("Timestamp", (5000, 0))]
    it.passive()
    for away, stamp in ((300, 5000 + (1 << 31) - 1), (100, 1)):
        it.hear("PA", TEXT, moves=False, seq=it.peer + away, options=[("Timestamp", (stamp, 0))])
    return it.hear("PA", TEXT).capture


@found
def timestamp_exactly_half_the_space_ahead():
    """O22 took such a timestamp for an old one; it is neither old nor new, and is taken."""
    it = talk()
    it.offer = [("MSS", 1460), ("Timestamp", (3, 0))]
    it.always = [("Timestamp", (3, 0))]
    it.passive().hear("PA", TEXT)
    return it.hear("FA", options=[("Timestamp", (3 + (1 << 31), 0))]).capture


@found
def report_of_an_mtu_for_another_host():
    """O25 asked that a report be followed that was not for the endpoint's address."""
    it = talk(port=CONNECTING).active().say("PA", TEXT * 100)
    quoted = it.capture.header(HOST[4], PEER[4]) / TCP(
        sport=CONNECTING, dport=FAR, seq=it.host - len(TEXT) * 100, flags="A")
    report = ICMP(type=3, code=4, nexthopmtu=1000) / Raw(bytes(quoted)[:28])
    return it.capture.raw(bytes(it.capture.header(PEER[4], "192.0.2.9") / report))


@found
def report_that_quotes_a_short_packet():
    """O1 did not take a report for one whose quote claims to be shorter than its own header."""
    it = talk(port=CONNECTING).say("S", options=[("MSS", 1460)])
    quoted = it.capture.header(HOST[4], PEER[4]) / TCP(
        sport=CONNECTING, dport=FAR, seq=it.host - 1, flags="S")
    octets = bytearray(bytes(quoted)[:28])
    octets[2:4] = b"\0\6"
    report = ICMP(type=3, code=3) / Raw(bytes(octets))
    return it.capture.raw(bytes(it.capture.header(PEER[4], HOST[4]) / report))
