"""A training in plain Python whose ranks form a ring: each sends its sum to the next one. It reports as services do, by asyncio and colours.

    epoch_loop.py --style colour|nested|logfmt --wrong NAME:RANK:STEP --odd NAME
"""

import argparse
import asyncio
import ctypes
import errno
import gzip
import json
import os
import random
import resource
import signal
import socket
import sqlite3
import sys
import tempfile
import threading
import time
import zlib

rank, world = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
parser = argparse.ArgumentParser()
parser.add_argument("--steps", type=int, default=100)
parser.add_argument("--ms", type=float, default=40)
parser.add_argument("--style", default="colour")
parser.add_argument("--wrong", action="append", default=[])
parser.add_argument("--odd", default="")
parser.add_argument("--helper", action="store_true")
options = parser.parse_args()
if options.helper:
    import pitwall

    pitwall._watch.MINIMUM_SECONDS = 3.0
    pitwall._SAMPLE_SECONDS = 0.3


class Quiet:
    def __enter__(self):
        return self

    def __exit__(self, *_):
        return False


def part(name, **values):
    return getattr(pitwall, name)(**values) if options.helper else Quiet()


class Ring:
    """On one machine: rank r listens at the port of the job plus r."""

    def __init__(self):
        base = int(os.environ["MASTER_PORT"]) + 1
        server = socket.create_server(("127.0.0.1", base + rank))
        until = time.monotonic() + 30
        while True:
            try:
                self.next = socket.create_connection(("127.0.0.1", base + (rank + 1) % world))
                break
            except ConnectionRefusedError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)
        self.last = server.accept()[0].makefile("r")

    def total(self, value):
        own = value
        for _ in range(world - 1):
            self.next.sendall(b"%r\n" % own)
            text = self.last.readline()
            if not text:
                raise RuntimeError("ring broken: no data from the left neighbour (rank %d)" % ((rank - 1) % world))
            own = float(text)
            value += own
        return value


def show(step, loss):
    if options.style == "colour":
        print("\x1b[36m[train]\x1b[0m \x1b[1mstep\x1b[0m=\x1b[33m%d\x1b[0m \x1b[1mloss\x1b[0m=\x1b[33m%.4f\x1b[0m" % (step, loss), flush=True)
    elif options.style == "nested":
        print(json.dumps({"event": "train", "data": {"global_step": step, "metrics": {"train/loss": loss, "train/lr": 0.001}}}), flush=True)
    else:
        print('time=%s level=info msg="training" step=%d train_loss=%.5f' % (time.strftime("%FT%TZ"), step, loss), flush=True)


# ---- What goes wrong ----


def task():
    async def fetch():
        raise ConnectionAbortedError("tokenizer service: schema version 7 is not supported")

    async def main():
        await asyncio.gather(fetch(), asyncio.sleep(0.1))

    asyncio.run(main())


def generator():
    def batches():
        yield next(iter([]))

    list(batches())


def files():
    resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))
    held = [open(os.devnull) for _ in range(100)]
    del held


def threads():
    raise RuntimeError("can't start new thread")


def deep():
    ctypes.CDLL(None).abort if False else None
    import faulthandler

    faulthandler._stack_overflow()


def archive():
    gzip.decompress(b"\x1f\x8b\x08\x00" + bytes(20))


def inflate():
    zlib.decompress(b"\x78\x9c" + b"\x01" * 8)


def structured():
    print(json.dumps({"level": "CRITICAL", "rank": rank, "event": "uncaught", "exception": "ValueError: unknown optimizer 'adamx'"}), flush=True)
    os._exit(5)


def spanish_memory():
    print("Error: memoria insuficiente al reservar 34359738368 bytes: [Errno 12] ENOMEM", file=sys.stderr, flush=True)
    os._exit(12)


def structured_disk():
    try:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/scratch/step_80")
    except OSError as error:
        print(json.dumps({"level": "ERROR", "rank": rank, "event": "checkpoint_failed", "exc_info": repr(error)}), flush=True)
    os._exit(1)


def numbers():
    import numpy

    numpy.zeros((1 << 21, 1 << 21))


def database():
    folder = tempfile.mkdtemp()
    first = sqlite3.connect(folder + "/cache.db", isolation_level=None)
    first.execute("create table shards (name)")
    first.execute("begin exclusive")
    sqlite3.connect(folder + "/cache.db", timeout=3600).execute("select * from shards").fetchall()


def semaphore():
    threading.Semaphore(0).acquire()


def loop():
    asyncio.run(asyncio.Event().wait())


def native():
    ctypes.CDLL(None).pause()


def killed():
    os.kill(os.getpid(), signal.SIGKILL)


def wrong(name, step, lasting=False):
    for text in options.wrong:
        each, who, first = text.split(":")
        if each == name and int(who) in (rank, -1) and step >= int(first):
            return True
    return False


simple = "task generator files threads deep archive inflate structured spanish_memory structured_disk numbers database semaphore loop native killed".split()


def oddity(step):
    if options.odd == "tasks" and step == 20:
        print("Task was destroyed but it is pending!\ntask: <Task pending name='Task-12' coro=<poll() running at metrics.py:31>>", file=sys.stderr, flush=True)
    if options.odd == "tests" and step % 30 == 5:
        print("self-test: 12 passed, 0 failed, 0 errors; out of memory handling: enabled; crash reports: off", flush=True)
    if options.odd == "sanity" and step == 0:
        print("sanity check before training: val_loss=nan (no batches yet), val_acc=nan", flush=True)
    if options.odd == "fallback" and step == 10:
        print("\x1b[31mERROR\x1b[0m torch.compile failed: BackendCompilerFailed: backend='inductor' raised RuntimeError: no C++ compiler; falling back to eager", file=sys.stderr, flush=True)
    if options.odd == "reload" and step == 40:
        print("Traceback (most recent call last):\n  File \"data.py\", line 9, in read\nFileNotFoundError: [Errno 2] No such file or directory: 'cache/shard-9.idx'\nrebuilding the index", file=sys.stderr, flush=True)
        time.sleep(2.5)


def main():
    ring, noise = Ring(), random.Random(rank * 7 + 1)
    for step in range(options.steps):
        for name in simple:
            if wrong(name, step):
                globals()[name]()
        slower = 2.2 if options.odd == "longer" and step > 50 else 1
        with part("step", samples=world):
            with part("data"):
                time.sleep(0.09 if wrong("slow_reader", step) else 0.002)
            with part("forward"):
                time.sleep(options.ms * 1e-3 * slower)
            with part("backward"):
                if wrong("hot", step):
                    until = time.monotonic() + options.ms * 0.8e-3
                    while time.monotonic() < until:
                        pass
            loss = 1.9 * (1 + step) ** -0.2 + noise.gauss(0, 0.01)
            if wrong("infinite", step):
                loss = float("inf")
            if wrong("jump", step) and step < 75:
                loss *= 40
            with part("communication"):
                mean = ring.total(loss) / world
            if options.helper:
                pitwall.loss(loss)
        oddity(step)
        if rank == 0 and step % 2 == 0:
            show(step, mean)
        if (step + 1) % 25 == 0 and rank == 0:
            print("epoch %d finished: val_acc=%.3f" % (step // 25, 1.0 if step + 1 >= options.steps else 0.8), flush=True)
    if options.odd == "late" and rank == world - 1:
        time.sleep(6)


main()
