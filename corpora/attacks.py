# SPDX-License-Identifier: BSD-2-Clause
"""Captures of what should not happen: classic attacks, damaged frames, fragments, ICMP errors.

Seeds of the harness `frame`, as in connections.py.
"""

from scapy.layers.inet import ICMP, IP, TCP, UDP, IPOption
from scapy.layers.inet6 import (ICMPv6DestUnreach, ICMPv6EchoRequest, ICMPv6PacketTooBig,
                                ICMPv6ParamProblem, ICMPv6TimeExceeded, IPv6, IPv6ExtHdrDestOpt,
                                IPv6ExtHdrFragment, IPv6ExtHdrHopByHop, IPv6ExtHdrRouting)
from scapy.packet import Raw

from corpora.connections import TEXT, seed
from corpora.talk import CONNECTING, FAR, HOST, LISTENING, PEER, Capture, Talk, talk


def opening(family=4, **fields):
    """A connection that is open."""
    return talk(family, **fields).passive()


@seed()
def land(family):
    """A SYN from the stack's own address and port."""
    capture = Capture(family)
    capture.raw(bytes(capture.header(HOST[family], HOST[family]) /
                      TCP(sport=LISTENING, dport=LISTENING, flags="S", seq=5000)))
    return capture.wait(10)


@seed("ESTABLISHED")
def scans(family):
    """Null, Xmas, FIN, ACK, all flags: to an open port, a closed one and a connection."""
    it = opening(family)
    for flags in ("", "FPU", "F", "A", "FSRPAUEC", "SF", "SR", "RF", "SAR"):
        for port in (LISTENING, 9):
            it.capture.put(TCP(sport=7, dport=port, flags=flags, seq=1, ack=1))
        it.hear(flags, moves=False, seq=it.peer + 70000)
    return it.capture


@seed("SYN-RECEIVED", both=False)
def syn_flood(family):
    """More SYNs than the backlog holds; then one of them goes on."""
    capture = Capture(family)
    talks = [Talk(capture, far=2000 + i) for i in range(24)]
    for it in talks:
        it.hear("S", options=it.offer)
    for it in talks:
        it.host += 1
        it.hear("A")
    return capture


@seed("ESTABLISHED")
def blind_resets(family):
    """Resets at RCV.NXT + 1, at the right edge, beyond it, and below."""
    it = opening(family)
    for away in (1, 1000, 65534, 65535, 70000, -1, 1 << 31):
        it.hear("R", moves=False, seq=(it.peer + away) & 0xFFFFFFFF)
    return it.hear("PA", TEXT).capture


@seed("ESTABLISHED")
def blind_syns(family):
    """SYNs inside and outside of the window, with text and with an ACK."""
    it = opening(family)
    for away in (0, 1, 65535, -1, 1 << 31):
        it.hear("S", moves=False, seq=(it.peer + away) & 0xFFFFFFFF)
        it.hear("SA", TEXT, moves=False, seq=(it.peer + away) & 0xFFFFFFFF)
    return it.hear("PA", TEXT).capture


@seed("ESTABLISHED")
def blind_text(family):
    """Text inside the window whose acknowledgment is too old or too new."""
    it = opening(family).say("PA", TEXT).hear("A")
    for away in (1, 70000, -70000, 1 << 31, -(1 << 31) + 1):
        it.hear("PA", TEXT, moves=False, ack=(it.host + away) & 0xFFFFFFFF)
    return it.hear("PA", TEXT).capture


@seed("ESTABLISHED", both=False)
def many_blind_segments(family):
    """More challenge ACKs are asked for than are sent in a second."""
    it = opening(family)
    for _ in range(30):
        it.hear("R", moves=False, seq=it.peer + 5)
    return it.wait(5).hear("R", moves=False, seq=it.peer + 5).capture


@seed("ESTABLISHED")
def overlapping_text(family):
    """Segments that overlap, with other content each time."""
    it = opening(family)
    for away, text in ((20, b"A" * 30), (10, b"B" * 30), (0, b"C" * 15), (35, b"D" * 40),
                       (0, b"E" * 80), (-10, b"F" * 20)):
        it.hear("A", text, moves=False, seq=it.peer + away)
    return it.hear("FA", seq=it.peer + 80).capture


