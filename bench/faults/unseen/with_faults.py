"""Runs a workload of `workloads/torch` unchanged, with faults: `with_faults.py image.py KIND:RANK:STEP[:PLACE] -- --epochs 4`.

A step ends with its backward pass, so faults happen in that call of PyTorch.
"""

import runpy
import sys
import time

import torch
from injected import Faults, burn, rank  # noqa: F401

at = sys.argv.index("--")
program, faults = sys.argv[1], Faults(sys.argv[2:at])
sys.argv = [program, *sys.argv[at + 1 :]]
torch.set_num_threads(1)
import pitwall  # noqa: E402

pitwall._watch.MINIMUM_SECONDS = 3.0
pitwall._SAMPLE_SECONDS = 0.3
count = {"backward": 0, "save": 0}
own_backward, own_save, own_enter = torch.Tensor.backward, torch.save, pitwall._Phase.__enter__


def backward(self, *words, **values):
    step = count["backward"]
    count["backward"] += 1
    faults.at("step", step)
    if faults.on("extra-work", step):
        time.sleep(0.04)
    if faults.on("busy-thread", step) and count.setdefault("burning", 0) == 0:
        count["burning"] = 1
        burn()
    loss = self * float("nan") if faults.on("nan-batch", step) else self * 300 if faults.on("bad-labels", step, 4) else self
    if loss is not self:
        pitwall._State.loss = None
    result = own_backward(loss, *words, **values)
    return result


def save(*words, **values):
    count["save"] += 1
    faults.at("checkpoint", count["backward"])
    return own_save(*words, **values)


def enter(self):
    own_enter(self)
    if self is pitwall._data:
        faults.at("data", count["backward"])
        if faults.on("slow-read", count["backward"]):
            time.sleep(0.08)


torch.Tensor.backward, torch.save, pitwall._Phase.__enter__ = backward, save, enter
runpy.run_path(program, run_name="__main__")
