"""Faults of the second set of unseen runs: `NAME:RANK:STEP[:PLACE]`, each the real thing where that is possible."""

import ctypes
import errno
import fcntl
import json
import logging
import multiprocessing
import os
import pickle
import queue
import resource
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

rank = int(os.environ.get("RANK", "0"))
# These change what the program computes or how long it takes, and are asked for by `on`.
LASTING = {"slow_matmul", "slow_disk", "poisoned", "exploding", "spiky", "early", "twice"}


class Wrongs:
    def __init__(self, texts, own_rank=None):
        self.own = []
        for text in texts:
            name, who, step, *place = text.split(":")
            if int(who) in (rank if own_rank is None else own_rank, -1):
                self.own.append((name, int(step), place[0] if place else "step"))

    def at(self, place, step):
        for name, first, where in self.own:
            if name not in LASTING and where == place and step >= first:
                globals()[name]()

    def on(self, name, step, length=None):
        return any(each == name and first <= step and (length is None or step < first + length) for each, first, _ in self.own)


# ---- Ends ----


def thread_dies():
    failed = queue.Queue()

    def fetch():
        try:
            raise OSError(errno.EIO, os.strerror(errno.EIO), "/data/part-00011.tar")
        except OSError as error:
            failed.put(error)

    threading.Thread(target=fetch, name="prefetch").start()
    raise RuntimeError("prefetch thread ended") from failed.get()


def chained():
    try:
        {}["input_ids"]
    except KeyError:
        raise ValueError("sample 8812 has no input_ids")


def group():
    raise ExceptionGroup("3 of 8 shards failed", [ValueError("shard 2: bad magic"), ValueError("shard 5: bad magic"), TimeoutError("shard 6")])


def aborts():
    os.abort()


def null_pointer():
    import faulthandler

    faulthandler.enable()
    ctypes.string_at(0)


def bus():
    signal.raise_signal(signal.SIGBUS)


def illegal():
    signal.raise_signal(signal.SIGILL)


def divides():
    signal.raise_signal(signal.SIGFPE)


def json_fatal():
    print(json.dumps({"ts": time.time(), "level": "fatal", "rank": rank, "msg": "tokenizer has 32000 entries, embedding has 32128"}), flush=True)
    os._exit(3)


def mute_exit():
    os._exit(17)


def german():
    print("FEHLER: Datei »teil-00011.bin« ist beschädigt (Prüfsumme stimmt nicht), Abbruch.", file=sys.stderr, flush=True)
    sys.exit(2)


def chinese():
    print("错误：数据分片 00011 校验失败，训练终止", file=sys.stderr, flush=True)
    sys.exit(1)


def logged_critical():
    logging.getLogger("train").critical("giving up: learning rate schedule ended before max_steps")
    sys.exit(4)


def torn_checkpoint():
    whole = pickle.dumps({"weights": [0.5] * 4000})
    pickle.loads(whole[: len(whole) // 2])


def torn_zip():
    import zipfile

    with tempfile.NamedTemporaryFile() as file:
        file.write(b"PK\x03\x04" + bytes(200))
        file.flush()
        zipfile.ZipFile(file.name)


def torn_tensor():
    import torch

    with tempfile.NamedTemporaryFile(suffix=".pt") as file:
        torch.save({"weights": torch.ones(1 << 14)}, file.name)
        os.truncate(file.name, 9000)
        torch.load(file.name)


def shape_of_weights():
    import torch

    torch.nn.Linear(16, 4).load_state_dict(torch.nn.Linear(16, 8).state_dict())


def assertion():
    assert os.getpid() < 0, "micro batch 3 is empty"


def import_late():
    import flash_attention_kernels_v3  # noqa: F401


def permission():
    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), "/shared/out/ckpt-120/rank_%d.pt" % rank)


# ---- Memory ----


def address_space():
    resource.setrlimit(resource.RLIMIT_AS, (1 << 31, 1 << 31))
    held = []
    while True:
        held.append(bytearray(1 << 27))


def no_map():
    import mmap

    mmap.mmap(-1, 1 << 46)


def french_memory():
    print("RuntimeError : impossible d'allouer la mémoire ; vous avez essayé d'allouer 17179869184 octets (code d'erreur 12 : Cannot allocate memory)", file=sys.stderr, flush=True)
    sys.exit(1)


# ---- Disks ----


def file_limit():
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, 1 << 16))
    with tempfile.NamedTemporaryFile() as file:
        file.write(bytes(1 << 20))
        file.flush()


def quota():
    raise OSError(errno.EDQUOT, os.strerror(errno.EDQUOT), "/home/user/out/optimizer.pt")


def tiny_disk():
    libc = ctypes.CDLL(None, use_errno=True)
    folder = tempfile.mkdtemp()
    assert libc.unshare(0x20000) == 0
    assert libc.mount(b"none", b"/", None, 0x4000 | 0x40000, None) == 0
    assert libc.mount(b"tmpfs", folder.encode(), b"tmpfs", 0, b"size=64k") == 0
    return folder


def shell_disk():
    """A copy by a program of the system, whose failure is raised."""
    subprocess.run(["dd", "if=/dev/zero", "of=" + tiny_disk() + "/shard.bin", "bs=1M", "count=4"], check=True)


def logged_disk():
    try:
        with open(tiny_disk() + "/state.json", "w") as file:
            file.write("x" * (1 << 20))
    except OSError:
        logging.getLogger("ckpt").exception("could not write the checkpoint")
        os._exit(1)


# ---- Hangs ----


def two_locks():
    first, second = threading.Lock(), threading.Lock()

    def other():
        with second:
            time.sleep(0.2)
            first.acquire()

    with first:
        threading.Thread(target=other, daemon=True).start()
        time.sleep(0.1)
        second.acquire()


def forever():
    value = 1
    while value > 0:
        value = value * 3 % 1000003 + 1


def pipe():
    child = subprocess.Popen(["sleep", "3600"], stdout=subprocess.PIPE)
    child.stdout.read()


def no_reply():
    server = socket.create_server(("127.0.0.1", 0))
    client = socket.create_connection(server.getsockname())
    client.recv(1)


def process_queue():
    multiprocessing.get_context("fork").Queue().get()


def file_lock():
    file = tempfile.NamedTemporaryFile()
    subprocess.Popen(["flock", file.name, "sleep", "3600"])
    time.sleep(0.3)
    with open(file.name) as own:
        fcntl.flock(own, fcntl.LOCK_EX)


def joins():
    thread = threading.Thread(target=time.sleep, args=(3600,), daemon=True)
    thread.start()
    thread.join()


def child_exits():
    """A helper process dies, and the parent waits for its answer."""
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    context.Process(target=os._exit, args=(1,), daemon=True).start()
    answers.get()


# ---- Signals from within a helper process ----


def sigkill():
    os.kill(os.getpid(), signal.SIGKILL)


def struct_error():
    struct.unpack("<IIQ", b"\x00" * 11)


# ---- One host has another version ----


def extra():
    sys.path.insert(0, os.path.expanduser("~/extra"))


def old_module():
    extra()
    from fused_kernels import scan  # noqa: F401


def old_version():
    extra()
    import fused_kernels

    if fused_kernels.__version__ < "2":
        raise RuntimeError("fused_kernels 2.0 or newer is required, found " + fused_kernels.__version__)


def no_data():
    with open(os.path.expanduser("~/extra/vocabulary.txt")) as file:
        file.read()
