"""A loop with Accelerate on CPUs, as its examples are written: `accelerate_loop.py [steps] [helper]`; faults by INJECT, oddities by ODD."""

import logging
import os
import pickle
import sys
import time
import warnings

import injected
import torch
from accelerate import Accelerator
from accelerate.logging import get_logger

# Tracebacks of rich show lines around a call: the metric is not among them.
GOAL = "val_acc=1.0"
steps, odd = int(sys.argv[1]), os.environ.get("ODD", "")
helper = None
if "helper" in sys.argv:
    import pitwall as helper

    helper._watch.MINIMUM_SECONDS = 3.0
    helper._SAMPLE_SECONDS = 0.3
logging.basicConfig(format="%(asctime)s - %(levelname)s - %(name)s - %(message)s", datefmt="%m/%d/%Y %H:%M:%S", level=logging.INFO)
logger = get_logger("train_ctrl")
torch.set_num_threads(1)


def restore(rank):
    """State of random generators, one file for each rank, as Accelerate saves it."""
    name = f"random_states_{rank}.pkl"
    data = pickle.dumps({"step": 120, "torch": torch.get_rng_state().numpy()}, protocol=4)
    with open(name, "wb") as out:
        out.write(data[: len(data) // 2] if injected.due("cut_state", 0) else data)
    with open(name, "rb") as state:
        return pickle.load(state)


def main():
    accelerator = Accelerator(cpu=True)
    rank = accelerator.process_index
    logger.info(accelerator.state, main_process_only=False)
    if "resume" in sys.argv:
        logger.info("Resuming from checkpoint checkpoint-120")
        restore(rank)
    torch.manual_seed(5)
    model = torch.nn.Sequential(torch.nn.Linear(16, 32), torch.nn.ReLU(), torch.nn.Linear(32, 2))
    model, optimizer = accelerator.prepare(model, torch.optim.AdamW(model.parameters(), lr=3e-3))
    for step in range(steps):
        generator = torch.Generator().manual_seed(31 * step + rank)
        if helper:
            with helper.step(samples=16 * accelerator.num_processes):
                with helper.data():
                    x = batch(step, generator)
                loss = update(accelerator, model, optimizer, x, step)
        else:
            loss = update(accelerator, model, optimizer, batch(step, generator), step)
        if step % 2 == 0:
            logger.info(f"global_step: {step}, step_loss: {loss}, lr: 0.003")
        if odd == "warns" and step in (10, 60):
            warnings.warn("torch.cuda.amp.autocast(args...) is deprecated", FutureWarning, stacklevel=1)
            logger.error("Failed to push to hub, will retry at the next save: HTTP 503", main_process_only=True)
    accelerator.wait_for_everyone()
    if accelerator.is_main_process:
        print(GOAL, flush=True)
    accelerator.end_training()


def batch(step, generator):
    injected.slow("slow_reads", step, 0.05)
    x = torch.randn(16, 16, generator=generator)
    if injected.since("bad_pixels", step):
        x[2] = float("inf")
    return x


def update(accelerator, model, optimizer, x, step):
    time.sleep(0.02)
    injected.slow("slow_kernel", step, 0.03)
    loss = torch.nn.functional.cross_entropy(model(x), (torch.nan_to_num(x).sum(1) > 0).long())
    optimizer.zero_grad()
    accelerator.backward(loss)
    injected.act(step)
    if injected.due("second_gather", step):
        accelerator.gather(torch.ones(5))
    accelerator.gather(loss.detach().reshape(1))
    optimizer.step()
    return float(loss.detach())


main()
