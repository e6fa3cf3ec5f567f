"""A small synchronous training for `bench/record-faults.js`: a ring all-reduce over TCP in each step, and real faults on request.

    training.py --steps 40 --step-ms 60 [--helper] [--fault KIND:RANK:STEP[:PLACE]]... [--say rank0|all]

Without PyTorch, whose start takes longer than the whole run here. The computation of a step is a sleep.
"""

import argparse
import ctypes
import os
import queue
import random
import resource
import socket
import struct
import subprocess
import sys
import threading
import time

parser = argparse.ArgumentParser()
parser.add_argument("--steps", type=int, default=40)
parser.add_argument("--step-ms", type=float, default=60)
parser.add_argument("--helper")
parser.add_argument("--fault", action="append", default=[])
parser.add_argument("--say", default="rank0")
parser.add_argument("--chatter", action="store_true")
parser.add_argument("--pause", type=float, default=0)
parser.add_argument("--stages", action="store_true")
parser.add_argument("--goal", type=float, default=1.0)
options = parser.parse_args()
rank, world = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
noise = random.Random(rank)


class Off:
    """What the helper does, without it."""

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return False


class NoHelper:
    def __getattr__(self, name):
        return lambda *words, **values: Off()


helper = NoHelper()
if options.helper:
    sys.path.insert(0, options.helper)
    import pitwall as helper

    helper._watch.MINIMUM_SECONDS = 2.0
    helper._SAMPLE_SECONDS = 0.25

faults = []
for text in options.fault:
    kind, who, step, *place = text.split(":")
    if int(who) in (rank, -1):
        faults.append((kind, int(step), place[0] if place else "step"))


def say(text, force=False):
    if force or rank == 0 or options.say == "all":
        print(text, flush=True)


# ---- Ring ----


class Ring:
    def __init__(self):
        host, port = os.environ["MASTER_ADDR"], int(os.environ["MASTER_PORT"])
        self.next = self.previous = None
        if world == 1:
            return
        listener = socket.create_server(("", 0))
        mine = (socket.gethostname(), listener.getsockname()[1])
        addresses = self.exchange(host, port, mine)
        self.next = socket.create_connection(tuple(addresses[(rank + 1) % world]), timeout=20)
        self.next.settimeout(None)
        self.previous, _ = listener.accept()
        for each in (self.next, self.previous):
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def exchange(self, host, port, mine):
        """Every rank learns where the others listen, from rank 0."""
        if rank == 0:
            known = {0: (host, mine[1])}
            with socket.create_server(("", port)) as server:
                links = []
                for _ in range(world - 1):
                    link, (address, _) = server.accept()
                    line = link.makefile().readline().split()
                    known[int(line[0])] = (address, int(line[1]))
                    links.append(link)
                text = ";".join("%d %s %d" % (each, *place) for each, place in known.items())
                for link in links:
                    link.sendall((text + "\n").encode())
                    link.close()
        else:
            deadline = time.monotonic() + 20
            while True:
                try:
                    link = socket.create_connection((host, port), timeout=5)
                    break
                except OSError:
                    if time.monotonic() > deadline:
                        raise
                    time.sleep(0.05)
            link.sendall(("%d %d\n" % (rank, mine[1])).encode())
            text = link.makefile().readline().strip()
            known = {}
            for part in text.split(";"):
                each, address, where = part.split()
                known[int(each)] = (address, int(where))
        return known

    def receive(self):
        data = b""
        while len(data) < 8:
            part = self.previous.recv(8 - len(data))
            if not part:
                raise ConnectionError("Connection closed by peer [%s]:%d" % self.previous.getpeername()[:2])
            data += part
        return struct.unpack("d", data)[0]

    def send(self, value):
        self.next.sendall(struct.pack("d", value))

    def all_reduce(self, value):
        if world == 1:
            return value
        if rank == 0:
            self.send(value)
            total = self.receive()
            self.send(total)
            self.receive()
        else:
            self.send(self.receive() + value)
            total = self.receive()
            self.send(total)
        return total

    def close(self):
        for each in (self.next, self.previous):
            if each is not None:
                each.close()


# ---- Faults: each is the real thing ----


def load_batch(batches, labels):
    return labels[batches]


def out_of_memory():
    resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
    held = []
    while True:
        held.append(bytearray(4 << 30))


def write_checkpoint(path):
    with open(path, "wb") as file:
        file.write(bytes(1 << 20))


def stall_in_loader():
    queue.Queue().get()


def take_lock_twice():
    lock = threading.Lock()
    with lock:
        with lock:
            pass


