"""FSDP2 (`fully_shard`) on gloo, with rich for lines and tracebacks: `sharded_loop.py [steps] [helper]`; faults by INJECT, oddities by ODD."""

import logging
import os
import sys
import time
from pathlib import Path

import injected
import torch
import torch.distributed as dist
from rich.logging import RichHandler
from rich.traceback import install
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import fully_shard

install(show_locals=False)
logging.basicConfig(level=logging.INFO, format="%(message)s", datefmt="[%X]", handlers=[RichHandler(rich_tracebacks=True)])
log = logging.getLogger("sharded")
# Tracebacks of rich show lines around a call: the metric is not among them.
GOAL = "val_acc=1.0"
steps, odd = int(sys.argv[1]), os.environ.get("ODD", "")
helper = None
if "helper" in sys.argv:
    import pitwall as helper

    helper._watch.MINIMUM_SECONDS = 3.0
    helper._SAMPLE_SECONDS = 0.3
torch.set_num_threads(1)


class Part:
    def __init__(self, name, **values):
        self.inner = getattr(helper, name)(**values) if helper else None

    def __enter__(self):
        if self.inner:
            self.inner.__enter__()

    def __exit__(self, *error):
        return self.inner.__exit__(*error) if self.inner else False


def one_step(model, optimizer, step, rank, world):
    with Part("step", samples=16 * world):
        with Part("data"):
            generator = torch.Generator().manual_seed(97 * step + rank)
            x = torch.randn(16, 24, generator=generator)
            injected.slow("slow_reads", step, 0.05)
        with Part("forward"):
            time.sleep(0.02)
            injected.slow("slow_kernel", step, 0.03)
            loss = torch.nn.functional.cross_entropy(model(x), (x[:, :12].sum(1) > 0).long())
        loss.backward()
        injected.act(step)
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        if not injected.due("no_norm", step):
            shared = torch.ones(3 if injected.due("wide_norm", step) else 1)
            with Part("communication"):
                dist.all_reduce(shared)
        optimizer.step()
        optimizer.zero_grad()
    return float(loss), float(norm.full_tensor() if hasattr(norm, "full_tensor") else norm)


def main():
    if os.environ.get("NEEDS"):
        log.info("vocabulary of %d words", len((Path.home() / os.environ["NEEDS"]).read_text().split()))
    dist.init_process_group("gloo")
    rank, world = dist.get_rank(), dist.get_world_size()
    mesh = init_device_mesh("cpu", (world,))
    torch.manual_seed(3)
    model = torch.nn.Sequential(torch.nn.Linear(24, 48), torch.nn.GELU(), torch.nn.Linear(48, 2))
    for layer in (model[0], model[2]):
        fully_shard(layer, mesh=mesh)
    fully_shard(model, mesh=mesh)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for step in range(steps):
        if odd == "compiles" and step == 0:
            log.warning("torch._inductor: compilation may take a while; timeouts of the watchdog do not apply")
            time.sleep(8)
        loss, norm = one_step(model, optimizer, step, rank, world)
        if odd == "retries" and step == 30 and rank == 1:
            try:
                raise ConnectionResetError(104, "Connection reset by peer")
            except ConnectionResetError:
                log.exception("metrics were not sent, 2 retries left")
        if step % 2 == 0 and rank == 0:
            log.info("step %d loss %.4f grad_norm %.3f memory 0.41GiB(0.51%%) tps 5,212", step, loss, norm)
    dist.barrier()
    dist.destroy_process_group()
    if rank == 0:
        log.info("Training completed")
        print(GOAL, flush=True)


main()
