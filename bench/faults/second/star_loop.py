"""A training in plain Python: rank 0 adds what the others send over TCP and sends the sum back.

    star_loop.py --format json --fault NAME:RANK:STEP[:PLACE]... --odd NAME...
"""

import argparse
import json
import logging
import os
import random
import signal
import socket
import subprocess
import sys
import time
import traceback

import formats
from wrongs import Wrongs, rank

parser = argparse.ArgumentParser()
parser.add_argument("--steps", type=int, default=120)
parser.add_argument("--ms", type=float, default=35)
parser.add_argument("--format", default="plain")
parser.add_argument("--every", type=int, default=4)
parser.add_argument("--fault", action="append", default=[])
parser.add_argument("--odd", action="append", default=[])
parser.add_argument("--helper", action="store_true")
parser.add_argument("--all", action="store_true", help="every rank prints its own loss")
parser.add_argument("--words", default="own", help="how a rank words that another one is gone: own, plain, german")
options = parser.parse_args()
world = int(os.environ.get("WORLD_SIZE", "1"))
wrongs = Wrongs(options.fault)
odd = set(options.odd)


class PeerGone(Exception):
    pass


class Nothing:
    def __enter__(self):
        return self

    def __exit__(self, *error):
        return False


class NoHelper:
    def __getattr__(self, name):
        return lambda *words, **values: Nothing()


helper = NoHelper()
if options.helper:
    import pitwall as helper

    helper._watch.MINIMUM_SECONDS = 3.0
    helper._SAMPLE_SECONDS = 0.3


class Star:
    def __init__(self):
        self.links = {}
        if world == 1:
            return
        address = (os.environ["MASTER_ADDR"], int(os.environ["MASTER_PORT"]))
        if rank == 0:
            server = socket.create_server(("", address[1]), backlog=world)
            for _ in range(world - 1):
                link = server.accept()[0].makefile("rwb")
                self.links[int(link.readline())] = link
            return
        until = time.monotonic() + 30
        while True:
            try:
                link = socket.create_connection(address).makefile("rwb")
                break
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)
        self.links[0] = link
        self.send(0, rank)

    def send(self, peer, value):
        self.links[peer].write(b"%s\n" % json.dumps(value).encode())
        self.links[peer].flush()

    def receive(self, peer):
        text = self.links[peer].readline()
        if text == b"":
            gone(peer)
        return json.loads(text)

    def total(self, value):
        if world == 1:
            return value
        if rank != 0:
            self.send(0, value)
            return self.receive(0)
        value = sum(self.receive(peer) for peer in sorted(self.links)) + value
        for peer in self.links:
            self.send(peer, value)
        return value


def gone(peer):
    if options.words == "plain":
        raise EOFError
    if options.words == "german":
        print("Verbindung zu Partner %d verloren, Abbruch" % peer, file=sys.stderr, flush=True)
        os._exit(1)
    raise PeerGone("worker %d left the star" % peer)


def say(text, *values):
    if rank == 0:
        print(text % values, flush=True)


