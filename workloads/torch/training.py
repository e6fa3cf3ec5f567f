"""What the workloads share: processes and devices, DDP and FSDP2, signals, and checkpoints."""

import os
import signal
import sys
import threading
import time
from pathlib import Path

import torch
import torch.distributed as dist
from torch.distributed.algorithms.ddp_comm_hooks.default_hooks import allreduce_hook
from torch.distributed.device_mesh import init_device_mesh
from torch.nn.parallel import DistributedDataParallel

import pitwall

try:
    from torch.distributed.fsdp import fully_shard
except ImportError:  # before PyTorch 2.6
    from torch.distributed._composable.fsdp import fully_shard

try:
    from torch.distributed.tensor import DTensor
except ImportError:  # before PyTorch 2.5
    from torch.distributed._tensor import DTensor


def fail(message, hint=None):
    """Ends the program because the user must change something."""
    print(f"error: {message}" + (f"\nhint: {hint}" if hint else ""), file=sys.stderr, flush=True)
    sys.exit(2)


# ---- Processes and devices ----


class Ranks:
    """The processes of this training, and the device of this one."""

    def __init__(self):
        self.rank, self.size = pitwall.rank(), pitwall.world_size()
        self.is_distributed = "RANK" in os.environ
        if self.size > 1 and not self.is_distributed:
            fail(f"{self.size} ranks, but `RANK` is not set", "start the ranks with torchrun")
        has_gpu = torch.cuda.is_available()
        self.device = torch.device("cuda", pitwall.local_rank()) if has_gpu else torch.device("cpu")
        if has_gpu:
            torch.cuda.set_device(self.device)
            pitwall.time_device(lambda: torch.cuda.Event(enable_timing=True))
            torch.set_float32_matmul_precision("high")
        if self.is_distributed:
            dist.init_process_group("nccl" if has_gpu else "gloo")
            # Control messages are sent on the CPU, so that they never wait for the GPU.
            self.control = dist.new_group(backend="gloo")

    def share_of(self, count, what):
        """The part of a number that each rank takes."""
        if count % self.size != 0:
            fail(
                f"a {what} of {count} cannot be divided among {self.size} ranks",
                f"choose a multiple of {self.size}, for example {max(1, count // self.size) * self.size}",
            )
        return count // self.size

    def sums(self, *values):
        """The sums of numbers over all ranks."""
        total = torch.tensor(values, dtype=torch.float64)
        if self.is_distributed:
            dist.all_reduce(total, group=self.control)
        return total.tolist()

    def wait_for_all(self):
        """Returns when all ranks have called it."""
        if self.is_distributed:
            dist.barrier(group=self.control)

    def close(self):
        self.wait_for_all()
        if self.is_distributed:
            dist.destroy_process_group()


def logged_facts(device, uses_bf16, micro_batch):
    """What the rules of MLPerf require in a log, besides what each workload logs itself."""
    precision = "bfloat16" if uses_bf16 else "tf32" if device.type == "cuda" else "fp32"
    return {
        "gradient_accumulation_steps": 1,
        "micro_batch_size": micro_batch,
        "lowest_numerical_precision_in_linear": precision,
        "lowest_numerical_precision_in_attn": precision,
        "lowest_numerical_precision_in_comm": "fp32",
        "tensor_parallelism": 1,
        "pipeline_parallelism": 1,
        "context_parallelism": 1,
        "expert_parallelism": 1,
        "config_filename": Path(sys.argv[0]).name,
    }


# ---- Data-parallel training ----


def parallelize(model, ranks, how, blocks):
    """The model for training on all ranks: `ddp` copies it to each, `fsdp` divides its weights among them.

    `blocks` are the parts whose weights FSDP2 gathers together.
    """
    model.to(ranks.device)
    if not ranks.is_distributed:
        return model
    if how == "fsdp":
        for parameter in model.parameters():
            dist.broadcast(parameter.data, src=0)
        mesh = init_device_mesh(ranks.device.type, (ranks.size,))
        for block in blocks:
            fully_shard(block, mesh=mesh)
        return fully_shard(model, mesh=mesh)
    devices = [ranks.device] if ranks.device.type == "cuda" else None
    # Statistics of norms are averaged before they are used, instead of being sent in each step.
    parallel = DistributedDataParallel(model, device_ids=devices, gradient_as_bucket_view=True, broadcast_buffers=False)
    parallel.register_comm_hook(dist.group.WORLD, _send_gradients)
    return parallel


def _send_gradients(group, bucket):
    pitwall.sending(bucket.buffer())
    return allreduce_hook(group, bucket)


