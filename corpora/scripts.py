# SPDX-License-Identifier: BSD-2-Clause
"""Seeds of the harness `script`: each form of the language, in as few lines as may be.

`SEEDS` maps a name to the text.
"""

HEAD = "// What this shows, in a sentence.\n"


def lines(*each):
    """A script of these lines."""
    return HEAD + "\n".join(each) + "\n"


TIMES = {
    "absolute": "0.5", "relative": "+0.1", "any": "*", "range": "0.1~0.2",
    "relative-range": "+0~+0.2", "units": "+5ms", "symbols": "+2MSL-1tick", "factor": "+1.5*RTO",
    "late": "+RTO_MIN+late", "hours": "+1h",
}
SEGMENTS = {
    "syn": "< S 0:0(0) win 65535 <mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 7>",
    "syn-ack": "> S. 0:0(0) ack 1 win 65535 <mss 1460>", "fin": "< F. 1:1(0) ack 1 win 100",
    "rst": "< R 1:1(0) win 0", "no-flags": "< - 1:1(0) win 0",
    "text": "< P. 1:1001(1000) ack 1 win 257", "urgent": "< PU. 1:11(10) ack 1 win 9 urg 5",
    "absolute": "< . 1:1(0)! ack 100! win 9", "any-sequence": "> P. ...(10) ack 1",
    "ecn": "< [ect0] SEWA 0:0(0) win 9", "ace": "> P.5 1:2(1) ack 1",
    "tos": "< [tos 0x10] . 1:1(0) ack 1 win 9", "ttl": "> (ttl 3) . 1:1(0) ack 1",
    "flowlabel": "> [flowlabel 0x12345] . 1:1(0)",
    "addresses": "< 192.0.2.2:80 > 192.0.2.1:8080 . 1:1(0) ack 1 win 9",
    "any-options": "> . 1:1(0) ack 1 <...>", "sack": "< . 1:1(0) ack 1 win 9 <nop,nop,"
    "sack 10:20 30:40>", "no-sack-ranges": "> . 1:1(0) ack 1 <sack 1:2>",
    "timestamps-any": "> . 1:1(0) ack 1 <TS val ... ecr 100!>", "fast-open": "< S 0:0(0) win 9 "
    "<FO 0123456789abcdef>", "fast-open-experiment": "< S 0:0(0) win 9 <FOEXP>",
    "md5": "< S 0:0(0) win 9 <md5 000102030405060708090a0b0c0d0e0f>", "md5-valid": "> S 0:0(0) "
    "<md5 valid>", "generic": "< S 0:0(0) win 9 <gen-99 0102>", "generic-lie": "< S 0:0(0) win 9 "
    "<gen-5 length 99 01>", "raw-options": "< S 0:0(0) win 9 <020405b4>",
    "end-of-options": "< S 0:0(0) win 9 <mss 9,eol>", "tunnel": "< ipv4 1.1.1.1 > 2.2.2.2: "
    ". 1:1(0) ack 1 win 9", "tunnel-6": "< ipv6 ::1 > ::2: . 1:1(0) ack 1 win 9",
    "gre": "< gre: . 1:1(0) ack 1 win 9", "in-udp": "< . 1:1(0) ack 1 win 9 /udp(1 > 2)",
    "udp": "< udp (100)", "icmp": "< icmp unreachable frag_needed mtu 1200 [1:1461(1460)]",
    "icmp-number": "< icmp type_3 code_4 [1:2(1)]", "icmp-id": "< icmp echo_request id 7",
    "icmp-udp": "< icmp unreachable [udp (10)]", "icmp-raw": "< icmp unreachable [raw (10)]",
    "icmp-in-udp": "< icmp unreachable [1:2(1)/udp(3 > 4)]", "other": "> sctp: INIT[flgs=0]",
    "diagnostic": "> R 1:1(0) [code 1, pen 2]",
}
CALLS = {
    "socket": "socket(..., SOCK_STREAM, IPPROTO_TCP) = 3", "error": "connect(3, ..., ...) = -1 "
    "EINPROGRESS (Operation now in progress)", "flags": "fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0",
    "list": "setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0",
    "struct": "setsockopt(3, SOL_SOCKET, SO_LINGER, {onoff=1, linger=0}, 8) = 0",
    "nested": 'sendmsg(3, {msg_name(...)=..., msg_iov(2)=[{"ab", 2}, {..., 3}], msg_flags=0}, 0) '
    "= 5", "address": 'bind(3, {sa_family = AF_INET, sin_port = htons(80), sin_addr = '
    'inet_addr("192.0.2.1")}, ...) = 0', "string": 'write(3, "a\\n\\x00b\\"", 5) = 5',
    "hex": "ioctl(3, 0x5421, [-1]) = 0x2", "blocking": "read(3, ..., 100) = 100",
    "poll": "poll([{fd=3, events=POLLIN|POLLOUT, revents=POLLOUT}], 1, 0) = 1",
    "result-any": "getpid() = ...", "open-string": 'read(3, "abc"..., 100) = 100',
}
CODE = {
    "assert": "assert tcpi_state == TCP_ESTABLISHED", "message": "assert tcpi_rto > 1, 'rto %d' % "
    "tcpi_rto", "tuple": "assert 1, '%d of %d' % (1, 2)", "chain": "assert 1 < 2 <= 3 != 4",
    "logic": "assert not 0 and (1 or 0)", "bits": "assert (1 | 2) & ~4 ^ 8 << 2 >> 1",
    "arithmetic": "assert 7 // 2 * 2 + 7 % 2 == 7 and 7 / 2 > 3 and -7 // 2 == -4",
    "floats": "assert 1.5e3 == 1500.0 and 0.1 + 0.2 != 0.3", "calls": "assert abs(-1) == min(1, 2) "
    "== max(0, 1) == int(1.5)", "print": "print('a', 1, 2.5)", "assign": "x = 5; x += 3; assert "
    "x == 8", "zero": "assert 1 // 0", "overflow": "assert 9223372036854775807 + 1",
    "strings": "assert 'a' == \"a\" and 'a' < 'b'", "unknown": "import os\nfor i in x: pass",
    "lines": "assert 1\nassert (2 +\n 3)", "ends": "# a comment\nassert True != False",
}
DIRECTIVES = {
    "covers": "//: covers MUST-1 S2", "iss": "//: iss 4294967295", "iss-own": "//: iss own",
    "irs": "//: irs 5", "clock": "//: clock 4294.967295", "exact": "//: exact",
    "policy": "//: policy msl_us=30000000 nagle=0", "conn": "//: conn a 192.0.2.1:80 > "
    "192.0.2.2:99\n//: on a\n+0 < . 1:1(0) ack 1 win 9\n//: on default",
    "conn-6": "//: conn a [2001:db8::1]:80 > 99", "frame": "//: +0.1 frame 4500 0014 00",
    "frame-out": "//: +0.1 > frame 4500", "step": "//: +1 step exit", "quiet": "//: quiet 2MSL",
    "unclaimed": "//: unclaimed ignore", "pieces": "//: pieces", "choice": "//: choice",
}
SEEDS = {}
SEEDS.update({f"time-{name}": lines(f"{time} > . 1:1(0) ack 1") for name, time in TIMES.items()})
SEEDS.update({f"segment-{name}": lines(f"+0 {text}") for name, text in SEGMENTS.items()})
SEEDS.update({f"call-{name}": lines(f"+0 {text}") for name, text in CALLS.items()})
SEEDS.update({f"code-{name}": lines("+0 %{ " + text + " }%") for name, text in CODE.items()})
SEEDS.update({f"directive-{name}": lines(text, "+0 < . 1:1(0) ack 1 win 9")
              for name, text in DIRECTIVES.items()})
