"""The append-only file of frames."""

import errno
import json
import os
import time

ORIGIN = time.time() - time.monotonic()
RESERVE_BYTES = 1 << 16


def now_ms():
    """Milliseconds since the epoch; never decreases while this process lives."""
    return (ORIGIN + time.monotonic()) * 1000


class Frames:
    """The append-only file of frames. A reserve is freed when the disk is full, so that the failure can be stored."""

    def __init__(self, folder):
        self.file = open(os.path.join(folder, "frames"), "ab", buffering=0)
        self.reserve = os.path.join(folder, "reserve")
        with open(self.reserve, "wb") as reserve:
            reserve.write(b"\0" * RESERVE_BYTES)
        self.count = 0
        self.failure = None

    def add(self, kind, payload, rank=0, time_ms=None):
        if isinstance(payload, dict):
            payload = json.dumps(payload).encode()
        if self.failure and kind not in "fxn":
            return
        head = "%s %d %.3f %d %d\n" % (kind, self.count, now_ms() if time_ms is None else time_ms, rank, len(payload))
        try:
            self.write(head.encode() + payload)
            self.count += 1
        except OSError as error:
            self.fail(error)

    def write(self, data):
        at = os.fstat(self.file.fileno()).st_size
        try:
            view = memoryview(data)
            while view:
                view = view[self.file.write(view):]
        except OSError:
            os.ftruncate(self.file.fileno(), at)
            raise

    def fail(self, error):
        """The first failure is stored in the space of the reserve."""
        if self.failure:
            return
        self.failure = "cannot store the output: %s" % (error.strerror or error)
        try:
            os.unlink(self.reserve)
        except OSError:
            pass
        self.add("f", {"reason": self.failure, "diskIsFull": error.errno in (errno.ENOSPC, errno.EDQUOT)})


def has_ended(tail):
    """Whether the frames seen so far close with the last one of a job."""
    at = tail.rfind(b"n ")
    while at >= 0:
        head, _, payload = tail[at:].partition(b"\n")
        fields = head.split()
        if len(fields) == 5 and fields[4].isdigit() and len(payload) == int(fields[4]) and payload.startswith(b"{"):
            return True
        at = tail.rfind(b"n ", 0, at)
    return False


class WholeFrames:
    """Holds back the start of a frame until the rest is there: a frame of the connection, such as an answer, must not split it."""

    def __init__(self):
        self.rest = b""

    def push(self, data):
        data = self.rest + data
        at = 0
        while True:
            end = data.find(b"\n", at)
            fields = data[at:end].split() if end >= 0 else []
            if len(fields) != 5 or not fields[4].isdigit():
                break
            behind = end + 1 + int(fields[4])
            if behind > len(data):
                break
            at = behind
        self.rest = data[at:]
        return data[:at]


def write_loose(out, kind, payload, time_ms=None):
    out.write(("%s -1 %.3f 0 %d\n" % (kind, now_ms() if time_ms is None else time_ms, len(payload))).encode() + payload)
    out.flush()
