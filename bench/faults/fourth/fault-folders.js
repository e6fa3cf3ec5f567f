// Folders of jobs that failed.
import {
  exponent,
  gloo,
  hfSteps,
  labelled,
  lines,
  megatronStep,
  ncclRemote,
  ranksOf,
  titanSteps,
  torchrunTable,
  traceback,
  watchdog,
} from "./folder-texts.js";

const others = (count, ...without) => ranksOf(count).filter((rank) => !without.includes(rank));
const closing = (pids) =>
  pids.map(
    (pid) =>
      `W1121 03:14:55.${pid} 70090 site-packages/torch/distributed/elastic/multiprocessing/api.py:900] Sending process ${pid} closing signal SIGTERM`,
  );
const failed = (rank, code, pid = 70_100 + rank) =>
  `E1121 03:14:55.884000 70090 site-packages/torch/distributed/elastic/multiprocessing/api.py:874] failed (exitcode: ${code}) local_rank: ${rank % 8} (pid: ${pid}) of binary: /opt/env/bin/python3.11`;

/** `torchrun --log-dir`: a folder per rank. */
const attempt = (rank, stream) => `logs/1881_5s3kq7/attempt_0/${rank}/${stream}.log`;

/** DeepSpeed's launcher names the processes that it starts. */
const spawned = (pid, rank) =>
  `[2026-11-21 13:02:11,5${rank}0] [INFO] [launch.py:256:main] process ${pid} spawned with command: ['/opt/env/bin/python3', '-u', 'finetune.py', '--local_rank=${rank}', '--deepspeed', 'ds_z3.json']`;
const subprocess = (pid) =>
  `[2026-11-21 13:11:27,8${pid % 100}] [INFO] [launch.py:319:sigkill_handler] Killing subprocess ${pid}`;

/** Ray Train says once which process is which rank. */
const rayWorkers = (count) => [
  "(TrainController pid=2100) Started distributed worker processes: ",
  ...ranksOf(count).map(
    (rank) =>
      `(TrainController pid=2100) - (node_id=7f1c9e, ip=10.2.0.${4 + Math.floor(rank / 2)}, pid=${2210 + rank}) world_rank=${rank}, local_rank=${rank % 2}, node_rank=${Math.floor(rank / 2)}`,
  ),
];

const jaxHead = (task) => [
  "INFO:2026-11-21 10:00:02,117:jax._src.distributed:149: Connecting to JAX distributed service on 10.4.0.2:8476",
  `I1121 10:00:04.218113 coordination_service_agent.cc:304] Coordination agent has successfully connected. task: /job:jax_worker/replica:0/task:${task}`,
  ...ranksOf(20).map(
    (step) =>
      `completed step: ${step}, seconds: 1.31${step % 10}, TFLOP/s/device: 201.4, Tokens/s/device: 4771.2, total_weights: 65536, loss: ${(9.1 - 0.05 * step).toFixed(3)}`,
  ),
];