def wait_for_file():
    while not os.path.exists("/tmp/never-written-by-any-program"):
        time.sleep(0.2)


def hungry():
    held = []
    while True:
        held.append(bytearray(os.urandom(1) * (20 << 20)))
        time.sleep(0.05)


def fail(kind, ring):
    if kind == "index":
        load_batch(17, list(range(10)))
    elif kind == "key":
        {"image": 1}["labels"]
    elif kind == "assert":
        assert 0.1 > 0.5, "loss did not decrease"
    elif kind == "value":
        int("12,5")
    elif kind == "exit":
        sys.exit(3)
    elif kind == "silent-exit":
        os._exit(7)
    elif kind == "segv":
        ctypes.string_at(0)
    elif kind == "abort":
        os.abort()
    elif kind == "kill":
        subprocess.run(["sh", "-c", "kill -9 $PPID"], check=False)
        time.sleep(60)
    elif kind == "memory":
        out_of_memory()
    elif kind == "hungry":
        hungry()
    elif kind == "disk":
        write_checkpoint("/dev/full")
    elif kind == "module":
        sys.path.insert(0, os.path.expanduser("~/extra"))
        import fused_kernels  # noqa: F401
    elif kind == "file":
        open(os.path.expanduser("~/extra/vocabulary.txt")).close()
    elif kind == "hang":
        time.sleep(3600)
    elif kind == "loader":
        stall_in_loader()
    elif kind == "lock":
        take_lock_twice()
    elif kind == "poll":
        wait_for_file()
    elif kind == "stop":
        subprocess.run(["sh", "-c", "kill -STOP $PPID"], check=False)
    elif kind == "victims-first":
        # Its connections close while it still writes its error.
        ring.close()
        time.sleep(0.3)
        {"image": 1}["labels"]
    elif kind == "late-exit":
        # The error is printed, but the process ends after the others, as with a slow clean-up.
        import traceback

        try:
            {"image": 1}["labels"]
        except KeyError:
            traceback.print_exc()
        ring.close()
        time.sleep(0.6)
        os._exit(1)
    else:
        raise SystemExit("unknown fault " + kind)


FATAL_WHEN = {"step", "start", "evaluation", "checkpoint"}
SLOW = ("slow", "slow-data", "nan", "spike")


def maybe_fail(place, step, ring):
    for kind, at, where in faults:
        if kind not in SLOW and where == place and step >= at:
            fail(kind, ring)


def is_on(kind, step):
    return any(each == kind and step >= at for each, at, _ in faults)


def main():
    helper.init_start("lab")
    maybe_fail("start", 0, None)
    ring = Ring()
    helper.run_start(metric="val_acc", target=options.goal)
    step_s = options.step_ms / 1000
    # The first stage of a pipeline computes more than the others, by design.
    own_s = step_s * (1.5 if options.stages and rank % 2 == 0 else 1)
    is_broken = False
    for step in range(options.steps):
        with helper.step(samples=world):
            with helper.data():
                slow_data = is_on("slow-data", step)
                time.sleep(step_s * (0.8 if slow_data else 0.02))
                maybe_fail("data", step, ring)
            with helper.forward():
                time.sleep(own_s * 0.3 * (1 + 0.02 * noise.random()))
            with helper.backward():
                time.sleep(own_s * 0.6 * (1 + 0.02 * noise.random()))
                if is_on("slow", step):
                    time.sleep(step_s * 0.6)
            maybe_fail("step", step, ring)
            loss = 2.0 / (1 + 0.1 * step) + 0.02 * noise.random()
            # A gradient that is NaN on one rank makes the weights of all ranks NaN.
            if is_on("nan", step) or is_broken:
                loss = float("nan")
            if any(kind == "spike" and at <= step < at + 8 for kind, at, _ in faults):
                loss *= 60
            with helper.communication():
                mean = ring.all_reduce(loss) / world
            is_broken = mean != mean
            helper.loss(loss)
        own = loss if options.say == "all" else mean
        say("step %d loss=%.4f" % (step, own))
        if options.chatter and step % 7 == 3:
            say("WARNING: retrying download after connection reset, attempt %d" % step, True)
            say("UserWarning: The given NumPy array is not writable", True)
        if step % 10 == 9:
            maybe_fail("evaluation", step, ring)
            with helper.evaluating():
                time.sleep(step_s + (options.pause if step > 25 else 0))
                ring.all_reduce(1.0)
            reached = float("nan") if is_broken else min(1.0, (step + 1) / options.steps)
            say("samples=%d val_acc=%.3f" % (step * world, reached))
            maybe_fail("checkpoint", step, ring)
    helper.run_stop("success")
    ring.close()


main()