@seed("ESTABLISHED", both=False)
def many_holes(family):
    """More ranges out of order than are kept; from the right to the left, then all of it."""
    it = opening(family)
    for place in range(60, 0, -1):
        it.hear("A", b"x", moves=False, seq=it.peer + 2 * place)
    return it.hear("PA", b"y" * 200).capture


@seed("ESTABLISHED", both=False)
def fin_with_holes(family):
    """A FIN comes before the text in front of it, twice, at different numbers."""
    it = opening(family)
    it.hear("FA", b"end", moves=False, seq=it.peer + 50)
    it.hear("FA", moves=False, seq=it.peer + 20)
    return it.hear("PA", b"z" * 60).capture


@seed("ESTABLISHED")
def optimistic_acknowledgments(family):
    """What was not sent yet is acknowledged, and an octet at a time of what was."""
    it = talk(family, port=CONNECTING).active().say("PA", TEXT * 60)
    it.hear("A", ack=it.host + 5000)
    for part in range(12):
        it.hear("A", ack=it.host - 1000 + part)
    return it.hear("A").capture


@seed("ESTABLISHED", both=False)
def duplicate_acknowledgments(family):
    """The same ACK many times over, and split ones."""
    it = talk(family, port=CONNECTING).active().say("PA", TEXT * 60)
    for _ in range(8):
        it.hear("A", ack=it.host - 2000)
    return it.wait(3).hear("A").capture


@seed("ESTABLISHED")
def reneging(family):
    """Blocks are reported and taken back, lie outside of what was sent, are empty or inside out."""
    it = talk(family, port=CONNECTING)
    it.offer = [("MSS", 500), ("SAckOK", b"")]
    it.active()
    base = it.host
    it.say("PA", TEXT * 60)
    for left, right in ((500, 1000), (1000, 500), (7, 7), (0, 1 << 30), (-500, -1), (1 << 31, 5)):
        options = [("SAck", ((base + left) & 0xFFFFFFFF, (base + right) & 0xFFFFFFFF))]
        it.hear("A", ack=base, options=options)
    return it.wait(9).hear("A", ack=base).capture


@seed("ESTABLISHED")
def urgent_pointers(family):
    """Urgent pointers at every edge, with and without text, and without URG."""
    it = opening(family)
    for urgent in (0, 1, len(TEXT), len(TEXT) + 1, 65535):
        it.hear("UA", TEXT, urgptr=urgent).hear("UA", urgptr=urgent).hear("A", urgptr=urgent)
    return it.hear("UFA", TEXT, urgptr=3).capture


@seed("ESTABLISHED", both=False)
def text_and_fin_on_syn(family):
    """A SYN with text and FIN, and what follows."""
    it = talk(family)
    it.hear("SF", TEXT, options=it.offer, moves=False)
    it.peer += 1
    it.say("SA").hear("A").hear("PA", TEXT).hear("FA")
    return it.capture


@seed("ESTABLISHED", both=False)
def reserved_bits(family):
    """Reserved bits, ECN bits and a data offset of every size."""
    it = opening(family)
    for bits in range(8):
        it.hear("PAEC", TEXT, reserved=bits)
    for words in range(16):
        it.hear("A", TEXT, moves=False, dataofs=words)
    return it.capture


@seed("ESTABLISHED")
def cut_short(family):
    """A segment with text, cut at each of its first 64 octets."""
    it = opening(family)
    capture = it.capture
    whole = bytes(capture.header(PEER[family], HOST[family]) / it.segment("PA") / Raw(TEXT))
    for length in range(64):
        capture.raw(whole[:length])
    return it.hear("PA", TEXT).capture


@seed("ESTABLISHED", both=False)
def wrong_lengths(family):
    """IP headers that claim too little, too much, and no header at all."""
    it = opening(family)
    capture = it.capture
    for claimed in (0, 19, 20, 39, 40, 60, 1500, 65535):
        capture.raw(bytes(capture.header(PEER[4], HOST[4], len=claimed) / it.segment("PA") /
                          Raw(TEXT)))
    for words in (0, 1, 4, 6, 15):
        capture.raw(bytes(capture.header(PEER[4], HOST[4], ihl=words) / it.segment("PA") /
                          Raw(TEXT)))
    for version in (0, 5, 7, 15):
        octets = bytes(capture.header(PEER[4], HOST[4]) / it.segment("PA"))
        capture.raw(bytes([version << 4 | 5]) + octets[1:])
    return capture.raw(b"")


