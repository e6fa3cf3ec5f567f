"""Trains an image classifier to an accuracy, by the recipe of ImageNet in 18 minutes (fast.ai and DIU, 2018).

    python image.py                                            generated images, one process
    torchrun --nproc-per-node 2 image.py                       two ranks on this machine
    python image.py --data cifar-10-binary.tar.gz --target 0.9
    python image.py --data fashion-mnist/ --target 0.9         the four .gz files of MNIST or Fashion-MNIST
    python image.py --data imagenet/ --model resnet50 --target 0.76

The last needs Pillow and folders `train/<class>/` and `val/<class>/` of images.

Training begins with small images in large batches and ends with large images in small ones. The learning rate warms up,
is proportional to the batch, and follows the phases of the schedule. Validation images keep their aspect ratio. Norms
and biases have no weight decay, labels are smoothed, and memory is in channels-last order.
"""

import argparse
import functools
import math
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

import pitwall
from image_data import load, random_boxes, validation_batches
from training import Checkpoints, Ranks, Signals, add_checkpoint_options, fail, logged_facts, parallelize

# The phases for one machine; workload files list them for several numbers of machines (`schedules`).
# `batch` is per machine, and `rate` per 256 samples, from the first step of a phase to its last.
SCHEDULES = {
    "1": [
        {"epochs": 1, "size": 16, "batch": 64, "rate": [0.1, 0.8], "crop": 0.5},
        {"epochs": 2, "size": 16, "batch": 64, "rate": [0.8, 0.4], "crop": 0.5},
        {"epochs": 2, "size": 20, "batch": 64, "rate": [0.4, 0.2], "crop": 0.6},
        {"epochs": 3, "size": 24, "batch": 64, "rate": [0.2, 0.02], "crop": 0.8},
        {"epochs": 2, "size": 32, "batch": 32, "rate": [0.02, 0.002], "crop": 0.9},
    ],
}
GENERATED_TARGET = 0.95


def parse_arguments():
    parser = argparse.ArgumentParser(description="Train an image classifier to an accuracy.")
    add = parser.add_argument
    add(
        "--data",
        help="CIFAR-10 (binary version), a folder of MNIST or Fashion-MNIST, or of ImageNet; default: generated",
    )
    add("--target", type=float, help="validation accuracy to reach, 0 to 1; default: that of the generated images")
    add("--model", choices=["small", "resnet50"], default="small")
    add("--width", type=int, default=16, help="channels of the first stage of the small model, at least 8 (16)")
    add("--momentum", type=float, default=0.9)
    add("--weight-decay", type=float, default=5e-4, help="of the weights of convolutions and of the last layer (5e-4)")
    add("--smoothing", type=float, default=0.1, help="of labels (0.1)")
    add("--epochs", type=int, help="stop after this many epochs; default: at the end of the schedule")
    add(
        "--parallel", choices=["ddp", "fsdp"], default="ddp", help="copy the weights to all ranks, or divide them (ddp)"
    )
    add("--precision", choices=["auto", "bf16", "fp32"], default="auto", help="auto: bf16 on a GPU (auto)")
    add("--compile", choices=["auto", "yes", "no"], default="auto", help="torch.compile; auto: on a GPU (auto)")
    add_checkpoint_options(add)
    parser.set_defaults(schedules=SCHEDULES)
    settings = {name.replace("-", "_"): value for name, value in pitwall.settings().items()}
    unknown = settings.keys() - {action.dest for action in parser._actions} - {"schedules"}
    if unknown:
        fail(
            f"unknown setting `{sorted(unknown)[0]}` of the workload file", "`python image.py --help` lists all options"
        )
    parser.set_defaults(**settings)
    arguments = parser.parse_args()
    if arguments.width < 8:
        # Seen with torch 2.13: convolutions of oneDNN on fewer channels write outside of their memory without AVX-512.
        fail(f"`--width {arguments.width}` is too small", "use 8 or more; PyTorch crashes below that on some CPUs")
    return arguments


# ---- The schedule ----


def phases_for(schedules, machines):
    """The phases for a number of machines. Between two listed numbers, each value is interpolated by the logarithm."""
    listed = {int(count): phases for count, phases in schedules.items()}
    if machines in listed:
        return listed[machines]
    below = max((count for count in listed if count < machines), default=None)
    above = min((count for count in listed if count > machines), default=None)
    if below is None or above is None or len(listed[below]) != len(listed[above]):
        nearest = above if below is None else below
        _note(f"the workload has no phases for {machines} machines: using those for {nearest}")
        return listed[nearest]
    _note(f"the workload has no phases for {machines} machines: interpolating between those for {below} and {above}")
    share = math.log2(machines / below) / math.log2(above / below)
    return [
        {key: _between(first[key], second[key], share, key) for key in first}
        for first, second in zip(listed[below], listed[above])
    ]


