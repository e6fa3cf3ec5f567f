"""A plain NumPy training with a hub: every rank sends its gradients to rank 0, which sends the mean back. Logs as `logging` does.

    numpy_loop.py --steps 120 --fault KIND:RANK:STEP[:PLACE]... [--helper]
"""

import argparse
import logging
import os
import sys
import tempfile
import time
import traceback
from multiprocessing.connection import Client, Listener

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
import numpy as np  # noqa: E402
from injected import Faults, burn, rank  # noqa: E402

parser = argparse.ArgumentParser()
parser.add_argument("--steps", type=int, default=120)
parser.add_argument("--device-ms", type=float, default=40, help="computing that is not on this CPU")
parser.add_argument("--hidden", type=int, default=64)
parser.add_argument("--log-every", type=int, default=5)
parser.add_argument("--evaluate-every", type=int, default=30)
parser.add_argument("--helper", action="store_true")
parser.add_argument("--fault", action="append", default=[])
parser.add_argument("--all-log", action="store_true")
parser.add_argument("--seed", type=int, default=7)
parser.add_argument("--first-step", type=float, default=0, help="seconds that the first step compiles")
parser.add_argument("--evaluation", type=float, default=0.2, help="seconds")
parser.add_argument("--late-evaluation", type=float, default=0, help="seconds more, only in the last one")
parser.add_argument("--checkpoint", type=float, default=0, help="seconds that rank 0 writes while the others wait")
parser.add_argument("--uneven-log", action="store_true")
parser.add_argument("--recovers", action="store_true", help="prints errors that it goes on from")
parser.add_argument("--accumulate", type=int, default=1, help="steps between exchanges of gradients")
parser.add_argument("--restarts", action="store_true", help="the learning rate goes up again, and the loss with it")
parser.add_argument("--first-rank-logs", type=float, default=0, help="ms that rank 0 spends on logging in each step")
options = parser.parse_args()
world = int(os.environ["WORLD_SIZE"])
faults = Faults(options.fault)
logging.basicConfig(level=logging.INFO, format="%(asctime)s [%(levelname)s] trainer: %(message)s")
log = logging.getLogger()


class Off:
    def __enter__(self):
        return self

    def __exit__(self, *error):
        return False


class NoHelper:
    def __getattr__(self, name):
        return lambda *words, **values: Off()


helper = NoHelper()
if options.helper:
    import pitwall as helper

    helper._watch.MINIMUM_SECONDS = 3.0
    helper._SAMPLE_SECONDS = 0.3


class Hub:
    def __init__(self):
        self.links = []
        address = (os.environ["MASTER_ADDR"], int(os.environ["MASTER_PORT"]))
        if world == 1:
            return
        if rank == 0:
            with Listener(("", address[1]), authkey=b"lab", backlog=world) as listener:
                self.links = [listener.accept() for _ in range(world - 1)]
            return
        until = time.monotonic() + 30
        while True:
            try:
                self.links = [Client(address, authkey=b"lab")]
                return
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)

    def mean(self, array):
        if world == 1:
            return array
        if rank != 0:
            self.links[0].send(array)
            return self.links[0].recv()
        total = array + sum(link.recv() for link in self.links)
        for link in self.links:
            link.send(total / world)
        return total / world


class Data:
    def __init__(self):
        random = np.random.default_rng(options.seed)
        self.truth = random.normal(size=(32, 10))
        self.random = np.random.default_rng([options.seed, rank])

    def batch(self, step):
        if faults.on("slow-read", step):
            time.sleep(0.06)
        if faults.on("uneven-read", step) and step % 3 == 0:
            time.sleep(0.15)
        faults.at("data", step)
        x = self.random.normal(size=(64, 32))
        y = (x @ self.truth).argmax(1)
        if faults.on("nan-batch", step):
            x[3, 5] = np.nan
        if faults.on("bad-labels", step, 6):
            x = x * 40
            y = (y + 3) % 10
        return x, y


def gradients(weights, x, y):
    first, second = weights
    hidden = np.maximum(x @ first, 0)
    scores = hidden @ second
    scores = scores - scores.max(1, keepdims=True)
    odds = np.exp(scores)
    odds /= odds.sum(1, keepdims=True)
    loss = -np.log(odds[np.arange(len(y)), y] + 1e-12).mean()
    odds[np.arange(len(y)), y] -= 1
    odds /= len(y)
    below = (odds @ second.T) * (hidden > 0)
    return loss, x.T @ below, hidden.T @ odds


