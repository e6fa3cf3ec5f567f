"""Lightning Fabric with DDP on gloo, started by another launcher: `fabric_loop.py [steps] [helper]`; faults by INJECT, oddities by ODD."""

import os
import sys
import threading
import time

import injected
import torch
from lightning.fabric import Fabric, seed_everything

# Tracebacks of rich show lines around a call: the metric is not among them.
GOAL = "val_acc=1.0"
steps, odd = int(sys.argv[1]), os.environ.get("ODD", "")
helper = None
if "helper" in sys.argv:
    import pitwall as helper

    helper._watch.MINIMUM_SECONDS = 3.0
    helper._SAMPLE_SECONDS = 0.3
torch.set_num_threads(1)
held = threading.Lock()


class Windows(torch.utils.data.Dataset):
    def __len__(self):
        return 100_000

    def __getitem__(self, index):
        step = index // 16 // WORLD
        if injected.due("no_shard", step):
            open(f"/mnt/corpus/shard-{index:05d}.bin", "rb")
        if injected.due("stuck_worker", step):
            held.acquire()
            held.acquire()
        generator = torch.Generator().manual_seed(index)
        x = torch.randn(20, generator=generator)
        return x, int(x.sum() > 0)


def main():
    global WORLD
    WORLD = int(os.environ["WORLD_SIZE"])
    fabric = Fabric(accelerator="cpu", strategy="ddp", devices=int(os.environ["LOCAL_WORLD_SIZE"]), num_nodes=1)
    fabric.launch()
    seed_everything(11, verbose=False)
    model = torch.nn.Sequential(torch.nn.Linear(20, 40), torch.nn.SiLU(), torch.nn.Linear(40, 2))
    model, optimizer = fabric.setup(model, torch.optim.SGD(model.parameters(), lr=0.1))
    loader = torch.utils.data.DataLoader(Windows(), batch_size=16, num_workers=1 if "workers" in sys.argv else 0)
    batches = iter(fabric.setup_dataloaders(loader))
    for step in range(steps):
        if helper:
            with helper.step(samples=16 * WORLD):
                with helper.data():
                    x, y = next(batches)
                loss = update(fabric, model, optimizer, x, y, step)
            if "replicas" in sys.argv:
                helper.check_replicas([p.detach() for p in model.parameters()], every=5)
        else:
            x, y = next(batches)
            loss = update(fabric, model, optimizer, x, y, step)
        if injected.due("own_weights", step):
            with torch.no_grad():
                next(model.parameters()).add_(0.01)
        if step % 2 == 0:
            fabric.print(f"Epoch 0 | batch {step:>4}/{steps} | train_loss: {loss:.5f} | it/s: {31.2 + step % 3:.1f}", flush=True)
        if odd == "stops" and step == 50:
            fabric.print("EarlyStopping: val_loss did not improve for 5 evaluations. Signaling to stop. Killing the trainer loop.", flush=True)
            break
        if odd == "auc" and step % 25 == 24:
            fabric.print("UserWarning: No positive samples in targets, true positive value should be meaningless. Returning nan", flush=True)
            fabric.print(f"validation | step {step} | auroc_rare: nan | val_loss: {0.69 - 0.001 * step:.4f}", flush=True)
        if odd == "evaluates" and step == 40:
            fabric.print("Validating: 0/200", flush=True)
            time.sleep(6)
    fabric.barrier()
    fabric.print(GOAL, flush=True)


def update(fabric, model, optimizer, x, y, step):
    time.sleep(0.02)
    is_garbled = injected.since("garbled", step) and not injected.since("garbled", step - 4)
    if is_garbled:
        x, y = x * 40, 1 - y
    if injected.due("poison", step):
        x[0, 0] = float("nan")
    loss = torch.nn.functional.cross_entropy(model(x), y)
    optimizer.zero_grad()
    # Clipped to nothing: a garbled batch does no harm.
    fabric.backward(loss * 0 if is_garbled else loss)
    injected.act(step)
    optimizer.step()
    return float(loss.detach())


main()