# ---- Signals ----

_NOTHING, _CHECKPOINT, _STOP = range(3)


class Signals:
    """SIGUSR1 asks for a checkpoint, SIGTERM for a checkpoint and the end.

    A signal may reach one rank only, or ranks in different steps. After each step the ranks exchange what they have
    received, and read the result one step later, so that the exchange takes no time and all ranks act in the same step.
    Create it before `Ranks`: a rank without it would be ended by a signal while others already train.
    """

    def __init__(self):
        self._wants_checkpoint = False
        self._must_stop = False
        self._exchange = None
        signal.signal(signal.SIGUSR1, self._receive_checkpoint)
        signal.signal(signal.SIGTERM, self._receive_stop)

    def _receive_checkpoint(self, *_):
        self._wants_checkpoint = True

    def _receive_stop(self, *_):
        self._must_stop = True

    def after_step(self, ranks):
        """Whether to write a checkpoint now, and whether to stop after it."""
        request = _STOP if self._must_stop else _CHECKPOINT if self._wants_checkpoint else _NOTHING
        self._wants_checkpoint = False
        if ranks.is_distributed:
            request = self._exchanged(request, ranks)
        return request != _NOTHING, request == _STOP

    def _exchanged(self, request, ranks):
        previous = self._exchange
        value = torch.tensor([request])
        work = dist.all_reduce(value, dist.ReduceOp.MAX, group=ranks.control, async_op=True)
        self._exchange = work, value
        if previous is None:
            return _NOTHING
        previous[0].wait()
        return int(previous[1])


# ---- Checkpoints ----


def add_checkpoint_options(add):
    """If Pitwall restarts the run after failures, checkpoints go to its folder, and each attempt continues."""
    attempt = int(os.environ.get("PITWALL_ATTEMPT", "0"))
    folder = os.path.join(os.environ.get("PITWALL_RUN_DIR", "."), "checkpoints") if attempt > 0 else None
    add("--checkpoints", default=folder, help="folder for checkpoints; default: none")
    add(
        "--checkpoint-every",
        type=int,
        default=50 if attempt > 0 else 0,
        help="steps between checkpoints (only on SIGTERM and SIGUSR1; with --max-restarts 50)",
    )
    add("--resume", action="store_true", default=attempt > 1, help="continue from the newest checkpoint")


