"""Trains a small GPT to a validation loss.

    python gpt.py                                     one process
    torchrun --nproc-per-node 2 gpt.py                two ranks on this machine
    python gpt.py --data book.txt --target 1.6        your own text, by its bytes
    python gpt.py --data train.bin --vocabulary 50257 token ids, 16 bits each

The model and its optimizers follow the NanoGPT speedrun: rotary positions, RMS norm without weights, normalized queries
and keys, squared ReLU, an output layer that starts at zero, Muon for matrices and AdamW for the rest. Without `--data`,
it learns a generated language, whose lowest possible loss is known.
"""

import argparse
from contextlib import nullcontext

import torch
import torch.nn.functional as F
from torch import nn

import pitwall
from gpt_data import Tokens
from training import Checkpoints, DTensor, Ranks, Signals, add_checkpoint_options, fail, logged_facts, parallelize

GENERATED_TARGET = 0.4
"""Nats per character; a model that only knows the frequencies of characters has 2.6."""


def parse_arguments():
    parser = argparse.ArgumentParser(description="Train a small GPT to a validation loss.")
    add = parser.add_argument
    add("--data", help="a text file, or token ids as .bin or .npy; default: a generated language")
    add("--sha256", help="of the data file; a different file is refused")
    add("--vocabulary", type=int, default=256, help="number of different token ids of a .bin or .npy file (256)")
    add("--target", type=float, help="validation loss to reach, in nats per token; default: of the generated language")
    add("--steps", type=int, default=240, help="most steps; the learning rate ends at zero (240)")
    add("--batch", type=int, default=32, help="sequences per step, on all ranks together (32)")
    add("--length", type=int, default=64, help="tokens per sequence (64)")
    add("--layers", type=int, default=2)
    add("--width", type=int, default=96)
    add("--heads", type=int, default=4)
    add("--evaluate-every", type=int, default=20, help="steps between evaluations (20)")
    add("--validation", type=int, default=128, help="sequences of an evaluation (128)")
    add("--matrix-rate", type=float, default=0.02, help="learning rate of Muon (0.02)")
    add("--rate", type=float, default=0.01, help="learning rate of AdamW (0.01)")
    add(
        "--parallel", choices=["ddp", "fsdp"], default="ddp", help="copy the weights to all ranks, or divide them (ddp)"
    )
    add("--precision", choices=["auto", "bf16", "fp32"], default="auto", help="auto: bf16 on a GPU (auto)")
    add("--compile", choices=["auto", "yes", "no"], default="auto", help="torch.compile; auto: on a GPU (auto)")
    add_checkpoint_options(add)
    settings = {name.replace("-", "_"): value for name, value in pitwall.settings().items()}
    unknown = settings.keys() - {action.dest for action in parser._actions}
    if unknown:
        fail(f"unknown setting `{sorted(unknown)[0]}` of the workload file", "`python gpt.py --help` lists all options")
    parser.set_defaults(**settings)
    return parser.parse_args()


