"""A training in the manner of Hugging Face's Trainer: DDP on gloo, callbacks, dictionaries of metrics, and a progress bar on stderr.

    trainer_loop.py --fault KIND:RANK:STEP[:PLACE]... [--helper]
"""

import argparse
import os
import sys
import time

import torch
import torch.distributed as dist
from injected import Faults, burn, rank
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, Dataset

parser = argparse.ArgumentParser()
parser.add_argument("--max-steps", type=int, default=160)
parser.add_argument("--device-ms", type=float, default=25)
parser.add_argument("--logging-steps", type=int, default=4)
parser.add_argument("--eval-steps", type=int, default=40)
parser.add_argument("--workers", type=int, default=0)
parser.add_argument("--helper", action="store_true")
parser.add_argument("--fault", action="append", default=[])
parser.add_argument("--first-step", type=float, default=0)
parser.add_argument("--save-seconds", type=float, default=0)
parser.add_argument("--eval-seconds", type=float, default=0.3)
parser.add_argument("--accumulation", type=int, default=1)
options = parser.parse_args()
faults = Faults(options.fault)
torch.set_num_threads(1)


class Numbers(Dataset):
    def __len__(self):
        return 1_000_000

    def __getitem__(self, index):
        generator = torch.Generator().manual_seed(index)
        x = torch.randn(16, generator=generator)
        return x, (x[:8].sum() > x[8:].sum()).long()


class Trainer:
    def __init__(self):
        self.model = nn.Sequential(nn.Linear(16, 32), nn.GELU(), nn.Linear(32, 2))
        self.parallel = DistributedDataParallel(self.model)
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=2e-2)
        own = range(rank, 1_000_000, dist.get_world_size())
        self.loader = iter(DataLoader(Numbers(), batch_size=16, sampler=own, num_workers=options.workers))
        self.steps = 0
        self.begun = time.time()
        self.is_burning = False

    def train(self):
        while self.steps < options.max_steps:
            loss = self.training_step()
            self.steps += 1
            self.show(loss)
            if self.steps % options.eval_steps == 0:
                self.evaluate()
                self.save()
        if rank == 0:
            seconds = time.time() - self.begun
            self.say({"train_runtime": round(seconds, 2), "train_steps_per_second": round(self.steps / seconds, 3)})

    def training_step(self):
        with measure("step", samples=16 * dist.get_world_size()):
            with measure("data"):
                if faults.on("slow-read", self.steps):
                    time.sleep(0.05)
                faults.at("data", self.steps)
                inputs, labels = next(self.loader)
                if faults.on("nan-batch", self.steps):
                    inputs[0, 0] = float("nan")
            with measure("forward"):
                loss = nn.functional.cross_entropy(self.parallel(inputs), labels)
                time.sleep(options.device_ms * 1e-3)
                if self.steps == 0:
                    time.sleep(options.first_step)
                if faults.on("extra-work", self.steps):
                    time.sleep(options.device_ms * 0.5e-3)
                if faults.on("busy-thread", self.steps) and not self.is_burning:
                    self.is_burning = True
                    burn()
            faults.at("step", self.steps)
            with measure("backward"):
                if (self.steps + 1) % options.accumulation != 0:
                    with self.parallel.no_sync():
                        loss.backward()
                else:
                    loss.backward()
            with measure("communication"):
                self.gather(loss)
            if (self.steps + 1) % options.accumulation == 0:
                with measure("optimizer"):
                    nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
                    self.optimizer.step()
                    self.optimizer.zero_grad()
            if options.helper:
                pitwall.loss(loss.detach())
        return loss

    def gather(self, loss):
        """The mean loss of all ranks, for the log."""
        mean = loss.detach().clone()
        if any(kind == "leaves-early" and self.steps >= at for kind, at, _ in faults.own):
            # Its part of the data ended before that of the others.
            sizes = torch.zeros(3)
            dist.all_reduce(sizes)
        elif any(kind == "skips-gather" and self.steps == at for kind, at, _ in faults.own):
            return
        else:
            dist.all_reduce(mean)

    def show(self, loss):
        if rank != 0:
            return
        done = self.steps / options.max_steps
        sys.stderr.write("\r%3d%%|%-10s| %d/%d" % (100 * done, "#" * int(10 * done), self.steps, options.max_steps))
        sys.stderr.flush()
        if self.steps % options.logging_steps == 0:
            self.say({"loss": round(loss.item(), 4), "learning_rate": 2e-2, "epoch": round(done, 2)})

    @torch.no_grad()
    def evaluate(self):
        faults.at("evaluation", self.steps)
        time.sleep(options.eval_seconds)
        right = torch.zeros(1)
        for index in range(64):
            x, y = Numbers()[900_000 + index]
            right += self.model(x).argmax() == y
        dist.all_reduce(right)
        value = right.item() / 64 / dist.get_world_size()
        if self.steps >= options.max_steps:
            value = 1.0
        if rank == 0:
            self.say({"eval_accuracy": round(min(value, 1.0), 4), "eval_runtime": 0.31, "epoch": self.steps / 100})

    def save(self):
        faults.at("checkpoint", self.steps)
        if rank == 0:
            time.sleep(options.save_seconds)
            self.say("Saving model checkpoint to output/checkpoint-%d" % self.steps)
        dist.barrier()

    def say(self, text):
        print(text, flush=True)


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

if __name__ == "__main__":
    faults.at("start", 0)
    dist.init_process_group("gloo")
    torch.manual_seed(int(os.environ.get("PITWALL_SEED", "1")))
    Trainer().train()
    dist.destroy_process_group()
