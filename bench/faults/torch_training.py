"""A DDP training on gloo for `bench/record-faults.js`, with one faulty rank: `torch_training.py KIND RANK STEP HELPER_FOLDER`."""

import os
import sys
import time

kind, culprit, at = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
sys.path.insert(0, sys.argv[4])
import pitwall  # noqa: E402
import torch  # noqa: E402
import torch.distributed as dist  # noqa: E402

torch.set_num_threads(1)
pitwall._watch.MINIMUM_SECONDS = 3.0
pitwall._SAMPLE_SECONDS = 0.25
pitwall.init_start("lab")
dist.init_process_group("gloo")
rank = dist.get_rank()
model = torch.nn.Linear(8, 1)
pitwall.run_start(metric="val_acc", target=1.0)


def prepare_batch():
    time.sleep(3600)


def reduce_gradients(step):
    for parameter in model.parameters():
        if kind == "skip" and rank == culprit and step == at and parameter.dim() == 1:
            continue
        size = parameter.grad
        if kind == "size" and rank == culprit and step == at:
            size = parameter.grad.flatten()[:1]
        if kind == "other" and rank == culprit and step == at:
            dist.broadcast(size, 0)
        else:
            dist.all_reduce(size)


for step in range(120):
    with pitwall.step(samples=64):
        with pitwall.forward():
            x = torch.randn(64, 8)
            loss = (model(x) - x.sum(1, keepdim=True)).pow(2).mean()
            time.sleep(0.03)
            if rank == culprit and step == at:
                if kind == "hang":
                    prepare_batch()
                if kind == "crash":
                    model(torch.randn(64, 9))
                if kind == "kill":
                    os.system("kill -9 $PPID")
        with pitwall.backward():
            model.zero_grad()
            loss.backward()
        with pitwall.communication():
            reduce_gradients(step)
        pitwall.loss(loss.item())
    if rank == 0:
        print("step %d loss=%.4f" % (step, loss.item()), flush=True)
        if step % 10 == 9:
            print("samples=%d val_acc=%.3f" % (64 * step, (step + 1) / 120), flush=True)
pitwall.run_stop("success")
dist.destroy_process_group()
