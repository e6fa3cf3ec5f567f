"""A training with PyTorch's DDP on gloo, without any framework: `ddp_loop.py --fault NAME:RANK:STEP... --format timm`."""

import argparse
import os
import signal
import sys
import time
from datetime import timedelta

import formats
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, Dataset
from wrongs import Wrongs, rank

parser = argparse.ArgumentParser()
parser.add_argument("--steps", type=int, default=100)
parser.add_argument("--ms", type=float, default=25)
parser.add_argument("--format", default="timm")
parser.add_argument("--fault", action="append", default=[])
parser.add_argument("--collective", default="", help="NAME:RANK:STEP, a wrong call of a collective")
parser.add_argument("--worker", default="", help="NAME:RANK:ITEM, a fault in a process of the loader")
parser.add_argument("--workers", type=int, default=0)
parser.add_argument("--helper", action="store_true")
parser.add_argument("--all", action="store_true")
parser.add_argument("--timeout", type=float, default=1800)
parser.add_argument("--monitor", action="store_true", help="a monitored barrier each 10 steps")
parser.add_argument("--first", type=float, default=0)
options = parser.parse_args()
wrongs = Wrongs(options.fault)
torch.set_num_threads(1)


def planned(text):
    name, who, at = text.split(":") if text else ("", "-2", "0")
    return name if int(who) == rank else "", int(at)


collective, collective_step = planned(options.collective)
worker, worker_item = planned(options.worker)


class Items(Dataset):
    def __len__(self):
        return 1_000_000

    def __getitem__(self, index):
        if worker and index > worker_item:
            if worker == "killed":
                os.kill(os.getpid(), signal.SIGKILL)
            if worker == "segfault":
                os.kill(os.getpid(), signal.SIGSEGV)
            if worker == "hangs":
                time.sleep(3600)
        generator = torch.Generator().manual_seed(index)
        x = torch.randn(12, generator=generator)
        return x, (x.sum() > 0).long()


class Nothing:
    def __enter__(self):
        return self

    def __exit__(self, *error):
        return False


def measure(name, **values):
    return getattr(pitwall, name)(**values) if options.helper else Nothing()


if options.helper:
    import pitwall

    pitwall._watch.MINIMUM_SECONDS = 3.0
    pitwall._SAMPLE_SECONDS = 0.3


def exchange(loss, step):
    """The mean loss of all ranks."""
    mean = loss.detach().clone()
    if collective and step == collective_step:
        if collective == "shape":
            dist.all_reduce(torch.zeros(4096))
        elif collective == "other":
            dist.broadcast(mean, src=0)
        elif collective == "again":
            dist.all_reduce(mean)
            dist.all_reduce(mean)
        elif collective == "barrier":
            dist.barrier()
        elif collective == "type":
            dist.all_reduce(mean.to(torch.float64))
        return mean
    dist.all_reduce(mean)
    return mean / dist.get_world_size()


def main():
    wrongs.at("start", 0)
    dist.init_process_group("gloo", timeout=timedelta(seconds=options.timeout))
    torch.manual_seed(1)
    model = DistributedDataParallel(nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 2)))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    own = range(rank, 1_000_000, dist.get_world_size())
    loader = iter(DataLoader(Items(), batch_size=16, sampler=own, num_workers=options.workers))
    for step in range(options.steps):
        with measure("step", samples=16 * dist.get_world_size()):
            with measure("data"):
                wrongs.at("data", step)
                x, y = next(loader)
                if wrongs.on("poisoned", step):
                    x = x / 0 * 0
            with measure("forward"):
                loss = nn.functional.cross_entropy(model(x), y)
                time.sleep(options.ms * 1e-3 + (options.first if step == 0 else 0))
                if wrongs.on("slow_matmul", step):
                    time.sleep(options.ms * 0.7e-3)
            wrongs.at("step", step)
            with measure("backward"):
                loss.backward()
            with measure("communication"):
                mean = exchange(loss, step)
            with measure("optimizer"):
                optimizer.step()
                optimizer.zero_grad()
            if options.helper:
                pitwall.loss(loss.detach())
        if options.monitor and step % 10 == 9:
            dist.monitored_barrier(timeout=timedelta(seconds=5), wait_all_ranks=True)
        if (rank == 0 or options.all) and step % 4 == 0:
            formats.line(options.format, step, options.steps, loss.item() if options.all else mean.item(), rank)
        if (step + 1) % 50 == 0:
            wrongs.at("checkpoint", step)
            if rank == 0:
                formats.result(1.0 if step + 1 >= options.steps else 0.9, (step + 1) * 64)
            dist.barrier()
    dist.destroy_process_group()


main()
sys.stdout.flush()
