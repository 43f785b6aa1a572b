# SPDX-License-Identifier: BSD-2-Clause
"""Captures of whole connections: both openings, every close, data both ways, losses, windows.

Each function is a seed of the harness `frame`, named after it; its first line says what it shows,
and `reaches` the states that replaying it must show.
"""

from corpora.talk import CONNECTING, Capture, Talk, talk

SEEDS = {}
TEXT = b"The quick brown fox jumps over the lazy dog. "


def seed(*states, both=True):
    """Registers a seed; `both`: over IPv4 and IPv6."""
    def register(function):
        name = function.__name__.replace("_", "-")
        for family in (4, 6) if both else (4,):
            SEEDS[name + ("-v6" if family == 6 else "")] = (function, family, states)
        return function
    return register


@seed("SYN-RECEIVED", "ESTABLISHED", "CLOSE-WAIT", "LAST-ACK")
def passive_peer_closes(family):
    """The peer opens, sends, and closes first."""
    it = talk(family).passive()
    it.hear("PA", TEXT).say("PA", TEXT).hear("A").hear("FA").say("A").say("FA")
    return it.hear("A").capture


@seed("FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT")
def passive_host_closes(family):
    """The peer opens, the stack closes first, and waits 2MSL."""
    it = talk(family).passive()
    it.say("PA", TEXT).hear("A").say("FA").hear("A").hear("FA").say("A")
    return it.wait(300).hear("A").capture