# ---- Model ----


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.query_key_value = nn.Linear(width, 3 * width, bias=False)
        self.attention_out = nn.Linear(width, width, bias=False)
        self.up = nn.Linear(width, 4 * width, bias=False)
        self.down = nn.Linear(4 * width, width, bias=False)
        # The residual stream starts as the identity.
        nn.init.zeros_(self.attention_out.weight)
        nn.init.zeros_(self.down.weight)

    def forward(self, x, rotation):
        x = x + self.attend(normalized(x), rotation)
        return x + self.down(F.relu(self.up(normalized(x))).square())

    def attend(self, x, rotation):
        batch, time, width = x.shape
        parts = self.query_key_value(x).view(batch, time, 3, self.heads, width // self.heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4)  # each [batch, heads, time, head size]
        query, key = rotated(normalized(query), rotation), rotated(normalized(key), rotation)
        out = F.scaled_dot_product_attention(query, key, value, is_causal=True)
        return self.attention_out(out.transpose(1, 2).reshape(batch, time, width))


class GPT(nn.Module):
    def __init__(self, vocabulary, length, layers, width, heads):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, width)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.output = nn.Linear(width, vocabulary, bias=False)
        nn.init.zeros_(self.output.weight)
        frequencies = 1 / 10_000 ** torch.linspace(0, 1, width // heads // 2)
        angles = torch.outer(torch.arange(length), frequencies)  # [time, head size / 2]
        self.register_buffer("rotation", torch.stack([angles.cos(), angles.sin()]), persistent=False)

    def forward(self, tokens, following):
        x = normalized(self.embedding(tokens))
        for block in self.blocks:
            x = block(x, self.rotation)
        scores = self.output(normalized(x)).float()
        scores = 15 * torch.tanh(scores / 15)
        return F.cross_entropy(scores.flatten(0, 1), following.flatten())


def normalized(x):
    return F.rms_norm(x, (x.shape[-1],))


def rotated(x, rotation):
    """Rotary positions: pairs of features turn by an angle that grows with the position."""
    cosine, sine = rotation.to(x.dtype)
    first, second = x.chunk(2, dim=-1)
    return torch.cat([first * cosine + second * sine, second * cosine - first * sine], dim=-1)


# ---- Optimizers ----


class Muon(torch.optim.Optimizer):
    """Momentum whose update of a matrix is replaced by the nearest orthogonal matrix (Jordan et al. 2024)."""

    def __init__(self, parameters, lr, momentum=0.95):
        super().__init__(parameters, {"lr": lr, "momentum": momentum})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for parameter in group["params"]:
                state = self.state[parameter]
                if not state:
                    state["momentum"] = torch.zeros_like(parameter)
                momentum, grad = state["momentum"], parameter.grad
                momentum.lerp_(grad, 1 - group["momentum"])
                update = grad.lerp(momentum, group["momentum"])
                scale = max(1, parameter.shape[0] / parameter.shape[1]) ** 0.5
                parameter.add_(orthogonal(update).to(parameter.dtype), alpha=-group["lr"] * scale)


def orthogonal(matrix):
    """The orthogonal factor of a matrix, approximately, by five Newton-Schulz iterations.

    A matrix that FSDP2 divides among ranks is gathered, because the iteration needs all of it.
    """
    whole = matrix.full_tensor() if isinstance(matrix, DTensor) else matrix
    x = whole.bfloat16() if whole.is_cuda else whole.float()
    is_tall = x.shape[0] > x.shape[1]
    x = x.T if is_tall else x
    x = x / (x.norm() + 1e-7)
    for _ in range(5):
        square = x @ x.T
        x = 3.4445 * x + (-4.7750 * square + 2.0315 * square @ square) @ x
    x = x.T if is_tall else x
    if not isinstance(matrix, DTensor):
        return x
    replicated = DTensor.from_local(x.contiguous(), matrix.device_mesh)
    return replicated.redistribute(placements=matrix.placements)


def make_optimizers(model, arguments):
    matrices = [each for block in model.blocks for each in block.parameters()]
    others = [model.embedding.weight, model.output.weight]
    return [
        Muon(matrices, lr=arguments.matrix_rate),
        torch.optim.AdamW(others, lr=arguments.rate, betas=(0.9, 0.95), weight_decay=0.0),
    ]


def rate_factor(step, steps):
    """Constant after a short warm-up, then down to zero over the second half."""
    return min((step + 1) / 10, 1.0, 2 * (1 - step / steps))


# ---- Training ----


def main():
    arguments = parse_arguments()
    pitwall.init_start("gpt")
    signals, ranks = Signals(), Ranks()
    seed = pitwall.seed()
    torch.manual_seed(seed)
    share = ranks.share_of(arguments.batch, "batch")
    tokens = Tokens(arguments)
    target = arguments.target
    if target is None and arguments.data is not None:
        fail("`--target` is missing", "choose the validation loss to reach, in nats per token: `--target 1.6`")
    target = GENERATED_TARGET if target is None else target
    model = GPT(tokens.vocabulary, arguments.length, arguments.layers, arguments.width, arguments.heads)
    parameter_count = sum(each.numel() for each in model.parameters())
    parallel = parallelize(model, ranks, arguments.parallel, model.blocks)
    optimizers = make_optimizers(model, arguments)
    is_gpu = ranks.device.type == "cuda"
    if arguments.compile == "yes" or (arguments.compile == "auto" and is_gpu):
        parallel.compile()
    uses_bf16 = arguments.precision == "bf16" or (arguments.precision == "auto" and is_gpu)
    autocast = torch.autocast(ranks.device.type, torch.bfloat16) if uses_bf16 else nullcontext()

    settings = ("data", "batch", "length", "steps", "matrix_rate", "rate")
    facts = {"seed": seed, "parameters": parameter_count, **{name: getattr(arguments, name) for name in settings}}
    checkpoints = Checkpoints(ranks, model, optimizers, arguments.checkpoints, arguments.checkpoint_every, facts)
    step = checkpoints.restore() if arguments.resume else 0
    if step > 0 and ranks.rank == 0:
        print(f"resuming training from the checkpoint of step {step}", flush=True)
    pitwall.resume(step, step * arguments.batch)

    @torch.no_grad()
    def validation_loss():
        model.eval()
        own = range(ranks.rank, tokens.validation_count, ranks.size)
        total = 0.0
        # FSDP2 gathers weights in each call, so all ranks must make the same number of calls.
        for at in range(0, -(-tokens.validation_count // ranks.size), share):
            numbers = own[at : at + share]
            inputs, following = tokens.validation_batch(numbers if len(numbers) > 0 else [0])
            with autocast:
                loss = parallel(inputs.to(ranks.device), following.to(ranks.device))
            total += loss.item() * len(numbers)
        model.train()
        (total,) = ranks.sums(total)
        return total / tokens.validation_count

    if is_gpu:
        validation_loss()  # compiles before the clock starts
    ranks.wait_for_all()
    pitwall.run_start(
        metric="val_loss",
        target=target,
        direction="at-most",
        global_batch_size=arguments.batch,
        train_samples=len(tokens.train) // arguments.length,
        eval_samples=tokens.validation_count,
        model_parameters=parameter_count,
        opt_name="muon",
        opt_base_learning_rate=arguments.matrix_rate,
        **logged_facts(ranks.device, uses_bf16, share),
    )
    is_reached = must_stop = False
    while step < arguments.steps and not is_reached and not must_stop:
        with pitwall.step(samples=arguments.batch):
            with pitwall.data():
                inputs, following = tokens.batch(seed, step, arguments.batch, ranks.rank * share, share)
                inputs, following = inputs.to(ranks.device), following.to(ranks.device)

            def compute(inputs=inputs, following=following):
                with pitwall.forward(), autocast:
                    loss = parallel(inputs, following)
                with pitwall.backward():
                    loss.backward()
                return loss.detach()

            loss = pitwall.verify_step(compute, model)
            with pitwall.optimizer():
                factor = rate_factor(step, arguments.steps)
                for optimizer, rate in zip(optimizers, (arguments.matrix_rate, arguments.rate)):
                    for group in optimizer.param_groups:
                        group["lr"] = rate * factor
                    optimizer.step()
                    optimizer.zero_grad()
            pitwall.loss(loss)
            if arguments.parallel == "ddp":
                pitwall.check_replicas(model.parameters(), every=100)
        step += 1
        if step % arguments.evaluate_every == 0 or step == arguments.steps:
            with pitwall.evaluating():
                value = validation_loss()
                pitwall.evaluation(value)
            is_reached = value <= target
        wants_checkpoint, must_stop = signals.after_step(ranks)
        if not is_reached and (wants_checkpoint or checkpoints.is_due(step)):
            checkpoints.save(step)
        checkpoints.report()
    checkpoints.finish()
    pitwall.run_stop("success" if is_reached else "aborted")
    ranks.close()


if __name__ == "__main__":
    main()
