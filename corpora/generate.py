# SPDX-License-Identifier: BSD-2-Clause
"""Writes the seeds of all harnesses, always the same files.

usage: generate.py FOLDER [--all] [PROGRAM...]

FOLDER/endpoint/NAME, one for each way through the states (fuzz/event.h has the format);
FOLDER/options, FOLDER/script and FOLDER/frame from the modules beside this file. Of options and
scripts only those are written that kept.txt names, which is what is left by minimise.py; --all
writes all of them. Given the program tcpanvil, it writes the scripts that converted.csv lists as
FOLDER/endpoint/STEP and FOLDER/matrix/STEP (convert.py). Frames are made with scapy, which belongs
to the system's own python3.
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from corpora import convert, options, scripts  # noqa: E402 pylint: disable=wrong-import-position

HEAD = bytes([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 232])  # version 1, all plain, the peer's ISS 1000
ACK, SYN, SYN_ACK, FIN_ACK, RST, RST_ACK, TEXT = range(7)
OPEN_PASSIVE, OPEN_ACTIVE, ACCEPT, SEND, RECEIVE, SHUTDOWN, CLOSE = range(7)
DEADLINE, FULL, ONE_ABOVE, HALF, RAW = 0, 3, 2, 6, 7
ONE_BELOW, WINDOW_LESS_ONE, TEN_OCTETS, RAW_LENGTH, SYN_FIN, ONE_SECOND = 1, 3, 2, 6, 9, 7
SET_OPTION, SMALL_RECEIVE_BUFFER = 9, 2


def segment(flags, seq=0, ack=0, length=0, options=0, raw=0):
    """The segment at RCV.NXT that acknowledges SND.NXT, unless said."""
    return bytes([0, flags, seq, ack, 0, length, options, 0]) + raw.to_bytes(4, "big")


def call(which, size=0, option=0):
    """A socket call."""
    return bytes([4, which, size, option] + [0] * 8)


def time(how=DEADLINE):
    """Time passes."""
    return bytes([6, how] + [0] * 10)


PASSIVE = [call(OPEN_PASSIVE), segment(SYN), segment(ACK), call(ACCEPT)]
ACTIVE = [call(OPEN_ACTIVE), segment(SYN_ACK)]
ENDPOINT = {
    "passive-open-passive-close": PASSIVE + [segment(TEXT, length=FULL), call(RECEIVE),
                                             segment(FIN_ACK), call(CLOSE), segment(ACK)],
    "active-open-active-close": ACTIVE + [call(SEND), segment(ACK), call(CLOSE), segment(ACK),
                                          segment(FIN_ACK), time()],
    "simultaneous-open": [call(OPEN_ACTIVE), segment(SYN), segment(SYN_ACK, seq=1), call(SEND),
                          segment(ACK)],
    "simultaneous-close": ACTIVE + [call(CLOSE), segment(FIN_ACK, ack=1), segment(ACK), time()],
    "retransmission": ACTIVE + [call(SEND), time(), time(), segment(ACK), segment(RST)],
}
REGRESSIONS = {
    "what-was-reset-waits-to-be-accepted": [call(OPEN_PASSIVE), segment(SYN), segment(ACK),
                                            segment(RST), segment(SYN)],
    "an-ack-half-the-space-away-is-none": [call(OPEN_ACTIVE), segment(SYN_ACK),
                                           segment(ACK, seq=ONE_ABOVE, ack=HALF, length=FULL)],
    "text-before-the-stream-is-no-duplicate": [call(OPEN_PASSIVE), segment(SYN), segment(ACK),
                                               segment(TEXT, seq=RAW, length=FULL, raw=1)],
    "text-half-the-space-away-is-no-duplicate": [call(OPEN_PASSIVE), segment(SYN),
                                                 segment(TEXT, seq=HALF, length=FULL)],
}


def of(who, events):
    """The events, for one of the connections of a host."""
    return [event[:7] + bytes([who]) + event[8:] for event in events]


STRANGER = 6
HOST = {
    "three-connections-of-one-listener": [
        *of(0, PASSIVE[:1]), *of(0, PASSIVE[1:3]), *of(1, PASSIVE[1:3]), *of(2, PASSIVE[1:3]),
        *of(0, [call(ACCEPT)] * 3), *of(2, [call(SEND)]), *of(1, [segment(FIN_ACK)]),
        *of(0, [segment(TEXT, length=FULL), call(RECEIVE)]), *of(1, [call(CLOSE), segment(ACK)])],
    "both-ways-and-both-versions": [
        *of(0, PASSIVE), *of(3, ACTIVE), *of(5, ACTIVE), *of(3, [call(SEND), segment(ACK)]),
        *of(5, [call(CLOSE), segment(ACK), segment(FIN_ACK)]), *of(0, [segment(RST)]), time()],
    "strangers-at-a-full-queue": [
        *of(0, PASSIVE[:1]), *[event[:8] + number.to_bytes(4, "big") for number in range(4)
                               for event in of(STRANGER, PASSIVE[1:3])],
        time(), *of(0, [call(ACCEPT)])],
}
MATRIX_REGRESSIONS = {
    "text-before-a-held-fin-is-acknowledged": [call(OPEN_PASSIVE), segment(SYN),
                                               segment(FIN_ACK, seq=WINDOW_LESS_ONE),
                                               segment(TEXT, length=TEN_OCTETS)],
    "a-syn-fin-is-no-fin-again": [call(OPEN_PASSIVE), call(SET_OPTION, option=SMALL_RECEIVE_BUFFER),
                                  segment(SYN, options=1), segment(ACK), call(ACCEPT),
                                  call(SHUTDOWN),
                                  segment(TEXT, length=FULL),
                                  segment(FIN_ACK, length=RAW_LENGTH, raw=999), time(ONE_SECOND),
                                  segment(SYN_FIN, seq=ONE_BELOW, options=1)],
    "text-behind-an-old-syn-opens-nothing": [call(OPEN_PASSIVE), segment(SYN),
                                             segment(SYN, seq=RAW, length=FULL, raw=66400)],
}


def write_kept(folder, everything):
    """Writes option areas and scripts."""
    kept = set((HERE / "kept.txt").read_text(encoding="utf-8").split())
    texts = {name: text.encode() for name, text in scripts.SEEDS.items()}
    for harness, inputs in (("options", options.SEEDS), ("script", texts)):
        (folder / harness).mkdir(parents=True, exist_ok=True)
        for name, octets in inputs.items():
            if everything or f"{harness}/{name}" in kept:
                (folder / harness / name).write_bytes(octets)


def write_regressions(folder):
    """Writes what once showed an error."""
    (folder / "script").mkdir(parents=True, exist_ok=True)
    for name, text in scripts.REGRESSIONS.items():
        (folder / "script" / name).write_bytes(text.encode("latin-1"))


def write_found(folder):
    """Writes what `tcpanvil shrink` made of findings."""
    for line in (HERE / "found.txt").read_text(encoding="utf-8").splitlines():
        harness, name, octets = line.split()
        path = folder / "regressions" / harness
        path.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(bytes.fromhex(octets))


def main():
    """Writes all of them."""
    program = [word for word in sys.argv[2:] if word != "--all"]
    if program:
        convert.write(program, Path(sys.argv[1]))
    write_regressions(Path(sys.argv[1]) / "regressions")
    write_kept(Path(sys.argv[1]), "--all" in sys.argv)
    subprocess.run(["/usr/bin/python3", "-B", str(HERE / "frames.py"), sys.argv[1]], check=True)
    for folder, inputs in (("endpoint", ENDPOINT), ("host", HOST),
                           ("regressions/endpoint", REGRESSIONS),
                           ("regressions/matrix", MATRIX_REGRESSIONS)):
        path = Path(sys.argv[1]) / folder
        path.mkdir(parents=True, exist_ok=True)
        for name, events in inputs.items():
            (path / name).write_bytes(HEAD + b"".join(events))
    write_found(Path(sys.argv[1]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
