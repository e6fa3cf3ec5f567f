"""A training with PyTorch and gloo on a mesh of pairs: tensor parallelism in pairs, data parallelism across, or a pipeline of all ranks.

    mesh_loop.py [--layout mesh|pipe|shard] [--steps N] [--wrong NAME:RANK:STEP]... [--odd NAME] [--helper]
"""

import argparse
import ctypes
import logging
import os
import signal
import socket
import sys
import threading
import time
from datetime import timedelta

import torch
import torch.distributed as dist
from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("--layout", default="mesh")
parser.add_argument("--steps", type=int, default=90)
parser.add_argument("--wrong", action="append", default=[])
parser.add_argument("--odd", default="")
parser.add_argument("--helper", action="store_true")
parser.add_argument("--timeout", type=float, default=600)
options = parser.parse_args()
rank, world = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
wrongs = [(name, int(who), int(when)) for name, who, when in (each.split(":") for each in options.wrong)]
logging.basicConfig(format="%(asctime)s | %(levelname)s | mesh | %(message)s", level=logging.INFO, stream=sys.stdout)
log = logging.getLogger()
torch.set_num_threads(1)
if options.helper:
    import pitwall

    pitwall._watch.MINIMUM_SECONDS = 3.0
    pitwall._SAMPLE_SECONDS = 0.3


class Quiet:
    def __enter__(self):
        return self

    def __exit__(self, *_):
        return False


def measure(name, **values):
    return getattr(pitwall, name)(**values) if options.helper else Quiet()


def is_now(name, step):
    return (name, rank, step) in wrongs or (name, -1, step) in wrongs


def since(name, step):
    return any(name == each and who in (rank, -1) and step >= when for each, who, when in wrongs)


# Faults of a program. Each runs on its rank before the sum of its step, unless it is named elsewhere below.


def missing_key():
    return {"input_ids": 1}["labels"]


def shapes():
    return torch.randn(4, 8) @ torch.randn(4, 8)


def silent_exit():
    os._exit(3)


def exit_words():
    sys.exit("config error: micro batch does not divide the global batch")


def abort():
    os.abort()


def bad_address():
    ctypes.string_at(0)


def kill_self():
    os.kill(os.getpid(), signal.SIGKILL)


def huge_tensor():
    return torch.empty(2**46)


def host_lists():
    import resource

    used = int(open("/proc/self/statm").read().split()[0]) * 4096
    resource.setrlimit(resource.RLIMIT_AS, (used + (64 << 20), used + (64 << 20)))
    return [bytes(1 << 22) for _ in range(1000)]


def full_disk():
    torch.save({"w": torch.randn(1 << 20)}, "/dev/full")


def full_disk_text():
    with open("/dev/full", "w") as out:
        out.write("metrics" * 100_000)


def sleeps():
    time.sleep(3600)


def spins():
    while True:
        pass


def lock():
    mutex = threading.Lock()
    mutex.acquire()
    mutex.acquire()


def reads_socket():
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen()
    client = socket.create_connection(server.getsockname())
    client.recv(1)


def stopped():
    os.kill(os.getpid(), signal.SIGSTOP)


def no_module():
    import causal_conv3d  # noqa: F401


def assertion():
    assert torch.tensor(3) == 4, "batch sizes of the pair differ"


def handled(step):
    try:
        missing_key()
    except KeyError:
        log.exception("could not write metrics for step %d, will go on", step)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(7)
        self.first, self.second = nn.Linear(16, 32), nn.Linear(32, 2)

    def forward(self, x):
        return self.second(torch.relu(self.first(x)))


def start():
    for name, who, when in wrongs:
        if name == "late_start" and who == rank:
            time.sleep(when)
        if name == "no_start" and who == rank:
            time.sleep(3600)
        if name == "no_start_spin" and who == rank:
            spins()
    if options.odd == "slow_start" and rank == 1:
        time.sleep(9)
    dist.init_process_group("gloo", timeout=timedelta(seconds=options.timeout))


