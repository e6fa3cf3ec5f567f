"""Ends of jobs on accelerators, as lines in public issues show them; numbers and names of hosts are others.

Each: what the rank to blame prints and how it ends, and what the others print and how they end. `after` is the seconds from the step
to the end; a victim that is earlier than the culprit has printed first. How a rank ends: an exit code, or the negative of a signal.
"""


def watchdog(own, number, operation, enqueued, completed, timeout=600000):
    head = "[rank%d]:[E1130 02:07:08.%09d ProcessGroupNCCL.cpp:" % (own, 408271257 + own * 1000003)
    return [
        head + "632] [Rank %d] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=%d, OpType=%s, NumelIn=9801523, NumelOut=9801523, Timeout(ms)=%d) ran for %d milliseconds before timing out." % (own, number, operation, timeout, timeout + 20 + own),
        head + "1785] [PG ID 0 PG GUID 0(default_pg) Rank %d] Exception (either an error or timeout) detected by watchdog at work: %d, last enqueued NCCL work: %d, last completed NCCL work: %d." % (own, number, enqueued, completed),
        head + "1834] [PG ID 0 PG GUID 0(default_pg) Rank %d] Timeout at NCCL work: %d, last enqueued NCCL work: %d, last completed NCCL work: %d." % (own, number, enqueued, completed),
        head + "682] [Rank %d] Some NCCL operations have failed or timed out. Due to the asynchronous nature of CUDA kernels, subsequent GPU operations might run on corrupted/incomplete data." % own,
        head + "696] [Rank %d] To avoid data inconsistency, we are taking the entire process down." % own,
        "terminate called after throwing an instance of 'c10::DistBackendError'",
    ]


def remote(own, culprit):
    return [
        "node-3:%d:%d [%d] misc/socket.cc:50 NCCL WARN socketProgress: Connection closed by remote peer node-4<5%d>" % (3100 + own, 3200 + own, own, 1000 + culprit),
        "[rank%d]: Traceback (most recent call last):" % own,
        '[rank%d]:   File "/app/train.py", line 211, in train_step' % own,
        "[rank%d]: torch.distributed.DistBackendError: NCCL error in: ../torch/csrc/distributed/c10d/ProcessGroupNCCL.cpp:2251, remote process exited or there was a network error, NCCL version 2.21.5" % own,
        "[rank%d]: ncclRemoteError: A call failed possibly due to a network error or a remote process exiting prematurely." % own,
        "[rank%d]: Last error:" % own,
        "[rank%d]: socketProgress: Connection closed by remote peer node-4<5%d>" % (own, 1000 + culprit),
    ]


def aborted(own, culprit):
    return [
        "[rank%d]:[E1130 09:12:44.1 ProcessGroupNCCL.cpp:1895] [PG ID 0 PG GUID 0(default_pg) Rank %d] Process group watchdog thread terminated with exception: NCCL communicator was aborted on rank %d." % (own, own, own),
        "terminate called after throwing an instance of 'c10::DistBackendError'",
    ]


def traceback(own, *last):
    return [
        "[rank%d]: Traceback (most recent call last):" % own,
        '[rank%d]:   File "/app/train.py", line 96, in <module>' % own,
        "[rank%d]:     main()" % own,
        '[rank%d]:   File "/app/train.py", line 71, in main' % own,
        "[rank%d]:     loss.backward()" % own,
        *("[rank%d]: %s" % (own, text) for text in last),
    ]


note = (
    "CUDA kernel errors might be asynchronously reported at some other API call, so the stacktrace below might be incorrect.",
    "For debugging consider passing CUDA_LAUNCH_BLOCKING=1",
    "Compile with `TORCH_USE_CUDA_DSA` to enable device-side assertions.",
)