def _between(first, second, share, key):
    if isinstance(first, list):
        return [_between(a, b, share, key) for a, b in zip(first, second)]
    if first == second:
        return first
    value = first + (second - first) * share
    if key == "epochs":
        return max(1, round(value))
    return 8 * max(1, round(value / 8)) if key in ("size", "batch") else value


def _note(text):
    if pitwall.rank() == 0:
        print(f"note: {text}", flush=True)


class Position:
    """A step of the training: its phase, its epoch, and where in the epoch it is."""

    def __init__(self, phase, epoch, batch, index, last, rate):
        self.phase, self.epoch, self.batch, self.index = phase, epoch, batch, index
        self.ends_epoch, self.rate = index == last, rate


def positions(phases, sample_count, machines):
    """All steps of the training, in order."""
    epoch = 0
    for phase in phases:
        batch = phase["batch"] * machines
        per_epoch = sample_count // batch
        if per_epoch == 0:
            fail(
                f"a batch of {batch} is larger than the {sample_count} training images",
                "reduce `batch` in the schedule",
            )
        steps = per_epoch * phase["epochs"]
        start, end = phase["rate"]
        for step in range(steps):
            rate = (start + (end - start) * step / max(1, steps - 1)) * batch / 256
            yield Position(phase, epoch + step // per_epoch, batch, step % per_epoch, per_epoch - 1, rate)
        epoch += phase["epochs"]


# ---- Models ----


def convolution(inputs, outputs, kernel=3, stride=1):
    return nn.Sequential(nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(outputs))


class Residual(nn.Module):
    """Convolutions with a shortcut; the last norm starts at zero, so that the block starts as the shortcut."""

    def __init__(self, inputs, outputs, stride, *convolutions):
        super().__init__()
        layers = [layer for each in convolutions for layer in (each, nn.ReLU())]
        self.body = nn.Sequential(*layers[:-1])
        is_same = inputs == outputs and stride == 1
        self.shortcut = nn.Identity() if is_same else convolution(inputs, outputs, 1, stride)
        nn.init.zeros_(convolutions[-1][1].weight)

    def forward(self, x):
        return F.relu(self.body(x) + self.shortcut(x))


class Network(nn.Module):
    """A residual network for images of any size."""

    def __init__(self, stem, blocks, features, classes):
        super().__init__()
        self.stem, self.blocks = stem, nn.Sequential(*blocks)
        self.last = nn.Linear(features, classes)
        nn.init.normal_(self.last.weight, std=0.01)

    def forward(self, images):
        return self.last(self.blocks(self.stem(images)).mean(dim=(2, 3)))


def small_network(classes, width):
    blocks, inputs = [], width
    for stage in range(3):
        outputs, stride = width * 2**stage, 1 if stage == 0 else 2
        blocks.append(
            Residual(inputs, outputs, stride, convolution(inputs, outputs, 3, stride), convolution(outputs, outputs))
        )
        inputs = outputs
    return Network(nn.Sequential(convolution(3, width), nn.ReLU()), blocks, inputs, classes)


def resnet50(classes):
    blocks, inputs = [], 64
    for stage, count in enumerate((3, 4, 6, 3)):
        inner = 64 * 2**stage
        for index in range(count):
            stride = 2 if stage > 0 and index == 0 else 1
            layers = (
                convolution(inputs, inner, 1),
                convolution(inner, inner, 3, stride),
                convolution(inner, 4 * inner, 1),
            )
            blocks.append(Residual(inputs, 4 * inner, stride, *layers))
            inputs = 4 * inner
    return Network(nn.Sequential(convolution(3, 64, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1)), blocks, inputs, classes)


# ---- Training ----


def main():
    arguments = parse_arguments()
    pitwall.init_start("image")
    signals, ranks = Signals(), Ranks()
    seed = pitwall.seed()
    torch.manual_seed(seed)
    data = load(arguments.data, ranks.device)
    if arguments.target is None and arguments.data is not None:
        fail("`--target` is missing", "choose the accuracy to reach: `--target 0.93`")
    target = GENERATED_TARGET if arguments.target is None else arguments.target
    machines = pitwall.machine_count()
    phases = phases_for(arguments.schedules, machines)
    for phase in phases:
        ranks.share_of(phase["batch"] * machines, "batch")
    schedule = list(positions(phases, data.count, machines))
    if arguments.epochs is not None:
        schedule = [each for each in schedule if each.epoch < arguments.epochs]

    model = small_network(data.classes, arguments.width) if arguments.model == "small" else resnet50(data.classes)
    model.to(memory_format=torch.channels_last)
    parameter_count = sum(each.numel() for each in model.parameters())
    parallel = parallelize(model, ranks, arguments.parallel, model.blocks)
    optimizer = torch.optim.SGD(
        [
            {"params": [each for each in model.parameters() if each.ndim > 1], "weight_decay": arguments.weight_decay},
            {"params": [each for each in model.parameters() if each.ndim <= 1], "weight_decay": 0.0},
        ],
        lr=0.0,
        momentum=arguments.momentum,
        nesterov=True,
    )
    is_gpu = ranks.device.type == "cuda"
    if arguments.compile == "yes" or (arguments.compile == "auto" and is_gpu):
        parallel.compile()
    uses_bf16 = arguments.precision == "bf16" or (arguments.precision == "auto" and is_gpu)
    autocast = torch.autocast(ranks.device.type, torch.bfloat16) if uses_bf16 else nullcontext()

    facts = {
        "seed": seed,
        "data": data.name,
        "machines": machines,
        "phases": phases,
        "parameters": parameter_count,
    }
    checkpoints = Checkpoints(ranks, model, [optimizer], arguments.checkpoints, arguments.checkpoint_every, facts)
    step = checkpoints.restore() if arguments.resume else 0
    if step > 0 and ranks.rank == 0:
        print(f"resuming training from the checkpoint of step {step}", flush=True)
    pitwall.resume(step, sum(each.batch for each in schedule[:step]))

    @torch.no_grad()
    def accuracy(size):
        average_statistics(model, ranks)
        model.eval()
        batches = list(validation_batches(data.validation_sizes, size, 256))
        correct = 0
        # FSDP2 gathers weights in each call, so all ranks make the same number of calls.
        for first in range(0, len(batches), ranks.size):
            number = first + ranks.rank
            images, labels = data.validation_batch(*batches[min(number, len(batches) - 1)])
            with autocast:
                scores = model(images)
            correct += int((scores.argmax(1) == labels).sum()) if number < len(batches) else 0
        model.train()
        (correct,) = ranks.sums(correct)
        return correct / len(data.validation_sizes)

    first_batch = schedule[0].batch
    ranks.wait_for_all()
    pitwall.run_start(
        metric="accuracy",
        target=target,
        global_batch_size=first_batch,
        train_samples=data.count,
        eval_samples=len(data.validation_sizes),
        model_parameters=parameter_count,
        opt_name="sgd",
        opt_base_learning_rate=schedule[0].rate,
        **logged_facts(ranks.device, uses_bf16, first_batch // ranks.size),
    )

    @functools.lru_cache(maxsize=1)
    def draws_of(epoch):
        generator = np.random.default_rng([seed, epoch])
        return generator.permutation(data.count), generator.random((data.count, 5))

    def batch_of(at):
        """The part of this rank; the batch is the same for any number of ranks."""
        order, draws = draws_of(at.epoch)
        share = at.batch // ranks.size
        start = at.index * at.batch + ranks.rank * share
        numbers = order[start : start + share]
        boxes = random_boxes(data.sizes[numbers], draws[numbers], at.phase["crop"])
        flipped = (draws[numbers, 4] < 0.5) & data.flips
        return data.train_batch(numbers, boxes, flipped, at.phase["size"])

    loader, upcoming = ThreadPoolExecutor(max_workers=1), None
    is_reached = must_stop = False
    while step < len(schedule) and not is_reached and not must_stop:
        at = schedule[step]
        with pitwall.step(samples=at.batch):
            with pitwall.data():
                images, labels = batch_of(at) if upcoming is None else upcoming.result()
                if data.loads_ahead and step + 1 < len(schedule):
                    upcoming = loader.submit(batch_of, schedule[step + 1])

            def compute(images=images, labels=labels):
                with pitwall.forward(), autocast:
                    loss = F.cross_entropy(parallel(images), labels, label_smoothing=arguments.smoothing)
                with pitwall.backward():
                    loss.backward()
                return loss.detach()

            loss = pitwall.verify_step(compute, model)
            with pitwall.optimizer():
                for group in optimizer.param_groups:
                    group["lr"] = at.rate
                optimizer.step()
                optimizer.zero_grad()
            pitwall.loss(loss)
            if arguments.parallel == "ddp":
                pitwall.check_replicas(model.parameters(), every=100)
        step += 1
        if at.ends_epoch:
            with pitwall.evaluating():
                value = accuracy(at.phase["size"])
                pitwall.evaluation(value, epoch_num=at.epoch + 1)
            is_reached = value >= target
        wants_checkpoint, must_stop = signals.after_step(ranks)
        if not is_reached and (wants_checkpoint or checkpoints.is_due(step)):
            checkpoints.save(step)
        checkpoints.report()
    checkpoints.finish()
    pitwall.run_stop("success" if is_reached else "aborted")
    ranks.close()


def average_statistics(model, ranks):
    """Each rank has seen other images; the statistics of norms are averaged before they are used."""
    if ranks.is_distributed:
        for buffer in model.buffers():
            if buffer.is_floating_point():
                torch.distributed.all_reduce(buffer)
                buffer /= ranks.size


if __name__ == "__main__":
    main()