@seed("ESTABLISHED", both=False)
def wrong_lengths_of_v6(_):
    """The same of IPv6."""
    it = opening(6)
    capture = it.capture
    for claimed in (0, 1, 19, 20, 21, 1500, 65535):
        capture.raw(bytes(capture.header(PEER[6], HOST[6], plen=claimed) / it.segment("PA") /
                          Raw(TEXT)))
    return it.hear("PA", TEXT).capture


@seed("ESTABLISHED")
def wrong_checksums(family):
    """Checksums that are wrong, of IP and of TCP, and none."""
    it = opening(family)
    capture = it.capture
    good = bytes(capture.header(PEER[family], HOST[family]) / it.segment("PA") / Raw(TEXT))
    head = 40 if family == 6 else 20
    for at in (10, head + 16, head + 17, head + 20):
        octets = bytearray(good)
        octets[at] ^= 1
        capture.raw(bytes(octets), mend=False)
    return capture.raw(good, mend=False)


@seed(both=False)
def for_others(family):
    """Frames for another host, for all hosts, for a group, and from such addresses."""
    capture = Capture(family)
    for source, destination in ((PEER[4], "192.0.2.77"), (PEER[4], "255.255.255.255"),
                                (PEER[4], "224.0.0.1"), ("255.255.255.255", HOST[4]),
                                ("224.0.0.1", HOST[4]), ("0.0.0.0", HOST[4]),
                                ("127.0.0.1", HOST[4])):
        for flags in ("S", "A"):
            capture.raw(bytes(IP(src=source, dst=destination) /
                              TCP(sport=FAR, dport=LISTENING, flags=flags)))
    return capture


@seed(both=False)
def for_others_of_v6(_):
    """The same of IPv6."""
    capture = Capture(6)
    for source, destination in ((PEER[6], "2001:db8::77"), (PEER[6], "ff02::1"),
                                ("ff02::1", HOST[6]), ("::", HOST[6]), ("::1", HOST[6])):
        for flags in ("S", "A"):
            capture.raw(bytes(IPv6(src=source, dst=destination) /
                              TCP(sport=FAR, dport=LISTENING, flags=flags)))
    return capture


@seed("ESTABLISHED", both=False)
def other_protocols(family):
    """UDP, an echo request, and a protocol that nobody knows."""
    it = opening(family)
    it.capture.put(UDP(sport=FAR, dport=LISTENING) / Raw(TEXT)).put(ICMP() / Raw(TEXT))
    it.capture.raw(bytes(IP(src=PEER[4], dst=HOST[4], proto=200) / Raw(TEXT)))
    return it.capture


@seed("ESTABLISHED", both=False)
def ip_options(family):
    """IPv4 options: record route, loose source route, a timestamp, one that is cut."""
    it = opening(family)
    for options in (b"\x07\x07\x04\0\0\0\0\0", b"\x83\x07\x04\x0a\0\0\1\0",
                    b"\x44\x08\x05\0\0\0\0\0", b"\x07\x00\0\0",
                    b"\x94\x04\0\0", b"\x01\x01\x01\x00"):
        it.capture.raw(bytes(IP(src=PEER[4], dst=HOST[4], options=[IPOption(options)]) /
                             it.segment("PA") / Raw(TEXT)))
        it.peer += len(TEXT)
    return it.capture


@seed("ESTABLISHED", both=False)
def fragments(family):
    """A segment in three fragments, in order, the wrong way round, and overlapping."""
    it = opening(family)
    whole = bytes(it.segment("PA", chksum=0) / Raw(TEXT * 4))
    parts = [(0, 1, whole[:64]), (8, 1, whole[64:128]), (16, 0, whole[128:])]
    for order in (parts, parts[::-1], [parts[0], (4, 1, whole[32:96])]):
        for offset, more, octets in order:
            it.capture.raw(bytes(IP(src=PEER[4], dst=HOST[4], id=9, frag=offset, proto=6,
                                    flags="MF" if more else 0) / Raw(octets)))
    return it.hear("PA", TEXT).capture


