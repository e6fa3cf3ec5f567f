"""Ends of jobs as public issues show them: `ends.py --end NAME --rank 2`. Names of hosts and numbers are others."""

import argparse
import os
import signal
import sys
import time

rank, world = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
parser = argparse.ArgumentParser()
parser.add_argument("--end", required=True)
parser.add_argument("--rank", type=int, required=True)
options = parser.parse_args()
culprit = options.rank

# Per end: seconds, lines and how it ends, of the rank to blame; then the same of the others.
ends = {
    # horovod/horovod#243: the stalled ranks are named by the first rank.
    "horovod-stall": (
        (40, [], 0),
        (2, ["[2026-11-30 10:10:10.111: W horovod/common/stall_inspector.cc:107] One or more tensors were submitted to be reduced, gathered or broadcasted by subset of ranks and are waiting for remainder of ranks for more than 60 seconds.", "Missing ranks:", "%d: [DistributedAdam.grad_0]" % culprit] if rank == 0 else [], 0 if rank else 1),
    ),
    "horovod-shut-down": (
        (0.8, ["tensorflow.python.framework.errors_impl.InvalidArgumentError: indices[3,7] = 50257 is not in [0, 50257)"], 1),
        (0.4, ["horovod.common.exceptions.HorovodInternalError: Horovod has been shut down. This was caused by an exception on one of the ranks or an attempt to allreduce, allgather or broadcast a tensor after one of the ranks finished execution."], 1),
    ),
    "ray-memory": (
        (0.5, ["ray.exceptions.OutOfMemoryError: Task was killed due to the node running low on memory.", "Memory on the node (IP: 10.0.4.7, ID: 88ab) where the task was running was 61.20GB / 62.50GB (0.97), which exceeds the memory usage threshold of 0.95."], 1),
        (0.9, ["ray.exceptions.ActorDiedError: The actor died unexpectedly before finishing this task."], 1),
    ),
    "xpu": (
        (0.5, ["torch.AcceleratorError: CUDA error: an illegal instruction was encountered", "Search for `cudaErrorIllegalInstruction' in https://docs.nvidia.com/cuda/cuda-runtime-api/group__CUDART__TYPES.html for more information."], 1),
        (0.9, ["terminate called after throwing an instance of 'c10::DistBackendError'", "  what():  [PG ID 0 PG GUID 0(default_pg) Rank %d] Process group watchdog thread terminated with exception: NCCL error: remote process exited or there was a network error" % rank], -6),
    ),
    "fused-memory": (
        (0.5, ["RuntimeError: [enforce fail at alloc_cpu.cpp:118] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 137438953472 bytes. Error code 12 (Cannot allocate memory)"], 1),
        (0.3, ["[rank%d]: RuntimeError: [../third_party/gloo/gloo/transport/tcp/pair.cc:534] Connection closed by peer [10.0.0.4]:40112" % rank], 1),
    ),
}
for step in range(30):
    time.sleep(0.08)
    if rank == 0:
        print("step=%d loss=%.3f" % (step, 2 * (1 + step) ** -0.2), flush=True)
seconds, lines, code = ends[options.end][0 if rank == culprit else 1]
time.sleep(seconds)
for line in lines:
    print(line, file=sys.stderr, flush=True)
if code == 0:
    time.sleep(40)
if code < 0:
    os.kill(os.getpid(), -code)
    signal.pause()
os._exit(code)
