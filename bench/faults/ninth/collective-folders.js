// Jobs whose ranks wait for each other, or lose each other: watchdogs, links, coordinators, loaders.
import { labelled, lines, ranksOf } from "../fourth/folder-texts.js";
import { absl, clip, failed, nanotron, structlog, trainer, tune } from "./printed.js";

const head = (rank, at = 18) =>
  `[rank${rank}]:[E1201 09:44:${at}.20${rank % 10}117204 ProcessGroupNCCL.cpp`;
/** What the monitor of a rank says when it is asked for a dump. */
const dumpSignal = (rank, from, enqueued, completed) =>
  `${head(rank)}:1890] [PG ID 0 PG GUID 0(default_pg) Rank ${rank}] Received a dump signal due to a collective timeout from ${from === rank ? "this local rank" : ` rank ${from}`} and we will try our best to dump the debug info. Last enqueued NCCL work: ${enqueued}, last completed NCCL work: ${completed}.This is most likely caused by incorrect usages of collectives, e.g., wrong sizes used across ranks, the order of collectives is not same for all ranks or the scheduled collective, for some reason, didn't run. Additionally, this can be caused by GIL deadlock or other reasons such as network errors or bugs in the communications library (e.g. NCCL), etc. `;
const timedOut = (rank, number, operation, size, group = "0(default_pg)") => [
  `${head(rank)}:685] [Rank ${rank}] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=${number}, OpType=${operation}, NumelIn=${size}, NumelOut=${size}, Timeout(ms)=600000) ran for 600012 milliseconds before timing out.`,
  `${head(rank)}:2293] [PG ID 4 PG GUID ${group} Rank ${rank}]  failure detected by watchdog at work sequence id: ${number} PG status: last enqueued work: ${number}, last completed work: ${number - 1}`,
];
const nccl = (host, rank, text) => `${host}:${9100 + rank}:${9400 + rank} [${rank % 8}] ${text}`;

