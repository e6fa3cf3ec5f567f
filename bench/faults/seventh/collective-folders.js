// Collectives and accelerators: watchdogs, NCCL, gloo, HCCL, barriers of JAX and TensorFlow, drivers.
import {
  gloo,
  hfSteps,
  labelled,
  lines,
  ncclRemote,
  ranksOf,
  torchrunTable,
  traceback,
} from "../fourth/folder-texts.js";
import { perRank, plain, steps } from "../sixth/printed.js";
import { frames, keras, maxText, ncclInfo, ncclWarn, nemo, olmo } from "./printed.js";

const oldWatchdog = (rank, operation, at) =>
  `[E ProcessGroupNCCL.cpp:566] [Rank ${rank}] Watchdog caught collective operation timeout: WorkNCCL(OpType=${operation}, Timeout(ms)=1800000) ran for 180${at} milliseconds before timing out.`;
const oldGoodbye =
  "[E ProcessGroupNCCL.cpp:341] Some NCCL operations have failed or timed out. Due to the asynchronous nature of CUDA kernels, subsequent GPU operations might run on corrupted/incomplete data. To avoid this inconsistency, we are taking the entire process down.";

/** huggingface/accelerate#2912 */
const middleWatchdog = (rank, { work, enqueued, completed, operation = "_ALLGATHER_BASE" }) =>
  labelled(`[rank${rank}]:`, [
    `[E ProcessGroupNCCL.cpp:1537] [PG 0 Rank ${rank}] Timeout at NCCL work: ${work}, last enqueued NCCL work: ${enqueued}, last completed NCCL work: ${completed}.`,
    `[E ProcessGroupNCCL.cpp:577] [Rank ${rank}] Some NCCL operations have failed or timed out. Due to the asynchronous nature of CUDA kernels, subsequent GPU operations might run on corrupted/incomplete data.`,
    `[E ProcessGroupNCCL.cpp:583] [Rank ${rank}] To avoid data inconsistency, we are taking the entire process down.`,
    `[E ProcessGroupNCCL.cpp:1414] [PG 0 Rank ${rank}] Process group watchdog thread terminated with exception: [Rank ${rank}] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=${work}, OpType=${operation}, NumelIn=1366, NumelOut=4098, Timeout(ms)=1800000) ran for 18000${rank}1 milliseconds before timing out.`,
  ]).concat(frames);

const host = (rank) => `kp-ddp-worker-${Math.floor(rank / 8)}`;
const completion = (rank, peer, kind) =>
  ncclWarn(
    host(rank),
    rank,
    `NET/IB : Got completion from peer ${peer}<54862> with status=12 opcode=0 len=0 vendor err 129 (${kind}) localGid fd00:1148:9000:5000:4:200:3:ff22 remoteGidsfd00:1148:9000:5000:4:200:3:ff1f`,
  );
const jaxHead = [
  "I1130 20:40:01.506100 140582565907968 distributed.py:134] Connecting to JAX distributed service on 10.142.0.55:8476",
];

