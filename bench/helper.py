"""Measures what workloads/torch/pitwall.py costs per step, beside the same loop without it.

    python3 bench/helper.py [--rounds 21] [--steps 5000]

Each step has all phases and two calls of a communication hook. The lines that are printed once per second are included:
they go to /dev/null, in the form that Pitwall reads.
"""

import argparse
import contextlib
import os
import statistics
import sys
import time
from pathlib import Path

os.environ["PITWALL_RANK"] = "0"
sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent.parent / "workloads" / "torch"))
import pitwall  # noqa: E402

STEP_MS = 20
TARGET = 0.005


def with_helper(steps):
    for batch in pitwall.batches(range(steps)):
        with pitwall.step(samples=32):
            with pitwall.forward():
                pass
            with pitwall.backward():
                pitwall.sending()
                pitwall.sending()
            with pitwall.optimizer():
                pass
            pitwall.loss(batch)


def without_helper(steps):
    for _ in iter(range(steps)):
        pass


def microseconds(loop, steps):
    start = time.perf_counter()
    loop(steps)
    return (time.perf_counter() - start) * 1e6 / steps


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--steps", type=int, default=5000)
    arguments = parser.parse_args()
    costs = []
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        pitwall.init_start("bench")
        pitwall.run_start(metric="loss", target=0)
        with_helper(arguments.steps)
        for _ in range(arguments.rounds):
            bare = microseconds(without_helper, arguments.steps)
            costs.append(microseconds(with_helper, arguments.steps) - bare)
        pitwall.report()
    median = statistics.median(costs)
    share = median / (STEP_MS * 1000)
    print(f"helper: {median:.1f} µs per step ({min(costs):.1f} … {max(costs):.1f}), {len(costs)} rounds")
    print(f"share of a step of {STEP_MS} ms: {share:.3%} (target: below {TARGET:.1%})")
    print(f"load average: {os.getloadavg()[0]:.1f}, Python {sys.version.split()[0]}")
    sys.exit(0 if share < TARGET else 1)


if __name__ == "__main__":
    main()