def oddities(step):
    """What healthy programs print and do."""
    if "retries" in odd and step % 25 == 9:
        try:
            raise TimeoutError("read of s3://bucket/shard-00017 timed out")
        except TimeoutError:
            logging.getLogger("data").exception("attempt 1 of 5 failed, waiting before the next one")
    if "words" in odd and step % 20 == 3:
        say("val_error=%.4f  mean squared error: %.3f  error rate 0.00", 0.3, 0.1)
        say("killed 3 stale workers of the previous session; no fault tolerance needed; abort=False")
        say("semantic segmentation, fault lines dataset: IoU 0.41")
        say("WARNING: 2 errors were found in the labels and skipped")
    if "metrics" in odd and step % 16 == 2:
        say(json.dumps({"step": step, "grad_norm": float("nan"), "bleu": float("nan"), "auc": float("nan")}))
        say("recall@1 nan  precision inf  perplexity inf")
    if "missing" in odd and step == 0:
        say("No module named 'xformers'. Proceeding without it.")
        say("ImportError: cannot import name 'flash_attn_func' -- falling back to the slow attention")
        say("W1130 12:00:00.123 util.py:9] cannot open shared object file libnvinfer.so.7: No such file or directory")
    if "memory" in odd and step in (7, 8):
        say("RuntimeError: CUDA out of memory. Tried to allocate 2.00 GiB; trying again with batch size %d", 64 >> (step - 6))
    if "network" in odd and step % 30 == 12:
        print("wandb: Network error (ConnectionError), entering retry loop.", file=sys.stderr, flush=True)
        print("requests.exceptions.ConnectionError: ('Connection aborted.', ConnectionResetError(104, 'Connection reset by peer'))", file=sys.stderr, flush=True)
    if "overflow" in odd and step < 5:
        say("[2026-11-30 12:00:00,018] [INFO] [loss_scaler.py:181:update_scale] [deepspeed] OVERFLOW! Rank 0 Skipping step. Attempted loss scale: %d, reducing to %d", 65536 >> step, 32768 >> step)
    if "nccl" in odd and step == 0:
        print("node-7:2140:2213 [%d] NCCL INFO NET/Plugin: Could not find: libnccl-net.so. Using internal net plugin." % rank, flush=True)
        print("node-7:2140:2213 [%d] NCCL WARN NET/OFI Unable to find a protocol that worked. Failing initialization" % rank, flush=True)
        print("node-7:2140:2213 [%d] NCCL INFO Using network Socket" % rank, flush=True)
    if "child" in odd and step % 40 == 20 and rank == 1:
        child = subprocess.Popen(["sleep", "60"])
        child.kill()
        print("metrics process %d exited with code %d, starting a new one" % (child.pid, child.wait()), flush=True)
    if "compiles" in odd and step == 0:
        time.sleep(13)
    if "recompiles" in odd and step in (40, 80):
        say("torch._dynamo hit config.recompile_limit (8); recompiling train_step")
        time.sleep(9)
    if "resamples" in odd and step % 25 == 24:
        say("resampling the data set for the next phase")
        time.sleep(3.5)
    if "talks" in odd and rank == world - 1:
        for index in range(5):
            print("debug: batch %d.%d has %d tokens" % (step, index, 400 + index), flush=True)
    if "fd" in odd and step == 30:
        print("/usr/lib/python3/multiprocessing/resource_tracker.py:254: UserWarning: resource_tracker: There appear to be 6 leaked semaphore objects to clean up at shutdown", file=sys.stderr, flush=True)
    if "alarm" in odd and step == 50:
        signal.signal(signal.SIGALRM, lambda *_: say("alarm: still training"))
        signal.alarm(1)


def loss_at(step, noise):
    loss = 2.3 * (1 + step) ** -0.25 + noise.gauss(0, 0.02)
    if "warm" in odd:
        loss = 9e5 / (1 + step) ** 2 + loss
    if "phases" in odd and step >= 60:
        loss = loss + 2.5
    if "heavy" in odd:
        loss = loss * 1.5 ** noise.gauss(0, 1)
    if "negative" in odd:
        loss = noise.gauss(-1, 3)
    if wrongs.on("poisoned", step):
        loss = float("nan")
    if wrongs.on("exploding", step):
        loss = loss * 10.0 ** min(308, (step - 40) * 8) if step < 75 else float("inf") if step < 78 else float("nan")
    if wrongs.on("spiky", step, 5):
        loss = loss * 30
    return loss


def main():
    helper.init_start("star")
    wrongs.at("start", 0)
    star, noise = Star(), random.Random(rank)
    helper.run_start(metric="val_acc", target=1.0)
    best = 9.0
    for step in range(options.steps):
        with helper.step(samples=32 * world):
            with helper.data():
                time.sleep(0.002)
                if wrongs.on("slow_disk", step):
                    time.sleep(options.ms * 1.5e-3)
                wrongs.at("data", step)
            with helper.forward():
                time.sleep(options.ms * 0.4e-3)
            with helper.backward():
                time.sleep(options.ms * 0.6e-3)
                if wrongs.on("slow_matmul", step):
                    time.sleep(options.ms * 0.7e-3)
            own = loss_at(step, noise)
            oddities(step)
            wrongs.at("step", step)
            with helper.communication():
                loss = star.total(own) / world
            helper.loss(own)
        shown = own if options.all else loss
        if (rank == 0 or options.all) and step % options.every == 0:
            formats.line(options.format, step, options.steps, shown, rank)
        if (step + 1) % 40 == 0:
            with helper.evaluating():
                wrongs.at("evaluation", step)
                time.sleep(4.5 if "evaluates" in odd else 0.2)
            wrongs.at("checkpoint", step)
            if rank == 0:
                formats.result(1.0 if step + 1 >= options.steps and "below" not in odd else 0.9, (step + 1) * 32 * world)
            star.total(0)
        best = min(best, loss)
        if "stops" in odd and step == 69:
            say("EarlyStopping: val_loss did not improve for 10 evaluations, best %.3f. Stopping.", best)
            break
    helper.run_stop("success")
    ending()


def ending():
    if "trace" in odd:
        try:
            raise BrokenPipeError(32, "Broken pipe")
        except BrokenPipeError:
            traceback.print_exc()
        print("could not close the metrics service cleanly, ignoring", file=sys.stderr, flush=True)
    if "unraisable" in odd:

        class Handle:
            def __del__(self):
                raise AttributeError("'NoneType' object has no attribute 'close'")

        Handle()
    if "saves" in odd and rank == 0:
        say("saving the final model")
        time.sleep(8)


if __name__ == "__main__":
    main()