reports = {
    # pytorch/pytorch#16417
    "cuda-memory": {
        "culprit": lambda own, _: traceback(own, "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 22.00 MiB. GPU %d has a total capacity of 23.65 GiB of which 11.06 MiB is free. Including non-PyTorch memory, this process has 23.60 GiB memory in use. Of the allocated memory 22.90 GiB is allocated by PyTorch, and 194.87 MiB is reserved by PyTorch but unallocated." % own),
        "exit": 1,
        "victim": remote,
        "victim_exit": 1,
        "victim_after": -0.3,
    },
    # alphafold#1023, l2p#20
    "jax-memory": {
        "culprit": lambda own, _: [
            "2026-11-30 10:00:26.833817: W external/xla/xla/tsl/framework/bfc_allocator.cc:501] Allocator (GPU_%d_bfc) ran out of memory trying to allocate 6.90GiB (rounded to 7406166528)requested by op" % own,
            "Traceback (most recent call last):",
            '  File "/app/train_jax.py", line 140, in <module>',
            "    state, metrics = p_train_step(state, batch)",
            "jaxlib.xla_extension.XlaRuntimeError: RESOURCE_EXHAUSTED: Out of memory while trying to allocate 7406166528 bytes.",
        ],
        "exit": 1,
        "victim": lambda own, culprit: [
            "E1130 10:00:31.120444 coordination_service_agent.cc:511] Polled an error from coordination service (this can be an error from this or another task).",
            "F1130 10:00:31.120491 client.h:80] Terminating process because the JAX distributed service detected fatal errors. This most likely indicates that another task died; see the other task logs for more details. absl::Status: UNAVAILABLE: The following tasks are unhealthy (stopped sending heartbeats): /job:jax_worker/replica:0/task:%d" % culprit,
        ],
        "victim_exit": -6,
        "victim_after": 0.8,
    },
    # tensorflow/tensorflow#21638
    "tensorflow-memory": {
        "culprit": lambda own, _: [
            "tensorflow.python.framework.errors_impl.ResourceExhaustedError: Graph execution error:",
            "OOM when allocating tensor with shape[64,1024,56,56] and type float on /job:worker/replica:0/task:%d/device:GPU:0 by allocator GPU_0_bfc" % own,
        ],
        "exit": 1,
        "victim": lambda own, culprit: ["tensorflow.python.framework.errors_impl.UnavailableError: Collective ops is aborted by: failed to connect to all addresses; Socket closed"],
        "victim_exit": 1,
        "victim_after": 0.4,
    },
    "cublas": {
        "culprit": lambda own, _: traceback(own, "RuntimeError: CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
        "exit": 1,
        "victim": aborted,
        "victim_exit": -6,
        "victim_after": 0.4,
    },
    "hip-memory": {
        "culprit": lambda own, _: traceback(own, "torch.OutOfMemoryError: HIP out of memory. Tried to allocate 4.00 GiB. GPU %d has a total capacity of 63.98 GiB of which 1.20 GiB is free." % own),
        "exit": 1,
        "victim": None,
        "victim_exit": 0,
        "victim_after": 30,
    },
    # huggingface/accelerate#1192, kohya-ss/sd-scripts#1434
    "ecc": {
        "culprit": lambda own, _: [
            *traceback(own, "RuntimeError: CUDA error: uncorrectable ECC error encountered", *note),
            "[rank%d]:[E1130 11:02:03.5 ProcessGroupNCCL.cpp:1895] [PG ID 0 PG GUID 0(default_pg) Rank %d] Process group watchdog thread terminated with exception: CUDA error: uncorrectable ECC error encountered" % (own, own),
        ],
        "exit": -6,
        "victim": remote,
        "victim_exit": 1,
        "victim_after": -0.4,
    },
    "off-bus": {
        "culprit": lambda own, _: [
            "[74889.644138] NVRM: Xid (PCI:0000:02:00): 79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus.",
            *traceback(own, "RuntimeError: CUDA error: unspecified launch failure", *note),
        ],
        "exit": 1,
        "victim": aborted,
        "victim_exit": -6,
        "victim_after": 0.5,
    },
    "illegal-address": {
        "culprit": lambda own, _: [
            "[rank%d]:[E1130 11:02:03.5 ProcessGroupNCCL.cpp:1895] [PG ID 0 PG GUID 0(default_pg) Rank %d] Process group watchdog thread terminated with exception: CUDA error: an illegal memory access was encountered" % (own, own),
            "terminate called after throwing an instance of 'c10::DistBackendError'",
        ],
        "exit": -6,
        "victim": remote,
        "victim_exit": 1,
        "victim_after": 0.3,
    },
    "nvlink": {
        "culprit": lambda own, _: [
            "node-3:31%d:3210 [%d] NCCL WARN Cuda failure 'unhandled NVLink error: uncorrectable NVLink error detected during the execution'" % (own, own),
            *traceback(own, "torch.distributed.DistBackendError: NCCL error in: ../torch/csrc/distributed/c10d/NCCLUtils.hpp:275, unhandled cuda error (run with NCCL_DEBUG=INFO for details), NCCL version 2.21.5", "ncclUnhandledCudaError: Call to CUDA function failed.", "Last error:", "Cuda failure 'uncorrectable NVLink error detected during the execution'"),
        ],
        "exit": 1,
        "victim": remote,
        "victim_exit": 1,
        "victim_after": -0.2,
    },
    # An index that is too large, in the program or its data.
    "device-assert": {
        "culprit": lambda own, _: [
            "../aten/src/ATen/native/cuda/Loss.cu:250: nll_loss_forward_reduce_cuda_kernel_2d: block: [0,0,0], thread: [5,0,0] Assertion `t >= 0 && t < n_classes` failed.",
            *traceback(own, "RuntimeError: CUDA error: device-side assert triggered", *note),
        ],
        "exit": 1,
        "victim": remote,
        "victim_exit": 1,
        "victim_after": 0.3,
    },
    # XPixelGroup/BasicSR#737: the rank that is missing prints nothing and is ended by the others' end.
    "silent-rank": {
        "culprit": None,
        "exit": 0,
        "culprit_after": 30,
        "victim": lambda own, _: watchdog(own, 808, "ALLREDUCE", 811, 807),
        "victim_exit": -6,
        "victim_after": 0.5,
    },
    # pytorch/pytorch#118369: one rank is far behind the others and times out as well.
    "other-operation": {
        "culprit": lambda own, _: watchdog(own, 808, "BROADCAST", 808, 807),
        "exit": -6,
        "victim": lambda own, _: watchdog(own, 808, "ALLREDUCE", 811, 807),
        "victim_exit": -6,
        "victim_after": -0.2,
    },
    "killed": {"culprit": None, "exit": -9, "victim": remote, "victim_exit": 1, "victim_after": 0.3},
    "killed-abort": {"culprit": None, "exit": -9, "victim": aborted, "victim_exit": -6, "victim_after": 0.3},
    # pytorch/pytorch#8976
    "loader-killed": {
        "culprit": lambda own, _: [
            *traceback(own, "RuntimeError: DataLoader worker (pid 18%d7) is killed by signal: Killed. " % own),
            "[rank%d]: The above exception was the direct cause of the following exception:" % own,
            *traceback(own, "RuntimeError: DataLoader worker (pid(s) 18%d7) exited unexpectedly" % own),
        ],
        "exit": 1,
        "victim": remote,
        "victim_exit": 1,
        "victim_after": 0.3,
    },
    "loader-memory": {
        "culprit": lambda own, _: [
            "ERROR: Unexpected bus error encountered in worker. This might be caused by insufficient shared memory (shm).",
            *traceback(own, "RuntimeError: DataLoader worker (pid 18%d7) is killed by signal: Bus error. It is possible that dataloader's workers are out of shared memory. Please try to raise your shared memory limit." % own),
        ],
        "exit": 1,
        "victim": remote,
        "victim_exit": 1,
        "victim_after": 0.3,
    },
    # hiyouga/LlamaFactory#5155
    "safetensors-disk": {
        "culprit": lambda own, _: traceback(own, 'safetensors_rust.SafetensorError: Error while serializing: IoError(Os { code: 28, kind: StorageFull, message: "No space left on device" })'),
        "exit": 1,
        "victim": aborted,
        "victim_exit": -6,
        "victim_after": 0.4,
    },
    # hiyouga/LlamaFactory#1223: PyTorch does not say why.
    "writer": {
        "culprit": lambda own, _: traceback(own, "RuntimeError: [enforce fail at inline_container.cc:659] . unexpected pos 5056 vs 4950", "OSError: [Errno 28] No space left on device: '/scratch/out/ckpt.pt'"),
        "exit": 1,
        "victim": None,
        "victim_exit": 0,
        "victim_after": 30,
    },
    # ymcui/Chinese-LLaMA-Alpaca#534
    "loss-scale": {
        "culprit": lambda own, _: [
            *("[2026-11-30 22:1%d:00,018] [INFO] [loss_scaler.py:181:update_scale] [deepspeed] OVERFLOW! Rank 0 Skipping step. Attempted loss scale: %d, reducing to %d" % (index, 64 >> index, 32 >> index) for index in range(6)),
            *traceback(own, "Exception: Current loss scale already at minimum - cannot decrease scale anymore. Exiting run."),
        ],
        "exit": 1,
        "everyone": True,
    },
    "loss-stops": {"culprit": lambda own, _: ["Loss is nan, stopping training", "{'loss_ce': tensor(nan), 'loss_bbox': tensor(0.41)}"], "exit": 1, "everyone": True},
    "loss-floating": {
        "culprit": lambda own, _: traceback(own, "FloatingPointError: Loss became infinite or NaN at iteration=31!", "loss_dict = {'loss_cls': nan, 'loss_box_reg': 0.1}"),
        "exit": 1,
        "everyone": True,
    },
    # The kernel of the host, in the output of a container's log collector.
    "host-memory": {
        "culprit": lambda own, _: ["[1208331.201] Memory cgroup out of memory: Killed process 4121%d (python3) total-vm:91210432kB, anon-rss:63110232kB, file-rss:71204kB, shmem-rss:0kB, UID:0 pgtables:125112kB oom_score_adj:0" % own],
        "exit": -9,
        "victim": remote,
        "victim_exit": 1,
        "victim_after": 0.3,
    },
    "cudnn": {
        "culprit": lambda own, _: traceback(own, "RuntimeError: cuDNN error: CUDNN_STATUS_EXECUTION_FAILED"),
        "exit": 1,
        "victim": aborted,
        "victim_exit": -6,
        "victim_after": 0.4,
    },
}