@seed("SYN-SENT", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT")
def active_host_closes(family):
    """The stack opens, sends, and closes first."""
    it = talk(family, port=CONNECTING).active()
    it.say("PA", TEXT * 40).hear("A").hear("PA", TEXT).say("FA").hear("A").hear("FA")
    return it.wait(300).hear("A").capture


@seed("SYN-SENT", "ESTABLISHED", "CLOSE-WAIT", "LAST-ACK")
def active_peer_closes(family):
    """The stack opens, the peer closes first."""
    it = talk(family, port=CONNECTING).active()
    return it.hear("PA", TEXT).hear("FA").say("A").say("FA").hear("A").capture


@seed("FIN-WAIT-1", "CLOSING", "TIME-WAIT")
def simultaneous_close(family):
    """Both close at once."""
    it = talk(family).passive()
    it.say("FA").hear("FA", ack=it.host - 1).hear("A")
    return it.wait(300).hear("A").capture


@seed("SYN-SENT", "SYN-RECEIVED", "ESTABLISHED")
def simultaneous_open(family):
    """Both open at once."""
    it = talk(family, port=CONNECTING)
    it.say("S").hear("S", options=it.offer, ack=0)
    it.hear("SA", seq=it.peer - 1, moves=False).hear("A").say("PA", TEXT)
    return it.hear("A").capture


@seed("FIN-WAIT-1", "TIME-WAIT")
def fin_and_its_ack_together(family):
    """The peer's FIN acknowledges the stack's: from FIN-WAIT-1 to TIME-WAIT."""
    it = talk(family).passive()
    return it.say("FA").hear("FA").wait(300).hear("A").capture


@seed("FIN-WAIT-2", "TIME-WAIT", both=False)
def half_close(family):
    """The stack shuts its side; the peer goes on sending for a while."""
    it = talk(family).passive()
    it.say("FA").hear("A")
    for _ in range(6):
        it.hear("PA", TEXT).wait(0.3)
    return it.hear("FA").wait(300).hear("A").capture


@seed("FIN-WAIT-2", both=False)
def closed_while_the_peer_sends(family):
    """The stack closes wholly, then text comes: a reset."""
    it = talk(family).passive()
    it.say("FA").say("FA", moves=False).hear("A").hear("PA", TEXT)
    return it.wait(1).hear("A").capture


@seed("ESTABLISHED")
def reset_by_the_peer(family):
    """A reset at RCV.NXT ends the connection."""
    return talk(family).passive().hear("PA", TEXT).hear("R").hear("A", TEXT).capture


@seed("ESTABLISHED", both=False)
def reset_by_the_host(family):
    """The application aborts."""
    return talk(family).passive().say("PA", TEXT).say("R").hear("A").capture


@seed("SYN-SENT", both=False)
def refused(family):
    """The peer refuses the connection."""
    it = talk(family, port=CONNECTING)
    return it.say("S").hear("RA", seq=0).hear("A").capture


@seed("SYN-SENT", both=False)
def never_answered(family):
    """The SYN is repeated until the stack gives up."""
    return talk(family, port=CONNECTING).say("S").wait(400).hear("SA").capture


@seed("SYN-RECEIVED", both=False)
def handshake_is_never_finished(family):
    """The SYN,ACK is repeated until the stack gives up; then the ACK comes."""
    it = talk(family)
    it.hear("S", options=it.offer).say("SA").wait(400)
    return it.hear("A").capture


@seed("ESTABLISHED", both=False)
def lost_syn_ack(family):
    """The peer repeats its SYN."""
    it = talk(family)
    it.hear("S", options=it.offer).wait(1).hear("S", seq=it.peer - 1, moves=False).say("SA")
    return it.hear("A").hear("PA", TEXT).capture


@seed("ESTABLISHED")
def lost_text(family):
    """A segment of the peer is lost and comes later; the ones behind it wait."""
    it = talk(family).passive()
    first = it.peer
    it.peer += len(TEXT)
    for _ in range(4):
        it.hear("PA", TEXT)
    it.hear("PA", TEXT, seq=first, moves=False)
    return it.hear("PA", TEXT, seq=first, moves=False).hear("PA", TEXT).capture


@seed("ESTABLISHED", both=False)
def lost_acknowledgments(family):
    """What the stack sends is not acknowledged for a while, and sent again."""
    it = talk(family, port=CONNECTING).active()
    it.say("PA", TEXT * 100).wait(10).hear("A", ack=it.host - len(TEXT) * 60)
    return it.wait(10).hear("A").capture


@seed("ESTABLISHED", both=False)
def given_up(family):
    """What the stack sends is never acknowledged."""
    it = talk(family, port=CONNECTING).active().say("PA", TEXT)
    for _ in range(4):
        it.wait(600)
        it.capture.put(it.segment("A", seq=it.peer - 1))
    return it.capture


@seed("LAST-ACK", both=False)
def lost_last_ack(family):
    """The stack's FIN is repeated, then acknowledged."""
    it = talk(family).passive()
    return it.hear("FA").say("A").say("FA").wait(4).hear("A").capture


@seed("TIME-WAIT", both=False)
def fin_again_in_time_wait(family):
    """The peer's FIN comes again and starts 2MSL anew; then a RST, then a SYN of a new life."""
    it = talk(family).passive()
    it.say("FA").hear("A").hear("FA").wait(30).hear("FA", seq=it.peer - 1, moves=False)
    it.hear("R").hear("S", seq=it.peer + 100000).hear("A", seq=it.peer + 100001)
    return it.capture


def in_each_state(family, end):
    """A connection for each state that a synchronised one can be in; `end` happens there."""
    capture = Capture(family)
    for number, words in enumerate(("", "f", "fa", "F", "fF", "Ff", "faF")):
        it = Talk(capture, far=2000 + number, peer_iss=5000 + 100000 * number).passive()
        for word in words:
            if word == "f":
                it.say("FA")
            elif word == "a":
                it.hear("A")
            else:
                it.hear("FA", ack=it.host - (words == "fF"))
        end(it)
    return capture


@seed("ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT", "CLOSING", "LAST-ACK", "TIME-WAIT",
      both=False)
def reset_in_each_state(family):
    """A reset in each state."""
    return in_each_state(family, lambda it: it.hear("R").hear("A"))


@seed("ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT", "CLOSING", "LAST-ACK", "TIME-WAIT",
      both=False)
def abort_in_each_state(family):
    """The application aborts in each state."""
    return in_each_state(family, lambda it: it.say("R").hear("A"))


@seed("ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT", "CLOSING", "LAST-ACK", "TIME-WAIT",
      both=False)
def silence_in_each_state(family):
    """Text is sent where it can be, then the peer is gone."""
    return in_each_state(family, lambda it: it.say("PA", TEXT)).wait(600).put(
        Talk(Capture(family)).segment("A")).wait(2000).put(Talk(Capture(family)).segment("A"))


@seed("TIME-WAIT", "SYN-RECEIVED", both=False)
def reopened_from_time_wait(family):
    """A SYN above the old numbers begins a connection anew in TIME-WAIT."""
    it = talk(family, bytes([1])).passive().say("FA").hear("A").hear("FA").wait(5)
    it.peer += 100000
    return it.hear("S", options=it.offer).wait(1).hear("A").capture


@seed("ESTABLISHED")
def options_of_all_kinds(family):
    """Window scale, SACK and timestamps, with holes and old stamps."""
    it = talk(family)
    stamp = 1000
    it.offer = [("MSS", 1460), ("SAckOK", b""), ("Timestamp", (stamp, 0)), ("NOP", None),
                ("WScale", 7)]
    it.always = [("NOP", None), ("NOP", None), ("Timestamp", (stamp + 1, 0))]
    it.passive().hear("PA", TEXT)
    it.hear("PA", TEXT, seq=it.peer + 100, moves=False)
    it.hear("PA", TEXT, seq=it.peer + 300, moves=False)
    it.hear("PA", TEXT, options=[("NOP", None), ("NOP", None), ("Timestamp", (1, 0))])
    return it.hear("PA", TEXT, options=[]).hear("FA").capture


@seed("ESTABLISHED")
def selective_acknowledgments(family):
    """The peer reports holes in what the stack sent, and takes it back."""
    it = talk(family, port=CONNECTING)
    it.offer = [("MSS", 1000), ("SAckOK", b"")]
    it.active()
    base = it.host
    it.say("PA", TEXT * 150)
    for blocks in ([(1000, 2000)], [(1000, 2000), (3000, 4000)], [(0, 1000), (1000, 4000)], []):
        options = [("SAck", tuple(edge + base for block in blocks for edge in block))]
        it.hear("A", ack=base, options=[("NOP", None), ("NOP", None)] + options if blocks else [])
    return it.wait(5).hear("A").capture


@seed("ESTABLISHED", both=False)
def zero_window_held_open(family):
    """The peer's window is shut: probes for an hour; then it opens."""
    it = talk(family, port=CONNECTING)
    it.window = 0
    it.active().say("PA", TEXT)
    for _ in range(8):
        it.wait(300).hear("A")
    it.window = 65535
    return it.hear("A").wait(1).hear("A").capture


@seed("ESTABLISHED", both=False)
def window_shrinks(family):
    """The peer takes back a window that it gave."""
    it = talk(family, port=CONNECTING).active().say("PA", TEXT * 200)
    for window in (4000, 100, 1, 0, 1, 65535):
        it.window = window
        it.hear("A", ack=it.host - len(TEXT) * 150).wait(0.5)
    return it.hear("A").capture


@seed("ESTABLISHED", both=False)
def nobody_reads(family):
    """The stack's window fills up, and more text comes."""
    it = Talk(Capture(family, bytes([0, 0, 0, 0, 1]))).passive()
    for _ in range(50):
        it.hear("PA", TEXT * 30)
    return it.wait(1).hear("PA", TEXT).say("FA").say("FA", moves=False).capture


@seed("ESTABLISHED", both=False)
def keep_alive(family):
    """The peer sends keep-alives, with an octet and without."""
    it = talk(family).passive()
    it.wait(7200).hear("A", seq=it.peer - 1, moves=False)
    return it.wait(75).hear("A", b"x", seq=it.peer - 1, moves=False).capture


def near_a_wrap(family, iss, peer_iss, choices):
    """A whole connection whose numbers and clock wrap."""
    it = talk(family, choices, port=CONNECTING, host_iss=iss, peer_iss=peer_iss)
    it.offer = [("MSS", 1460), ("Timestamp", (0xFFFFFFFF, 0))]
    it.active()
    for stamp in range(4):
        it.always = [("NOP", None), ("NOP", None), ("Timestamp", (stamp, 0))]
        it.hear("PA", TEXT * 8).say("PA", TEXT * 20)
    return it.hear("A").say("FA").hear("FA").wait(1).hear("A").capture


@seed("ESTABLISHED", "TIME-WAIT")
def numbers_wrap(family):
    """Sequence numbers go past 2^32."""
    return near_a_wrap(family, 0xFFFFFFF0, 0xFFFFFFFE, b"")


@seed("ESTABLISHED", "TIME-WAIT", both=False)
def signs_wrap(family):
    """Sequence numbers go past 2^31, and 32 bits of microseconds wrap."""
    return near_a_wrap(family, 0x7FFFFFF0, 0x7FFFFFFE, bytes([0, 2]))


@seed("ESTABLISHED", "TIME-WAIT", both=False)
def as_linux_near_a_wrap(family):
    """The profile of Linux, and 32 bits of milliseconds wrap."""
    return near_a_wrap(family, 1000, 5000, bytes([1, 3]))


@seed("ESTABLISHED", "TIME-WAIT", both=False)
def as_freebsd_with_large_frames(family):
    """The profile of FreeBSD, and an MTU of 9000."""
    return near_a_wrap(family, 1000, 5000, bytes([2, 0, 0, 2]))


@seed("ESTABLISHED", both=False)
def two_at_once(family):
    """Two connections, one in each direction, at the same time."""
    capture = Capture(family)
    one, two = Talk(capture), Talk(capture, port=CONNECTING, peer_iss=9000)
    one.passive()
    two.active()
    for _ in range(3):
        one.hear("PA", TEXT)
        two.hear("PA", TEXT)
        two.say("PA", TEXT)
    one.hear("FA")
    two.hear("R")
    return capture