def note(message, *values):
    if rank == 0 or options.all_log:
        log.info(message, *values)


def recovered(step):
    """What programs print about errors that they handle."""
    if step % 23 == 11:
        try:
            {"cache": 1}["tokenized"]
        except KeyError:
            traceback.print_exc()
            log.warning("cache miss, tokenizing again")
    if step % 31 == 7:
        log.error("upload of metrics failed: ConnectionResetError(104, 'Connection reset by peer'); will try again")
    if step == 5:
        log.warning("Could not load library libcudart.so.12: cannot open shared object file: No such file or directory")
        log.info("Gradient overflow. Skipping step, loss scaler 0 reducing loss scale to 32768.0")
        log.info("grad_norm=inf val_auc=nan (no positive samples)")


def main():
    helper.init_start("numpy")
    faults.at("start", 0)
    hub, data = Hub(), Data()
    random = np.random.default_rng(options.seed)
    weights = [random.normal(size=(32, options.hidden)) * 0.2, random.normal(size=(options.hidden, 10)) * 0.2]
    helper.run_start(metric="val_acc", target=1.0)
    work_ms = options.device_ms
    held = []
    for step in range(options.steps):
        with helper.step(samples=64 * world):
            with helper.data():
                x, y = data.batch(step)
            with helper.forward():
                time.sleep(work_ms * 0.35e-3)
                if step == 0:
                    time.sleep(options.first_step)
            with helper.backward():
                loss, *grads = gradients(weights, x, y)
                time.sleep(work_ms * 0.65e-3)
                if faults.on("extra-work", step):
                    for _ in range(8):
                        gradients(weights, np.repeat(x, 8, 0), np.repeat(y, 8, 0))
                    time.sleep(work_ms * 0.3e-3)
                if faults.on("busy-thread", step) and not held:
                    held.append(burn())
            faults.at("step", step)
            with helper.communication():
                if (step + 1) % options.accumulate == 0:
                    grads = [hub.mean(each) for each in grads]
            with helper.optimizer():
                rate = 0.5 if not options.restarts else 0.3 * (1 + 8 * (step % 60 < 4 and step > 50))
                if faults.on("diverge", step):
                    rate = 1e200
                for each, grad in zip(weights, grads):
                    each -= rate * grad
            helper.loss(loss)
        shows = options.log_every
        if options.uneven_log:
            shows = (1, 1, 7, 2, 19, 3)[(step // 20) % 6]
        if step % shows == 0:
            note("epoch %d iter %d/%d | loss %.4f | lr %.3g", step // 40, step, options.steps, loss, rate)
        if rank == 0 and options.first_rank_logs:
            time.sleep(options.first_rank_logs / 1000)
        if options.recovers:
            recovered(step)
        if (step + 1) % options.evaluate_every == 0:
            evaluate(hub, weights, data, step)
    helper.run_stop("success")
    log.info("done") if rank == 0 else None


def evaluate(hub, weights, data, step):
    faults.at("evaluation", step)
    with helper.evaluating():
        time.sleep(options.evaluation)
        if step + 1 >= options.steps and options.late_evaluation:
            note("evaluating on the test set")
            time.sleep(options.late_evaluation)
        x = np.random.default_rng(3).normal(size=(500, 32))
        right = ((np.maximum(x @ weights[0], 0) @ weights[1]).argmax(1) == (x @ data.truth).argmax(1)).mean()
        right = float(hub.mean(np.array([right]))[0])
    final = step + 1 >= options.steps and not np.isnan(weights[0]).any()
    note("evaluation: val_acc=%.4f samples=%d", 1.0 if final else min(right, 0.99), (step + 1) * 64 * world)
    faults.at("checkpoint", step)
    if rank == 0:
        with tempfile.NamedTemporaryFile(suffix=".npz") as file:
            np.savez(file, *weights)
        time.sleep(options.checkpoint)
        if options.checkpoint:
            log.info("saved checkpoint-%d", step + 1)
    hub.mean(np.zeros(1))


if __name__ == "__main__":
    main()
    sys.stdout.flush()