SEEDS.update({
    "options-and-init": lines("--ip_version=ipv6", "--mtu=1500", "`sysctl -q x=1`",
                              "+0 `sleep 1`", "+0 < . 1:1(0) ack 1 win 9", "`cleanup`"),
    "may-and-or": lines("+0 > . 1:1(0) ack 1", "//: or > R 1:1(0)", "//: or nothing",
                        "//: +75 may > R 1:1(0)"),
    "or-code": lines("+0 %{ assert 1 }%", "//: or %{ assert 2 }%"),
    "conditions": lines("#ifdef A", "+0 < . 1:1(0) ack 1 win 9", "#else",
                        "+0 < . 2:2(0) ack 1 win 9", "#endif"),
    "comments": "/* one */ // two\n# three\n+0 < . 1:1(0) ack 1 win 9 // four\n",
    "blocking-call": lines("0.1...0.3 read(3, ..., 9) = 9", "+0...0.2 accept(3, ..., ...) = 4"),
    "defined": lines("+0 < S 0:0(0) win WIN <mss MSS>"), "empty": "", "sentence": HEAD,
    "given": lines("//: given established", "+0 < . 1:1(0) ack 1 win 9"),
    "not-ended": '+0 write(3, "abc', "no-time": "< S 0:0(0) win 1\n", "deep": "+0 f(" + "[" * 70,
    "numbers": "+99999999999999999999 < S 4294967296:0(0) win 65536\n",
})
# Inputs that showed an error once.
REGRESSIONS = {
    "licence-below-an-empty-line": "//\n// SPDX-License-Identifier: X\n+0 f() = 0\n",
    "sentence-behind-carriage-returns": "//\r\r What this shows.\n",
    "frame-of-no-digits": "//:1 frame 0x",
    "frame-of-names": "--define=ZZ=" + "45" * 250 + "\n//: +0 frame" + " ZZ" * 200 + "\n",
    "definition-by-itself": "--define=ZZ=/**/ZZ\n//: +0 frame ZZ\n",
    "definition-of-two-lines": '--define=A="\n5"\n//: +0 frame A',
}