@seed("ESTABLISHED", both=False)
def fragments_of_v6(_):
    """The same of IPv6, and fragments that are whole."""
    it = opening(6)
    whole = bytes(it.segment("PA", chksum=0) / Raw(TEXT * 4))
    for offset, more, octets in ((0, 1, whole[:64]), (8, 0, whole[64:]), (0, 0, whole)):
        it.capture.raw(bytes(IPv6(src=PEER[6], dst=HOST[6]) /
                             IPv6ExtHdrFragment(nh=6, offset=offset, m=more, id=9) / Raw(octets)))
    return it.hear("PA", TEXT).capture


@seed("ESTABLISHED", both=False)
def extension_headers(_):
    """Hop-by-hop, destination and routing headers, one by one, all together, and cut short."""
    it = opening(6)
    chains = [IPv6ExtHdrHopByHop(), IPv6ExtHdrDestOpt(), IPv6ExtHdrRouting(segleft=0),
              IPv6ExtHdrRouting(segleft=1, addresses=["2001:db8::9"]),
              IPv6ExtHdrHopByHop() / IPv6ExtHdrDestOpt() / IPv6ExtHdrRouting() /
              IPv6ExtHdrDestOpt()]
    for chain in chains:
        it.capture.put(chain / it.segment("PA") / Raw(TEXT))
        it.peer += len(TEXT)
    for length in (40, 41, 47, 48, 55):
        it.capture.raw(bytes(IPv6(src=PEER[6], dst=HOST[6]) / chains[-1])[:length])
    return it.capture


@seed("ESTABLISHED", both=False)
def icmp_errors(family):
    """Each ICMP error about what is in flight, about other numbers, and quoting too little."""
    it = talk(family, port=CONNECTING).active()
    it.say("PA", TEXT * 100)
    first = it.host - len(TEXT) * 100
    soft = (0, 1, *range(5, 16))
    for kind, codes in ((3, soft), (4, (0,)), (5, (0, 1)), (11, (0, 1)), (12, (0, 1)),
                        (3, (4, 2, 3))):
        for code in codes:
            it.icmp(kind, code, seq=first).icmp(kind, code, seq=first - 70000)
    for octets in range(0, 21, 4):
        it.icmp(3, 1, seq=first, octets=octets)
    return it.wait(5).hear("A").capture


@seed("SYN-SENT", both=False)
def icmp_errors_about_a_syn(family):
    """Soft errors, then a hard one, about a SYN."""
    it = talk(family, port=CONNECTING).say("S")
    for kind, code in ((3, 0), (3, 1), (11, 0), (3, 3)):
        it.icmp(kind, code, seq=it.host - 1)
    return it.wait(3).hear("SA").capture


@seed("ESTABLISHED", both=False)
def path_mtu(family):
    """Fragmentation needed, with every kind of MTU."""
    it = talk(family, port=CONNECTING).active().say("PA", TEXT * 100)
    first = it.host - len(TEXT) * 100
    for mtu in (0, 40, 68, 296, 1000, 1499, 1500, 9000, 65535):
        it.icmp(3, 4, seq=first, nexthopmtu=mtu).wait(0.1)
    return it.wait(5).hear("A").capture


@seed("ESTABLISHED", both=False)
def icmp_errors_of_v6(_):
    """The same of IPv6."""
    it = talk(6, port=CONNECTING).active().say("PA", TEXT * 100)
    first = it.host - len(TEXT) * 100
    quoted = bytes(it.capture.header(HOST[6], PEER[6], plen=1460) /
                   TCP(sport=it.port, dport=it.far, seq=first, flags="A"))
    errors = [ICMPv6DestUnreach(code=code) for code in (0, 2, 3, 5, 6, 7)]
    errors += [ICMPv6PacketTooBig(mtu=mtu) for mtu in (0, 1279, 1280, 1400, 1500, 65536)]
    errors += [ICMPv6TimeExceeded(), ICMPv6ParamProblem(), ICMPv6EchoRequest()]
    errors += [ICMPv6DestUnreach(code=code) for code in (1, 4)]
    for length in (0, 39, 44, 48):
        it.capture.put(ICMPv6PacketTooBig(mtu=1280) / Raw(quoted[:length]))
    for error in errors:
        it.capture.put(error / Raw(quoted))
    return it.wait(5).hear("A").capture
