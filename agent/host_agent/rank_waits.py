"""In what the main threads of the ranks wait, seen from outside of their programs."""

import os
import random
import time

LOOK_SECONDS = 0.1
RUNNING, FUTEX, SLEEP, OTHER = range(4)
# By machine: the number of futex, and those of nanosleep, clock_nanosleep, select and pselect6.
FUTEX_CALL, SLEEP_CALLS = {
    "x86_64": (b"202", (b"35", b"230", b"23", b"270")),
    "aarch64": (b"98", (b"101", b"115", b"72")),
}.get(os.uname().machine, (None, ()))


class RankWaits:
    """Looks ten times a second at the system call of each rank, and counts. Threads wait for each other, and so for a collective of gloo, in
    a futex; whatever else a thread is in delays its rank by itself: a sleep, a file, a socket. The moments are random, because steps, and
    the output that wakes the agent, are periodic too: looks in time with them would see the same part of each step."""

    def __init__(self):
        self.pids = {}  # rank -> the process that was started for it
        self.counts = {}  # rank -> how often it was seen running, in a futex, asleep, and in another call
        self.next_look = 0.0

    def pause_ms(self, most):
        """How long to wait before the next look, up to a number of milliseconds."""
        if FUTEX_CALL is None:
            return most
        return min(most, max(0.0, 1000 * (self.next_look - time.monotonic())))

    def look(self):
        now = time.monotonic()
        if FUTEX_CALL is None or now < self.next_look:
            return
        # A random moment of the next tenth of a second.
        self.next_look = (now // LOOK_SECONDS + 1 + random.random()) * LOOK_SECONDS
        for rank, pid in self.pids.items():
            call = call_of(pid)
            if call is not None:
                counts = self.counts.setdefault(rank, [0, 0, 0, 0])
                counts[state_of(call)] += 1


def state_of(call):
    if call in (b"running", b"-1"):
        return RUNNING
    if call == FUTEX_CALL:
        return FUTEX
    return SLEEP if call in SLEEP_CALLS else OTHER


def call_of(pid):
    """The number of a system call; None if it is not readable, or the process has ended."""
    try:
        with open("/proc/%d/syscall" % pid, "rb") as file:
            return file.read().split(b" ", 1)[0].strip() or None
    except OSError:
        return None
