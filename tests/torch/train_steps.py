"""Trains a few steps in PyTorch from the weights and batches in the folder given as argument.

Reads `task.json` and `task.bin` (float32: the first parameters; then per step the inputs in the
order of `task.json`, whole numbers as float32 too). Writes `answer.bin`: per step float32 loss,
gradients and parameters, behind one another.
"""

import json
import sys
from pathlib import Path

import torch

from reference_models import LOSSES


def main():
    folder = Path(sys.argv[1])
    task = json.loads((folder / "task.json").read_text())
    torch.set_num_threads(1)
    values = torch.frombuffer(bytearray((folder / "task.bin").read_bytes()), dtype=torch.float32)
    take = taker(values)
    parameters = {
        name: take(shape).requires_grad_(True) for name, shape in task["parameters"].items()
    }
    optimiser = torch.optim.AdamW(
        parameters.values(),
        betas=(task["beta1"], task["beta2"]),
        eps=task["epsilon"],
        weight_decay=task["weightDecay"],
    )
    loss_of = LOSSES[task["workload"]]
    answer = []
    for learning_rate in task["learningRates"]:
        inputs = {
            name: take([task["batchSize"], *spec["shape"]]).to(
                torch.int64 if spec["kind"] == "int32" else torch.float32
            )
            for name, spec in task["inputs"].items()
        }
        for group in optimiser.param_groups:
            group["lr"] = learning_rate
        optimiser.zero_grad()
        loss = loss_of(parameters, inputs)
        loss.backward()
        optimiser.step()
        answer.append(loss.detach().reshape(1))
        answer.extend(one.grad.flatten() for one in parameters.values())
        answer.extend(one.detach().flatten() for one in parameters.values())
        # Later steps change both in place.
        answer = [torch.cat(answer)]
    (folder / "answer.bin").write_bytes(answer[0].numpy().tobytes())


def taker(values):
    offset = 0

    def take(shape):
        nonlocal offset
        count = torch.Size(shape).numel()
        part = values[offset : offset + count].reshape(shape).clone()
        offset += count
        return part

    return take


main()
