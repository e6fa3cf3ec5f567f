"""Trains in plain Python, then ends as a job in `reported.py` did: `replay_loop.py --report ecc --rank 2 [--format megatron]`."""

import argparse
import os
import signal
import sys
import time

import formats
from reported import reports

rank, world = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
parser = argparse.ArgumentParser()
parser.add_argument("--report", required=True)
parser.add_argument("--rank", type=int, required=True)
parser.add_argument("--step", type=int, default=40)
parser.add_argument("--format", default="megatron")
options = parser.parse_args()
report = reports[options.report]


def end(code):
    sys.stdout.flush()
    sys.stderr.flush()
    if code < 0:
        signal.signal(-code, signal.SIG_DFL) if code != -9 else None
        os.kill(os.getpid(), -code)
        time.sleep(5)
    os._exit(code)


begun = time.monotonic()
for step in range(options.step):
    time.sleep(max(0, begun + step * 0.06 - time.monotonic()))
    if rank == 0:
        formats.line(options.format, step, 1000, 2.5 * (1 + step) ** -0.2, rank)

own = rank == options.rank or report.get("everyone", False)
after = 1.0 + (report.get("culprit_after", 0) if own else report["victim_after"])
time.sleep(after)
text = report["culprit"] if own else report["victim"]
for line in text(rank, options.rank) if text else []:
    print(line, file=sys.stderr, flush=True)
end(report["exit"] if own else report["victim_exit"])
