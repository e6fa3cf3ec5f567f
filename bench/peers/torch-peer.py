"""PyTorch on one CPU thread as a peer: trains the workload in the folder given as the argument.

Speaks the protocol of serve-rounds.js over standard input and output.
"""

import json
import sys
import time
from pathlib import Path

import torch
from torch import nn

FOLDER = Path(sys.argv[1])
WORKLOAD = json.loads((FOLDER / "spec.json").read_text())
BATCH_SIZE = WORKLOAD["batchSize"]


def main():
    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    values = torch.frombuffer(bytearray((FOLDER / "arrays.bin").read_bytes()), dtype=torch.float32)
    model, offset = build_model(values)
    inputs, labels = build_batches(values, offset)
    adam = WORKLOAD["adam"]
    optimizer = torch.optim.Adam(
        model.parameters(),
        lr=adam["learningRate"],
        betas=(adam["beta1"], adam["beta2"]),
        eps=adam["epsilon"],
    )
    cross_entropy = nn.CrossEntropyLoss()
    step_index = 0

    def step():
        nonlocal step_index
        batch = step_index % WORKLOAD["batchCount"]
        step_index += 1
        optimizer.zero_grad()
        loss = cross_entropy(model(inputs[batch]), labels[batch])
        loss.backward()
        optimizer.step()
        return loss

    say({"ready": f"PyTorch {torch.__version__}, {torch.get_num_threads()} thread"})
    for line in sys.stdin:
        request = json.loads(line)
        if "losses" in request:
            say({"losses": [step().item() for _ in range(request["losses"])]})
        else:
            say(train_round(step, request["round"]))


def train_round(step, cpu_seconds_asked):
    wall_start = time.perf_counter()
    cpu_start = time.process_time()
    steps = 0
    cpu_seconds = 0.0
    while cpu_seconds < cpu_seconds_asked:
        loss = step()
        steps += 1
        cpu_seconds = time.process_time() - cpu_start
    return {
        "samples": steps * BATCH_SIZE,
        "cpuSeconds": cpu_seconds,
        "wallSeconds": time.perf_counter() - wall_start,
        "loss": loss.item(),
    }


def build_model(values):
    """The layers with the weights from the folder, channels first; and where the data begins."""
    offset = 0

    def take(*shape):
        nonlocal offset
        count = torch.Size(shape).numel()
        part = values[offset : offset + count].reshape(shape).clone()
        offset += count
        return part

    modules = []
    image = WORKLOAD["inputShape"]
    for layer in WORKLOAD["layers"]:
        kind = layer["kind"]
        if kind == "dense":
            weight, bias = take(layer["inputs"], layer["outputs"]), take(layer["outputs"])
            if len(image) == 3 and modules and isinstance(modules[-1], nn.Flatten):
                # Rows arrive in the order height, width, channel; here channels come first.
                height, width, channels = image
                weight = weight.reshape(height, width, channels, -1).permute(2, 0, 1, 3)
                weight = weight.reshape(layer["inputs"], layer["outputs"])
            module = nn.Linear(layer["inputs"], layer["outputs"])
            load(module, weight.T, bias)
        elif kind == "conv":
            size = layer["size"]
            weight = take(size, size, layer["inputs"], layer["outputs"]).permute(3, 2, 0, 1)
            module = nn.Conv2d(layer["inputs"], layer["outputs"], size, padding=layer["padding"])
            load(module, weight, take(layer["outputs"]))
            shrink = 0 if layer["padding"] == "same" else size - 1
            image = [image[0] - shrink, image[1] - shrink, layer["outputs"]]
        elif kind == "maxpool":
            module = nn.MaxPool2d(layer["size"])
            image = [image[0] // layer["size"], image[1] // layer["size"], image[2]]
        elif kind == "relu":
            module = nn.ReLU()
        elif kind == "flatten":
            module = nn.Flatten()
        else:
            raise ValueError(f"no layer kind {kind}")
        modules.append(module)
    return nn.Sequential(*modules), offset


def load(module, weight, bias):
    with torch.no_grad():
        module.weight.copy_(weight)
        module.bias.copy_(bias)


def build_batches(values, offset):
    shape = WORKLOAD["inputShape"]
    count = WORKLOAD["batchCount"]
    input_size = count * BATCH_SIZE * torch.Size(shape).numel()
    inputs = values[offset : offset + input_size].reshape(count, BATCH_SIZE, *shape)
    if len(shape) == 3:
        inputs = inputs.permute(0, 1, 4, 2, 3).contiguous()
    labels = values[offset + input_size :].reshape(count, BATCH_SIZE).long()
    return inputs, labels


def say(answer):
    print(json.dumps(answer), flush=True)


main()