export const faultFolders = [
  [
    "torchrun of two nodes in a Slurm output, IndexError",
    "crash 5",
    {
      "slurm-48112.out": lines(
        titanSteps(1, 24).map((text) => `[rank0]:${text}`),
        // pytorch/pytorch#140195: the ranks on the other node notice first.
        ...[1, 0, 2].map((rank) => labelled(`[rank${rank}]: `, ncclRemote(rank, "gpu-2"))),
        labelled(
          "[rank5]: ",
          traceback("IndexError: index 50257 is out of bounds for dimension 0 with size 50257"),
        ),
        closing([70_104, 70_106, 70_107]),
        failed(5, 1),
        torchrunTable(8, { first: 5, exitCode: 1, perHost: 4 }),
        "srun: error: gpu-2: task 1: Exited with exit code 1",
        "srun: Terminating StepId=48112.0",
      ),
    },
  ],
  [
    "log folder of torchrun, KeyError",
    "crash 3",
    Object.fromEntries(
      ranksOf(4).flatMap((rank) => [
        [attempt(rank, "stdout"), rank === 0 ? lines(hfSteps(10, 40)) : ""],
        [
          attempt(rank, "stderr"),
          rank === 3
            ? lines(traceback("KeyError: 'attention_mask'"))
            : lines(gloo(4, 40_100 + rank)),
        ],
      ]),
    ),
  ],
  [
    "torchrun, CUDA out of memory, others ended by it",
    "out-of-memory 6",
    {
      "train.log": lines(
        hfSteps(100, 130),
        labelled(
          "[rank6]: ",
          traceback(
            "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 3.46 GiB. GPU 6 has a total capacity of 79.11 GiB of which 2.04 GiB is free. Process 70106 has 77.05 GiB memory in use.",
            { call: "outputs.loss.backward()" },
          ),
        ),
        closing([70_100, 70_101, 70_102, 70_103, 70_104, 70_105, 70_107]),
        failed(6, 1),
        torchrunTable(8, { first: 6, exitCode: 1 }),
      ),
    },
  ],
  [
    // deepspeedai/DeepSpeed#3232 with the kernel's line beside it.
    "DeepSpeed's launcher, killed by the kernel",
    "out-of-memory 2",
    {
      "run.log": lines(
        ranksOf(4).map((rank) => spawned(9412 + rank, rank)),
        hfSteps(1, 20),
        ranksOf(4).map((rank) => subprocess(9412 + rank)),
        "[2026-11-21 13:11:31,114] [ERROR] [launch.py:325:sigkill_handler] ['/opt/env/bin/python3', '-u', 'finetune.py', '--local_rank=3', '--deepspeed', 'ds_z3.json'] exits with return code = -9",
      ),
      "dmesg.txt": lines(
        "[88211.301211] python3 invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0",
        "[88211.301902] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0-1,oom_memcg=/docker/9f1,task_memcg=/docker/9f1,task=python3,pid=9414,uid=0",
        "[88211.302119] Memory cgroup out of memory: Killed process 9414 (python3) total-vm:188243112kB, anon-rss:61233120kB, file-rss:70112kB, shmem-rss:1024kB, UID:0",
      ),
    },
  ],
  [
    "mpirun, rank killed",
    "killed 1",
    {
      "job.out": lines(
        ranksOf(30).map(
          (step) => `step ${step} loss ${(3 - step * 0.01).toFixed(4)} imgs/sec 412.${step}`,
        ),
        "[gpu06:21200] mca_btl_tcp_frag_recv: readv failed: Connection reset by peer (104)",
        "[gpu06:21202] mca_btl_tcp_frag_recv: readv failed: Connection reset by peer (104)",
        "--------------------------------------------------------------------------",
        "Primary job  terminated normally, but 1 process returned",
        "a non-zero exit code. Per user-direction, the job has been aborted.",
        "--------------------------------------------------------------------------",
        "--------------------------------------------------------------------------",
        "mpirun noticed that process rank 1 with PID 0 on node gpu07 exited on signal 9 (Killed).",
        "--------------------------------------------------------------------------",
      ),
    },
  ],
  [
    // horovod/horovod#1950
    "mpirun, segmentation fault",
    "crash 7",
    {
      "job.out": lines(
        labelled(
          "[1,0]<stdout>:",
          ranksOf(12).map((step) => `Epoch 1 batch ${step} loss ${(6 - step * 0.1).toFixed(3)}`),
        ),
        "[1,7]<stderr>:*** Process received signal ***",
        "[1,7]<stderr>:[reco-16:07721] Signal: Segmentation fault (11)",
        "[1,7]<stderr>:[reco-16:07721] Signal code: Address not mapped (1)",
        "[1,7]<stderr>:[reco-16:07721] Failing at address: 0x7f2a00000010",
        "[1,2]<stderr>:horovod.common.exceptions.HorovodInternalError: ncclAllReduce failed: unhandled system error",
        "mpirun noticed that process rank 7 with PID 7721 on node reco-16 exited on signal 11 (Segmentation fault).",
      ),
    },
  ],
  [
    "srun --label, out of memory in a step",
    "out-of-memory 3",
    {
      "slurm-8812.out": lines(
        labelled("0: ", titanSteps(1, 16)),
        "3: slurmstepd: error: Detected 1 oom_kill event in StepId=8812.0. Some of the step tasks have been OOM Killed.",
        labelled("1: ", gloo(14)),
        labelled("0: ", gloo(14)),
        "srun: error: gpu14: task 3: Out Of Memory",
        "srun: Terminating StepId=8812.0",
        "slurmstepd: error: *** STEP 8812.0 ON gpu13 CANCELLED AT 2026-11-21T04:10:12 ***",
        "srun: error: gpu13: tasks 0-1: Exited with exit code 1",
        "srun: error: gpu14: task 2: Terminated",
      ),
    },
  ],
  [
    "Slurm's time limit",
    "out-of-time",
    {
      "slurm-9001.out": lines(
        titanSteps(500, 530),
        "srun: Job step aborted: Waiting up to 47 seconds for job step to finish.",
        "slurmstepd: error: *** JOB 9001 ON n11 CANCELLED AT 2026-11-21T09:09:37 DUE TO TIME LIMIT ***",
        "slurmstepd: error: *** STEP 9001.0 ON n11 CANCELLED AT 2026-11-21T09:09:37 DUE TO TIME LIMIT ***",
        "W1121 09:09:37.102000 3301 torch/distributed/elastic/agent/server/api.py:719] Received 15 death signal, shutting down workers",
        "torch.distributed.elastic.multiprocessing.api.SignalException: Process 3301 got signal: 15",
        "srun: error: n12: task 1: Killed",
      ),
    },
  ],
  [
    "preempted Slurm job, the program sums up",
    "preemption",
    {
      "slurm-771.out": lines(
        titanSteps(90, 99),
        "slurmstepd: error: *** JOB 771 ON n03 CANCELLED AT 2026-11-21T07:00:01 DUE TO PREEMPTION ***",
        "0: SIGTERM received, saving checkpoint to /ckpt/step_98 ...",
        "0: checkpoint saved in 6.1 s",
        labelled("1: ", traceback("KeyboardInterrupt")),
        "srun: error: n04: task 1: Exited with exit code 1",
      ),
    },
  ],
  [
    "Slurm's node failure",
    "host-lost",
    {
      "slurm-772.out": lines(
        titanSteps(90, 99),
        "srun: error: Node failure on n05",
        "srun: Job step aborted: Waiting up to 32 seconds for job step to finish.",
        "slurmstepd: error: *** STEP 772.0 ON n04 CANCELLED AT 2026-11-21T07:20:41 DUE TO NODE FAILURE, SEE SLURMCTLD LOG FOR DETAILS ***",
        labelled("[rank1]: ", ncclRemote(1, "n05")),
      ),
    },
  ],
  [
    // huggingface/accelerate#1192, dmesg of another job
    "uncorrectable ECC error",
    "accelerator-error 4",
    {
      "rank4.err": lines(
        traceback([
          "RuntimeError: CUDA error: uncorrectable ECC error encountered",
          "CUDA kernel errors might be asynchronously reported at some other API call, so the stacktrace below might be incorrect.",
          "For debugging consider passing CUDA_LAUNCH_BLOCKING=1",
        ]),
      ),
      "rank0.err": lines(ncclRemote(0, "gpu-2")),
      "rank1.err": lines(ncclRemote(1, "gpu-2")),
      "rank5.err": lines(
        "[rank5]:[E1121 08:41:10.77 ProcessGroupNCCL.cpp:1896] [PG ID 0 PG GUID 0(default_pg) Rank 5] Process group watchdog thread terminated with exception: NCCL error: remote process exited or there was a network error",
      ),
      "rank0.out": lines(titanSteps(1, 30)),
      "dmesg-gpu-2.txt": lines(
        "[Sat Nov 21 08:41:08 2026] NVRM: Xid (PCI:0000:4e:00): 48, pid='<unknown>', name=<unknown>, An uncorrectable double bit error (DBE) has been detected on GPU in the framebuffer at partition 9, subpartition 0.",
        "[Sat Nov 21 08:41:08 2026] NVRM: Xid (PCI:0000:4e:00): 63, pid='<unknown>', name=<unknown>, Row Remapper: New row (0x00000000013a8a31) marked for remapping, reset gpu to activate.",
      ),
    },
  ],
  [
    "GPU off the bus, unknown error",
    "accelerator-error 2",
    {
      "worker-0.log": lines(hfSteps(1, 30), ncclRemote(0, "node-b")),
      "worker-1.log": lines(ncclRemote(1, "node-b")),
      "worker-2.log": lines(
        traceback([
          "RuntimeError: CUDA error: unknown error",
          "CUDA kernel errors might be asynchronously reported at some other API call, so the stacktrace below might be incorrect.",
        ]),
      ),
      "worker-3.log": lines(ncclRemote(3, "node-b")),
      "journal-node-b.txt": lines(
        "Nov 21 05:03:41 node-b kernel: NVRM: GPU at PCI:0000:44:00: GPU-660d987e-5b28-3bf6-2a2d-1d5ecae7f6df",
        "Nov 21 05:03:41 node-b kernel: NVRM: Xid (PCI:0000:44:00): 79, pid=4121, name=python3, GPU has fallen off the bus.",
        "Nov 21 05:03:41 node-b kernel: NVRM: GPU 0000:44:00.0: GPU has fallen off the bus.",
      ),
    },
  ],
  [
    // pytorch/xla#7138
    "TPU core halted",
    "accelerator-error 1",
    {
      "worker-0.log": lines(
        jaxHead(0),
        "E1121 10:07:31.120444 coordination_service_agent.cc:511] Polled an error from coordination service (this can be an error from this or another task).",
        "F1121 10:07:31.120491 client.h:80] Terminating process because the JAX distributed service detected fatal errors. This most likely indicates that another task died; see the other task logs for more details. Disable Python buffering, i.e. `python -u`, to be sure to see all the previous output. absl::Status: UNAVAILABLE: The following tasks are unhealthy (stopped sending heartbeats):",
        "/job:jax_worker/replica:0/task:1",
      ),
      "worker-1.log": lines(
        jaxHead(1),
        traceback(
          "jax.errors.JaxRuntimeError: INTERNAL: Core halted unexpectedly: INTERNAL: Accelerator device halted prematurely, perhaps due to an on-device check-failure. Node 0 halted unexpectedly at tag:pc TensorCoreSequencer:1:0x6f1",
        ),
      ),
    },
  ],
  [
    "JAX, a barrier that one task does not reach",
    "hang 2",
    {
      "worker-0.log": lines(
        jaxHead(0),
        traceback(
          "jax.errors.JaxRuntimeError: DEADLINE_EXCEEDED: Barrier timed out. Id: orbax_checkpoint::write_metadata::40. This usually happens because a task triggered the barrier too early or too slowly. Please look at the task logs (both timed out and first task) to debug further. # of tasks that reached the barrier: 3/4. The first task at the barrier: /job:jax_worker/replica:0/task:1. Some timed out task names: /job:jax_worker/replica:0/task:2",
        ),
      ),
      "worker-1.log": lines(
        jaxHead(1),
        traceback(
          "jax.errors.JaxRuntimeError: DEADLINE_EXCEEDED: Barrier timed out. Id: orbax_checkpoint::write_metadata::40. # of tasks that reached the barrier: 3/4. The first task at the barrier: /job:jax_worker/replica:0/task:1. Some timed out task names: /job:jax_worker/replica:0/task:2",
        ),
      ),
      "worker-2.log": lines(jaxHead(2)),
      "worker-3.log": lines(
        jaxHead(3),
        traceback(
          "jax.errors.JaxRuntimeError: DEADLINE_EXCEEDED: Barrier timed out. Id: orbax_checkpoint::write_metadata::40. # of tasks that reached the barrier: 3/4. The first task at the barrier: /job:jax_worker/replica:0/task:1. Some timed out task names: /job:jax_worker/replica:0/task:2",
        ),
      ),
    },
  ],
  [
    // jax-ml/jax#23599
    "JAX, missing heartbeats of a killed task",
    "killed 3",
    {
      "worker-0.log": lines(
        jaxHead(0),
        "2026-11-21 15:47:38.568412: E external/xla/xla/tsl/distributed_runtime/coordination/coordination_service.cc:1170] /job:jax_worker/replica:0/task:3 has been set to ERROR in coordination service: UNAVAILABLE: Task /job:jax_worker/replica:0/task:3 heartbeat timeout. This indicates that the remote task has failed, got preempted, or crashed unexpectedly. Check the task logs for an earlier error to debug further. [type.googleapis.com/tensorflow.CoordinationServiceError='']",
      ),
      "worker-1.log": lines(
        jaxHead(1),
        "F1121 15:47:39.1 client.h:80] Terminating process because the JAX distributed service detected fatal errors. This most likely indicates that another task died; see the other task logs for more details.",
      ),
      "worker-2.log": lines(
        jaxHead(2),
        "F1121 15:47:39.1 client.h:80] Terminating process because the JAX distributed service detected fatal errors. This most likely indicates that another task died; see the other task logs for more details.",
      ),
      "worker-3.log": lines(
        jaxHead(3),
        "/opt/job/run.sh: line 14:  4417 Killed                  python3 -u train_jax.py --config base.yml",
      ),
    },
  ],
  [
    // alibaba/Pai-Megatron-Patch#366
    "Megatron, NaN in the gradients of a rank",
    "not-a-number 11",
    {
      "pretrain.log": lines(
        ranksOf(9).map((step) =>
          megatronStep(step + 1, { loss: exponent(11.2 - step * 0.2), norm: 12.1 }),
        ),
        labelled(
          "[rank11]: ",
          traceback(
            "AssertionError: Rank 11: found NaN in local grad norm in backward pass before data-parallel communication collective. Device: 3, node: node-2",
          ),
        ),
        closing([70_108, 70_109, 70_110]),
        failed(11, 1),
        torchrunTable(16, { first: 11, exitCode: 1, name: "pretrain_gpt.py" }),
      ),
    },
  ],
  [
    // ymcui/Chinese-LLaMA-Alpaca#534
    "DeepSpeed, the loss scale at its minimum",
    "not-a-number",
    {
      "train.log": lines(
        hfSteps(300, 310),
        [64, 32, 16, 8, 4, 2].map(
          (scale) =>
            `[2026-11-21 22:16:00,018] [INFO] [loss_scaler.py:181:update_scale] [deepspeed] OVERFLOW! Rank 0 Skipping step. Attempted loss scale: ${scale}, reducing to ${scale / 2}`,
        ),
        ...ranksOf(4).map(() =>
          traceback(
            "Exception: Current loss scale already at minimum - cannot decrease scale anymore. Exiting run.",
          ),
        ),
        ranksOf(4).map((rank) => subprocess(5100 + rank)),
        "[2026-11-21 22:20:31,114] [ERROR] [launch.py:325:sigkill_handler] ['/opt/env/bin/python3', '-u', 'sft.py', '--local_rank=3'] exits with return code = 1",
      ),
    },
  ],
  [
    "Megatron, a loss that becomes NaN",
    "not-a-number",
    {
      "pretrain.log": lines(
        ranksOf(30).map((step) => megatronStep(step + 1, { loss: exponent(9 - step * 0.1) })),
        ranksOf(20).map((step) => megatronStep(step + 31, { loss: "NAN", norm: "nan", nan: 1 })),
      ),
    },
  ],
  [
    // NVlabs/Sana#206, and the line of the monitor on the rank that does not time out
    "NCCL's watchdog, one rank behind the others",
    "hang 5",
    {
      "train.log": lines(
        titanSteps(1, 40),
        ...others(8, 5).map((rank) =>
          watchdog(rank, { work: 327_117, operation: "_ALLGATHER_BASE", enqueued: 327_120 }),
        ),
        "[rank5]:[E1121 03:21:43.116 ProcessGroupNCCL.cpp:1685] [PG ID 0 PG GUID 0(default_pg) Rank 5] Observed flight recorder dump signal from another rank via TCPStore.",
        "[rank5]:[E1121 03:21:43.117 ProcessGroupNCCL.cpp:1746] [PG ID 0 PG GUID 0(default_pg) Rank 5] Received a dump signal due to a collective timeout from rank 3 and we will try our best to dump the debug info. Last enqueued NCCL work: 327116, last completed NCCL work: 327116.This is most likely caused by incorrect usages of collectives, e.g., wrong sizes used across ranks, the order of collectives is not same for all ranks or the scheduled collective, for some reason, didn't run. Additionally, this can be caused by GIL deadlock or other reasons such as network errors or bugs in the communications library (e.g. NCCL), etc. ",
        "terminate called after throwing an instance of 'c10::DistBackendError'",
        failed(0, -6),
        torchrunTable(8, {
          first: 0,
          exitCode: -6,
          others: others(8, 0, 5).map((rank) => [rank, -6]),
        }),
      ),
    },
  ],
  [
    "a module that the second node lacks",
    "configuration 4,5,6,7",
    {
      "node-1.log": lines(
        ...ranksOf(4).map((rank) =>
          labelled(
            `[rank${rank}]: `,
            traceback(
              "torch.distributed.DistStoreError: Timed out after 601 seconds waiting for clients. 4/8 clients joined.",
              { call: "dist.init_process_group()" },
            ),
          ),
        ),
      ),
      "node-2.log": lines(
        ...[4, 5, 6, 7].map((rank) =>
          labelled(
            `[rank${rank}]: `,
            traceback("ModuleNotFoundError: No module named 'flash_attn'", {
              call: "from flash_attn import flash_attn_func",
            }),
          ),
        ),
      ),
    },
  ],
  [
    "an address in use",
    "crash 0",
    {
      "torchrun.log": lines(
        labelled(
          "[rank0]: ",
          traceback(
            "torch.distributed.DistNetworkError: The server socket has failed to listen on any local network address. port: 29500, useIpv6: false, code: -98, name: EADDRINUSE, message: address already in use",
            { call: "dist.init_process_group('gloo')" },
          ),
        ),
        failed(0, 1),
        torchrunTable(4, { first: 0, exitCode: 1, perHost: 4 }),
      ),
    },
  ],
  [
    "Orbax, no space for a checkpoint",
    "disk-full 3",
    Object.fromEntries(
      ranksOf(4).map((rank) => [
        `host${rank}.log`,
        rank === 3
          ? lines(
              jaxHead(3),
              traceback(
                "ValueError: RESOURCE_EXHAUSTED: Error writing \"/mnt/ckpt/400/state/params.w/c/3.0\" [source locations='tensorstore/kvstore/file/file_key_value_store.cc:533'] Failed to write: OS error 28: ENOSPC No space left on device",
              ),
            )
          : lines(
              jaxHead(rank),
              "jax.errors.JaxRuntimeError: DEADLINE_EXCEEDED: Barrier timed out. Id: orbax::save::400. # of tasks that reached the barrier: 3/4. Some timed out task names: /job:jax_worker/replica:0/task:3",
            ),
      ]),
    ),
  ],
  [
    // hiyouga/LlamaFactory#3388
    "a stale file handle",
    "crash 1",
    {
      "all.log": lines(
        hfSteps(20, 30),
        labelled(
          "[rank1]: ",
          traceback([
            "OSError: Caught OSError in DataLoader worker process 5.",
            "Original Traceback (most recent call last):",
            '  File "/opt/env/lib/python3.11/site-packages/torch/utils/data/_utils/worker.py", line 351, in _worker_loop',
            "    data = fetcher.fetch(index)",
            "OSError: [Errno 116] Stale file handle: '/nfs/corpus/shard-00117.tar'",
          ]),
        ),
        labelled("[rank0]: ", gloo(3)),
        labelled("[rank2]: ", gloo(3)),
        labelled("[rank3]: ", gloo(3)),
        failed(1, 1),
        torchrunTable(4, {
          first: 1,
          exitCode: 1,
          perHost: 4,
          others: [
            [0, 1],
            [2, 1],
            [3, 1],
          ],
        }),
      ),
    },
  ],
  [
    // deepspeedai/DeepSpeed#5570
    "a checkpoint of another model, on all ranks",
    "crash 0,1,2,3",
    {
      "all.log": lines(
        ...[2, 0, 1, 3].map((rank) =>
          labelled(
            `[rank${rank}]: `,
            traceback([
              "RuntimeError: Error(s) in loading state_dict for GPT:",
              "\tsize mismatch for layers.1.wo.weight: copying a param with shape torch.Size([1024, 1024]) from checkpoint, the shape in current model is torch.Size([4096, 4096]).",
            ]),
          ),
        ),
        failed(2, 1),
      ),
    },
  ],
  [
    "Ray Train, CUDA out of memory",
    "out-of-memory 1",
    {
      "driver.log": lines(
        rayWorkers(4),
        hfSteps(1, 12).map((text) => `(RayTrainWorker pid=2210, ip=10.2.0.4) ${text}`),
        "2026-11-21 11:20:14,871 ERROR worker_group.py:810 -- [FailurePolicy] RAISE",
        labelled(
          "(RayTrainWorker pid=2211, ip=10.2.0.4) ",
          traceback(
            "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 1.86 GiB. GPU 1 has a total capacity of 22.06 GiB of which 640.44 MiB is free.",
          ),
        ),
        labelled("(RayTrainWorker pid=2213, ip=10.2.0.5) ", ncclRemote(3, "10.2.0.4")),
        "ray.train.WorkerGroupError: Training failed due to worker errors:",
      ),
    },
  ],
  [
    // jchengai/planTF#28
    "Ray's memory monitor",
    "out-of-memory",
    {
      "driver.log": lines(
        rayWorkers(2),
        hfSteps(1, 12).map((text) => `(RayTrainWorker pid=2210, ip=10.2.0.4) ${text}`),
        "(raylet, ip=10.2.0.4) [2026-11-21 19:21:02,241 E 1113 1113] (raylet) node_manager.cc:3064: 1 Workers (tasks / actors) killed due to memory pressure (OOM), 0 Workers crashed due to other reasons at node (ID: b8aad7ac53c0, IP: 10.2.0.4) over the last time period. To see more information about the Workers killed on this node, use `ray logs raylet.out -ip 10.2.0.4`",
        "ray.exceptions.OutOfMemoryError: Task was killed due to the node running low on memory.",
      ),
    },
  ],
  [
    "Kubernetes, a container killed for its memory",
    "out-of-memory 2",
    {
      "train-worker-0.log": lines(hfSteps(1, 30), gloo(12)),
      "train-worker-1.log": lines(gloo(12)),
      "train-worker-2.log": lines("Loading dataset shards: 100%|##########| 64/64"),
      "train-worker-3.log": lines(gloo(12)),
      "describe-train-worker-2.txt": lines(
        "Name:             train-worker-2",
        "Namespace:        ml",
        "    Last State:     Terminated",
        "      Reason:       OOMKilled",
        "      Exit Code:    137",
        "      Started:      Sat, 21 Nov 2026 10:01:07 +0000",
      ),
    },
  ],
  [
    "Kubernetes, a node of spot machines goes away",
    "preemption",
    {
      "train-worker-0.log": lines(hfSteps(1, 30), gloo(12)),
      "train-worker-1.log": lines("received signal 15, exiting"),
      "events.txt": lines(
        "LAST SEEN   TYPE      REASON              OBJECT               MESSAGE",
        "2m11s       Normal    Started             pod/train-worker-1   Started container pytorch",
        "12s         Warning   PreemptScheduled    node/gke-spot-7      Spot VM will be preempted",
        "9s          Normal    Killing             pod/train-worker-1   Stopping container pytorch",
        "9s          Warning   NodeShutdown        pod/train-worker-1   Pod was terminated in response to imminent node shutdown.",
      ),
    },
  ],
  [
    "TORCH_DISTRIBUTED_DEBUG=DETAIL names the call",
    "collective-mismatch 3",
    {
      "all.log": lines(
        hfSteps(1, 8),
        ...ranksOf(4).map((rank) =>
          labelled(
            `[rank${rank}]: `,
            traceback(
              `RuntimeError: Detected mismatch between collectives on ranks. Rank ${rank} is running collective: CollectiveFingerPrint(SequenceNumber=1277, OpType=${rank === 3 ? "BARRIER" : "ALLREDUCE, TensorShape=[1024], TensorDtypes=Float"}), but Rank ${rank === 3 ? 0 : 3} is running collective: CollectiveFingerPrint(SequenceNumber=1277, OpType=${rank === 3 ? "ALLREDUCE, TensorShape=[1024], TensorDtypes=Float" : "BARRIER"}).Collectives differ in the following aspects: \t Op type: ALLREDUCEvs BARRIER`,
            ),
          ),
        ),
      ),
    },
  ],
  [
    // hpcaitech/ColossalAI#3514
    "torchrun, exit code -9",
    "killed 4",
    {
      "all.log": lines(
        hfSteps(1, 40),
        closing([70_100, 70_101, 70_102, 70_103, 70_105, 70_106, 70_107]),
        failed(4, -9),
        torchrunTable(8, { first: 4, exitCode: -9 }),
      ),
    },
  ],
  [
    "Lightning, a child process that ends",
    "crash 2",
    {
      "lightning.log": lines(
        "Initializing distributed: GLOBAL_RANK: 0, MEMBER: 1/4",
        "Initializing distributed: GLOBAL_RANK: 2, MEMBER: 3/4",
        "Epoch 0:  12%|█▏        | 40/330 [00:21<02:36,  1.85it/s, v_num=3, train_loss=1.840]",
        traceback("ValueError: Expected input batch_size (12) to match target batch_size (16)."),
        "[rank: 2] Child process with PID 4411 terminated with code 1. Forcefully terminating all other processes to avoid zombies 🧟",
        "Killed",
      ),
    },
  ],
  [
    "Accelerate with a boxed traceback",
    "crash 6",
    {
      "accelerate.log": lines(
        hfSteps(1, 12),
        "╭───────────────────── Traceback (most recent call last) ──────────────────────╮",
        "│ /opt/job/train_text_to_image.py:880 in <module>                              │",
        "│ ❱ 880     main()                                                             │",
        "╰──────────────────────────────────────────────────────────────────────────────╯",
        "ValueError: prompt embeds must have 77 tokens but have 80",
        closing([70_100, 70_101]),
        failed(6, 1),
        torchrunTable(8, { first: 6, exitCode: 1, name: "train_text_to_image.py" }),
      ),
    },
  ],
  [
    "a spike of the loss that comes back",
    "loss-spike",
    {
      "pretrain.log": lines(
        ranksOf(160).map((step) =>
          megatronStep(step + 1, {
            loss: exponent(
              4.1 -
                step * 0.005 +
                0.02 * Math.sin(step * 12.9) +
                (step >= 110 && step < 118 ? 4.2 : 0),
            ),
          }),
        ),
      ),
    },
  ],
  [
    "a port of InfiniBand goes down",
    "host-lost",
    {
      "slurm-5120.out": lines(
        titanSteps(1, 33),
        "n6:4021:4188 [3] transport/net_ib.cc:2091 NCCL WARN NET/IB : Got completion from peer 10.9.0.7<54862> with status=12 opcode=0 len=0 vendor err 129 (Recv) localGid fe80::1 remoteGidsfe80::7 hca mlx5_5",
        labelled("[rank3]: ", ncclRemote(3, "n7")),
        labelled("[rank2]: ", ncclRemote(2, "n7")),
      ),
      "dmesg-n7.txt": lines(
        "[912311.20] mlx5_core 0000:ab:00.0 mlx5_5: Port: 1 Link DOWN",
        "[912311.21] mlx5_core 0000:ab:00.0: mlx5_cmd_out_err:835:(pid 0): ACCESS_REG(0x805) op_mod(0x1) failed",
      ),
    },
  ],
];
