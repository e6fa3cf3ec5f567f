"""Faults for the programs of the unseen runs: `KIND:RANK:STEP[:PLACE]`, each the real thing."""

import ctypes
import json
import mmap
import os
import pickle
import queue
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

rank = int(os.environ["RANK"])
LASTING = {"extra-work", "busy-thread", "slow-read", "uneven-read", "nan-batch", "diverge", "bad-labels", "leaves-early", "skips-gather"}


class Faults:
    def __init__(self, texts):
        self.own = []
        for text in texts:
            kind, who, step, *place = text.split(":")
            if int(who) in (rank, -1):
                self.own.append((kind, int(step), place[0] if place else "step"))

    def at(self, place, step):
        for kind, first, where in self.own:
            if kind not in LASTING and where == place and step >= first:
                globals()[kind.replace("-", "_")]()

    def on(self, kind, step, length=None):
        return any(
            each == kind and first <= step and (length is None or step < first + length) for each, first, _ in self.own
        )


# ---- Crashes ----


def truncated_shard():
    with tempfile.NamedTemporaryFile() as file:
        file.write(pickle.dumps(list(range(1000)))[:0])
        file.flush()
        with open(file.name, "rb") as shard:
            pickle.load(shard)


def bad_text():
    b"caf\xe9 au lait".decode("utf-8")


def recursion():
    def visit(node):
        return visit([node])

    visit([])


def bad_json():
    json.loads('{"text": "a", "label": }')


def data_server_timeout():
    server = socket.create_server(("127.0.0.1", 0))
    client = socket.create_connection(server.getsockname())
    client.settimeout(0.5)
    client.recv(1)


def message_exit():
    sys.exit("vocabulary size of the tokenizer does not match the checkpoint: 32000 != 32128")


def bus_error():
    with tempfile.NamedTemporaryFile() as file:
        file.write(bytes(8192))
        file.flush()
        view = mmap.mmap(file.fileno(), 8192)
        os.ftruncate(file.fileno(), 0)
        view[4096]


def double_free():
    libc = ctypes.CDLL(None)
    libc.malloc.restype = ctypes.c_void_p
    libc.free.argtypes = [ctypes.c_void_p]
    place = libc.malloc(64)
    libc.free(place)
    libc.free(place)


def shapes():
    import numpy

    numpy.ones((64, 10)) + numpy.ones((63, 10))


def worker_error():
    from torch.utils.data import DataLoader, Dataset

    class Shards(Dataset):
        def __len__(self):
            return 8

        def __getitem__(self, index):
            return {"a": 1}["label"]

    for _ in DataLoader(Shards(), num_workers=1):
        pass


# ---- Memory and disks ----


def array_memory():
    import numpy

    numpy.ones((1 << 22, 1 << 20))


def tensor_memory():
    import torch

    torch.empty(1 << 46)


def fork_memory():
    resource.setrlimit(resource.RLIMIT_AS, (1 << 31, 1 << 31))
    held = []
    while True:
        held.append(mmap.mmap(-1, 1 << 29))


def small_disk():
    """A file system of 64 kB that only this thread sees."""
    libc = ctypes.CDLL(None, use_errno=True)
    folder = tempfile.mkdtemp()
    assert libc.unshare(0x20000) == 0
    assert libc.mount(b"none", b"/", None, 0x4000 | 0x40000, None) == 0
    assert libc.mount(b"tmpfs", folder.encode(), b"tmpfs", 0, b"size=64k") == 0
    return folder


def array_disk():
    import numpy

    numpy.save(small_disk() + "/weights.npy", numpy.ones(1 << 16))


def tensor_disk():
    import torch

    torch.save({"weights": torch.ones(1 << 18)}, small_disk() + "/checkpoint.pt")


def text_disk():
    with open(small_disk() + "/metrics.jsonl", "w") as file:
        for step in range(100_000):
            file.write(json.dumps({"step": step}) + "\n")


# ---- One host lacks something ----


def library():
    ctypes.CDLL(os.path.expanduser("~/extra/libfused.so"))


def shard():
    import numpy

    numpy.load(os.path.expanduser("~/extra/shard-00000.npy"))


# ---- Hangs ----


def silent_server():
    server = socket.create_server(("127.0.0.1", 0))
    urllib.request.urlopen("http://127.0.0.1:%d/shard-7" % server.getsockname()[1])


def holds_interpreter():
    # Like an extension that computes for long without giving the interpreter free.
    ctypes.PyDLL(None).sleep(3600)


def spin():
    count = 0
    while True:
        count += 1


def child_process():
    subprocess.run(["sleep", "3600"], check=False)


def prefetch():
    queue.Queue(maxsize=1).get()


def condition():
    ready = threading.Condition()
    with ready:
        ready.wait()


def future():
    from concurrent.futures import ThreadPoolExecutor

    ThreadPoolExecutor(1).submit(time.sleep, 3600).result()


# ---- Slow ----


def burn():
    """A thread that takes the interpreter from the training."""

    def loop():
        count = 0
        while True:
            count += 1

    threading.Thread(target=loop, daemon=True).start()