export const collectiveFolders = [
  [
    // huggingface/accelerate#157
    "the watchdog of PyTorch 1.9, another call on one rank",
    "collective-mismatch 0",
    {
      "run.err": lines(
        steps(1, 30),
        oldWatchdog(0, "ALLREDUCE", "1060"),
        [1, 3, 7, 2, 4, 5, 6].map((rank, index) =>
          oldWatchdog(rank, "BROADCAST", String(1140 + index)),
        ),
        oldGoodbye,
      ),
    },
  ],
  [
    "the watchdog of PyTorch 2.3, one rank is behind",
    "hang 2",
    {
      "fsdp.log": lines(
        hfSteps(1, 30),
        [0, 1, 3].map((rank) =>
          middleWatchdog(rank, { work: 6075, enqueued: 6139, completed: 6074 }),
        ),
        labelled("[rank2]:", [
          "[E ProcessGroupNCCL.cpp:1316] [PG 0 Rank 2] Heartbeat monitor timed out! Process will be terminated after dumping debug info. workMetaList_.size()=0, last enqueued NCCL work: 6074, last completed NCCL work: 6074.",
        ]),
      ),
    },
  ],
  [
    "the watchdog of one rank is stuck",
    "hang 6",
    perRank(
      8,
      (rank) => `r${rank}.log`,
      {
        6: labelled("[rank6]:", [
          "[E1130 05:20:03.614679108 ProcessGroupNCCL.cpp:1743] [PG ID 0 PG GUID 0(default_pg) Rank 6] ProcessGroupNCCL's watchdog got stuck for 480 seconds without making progress in monitoring enqueued collectives. This typically indicates a NCCL/CUDA API (e.g., CudaEventDestroy) hang blocking the watchdog, and could be triggered by another thread holding the GIL inside a CUDA api (for example, CudaEventDestroy), or other deadlock-prone behaviors.",
        ]),
      },
      {
        before: olmo(1, 12),
        others: (rank) => [
          `[rank${rank}]:[E1130 05:20:03.614679108 ProcessGroupNCCL.cpp:632] [Rank ${rank}] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=4606, OpType=ALLREDUCE, NumelIn=1, NumelOut=1, Timeout(ms)=600000) ran for 60000${rank} milliseconds before timing out.`,
        ],
      },
    ),
  ],
  [
    // NVIDIA/nccl: a check of the device code
    "NCCL notices other calls",
    "collective-mismatch",
    {
      "nccl.out": lines(
        plain(1, 20),
        ncclWarn(
          host(3),
          3,
          "Mismatched collective detected, please check your collective calls at and around rank 3. You can use NCCL_DEBUG=INFO and NCCL_DEBUG_SUBSYS=COLL to see the collective logs",
          "init.cc:1902",
        ),
        labelled(
          "[rank3]: ",
          traceback(
            "torch.distributed.DistBackendError: NCCL error in: ../torch/csrc/distributed/c10d/ProcessGroupNCCL.cpp:1333, invalid usage (run with NCCL_DEBUG=WARN for details), NCCL version 2.20.5",
          ),
        ),
      ),
    },
  ],
  [
    "NCCL receives another size",
    "collective-mismatch",
    {
      "train.out": lines(
        plain(1, 20),
        ncclWarn(
          host(1),
          1,
          "NET/Socket : peer 10.3.0.4<38122> message truncated : receiving 1048576 bytes instead of 524288. If you believe your socket network is in a healthy state, there may be a mismatch in collective sizes or environment settings (e.g. NCCL_PROTO, NCCL_ALGO) between ranks",
          "transport/net_socket.cc:488",
        ),
        ncclInfo(host(1), 1, "transport/net.cc:1298 -> 5"),
        labelled(
          "[rank1]: ",
          traceback(
            "torch.distributed.DistBackendError: NCCL error in: ../torch/csrc/distributed/c10d/ProcessGroupNCCL.cpp:1970, invalid usage, NCCL version 2.21.5",
          ),
        ),
      ),
    },
  ],
  [
    // NVIDIA/nccl#1405: the host of the peer has lost its port
    "completions from a host whose port is down",
    "host-lost",
    {
      "worker-0.log": lines(
        plain(1, 20),
        [4, 5, 6].map((rank) => completion(rank, "10.216.210.236", "Recv")),
        ncclInfo(host(4), 4, "transport/net.cc:1302 -> 6"),
        labelled("[rank4]: ", ncclRemote(12, "10.216.210.236")),
      ),
      "worker-1.dmesg": lines(
        "[912345.118] mlx5_core 0000:9a:00.0: mlx5_cmd_out_err:838:(pid 2210): ACCESS_REG(0x805) op_mod(0x0) failed, status bad operation(0x2)",
        "[912346.201] mlx5_core 0000:9a:00.0 ens5f0np0: Link down",
        "[912347.004] bond0: (slave ens5f0np0): link status definitely down, disabling slave",
      ),
    },
  ],
  [
    // pytorch/pytorch#58155
    "an uncorrectable error of NVLink",
    "accelerator-error 5",
    {
      "job-8812.log": lines(
        nemo(1, 20),
        [0, 1, 2, 3, 4, 6, 7].map((rank) => labelled(`[rank${rank}]: `, ncclRemote(5, "10.0.0.7"))),
        labelled(
          "[rank5]: ",
          traceback([
            "RuntimeError: CUDA error: uncorrectable NVLink error detected during the execution",
            "CUDA kernel errors might be asynchronously reported at some other API call, so the stacktrace below might be incorrect.",
          ]),
        ),
      ),
    },
  ],
  [
    // NVIDIA/NVSentinel#155: without an Xid
    "a GPU that fell off the bus, in three lines of the kernel",
    "accelerator-error 3",
    {
      "dmesg.txt": lines(
        "[ 1843.308145] NVRM: The NVIDIA GPU 0000:b3:00.0",
        "               NVRM: (PCI ID: 10de:26b5) installed in this system has",
        "               NVRM: fallen off the bus and is not responding to commands.",
      ),
      "train.log": lines(
        plain(1, 20),
        [0, 1, 2].map((rank) => labelled(`[rank${rank}]: `, gloo(3))),
        labelled(
          "[rank3]: ",
          traceback(
            "RuntimeError: Unable to determine the device handle for GPU0000:B3:00.0: Unknown Error",
          ),
        ),
      ),
    },
  ],
  [
    "a GPU of a process of which only torchrun knows the rank",
    "accelerator-error 3",
    {
      "kern.log": lines(
        "Nov 30 03:14:50 gpu-1 kernel: NVRM: Xid (PCI:0000:ae:00): 95, pid=70103, name=python, Uncontained: FBHUB, RST: Yes, D-RST: No",
      ),
      "console.txt": lines(
        plain(1, 20),
        torchrunTable([], { first: 3, exitCode: -6, others: [[1, 1]] }),
      ),
    },
  ],
  [
    "memory that NCCL's transport does not get from CUDA",
    "out-of-memory 6",
    perRank(
      8,
      (rank) => `logs/gpu${rank}.txt`,
      {
        6: [
          ncclWarn("dgx-2", 6, "Cuda failure 2 'out of memory'", "include/alloc.h:182"),
          ...traceback([
            "torch.distributed.DistBackendError: NCCL error in: ../torch/csrc/distributed/c10d/ProcessGroupNCCL.cpp:1970, unhandled cuda error (run with NCCL_DEBUG=INFO for details), NCCL version 2.21.5",
            "ncclUnhandledCudaError: Call to CUDA function failed.",
            "Last error:",
            "Cuda failure 2 'out of memory'",
          ]),
        ],
      },
      { others: (rank) => ncclRemote(rank, "10.0.0.2") },
    ),
  ],
  [
    // ROCm/legacy-rocm-build#1535
    "a memory access fault of ROCm",
    "accelerator-error 1",
    {
      "amd.log": lines(
        plain(1, 20),
        "[rank1]: Memory access fault by GPU node-2 (Agent handle: 0x55fea5592860) on address 0x7fc133800000. Reason: Page not present or supervisor privilege.",
        torchrunTable([], { first: 1, exitCode: -6, perHost: 8, others: [[0, -15]] }),
      ),
    },
  ],
  [
    // hiyouga/LlamaFactory#975, vllm-project/vllm-ascend#3413
    "HCCL waits for a rank",
    "hang 24",
    Object.fromEntries(
      [101, 25, 3].map((rank) => [
        `plog/rank-${rank}.log`,
        lines(
          `[ERROR] 2026-11-30-15:09:34 (PID:${2900 + rank}, Device:${rank % 8}, RankID:${rank}) ERR00100 PTA call acl api failed.`,
          `EI0002: [PID: ${2900 + rank}] 2026-11-30-15:09:34.713.335 The wait execution of the Notify register times out. Reason: The Notify register has not received the Notify record from remote rank: [24]. base information: [streamID:[109], taskID[38], taskType[Notify Wait], tag[AllReduce_group_name_1654NHRAllReduceComm_device], AlgType(level 0-1-2):[ring-NHR-NHR].]. task information: [notify id:[0x0000000000000213], stage:[0], remote rank:[24]].`,
          "        Possible Cause: 1. An exception occurs during the execution on some NPUs in the cluster. As a result, collective communication operation failed.",
        ),
      ]),
    ),
  ],
  [
    // facebookresearch/metaseq#52
    "the barrier of the store, one rank is missing",
    "hang 2",
    perRank(
      4,
      (rank) => `worker.${rank}.stderr`,
      { 2: ["loading model weights from /mnt/nfs/llama"] },
      {
        before: ["Waiting in store based barrier to initialize process group"],
        others: (rank) =>
          traceback(
            `RuntimeError: Timed out initializing process group in store based barrier on rank: ${rank}, for key: store_based_barrier_key:1 (world_size=4, worker_count=3, timeout=0:30:00)`,
            { call: "dist.init_process_group(backend)" },
          ),
      },
    ),
  ],
  [
    // pytorch/gloo#511
    "gloo waits half an hour, one rank says nothing",
    "hang 3",
    perRank(
      4,
      (rank) => `stdout-rank${rank}`,
      { 3: ["saving the optimizer to s3://runs/ckpt ..."] },
      {
        others: () =>
          traceback(
            "RuntimeError: [gloo/transport/tcp/unbound_buffer.cc:81] Timed out waiting 1800000ms for recv operation to complete",
            {
              call: "dist.barrier()",
            },
          ),
      },
    ),
  ],
  [
    // openxla/xla: the barrier's newer words
    "JAX, tasks that reached a barrier are counted",
    "hang 5",
    {
      "tpu-worker-0.log": lines(
        jaxHead,
        maxText(1, 20),
        traceback(
          [
            "jaxlib.xla_extension.XlaRuntimeError: DEADLINE_EXCEEDED: Barrier timed out. Id: 0_async_write_complete.0.1. This usually happens because a task triggered the barrier too early or too slowly. Please look at the task logs (both timed out and first task) to debug further.",
            "# of tasks that reached the barrier: 7/8.",
            "The first task at the barrier: /job:jax_worker/replica:0/task:3. Some timed out task names:",
            "/job:jax_worker/replica:0/task:5",
            "",
            "RPC: /tensorflow.CoordinationService/Barrier [type.googleapis.com/tensorflow.CoordinationServiceError='']",
          ],
          { call: "client.wait_at_barrier(key, timeout_ms)" },
        ),
      ),
    },
  ],
  [
    // tensorflow/tensorflow#56885
    "TensorFlow, another shape",
    "collective-mismatch",
    {
      "tf-worker.log": lines(
        keras(1, 20),
        "2026-11-30 11:57:07.265079: E tensorflow/core/common_runtime/ring_alg.cc:276] Aborting RingGather with Invalid argument: [_Derived_]Collective ops is aborted by: Shape mismatch in the collective instance 244. Op at device /job:worker/replica:0/task:1/device:CPU:0 expected shape [98] but another member in the group expected shape [102]. This is likely due to different input shapes at different members of the collective op.",
        "The error could be from a previous operation. Restart your program to reset.",
      ),
    },
  ],
  [
    "JAX, tasks without heartbeats, and why one has none",
    "crash 2",
    {
      ...Object.fromEntries(
        [0, 1, 3].map((rank) => [
          `process_${rank}.log`,
          lines(
            jaxHead,
            "2026-11-30 15:47:38.568412: F external/xla/xla/pjrt/distributed/client.h:88] Terminating process because the JAX distributed service detected fatal errors. This most likely indicates that another task died; see the other task logs for more details. UNAVAILABLE: The following tasks are unhealthy (stopped sending heartbeats):",
            "/job:jax_worker/replica:0/task:2",
            "The tasks have crashed. Check the task logs for an earlier error, or scheduler events (e.g. preemption, eviction) to debug further.",
          ),
        ]),
      ),
      "process_2.log": lines(
        jaxHead,
        maxText(1, 20),
        "Fatal Python error: Segmentation fault",
        "",
        "Thread 0x00007f1c1a7fc640 (most recent call first):",
        '  File "/opt/env/grain/_src/python/shared_memory_array.py", line 71 in unlink_on_del',
      ),
    },
  ],
  [
    // marin-community/marin#1534
    "a TPU reports a fatal error",
    "accelerator-error",
    {
      "train_lm.log": lines(
        ranksOf(20).map(
          (step) =>
            `I1130 23:42:${10 + step}.200122 train_lm.py:88] step ${step} loss=${(4.1 - step * 0.01).toFixed(3)}`,
        ),
        "(train_lm_task pid=39298, ip=10.130.0.55) E1130 23:43:41.200122   39475 synchronous_driver.cc:820] [/dev/accel0 tpu1013:pe1:0] !!!! FATAL ERROR !!!! for [/dev/accel0 tpu1013:pe1:0] , fatal_error: true, running_timer: 0xeacdbdd045e77",
        "(train_lm_task pid=39298, ip=10.130.0.55) E1130 23:43:41.200512   39676 fake_program_continuator.cc:556] 1x0x2_BC1: *** [Physical location: tpu1013:pe1:3] A Unknown error has occurred, all pending programs will fail, and results may be corrupted. An unknown error has occurred, contact your next level of support.",
      ),
    },
  ],
  [
    // NVIDIA/nvidia-resiliency-ext
    "slow GPUs in a report of stragglers",
    "compute-straggler 5",
    {
      "nvrx.log": lines(
        nemo(1, 30),
        " Worst performing 3/8 ranks:",
        "  Rank=5 Node=h100-001 Score=0.61",
        "  Rank=1 Node=h100-001 Score=0.97",
        "  Rank=0 Node=h100-001 Score=0.98",
        "STRAGGLER DETECTION WARNING: Some GPUs have worse relative performance. Affected ranks: {StragglerId(rank=5, node='h100-001')}",
        nemo(30, 60),
      ),
    },
  ],
];