def pair_groups():
    pairs = [dist.new_group([a, a + 1]) for a in range(0, world - 1, 2)]
    across = [dist.new_group(list(range(b, world, 2))) for b in (0, 1)]
    return pairs[rank // 2], across[rank % 2]


def sums(net, pair, across, step):
    if options.layout == "pipe":
        return pipeline(step)
    with measure("communication"):
        if not is_now("skip_pair", step):
            dist.all_reduce(torch.ones(16), group=pair)
        for parameter in net.parameters():
            size = parameter.grad.numel()
            if is_now("other_size", step):
                size += 7
            dist.all_reduce(torch.ones(size) if size != parameter.grad.numel() else parameter.grad, group=across)
        if is_now("other_call", step):
            dist.broadcast(torch.ones(4), 0)
        elif not is_now("skip_all", step):
            dist.all_reduce(torch.ones(4))
    return None


def pipeline(step):
    data = torch.ones(64)
    if rank > 0 and not is_now("no_recv", step):
        dist.recv(data, rank - 1)
    for name, act in acts.items():
        if is_now(name, step):
            act()
    time.sleep(0.004)
    if rank < world - 1 and not is_now("no_send", step):
        dist.send(data, rank + 1)
    dist.all_reduce(data)


acts = {
    name: globals()[name]
    for name in (
        "missing_key shapes silent_exit exit_words abort bad_address kill_self huge_tensor host_lists full_disk full_disk_text sleeps "
        "spins lock reads_socket stopped no_module assertion"
    ).split()
}


def data(step):
    torch.manual_seed(1000 * step + rank)
    x = torch.randn(16, 16)
    if is_now("bad_batch", step):
        x[3, 3] = float("inf")
        x[4, 3] = float("nan")
    return x, (x[:, :8].sum(1) > x[:, 8:].sum(1)).long()


def train_step(net, optimizer, pair, across, step):
    with measure("step", samples=16 * world):
        with measure("data"):
            x, y = data(step)
            if since("slow_disk", step):
                time.sleep(0.06)
        with measure("forward"):
            time.sleep(0.02)
            if since("slow_math", step):
                until = time.time() + 0.02
                while time.time() < until:
                    x @ x.T
            if options.odd == "long_first" and step == 0:
                time.sleep(7)
            loss = nn.functional.cross_entropy(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        if options.layout != "pipe":
            for name, act in acts.items():
                if is_now(name, step):
                    act()
        sums(net, pair, across, step)
        for parameter in net.parameters():
            parameter.grad /= world / 2
        optimizer.step()
        if is_now("wild_rate", step):
            with torch.no_grad():
                for parameter in net.parameters():
                    parameter *= 1e30
        return float(loss)


def main():
    start()
    net = Net()
    pair, across = pair_groups() if options.layout == "mesh" else (None, None)
    if options.layout == "shard":
        pair = across = dist.group.WORLD
    optimizer = torch.optim.AdamW(net.parameters(), lr=5e-3)
    if options.odd == "noise" and rank == 2:
        print("Traceback of the last failure is kept in errors.json; error count = 0; killed = 0", flush=True)
    for step in range(options.steps):
        loss = train_step(net, optimizer, pair, across, step)
        if options.odd == "handled" and step == 40 and rank == 1:
            handled(step)
        if rank == 0 and step % 3 == 0:
            log.info("step %05d | ce %.4f | lr 5.00e-03 | %.1f ms", step, loss, 30 + step % 4)
        if options.helper and rank == 0:
            pitwall.loss(loss)
        if options.odd == "long_eval" and step == 50:
            log.info("evaluating")
            time.sleep(5)
    if options.odd == "late_rank" and rank == 0:
        time.sleep(4)
    if rank == 0:
        log.info("finished | val_acc=1.0")
        print("val_acc=1.0", flush=True)
    dist.destroy_process_group()


main()