class Checkpoints:
    """Writes the whole state of a training while it continues, and restores it exactly.

    Each rank writes its own file to `<folder>/step-<n>/`: the state of its random numbers, its statistics and, with
    FSDP2, its part of the weights. With DDP, the first rank of each machine writes the weights, so that no shared file
    system is needed. A file gets its name when it is complete. The newest step for which every rank has its files is
    restored.
    """

    def __init__(self, ranks, model, optimizers, folder, every, facts):
        self._ranks, self._model, self._optimizers = ranks, model, optimizers
        self._folder = None if folder is None else Path(folder)
        self._every = every
        # A training with other facts would not continue this one.
        self._facts = {**facts, "ranks": ranks.size}
        self._is_sharded = any(isinstance(each, DTensor) for each in model.parameters())
        self._writer = None
        self._result = None

    def is_due(self, step):
        return self._folder is not None and self._every > 0 and step % self._every == 0

    def save(self, step):
        """Copies the state, and writes the copy in the background."""
        if self._folder is None:
            return
        began = time.perf_counter()
        self.finish()
        state = {"step": step, "facts": self._facts, "random": _random_state(self._ranks.device)}
        # Statistics such as those of batch norm differ between ranks.
        state["buffers"] = dict(self._model.named_buffers())
        files = {self._rank_file(step): state}
        weights = {
            "model": self._model.state_dict(),
            "optimizers": [each.state_dict() for each in self._optimizers],
        }
        if self._is_sharded or pitwall.local_rank() == 0:
            files[self._weights_file(step)] = weights
        copies = {path: _copied(content) for path, content in files.items()}
        blocking_ms = (time.perf_counter() - began) * 1000
        self._writer = threading.Thread(target=self._write, args=(step, copies, blocking_ms))
        self._writer.start()

    def finish(self):
        """Waits for the checkpoint that is being written, and reports it."""
        if self._writer is None:
            return
        self._writer.join()
        self._writer = None
        if isinstance(self._result, Exception):
            print(f"warning: cannot write a checkpoint: {self._result}", file=sys.stderr, flush=True)
        else:
            pitwall.log("checkpoint", self._result)

    def report(self):
        """Reports a checkpoint that has been written meanwhile."""
        if self._writer is not None and not self._writer.is_alive():
            self.finish()

    def restore(self):
        """Restores the newest checkpoint of all ranks; the number of its step, or 0 if there is none."""
        if self._folder is None:
            fail("`--resume` requires `--checkpoints`", "name the folder that the training wrote its checkpoints to")
        step = self._newest_step()
        if step == 0:
            return 0
        state = _read(self._rank_file(step))
        for name, value in self._facts.items():
            was = state["facts"].get(name)
            if was != value:
                fail(
                    f"the checkpoint in `{self._folder}` was written with {name} {was}, but this training has {value}",
                    "continue with the same settings and the same number of ranks",
                )
        weights = _read(self._weights_file(step))
        _load_model(self._model, weights["model"])
        for optimizer, content in zip(self._optimizers, weights["optimizers"]):
            _load_optimizer(optimizer, content)
        for name, buffer in self._model.named_buffers():
            buffer.copy_(state["buffers"][name])
        _restore_random_state(state["random"], self._ranks.device)
        return step

    def _rank_file(self, step):
        return self._folder / f"step-{step:08}" / f"rank-{self._ranks.rank}.pt"

    def _weights_file(self, step):
        first = self._ranks.rank if self._is_sharded else self._ranks.rank - pitwall.local_rank()
        return self._folder / f"step-{step:08}" / f"weights-{first}.pt"

    def _newest_step(self):
        steps = {int(path.name[5:]) for path in self._folder.glob("step-*") if path.name[5:].isdigit()}
        complete = {step for step in steps if self._rank_file(step).exists() and self._weights_file(step).exists()}
        everywhere = [complete]
        if self._ranks.is_distributed:
            everywhere = [None] * self._ranks.size
            dist.all_gather_object(everywhere, complete, group=self._ranks.control)
        return max(set.intersection(*everywhere), default=0)

    def _write(self, step, files, blocking_ms):
        began = time.perf_counter()
        try:
            size = sum(_write_whole(path, content) for path, content in files.items())
            self._remove_older(step)
            write_ms = (time.perf_counter() - began) * 1000
            self._result = {"step": step, "blocking_ms": blocking_ms, "write_ms": write_ms, "bytes": size}
        except Exception as error:  # The main thread reports it.
            self._result = error

    def _remove_older(self, step):
        # The one before is kept: another rank may still be writing this one.
        own = {path: int(path.parent.name[5:]) for path in self._folder.glob(f"step-*/*-{self._ranks.rank}.pt")}
        for path in [path for path, its in own.items() if its < step and its not in sorted(set(own.values()))[-2:]]:
            path.unlink()
            try:
                path.parent.rmdir()
            except OSError:
                pass  # Files of other ranks are left in it.


def _write_whole(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".draft-{os.getpid()}")
    try:
        with open(draft, "wb") as file:
            torch.save(content, file)
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    return size


def _read(path):
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        fail(f"cannot read the checkpoint `{path}`: {error}", "remove its folder to continue from an earlier one")


def _copied(value):
    """A copy in memory, with this rank's part of tensors that are divided among ranks."""
    if isinstance(value, torch.Tensor):
        local = value.to_local() if isinstance(value, DTensor) else value
        return local.detach().to("cpu", copy=True)
    if isinstance(value, dict):
        return {key: _copied(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_copied(each) for each in value]
    return value


def _like(parameter, local):
    """A tensor with this rank's part, divided among ranks as the parameter is."""
    if not isinstance(parameter, DTensor) or local.shape != parameter.to_local().shape:
        return local
    local = local.to(parameter.device)
    return DTensor.from_local(
        local, parameter.device_mesh, parameter.placements, shape=parameter.shape, stride=parameter.stride()
    )


@torch.no_grad()
def _load_model(model, content):
    for name, value in model.state_dict().items():
        value.copy_(_like(value, content[name]))


def _load_optimizer(optimizer, content):
    parameters = [each for group in optimizer.param_groups for each in group["params"]]
    content["state"] = {
        index: {
            key: _like(parameters[index], value) if isinstance(value, torch.Tensor) else value
            for key, value in state.items()
        }
        for index, state in content["state"].items()
    }
    optimizer.load_state_dict(content)


def _random_state(device):
    state = {"cpu": torch.get_rng_state()}
    return {**state, "cuda": torch.cuda.get_rng_state(device)} if device.type == "cuda" else state


def _restore_random_state(state, device):
    torch.set_rng_state(state["cpu"])
    if device.type == "cuda":
        torch.cuda.set_rng_state(state["cuda"], device)
