# SPDX-License-Identifier: BSD-2-Clause
"""Seeds of the harness `options` (fuzz/options.c has the format): all options, well-formed and not.

`SEEDS` maps a name to its octets.
"""

import struct

LINUX, BSD, FIELDS = 0, 1, 2
KNOWN = {"mss": (2, 4), "wscale": (3, 3), "sackok": (4, 2), "sack": (5, 10), "ts": (8, 10),
         "md5": (19, 18), "uto": (28, 4), "fastopen": (34, 10), "experiment": (254, 6),
         "unknown": (99, 5)}
VALUE = bytes(range(1, 41))

MSS, WSCALE, SACKOK = b"\2\4\5\xb4", b"\3\3\7", b"\4\2"
TS = b"\x08\x0a" + struct.pack(">II", 100, 200)
UTO = b"\x1c\4\x80\5"


def sack(blocks):
    """A SACK option."""
    return struct.pack(">BB", 5, 2 + 8 * blocks) + VALUE[:8 * blocks]


def cookie(octets):
    """A Fast Open option."""
    return struct.pack(">BB", 34, 2 + octets) + VALUE[:octets]


WELL_FORMED = {
    "none": b"", "linux-syn": MSS + SACKOK + TS + b"\1" + WSCALE,
    "bsd-syn": MSS + b"\1" + WSCALE + SACKOK + TS, "windows-syn": MSS + b"\1" + WSCALE +
    b"\1\1" + SACKOK, "timestamps-aligned": b"\1\1" + TS, "timestamps-alone": TS,
    "sack-and-timestamps": b"\1\1" + TS + b"\1\1" + sack(3), "user-timeout": UTO,
    "fast-open-request": MSS + cookie(0), "fast-open-of-16": cookie(16), "all-nop": b"\1" * 40,
    "end-first": b"\0" + MSS, "end-and-rubbish": MSS + b"\0" + VALUE[:7],
    "scale-above-14": b"\3\3\xff", "two-of-each": MSS + b"\2\4\0\0" + WSCALE + b"\3\3\0" + SACKOK +
    SACKOK + UTO + UTO, "two-sacks": sack(2) + sack(1), "two-cookies": cookie(16) + cookie(4),
    "full": TS + sack(3) + UTO, "too-much": MSS + SACKOK + TS + WSCALE + UTO + cookie(14),
}
SEEDS = {name: bytes([layout]) + octets for name, octets in WELL_FORMED.items()
         for layout in (LINUX,)}
SEEDS.update({f"{name}-laid-out-as-bsd": bytes([BSD]) + octets
              for name, octets in WELL_FORMED.items()})
SEEDS.update({f"sack-of-{n}": bytes([LINUX]) + sack(n) for n in range(1, 5)})
SEEDS.update({f"fast-open-of-{n}": bytes([LINUX]) + cookie(n) for n in range(1, 19)})
SEEDS.update({f"{name}-of-length-{length}": bytes([LINUX, kind, length]) + VALUE[:38]
              for name, (kind, own) in KNOWN.items() for length in range(0, 42)
              if length not in (own, 41)})
SEEDS.update({f"{name}-cut-at-{left}": bytes([LINUX]) + b"\1" * (40 - left) +
              bytes([kind, own])[:left] + VALUE[:max(0, left - 2)]
              for name, (kind, own) in KNOWN.items() for left in range(1, own)})
SEEDS.update({f"fields-{present:02x}-{('linux', 'bsd')[layout]}":
              bytes([FIELDS | layout, present]) + VALUE + bytes([3]) + VALUE
              for present in (1, 2, 4, 8, 16, 32, 64, 0x0f, 0x1c, 0x2f, 0x4f, 0x7f)
              for layout in (LINUX, BSD)})