export const collectiveFolders = [
  [
    // OpenRLHF/OpenRLHF#1126, vllm-project/vllm-omni#2928: dump signals with what each rank has enqueued
    "dump signals of 16 ranks, one has enqueued one call less and has finished it",
    "hang 9",
    {
      "job-4410.log": lines(
        structlog(1, 30),
        timedOut(3, 5531, "ALLREDUCE", 8_652_160),
        ranksOf(16).map((rank) =>
          rank === 9 ? dumpSignal(9, 3, 5530, 5530) : dumpSignal(rank, 3, 5531, 5530),
        ),
        ranksOf(15).map(
          (rank) =>
            `${head(rank, 19)}:1533] [PG ID 0 PG GUID 0(default_pg) Rank ${rank}] ProcessGroupNCCL preparing to dump debug info. Include stack trace: 1`,
        ),
      ),
    },
  ],
  [
    // hiyouga/LlamaFactory#8261: the watchdog's lines, with sizes
    "the watchdog of eight ranks, one waits with another size",
    "collective-mismatch 6",
    {
      "train.log": lines(
        trainer(1, 30),
        ranksOf(8).map((rank) =>
          timedOut(rank, 88_412, "_ALLGATHER_BASE", rank === 6 ? 131_072 : 262_144),
        ),
      ),
    },
  ],
  [
    // NVIDIA/nccl#2076, mlx5_core's words in the kernel: all complain about one host, whose link is down
    "completions with errors from one host, and that host's link",
    "host-lost",
    {
      "slurm-88120.out": lines(
        nanotron(1, 25),
        ranksOf(6).map((rank) =>
          nccl(
            `gpu-0${1 + (rank % 3)}`,
            rank,
            `transport/net_ib.cc:2112 NCCL WARN NET/IB: Got completion from peer 10.30.0.7<4812${rank}> with status=12 opcode=0 reqSize=0 vendor_err=129 req_type=Send localGid ::ffff:10.30.0.${1 + (rank % 3)} remoteGids ::ffff:10.30.0.7 hca mlx5_${rank}`,
          ),
        ),
        ranksOf(6).map((rank) =>
          labelled(`[rank${rank}]: `, [
            "torch.distributed.DistBackendError: NCCL error in: /pytorch/torch/csrc/distributed/c10d/NCCLUtils.cpp:77, remote process exited or there was a network error, NCCL version 2.27.5",
            "ncclRemoteError: A call failed possibly due to a network error or a remote process exiting prematurely.",
          ]),
        ),
      ),
      "gpu-07.syslog": lines(
        "Dec  1 09:33:40 gpu-07 kernel: mlx5_core 0000:5e:00.0 ibp94s0: Link down",
        "Dec  1 09:33:40 gpu-07 kernel: mlx5_core 0000:5e:00.0: Port module event[error]: module 0, Cable error, Bus stuck (I2C or data shorted)",
        "Dec  1 09:33:41 gpu-07 systemd-networkd[1120]: ibp94s0: Lost carrier",
      ),
    },
  ],
  [
    // linux drivers/net/ethernet/mellanox/mlx5 counters, NVIDIA/nccl-tests: a preflight of pairs and the counters of one host
    "a preflight of pairs, steps that take three times as long, and counters of the slow host",
    "slow-link",
    {
      "preflight.txt": lines(
        "# pairwise all_reduce_perf, 1 GiB, busbw (GB/s)",
        "          node-0  node-1  node-2  node-3",
        "node-0         -    46.2     3.1    46.0",
        "node-1      46.2       -     3.0    46.1",
        "node-2       3.1     3.0       -     3.1",
        "node-3      46.0    46.1     3.1       -",
        "SLOW LINK: node-2 (mlx5_3): 3.1 GB/s, expected >= 40 GB/s",
      ),
      "counters-node-2.txt": lines(
        "mlx5_3/ports/1/hw_counters/local_ack_timeout_err:1123",
        "mlx5_3/ports/1/hw_counters/out_of_sequence:441207",
        "mlx5_3/ports/1/hw_counters/packet_seq_err:20114",
        "mlx5_3/ports/1/counters/symbol_error:99213",
      ),
      "train.log": lines(clip(1, 12), clip(12, 40, { batch: () => "1.391" })),
    },
  ],
  [
    // openxla/xla xla/pjrt, absl's fatal lines; jax-ml/jax: the service of the others
    "JAX: the service lost task 5, whose own log ends with a failed check",
    "crash 5",
    {
      ...Object.fromEntries(
        [0, 1, 2, 3, 4].map((task) => [
          `logs/task-${task}.err`,
          lines(
            task === 0 ? absl(1, 30) : [],
            "E1201 10:12:40.114205 140221 coordination_service_agent.cc:353] Polled an error from coordination service (this can be an error from this or another task).",
            "F1201 10:12:40.114311 140221 client.h:80] Terminating process because the JAX distributed service detected fatal errors. This most likely indicates that another task died; see the other task logs for more details. Disable Python buffering, i.e. `python -u`, to be sure to see all the previous output. absl::Status: UNAVAILABLE: The following tasks are unhealthy (stopped sending heartbeats):",
            "/job:jax_worker/replica:0/task:5",
            "The tasks have crashed. Check the task logs for an earlier error, or scheduler events (e.g. preemption, eviction) to debug further.",
          ),
        ]),
      ),
      "logs/task-5.err": lines(
        "F1201 10:11:01.004118 88210 hlo_instruction.cc:3912] Check failed: operand->shape().dimensions_size() == 3 (2 vs. 3) ",
        "*** Check failure stack trace: ***",
        "    @     0x7f1d40b2a1c4  absl::log_internal::LogMessage::SendToLog()",
        "    @     0x7f1d40b29f56  absl::log_internal::LogMessage::Flush()",
        "Fatal Python error: Aborted",
        "",
        "Current thread 0x00007f1e5c2d1740 (most recent call first):",
        '  File "/job/levanter/trainer.py", line 411 in train_step',
      ),
    },
  ],
  [
    // AI-Hypercomputer/maxtext#2041: the session's master names the worker whose chips failed
    "TPU: the session's master names a worker with a chip driver error",
    "accelerator-error 15",
    {
      "tpu-job-0-0.log": lines(
        absl(1, 25),
        "E1201 18:18:50.796514     915 session_master.cc:505] Session is failing with the following status: Session master detected TPU session error from worker tpu-job-0-15.headless-svc:8471. The reporting TPU chip locations are:tpu31:pe4:3, ",
        "tpu31:pe4:2",
        "E1201 18:18:50.796852     915 tpunetd_client.cc:311] Detected failure SLICE_FAILURE_CHIP_DRIVER_ERROR in session e6c885828b538167; Start failure handling",
      ),
      "tpu-job-0-15.log": lines(
        "I1201 17:01:11.204118 140221 distributed.py:112] Starting JAX distributed service, process_id=15 num_processes=16",
      ),
    },
  ],
  [
    // pytorch/pytorch torch/csrc/distributed/c10d/ProcessGroupNCCL.cpp: others ask rank 0 for the id; it had failed for its memory
    "seven ranks do not get NCCL's id from rank 0, which had no memory",
    "out-of-memory 0",
    {
      "train.err": lines(
        ranksOf(7).map((index) =>
          labelled(
            `[rank${index + 1}]: `,
            failed(
              `torch.distributed.DistBackendError: [${index + 1}] is setting up NCCL communicator and retrieving ncclUniqueId from [0] via c10d key-value store by key '0', but store->get('0') got error: Connection reset by peer`,
              { call: "dist.barrier(device_ids=[local])" },
            ),
          ),
        ),
        labelled(
          "[rank0]: ",
          failed(
            "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 26.00 MiB. GPU 0 has a total capacity of 79.11 GiB of which 18.56 MiB is free. Process 771204 has 70.11 GiB memory in use.",
            { call: "model = build(cfg).to(device)" },
          ),
        ),
      ),
    },
  ],
  [
    // pytorch/pytorch torch/utils/data/dataloader.py: a loader whose workers do not answer
    "a loader whose workers do not answer for five minutes",
    "hang 2",
    Object.fromEntries(
      ranksOf(4).map((rank) => [
        `rank-${rank}/out.log`,
        lines(
          tune(1, 40),
          rank === 2
            ? failed("RuntimeError: DataLoader timed out after 300 seconds", {
                call: "for batch in self._dataloader:",
              })
            : timedOut(rank, 1204, "ALLREDUCE", 25_559_081).slice(0, 1),
        ),
      ]),
    ),
  ],
  [
    // NVIDIA/nccl#1016, kubeflow: an interface that only the ranks of one host take
    "ranks of the second host use Docker's interface and are not reached",
    "configuration 4,5,6,7",
    {
      "node-0.log": lines(
        ranksOf(4).map((rank) =>
          nccl("node-0", rank, "NCCL INFO Bootstrap: Using eth0:10.8.0.4<0>"),
        ),
        "node-0:9100:9400 [0] NCCL INFO Bootstrap timings total 61.2",
      ),
      "node-1.log": lines(
        ranksOf(4).map((index) => [
          nccl("node-1", 4 + index, "NCCL INFO NCCL_SOCKET_IFNAME set by environment to docker0"),
          nccl("node-1", 4 + index, "NCCL INFO Bootstrap: Using docker0:172.17.0.1<0>"),
          nccl(
            "node-1",
            4 + index,
            `misc/socket.cc:480 NCCL WARN socketStartConnect: Connect to 172.17.0.1<3800${index}> failed : Software caused connection abort`,
          ),
          ...labelled(`[rank${4 + index}]: `, [
            "torch.distributed.DistBackendError: NCCL error in: /pytorch/torch/csrc/distributed/c10d/NCCLUtils.cpp:77, unhandled system error (run with NCCL_DEBUG=INFO for details), NCCL version 2.27.5",
            "ncclSystemError: System call (e.g. socket, malloc) or external library call failed or device error.",
          ]),
        ]),
      ),
    },
  ],
  [
    // NVIDIA/nccl src/init.cc: versions are compared when a communicator is made
    "another version of NCCL on one of three hosts",
    "configuration 4,5,6,7",
    {
      ...Object.fromEntries(
        ["a", "c"].map((host, index) => [
          `host-${host}.out`,
          lines(
            "NCCL version 2.27.5+cuda12.9",
            nccl(
              `host-${host}`,
              8 * index,
              `init.cc:1011 NCCL WARN Mismatched NCCL version detected : rank 4 version 22602 rank ${8 * index} version 22705`,
            ),
            `[rank${8 * index}]: torch.distributed.DistBackendError: NCCL error in: /pytorch/torch/csrc/distributed/c10d/NCCLUtils.cpp:77, invalid usage (run with NCCL_DEBUG=WARN for details), NCCL version 2.27.5`,
          ),
        ]),
      ),
      "host-b.out": lines(
        "NCCL version 2.26.2+cuda12.6",
        ranksOf(4).map((index) =>
          nccl(
            "host-b",
            4 + index,
            `init.cc:1011 NCCL WARN Mismatched NCCL version detected : rank 0 version 22705 rank ${4 + index} version 22602`,
          ),
        ),
        ranksOf(4).map(
          (index) =>
            `[rank${4 + index}]: torch.distributed.DistBackendError: NCCL error in: /pytorch/torch/csrc/distributed/c10d/NCCLUtils.cpp:77, invalid usage (run with NCCL_DEBUG=WARN for details), NCCL version 2.26.2`,
        ),
      ),
    },
  ],
];
