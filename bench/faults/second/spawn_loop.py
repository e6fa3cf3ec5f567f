"""One command that starts its ranks itself: by PyTorch's `mp.spawn`, or by a pool of processes of the standard library."""

import argparse
import os
import time
from concurrent.futures import ProcessPoolExecutor

import formats
from wrongs import Wrongs

parser = argparse.ArgumentParser()
parser.add_argument("--ranks", type=int, default=3)
parser.add_argument("--steps", type=int, default=60)
parser.add_argument("--format", default="plain")
parser.add_argument("--fault", action="append", default=[])
parser.add_argument("--pool", action="store_true")


def train(rank, options):
    import torch
    import torch.distributed as dist

    torch.set_num_threads(1)
    wrongs = Wrongs(options.fault, rank)
    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=os.environ.get("MASTER_PORT", "29711"))
    dist.init_process_group("gloo", rank=rank, world_size=options.ranks)
    for step in range(options.steps):
        time.sleep(0.04)
        wrongs.at("step", step)
        loss = torch.tensor(2.3 * (1 + step) ** -0.3)
        dist.all_reduce(loss)
        if rank == 0 and step % 4 == 0:
            formats.line(options.format, step, options.steps, loss.item() / options.ranks, rank)
    if rank == 0:
        formats.result(1.0, options.steps)


def simulate(rank, step, faults):
    time.sleep(0.05)
    Wrongs(faults, rank).at("step", step)
    return 2.3 * (1 + step) ** -0.3


if __name__ == "__main__":
    options = parser.parse_args()
    if options.pool:
        with ProcessPoolExecutor(options.ranks) as pool:
            for step in range(options.steps):
                losses = list(pool.map(simulate, range(options.ranks), [step] * options.ranks, [options.fault] * options.ranks))
                if step % 4 == 0:
                    formats.line(options.format, step, options.steps, sum(losses) / len(losses), 0)
        formats.result(1.0, options.steps)
    else:
        import torch.multiprocessing as mp

        mp.spawn(train, args=(options,), nprocs=options.ranks)
