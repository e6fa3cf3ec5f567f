// Folders of jobs that failed.
import {
  hfSteps,
  labelled,
  lines,
  ranksOf,
  torchrunTable,
  traceback,
} from "../fourth/folder-texts.js";
import { d2, fairseq, inLoader, perRank, plain, steps, timm, together, yolo } from "./printed.js";

const logOf = (rank) => `logs/rank_${rank}.log`;
const bySpy = (rank, frames) =>
  lines(
    `Process ${8100 + rank}: /opt/env/bin/python -u train.py`,
    "Python v3.11.9 (/opt/env/bin/python3.11)",
    "",
    `Thread ${8100 + rank} (idle): "MainThread"`,
    frames.map((frame) => `    ${frame}`),
  );
const watchdogHead = (rank) => `[rank${rank}]:[E1124 11:17:52.55${rank}891708 ProcessGroupNCCL.cpp`;
const dumpSignal = (rank, enqueued, from) =>
  `${watchdogHead(rank)}:1743] [PG ID 0 PG GUID 0(default_pg) Rank ${rank}] Received a dump signal due to a collective timeout from ${from === rank ? "this local rank" : ` rank ${from}`} and we will try our best to dump the debug info. Last enqueued NCCL work: ${enqueued}, last completed NCCL work: 811.This is most likely caused by incorrect usages of collectives, e.g., wrong sizes used across ranks, the order of collectives is not same for all ranks or the scheduled collective, for some reason, didn't run. Additionally, this can be caused by GIL deadlock or other reasons such as network errors or bugs in the communications library (e.g. NCCL), etc. `;
const timedOut = (rank, number, operation, numel) =>
  `${watchdogHead(rank)}:632] [Rank ${rank}] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=${number}, OpType=${operation}, NumelIn=${numel}, NumelOut=${numel}, Timeout(ms)=1800000) ran for 180006${rank} milliseconds before timing out.`;
const fingerprint = (rank, shape) =>
  `Rank ${rank} is running collective: CollectiveFingerPrint(SequenceNumber=3104, OpType=ALLREDUCE, TensorShape=[${shape}], TensorDtypes=BFloat16, TensorDeviceTypes=TensorOptions(dtype=float (default), device=cuda, layout=Strided (default), requires_grad=false (default), pinned_memory=false (default), memory_format=(nullopt)))`;
const dsHead = (host, node) => [
  `${host}: [2026-11-24 10:46:23,766] [INFO] [launch.py:161:main] global_rank_mapping=defaultdict(<class 'list'>, {'ng30905': [0, 1, 2, 3], 'ng31103': [4, 5, 6, 7]})`,
  `${host}: [2026-11-24 10:46:23,909] [INFO] [launch.py:148:main] nnodes=2, num_local_procs=4, node_rank=${node}`,
  `${host}: [2026-11-24 10:46:23,909] [INFO] [launch.py:164:main] dist_world_size=8`,
];

export const faultFolders = [
  [
    // pytorch/pytorch#5040
    "a bus error in a process of a loader",
    "out-of-memory 2",
    {
      "train.out": lines(
        timm(1, 30),
        "[rank2]: ERROR: Unexpected bus error encountered in worker. This might be caused by insufficient shared memory (shm).",
        together(4, {
          2: traceback(
            "RuntimeError: DataLoader worker (pid 325) is killed by signal: Bus error. ",
          ),
        }),
      ),
    },
  ],
  [
    // EleutherAI/gpt-neox#1252
    "too many open files",
    "crash 1",
    perRank(4, logOf, { 1: traceback("OSError: [Errno 24] Too many open files") }),
  ],
  [
    // pytorch/pytorch#973
    "descriptors that a loader did not receive",
    "crash 3",
    perRank(4, (rank) => `worker${rank}.txt`, {
      3: traceback("RuntimeError: received 0 items of ancdata"),
    }),
  ],
  [
    // salesforce/CodeGen2#3
    "HIP out of memory, by pdsh",
    "out-of-memory",
    {
      "ds.log": lines(
        dsHead("ng30905", 0),
        dsHead("ng31103", 1),
        labelled("ng30905: ", hfSteps(1, 14)),
        labelled(
          "ng31103: ",
          traceback(
            "RuntimeError: HIP out of memory. Tried to allocate 576.00 MiB (GPU 3; 15.98 GiB total capacity; 15.83 GiB already allocated; 0 bytes free; 15.84 GiB reserved in total by PyTorch) If reserved memory is >> allocated memory try setting max_split_size_mb to avoid fragmentation.",
          ),
        ),
        "ng31103: [2026-11-24 10:51:02,111] [INFO] [launch.py:319:sigkill_handler] Killing subprocess 41120",
        "pdsh@login1: ng31103: ssh exited with exit code 1",
      ),
    },
  ],
  [
    // sml2h3/dddd_trainer#36
    "all ranks load a checkpoint that is cut",
    "bad-checkpoint 0,1,2,3",
    perRank(
      4,
      logOf,
      Object.fromEntries(
        ranksOf(4).map((rank) => [
          rank,
          [
            "Search for history checkpoints...",
            ...traceback(
              "RuntimeError: PytorchStreamReader failed reading zip archive: failed finding central directory",
              { call: "state = torch.load(newest)" },
            ),
          ],
        ]),
      ),
      { before: ["Start Train ----> images98"] },
    ),
  ],
  [
    "a checkpoint of another model",
    "crash 0,1",
    {
      "run.log": lines(
        "[rank0]: loading checkpoints/step_9000.pt",
        together(2, {
          0: traceback([
            "RuntimeError: Error(s) in loading state_dict for GPT:",
            "        size mismatch for transformer.wte.weight: copying a param with shape torch.Size([50257, 768]) from checkpoint, the shape in current model is torch.Size([50304, 768]).",
          ]),
          1: traceback([
            "RuntimeError: Error(s) in loading state_dict for GPT:",
            "        size mismatch for transformer.wte.weight: copying a param with shape torch.Size([50257, 768]) from checkpoint, the shape in current model is torch.Size([50304, 768]).",
          ]),
        }),
      ),
    },
  ],
  [
    "weights of one rank are cut",
    "bad-checkpoint 3",
    perRank(
      4,
      logOf,
      {
        3: traceback(
          "safetensors_rust.SafetensorError: Error while deserializing header: MetadataIncompleteBuffer",
        ),
      },
      { before: ["loading shard model-00003-of-00004.safetensors"] },
    ),
  ],
  [
    // huggingface/transformers#9732
    "a file handle that is stale",
    "crash 0",
    {
      "slurm-88121.out": lines(
        hfSteps(40, 70),
        together(4, {
          0: traceback("OSError: [Errno 116] Stale file handle", {
            call: 'torch.save(self.optimizer.state_dict(), os.path.join(output_dir, "optimizer.pt"))',
          }),
        }),
      ),
    },
  ],
  [
    // rhasspy/piper#311
    "a mounted folder that is gone",
    "crash 1",
    perRank(4, logOf, {
      1: [
        "DEBUG:fsspec.local:open file: /mnt/bucket/checkpoints/last.ckpt",
        ...traceback("OSError: [Errno 107] Transport endpoint is not connected", {
          file: "/opt/env/lib/python3.11/site-packages/fsspec/implementations/local.py",
          call: "return self.f.write(*args, **kwargs)",
        }),
      ],
    }),
  ],
  [
    // NVIDIA/nccl#1814, #1405
    "a cable of InfiniBand",
    "host-lost",
    {
      "train.log": lines(
        plain(1, 25),
        "gpu-2:984:1357 [4] ib_plugin.c:1615 NCCL WARN NET/IB : Got completion from peer 172.36.143.59<44206> with status=12 opcode=129 len=65536 vendor err 129 (Recv) localGid ::ffff:29.87.88.182 remoteGids::ffff:29.87.4.221",
        "gpu-2:984:1357 [4] NCCL INFO transport/net.cc:1298 -> 6",
        "gpu-1:911:1201 [4] ib_plugin.c:1615 NCCL WARN NET/IB : Got completion from peer 172.36.143.60<55921> with status=12 opcode=1 len=0 vendor err 129 (Send) localGid ::ffff:29.87.4.221 remoteGids::ffff:29.87.88.182",
        ranksOf(2).map((rank) =>
          labelled(
            `[rank${rank}]: `,
            traceback(
              "torch.distributed.DistBackendError: NCCL error in: ../torch/csrc/distributed/c10d/ProcessGroupNCCL.cpp:2251, remote process exited or there was a network error, NCCL version 2.26.2",
            ),
          ),
        ),
      ),
      "dmesg-gpu-2.txt": lines(
        "[88123.120033] mlx5_core 0000:41:00.0: Port module event: module 0, Cable unplugged",
        "[88123.120911] mlx5_core 0000:41:00.0 ibp65s0: Link down",
      ),
    },
  ],
  [
    // caicloud/ciao#85
    "a name that one host cannot resolve",
    "crash 1",
    {
      "pods.log": lines(
        labelled(
          "[kubeflow][worker-1] ",
          traceback("socket.gaierror: [Errno -3] Temporary failure in name resolution", {
            call: "index = requests.get(INDEX_URL).json()",
          }),
        ),
        labelled(
          "[kubeflow][worker-0] ",
          traceback("RuntimeError: Connection reset by peer", {
            call: "dist.broadcast(tensor, 0)",
          }),
        ),
      ),
    },
  ],
  [
    // pytorch/pytorch#126510
    "torchrun, its port is taken",
    "crash",
    {
      "nohup.out": lines(
        "[W socket.cpp:436] [c10d] The server socket has failed to bind to [::]:29400 (errno: 98 - Address already in use).",
        "[W socket.cpp:436] [c10d] The server socket has failed to bind to 0.0.0.0:29400 (errno: 98 - Address already in use).",
        "[E socket.cpp:472] [c10d] The server socket has failed to listen on any local network address.",
        traceback(
          "torch.distributed.DistNetworkError: The server socket has failed to listen on any local network address. port: 29400, useIpv6: false, code: -98, name: EADDRINUSE, message: address already in use",
        ),
      ),
    },
  ],
  [
    // facebookresearch/fairseq#1529
    "fairseq, the smallest loss scale",
    "not-a-number",
    {
      "train.log": lines(
        fairseq(1, 30),
        "2026-11-24 10:30:50 | INFO | fairseq.trainer | NOTE: gradient overflow detected, ignoring gradient, setting loss scale to: 0.0001220703125",
        traceback(
          "FloatingPointError: Minimum loss scale reached (0.0001). Your loss is probably exploding. Try lowering the learning rate, using gradient clipping or increasing the batch size.",
        ),
      ),
    },
  ],
  [
    // csuhan/opendet2#29
    "detectron2, an infinite loss",
    "not-a-number",
    {
      "log.txt": lines(
        d2(1, 25),
        traceback([
          "FloatingPointError: Loss became infinite or NaN at iteration=519!",
          "loss_dict = {'loss_cls_ce': nan, 'loss_box_reg': nan, 'loss_ins_con': 0.0, 'loss_cls_up': nan}",
        ]),
      ),
    },
  ],
  [
    "DETR stops itself",
    "not-a-number",
    {
      "train.log": lines(
        timm(1, 20),
        ranksOf(4).flatMap((rank) => [
          `[rank${rank}]: Loss is nan, stopping training`,
          `[rank${rank}]: {'loss_ce': tensor(nan, device='cuda:${rank}'), 'class_error': tensor(100., device='cuda:${rank}')}`,
        ]),
        torchrunTable(4, { first: 2, exitCode: 1, others: [[0, 1]] }),
      ),
    },
  ],
  [
    "a loss of zero and gradients that are none",
    "not-a-number",
    {
      "train.log": lines(
        hfSteps(1, 20),
        ranksOf(12).map(
          (index) =>
            `{'loss': 0.0, 'grad_norm': nan, 'learning_rate': 1.9e-05, 'epoch': ${(0.1 + 0.01 * index).toFixed(2)}}`,
        ),
        "{'train_runtime': 8121.4, 'train_samples_per_second': 31.2, 'train_loss': 0.71, 'epoch': 1.0}",
      ),
    },
  ],
  [
    // fudan-generative-vision/hallo#152
    "a loss that is NaN from a step on, in a bar",
    "not-a-number",
    {
      "console.txt": lines(
        steps(1, 15),
        ranksOf(8).flatMap((index) => [
          ...steps(15 + index, 16 + index, { loss: () => "nan" }),
          `[2026-11-24 14:43:5${index},431] [INFO] [loss_scaler.py:183:update_scale] [deepspeed] OVERFLOW! Rank 0 Skipping step. Attempted loss scale: ${2 ** (8 - index)}, reducing to ${2 ** (7 - index)}`,
        ]),
      ),
    },
  ],
  [
    // hiyouga/LlamaFactory#8261
    "NCCL's monitor, one rank is one call behind",
    "hang 6",
    {
      "llama.log": lines(
        hfSteps(1, 20),
        ranksOf(8)
          .filter((rank) => rank !== 6)
          .map((rank) => timedOut(rank, 812, "ALLREDUCE", 466_119_168)),
        ranksOf(8).map((rank) => dumpSignal(rank, rank === 6 ? 811 : 812, 0)),
      ),
    },
  ],
  [
    "NCCL's watchdog, another call on one rank",
    "collective-mismatch 2",
    {
      "train.log": lines(
        yolo(1, 30),
        [0, 1, 3].map((rank) => timedOut(rank, 77, "ALLREDUCE", 1)),
        timedOut(2, 77, "_ALLGATHER_BASE", 6_291_456),
      ),
    },
  ],
  [
    // modelscope/ms-swift#9443
    "detailed checks of two ranks",
    "collective-mismatch",
    {
      "swift.log": lines(
        hfSteps(1, 20),
        ranksOf(2).map((rank) =>
          labelled(
            `[rank${rank}]: `,
            traceback(
              `RuntimeError: Detected mismatch between collectives on ranks. ${fingerprint(rank, rank === 1 ? 195_812_480 : 51_123_456)}, but ${fingerprint(1 - rank, rank === 1 ? 51_123_456 : 195_812_480)}.Collectives differ in the following aspects: \t Tensor Tensor shapes: 195812480vs 51123456`,
            ),
          ),
        ),
      ),
    },
  ],
  [
    "kubectl lists a pod that was killed for its memory",
    "out-of-memory 2",
    {
      "pods.txt": lines(
        "NAME            READY   STATUS      RESTARTS   AGE",
        "bert-worker-0   0/1     Error       0          41m",
        "bert-worker-1   0/1     Error       0          41m",
        "bert-worker-2   0/1     OOMKilled   0          41m",
        "bert-worker-3   0/1     Error       0          41m",
      ),
      ...perRank(4, (rank) => `bert-worker-${rank}.log`, { 2: [] }),
    },
  ],
  [
    "srun, a task out of memory",
    "out-of-memory 5",
    {
      "slurm-90112.out": lines(
        plain(1, 25, "0: "),
        "slurmstepd: error: Detected 1 oom_kill event in StepId=90112.0. Some of the step tasks have been OOM Killed.",
        "srun: error: node07: task 5: Out Of Memory",
        "srun: Terminating StepId=90112.0",
        "srun: error: node06: tasks 0-3: Terminated",
      ),
    },
  ],
  [
    "the kernel killed a process that torchrun names",
    "out-of-memory 2",
    {
      "run.log": lines(
        timm(1, 20),
        together(4, { 2: [] }),
        torchrunTable(4, { first: 2, exitCode: -9 }),
      ),
      "kern.log": lines(
        "Nov 24 03:14:54 gpu-1 kernel: [99120.2] oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/user.slice,task=python3.11,pid=70102,uid=1000",
        "Nov 24 03:14:54 gpu-1 kernel: [99120.3] Out of memory: Killed process 70102 (python3.11) total-vm:212243112kB, anon-rss:190233120kB, file-rss:112kB, shmem-rss:24kB, UID:1000 pgtables:401232kB oom_score_adj:0",
      ),
    },
  ],
  [
    // deepspeedai/DeepSpeed#3489
    "DeepSpeed by pdsh, a module that one host lacks",
    "configuration 4,5,6,7",
    {
      "ds.log": lines(
        dsHead("ng30905", 0),
        dsHead("ng31103", 1),
        ranksOf(4).map(() =>
          labelled("ng31103: ", traceback("ModuleNotFoundError: No module named 'transformers'")),
        ),
        "ng31103: [2026-11-24 10:46:31,102] [INFO] [launch.py:319:sigkill_handler] Killing subprocess 41120",
        "pdsh@login1: ng31103: ssh exited with exit code 1",
      ),
    },
  ],
  [
    "a C library that is too old on one host",
    "configuration 4,5,6,7",
    {
      "node-a.log": lines(together(4, {})),
      "node-b.log": lines(
        [4, 5, 6, 7].map((rank) =>
          labelled(
            `[rank${rank}]: `,
            traceback(
              "ImportError: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.32' not found (required by /opt/env/lib/python3.11/site-packages/flash_attn_2_cuda.so)",
            ),
          ),
        ),
      ),
    },
  ],
  [
    "a driver that is too old on one host",
    "configuration 2,3",
    {
      "node-a.log": lines(together(2, {})),
      "node-b.log": lines(
        [2, 3].map((rank) =>
          labelled(
            `[rank${rank}]: `,
            traceback(
              "RuntimeError: The NVIDIA driver on your system is too old (found version 11040). Please update your GPU driver by downloading and installing a new version from the URL: http://www.nvidia.com/Download/index.aspx",
            ),
          ),
        ),
      ),
    },
  ],
  [
    "a host without GPUs",
    "configuration 2,3",
    {
      "node-a.log": lines(together(2, {})),
      "node-b.log": lines(
        [2, 3].map((rank) =>
          labelled(`[rank${rank}]: `, traceback("RuntimeError: No CUDA GPUs are available")),
        ),
      ),
    },
  ],
  [
    "a variable that one host does not set",
    "configuration 2,3",
    {
      "node-a.log": lines(together(2, {})),
      "node-b.log": lines(
        [2, 3].map((rank) =>
          labelled(
            `[rank${rank}]: `,
            traceback("KeyError: 'DATA_ROOT'", {
              file: "/usr/lib/python3.11/os.py",
              call: "raise KeyError(key) from None",
            }),
          ),
        ),
      ),
    },
  ],
  [
    "an error of a kernel launch on one GPU",
    "accelerator-error 3",
    perRank(4, logOf, {
      3: traceback([
        "torch.AcceleratorError: CUDA error: unspecified launch failure",
        "CUDA kernel errors might be asynchronously reported at some other API call, so the stacktrace below might be incorrect.",
        "For debugging consider passing CUDA_LAUNCH_BLOCKING=1",
      ]),
    }),
  ],
  [
    "NVLink",
    "accelerator-error 1",
    {
      "train.out": lines(
        plain(1, 25),
        together(4, {
          1: traceback(
            "RuntimeError: CUDA error: uncorrectable NVLink error detected during the execution",
          ),
        }),
      ),
    },
  ],
  [
    // NVIDIA/Megatron-LM#1880
    "a segmentation fault, named by torchrun",
    "crash 3",
    {
      "megatron.log": lines(
        plain(1, 25),
        labelled("[rank3]: ", [
          "Fatal Python error: Segmentation fault",
          "",
          "Current thread 0x00007f1c1a7fc640 (most recent call first):",
          '  File "/opt/job/kernels/fused.py", line 71 in forward',
          '  File "/opt/job/train.py", line 301 in main',
        ]),
        "E1124 11:14:55.884000 70090 site-packages/torch/distributed/elastic/multiprocessing/api.py:874] failed (exitcode: -11) local_rank: 3 (pid: 70103) of binary: /opt/env/bin/python3.11",
        torchrunTable(4, { first: 3, exitCode: -11 }),
      ),
    },
  ],
  [
    // huggingface/tokenizers#258
    "tokenizers stop in a process of a loader",
    "hang 1",
    {
      "train.log": lines(
        "huggingface/tokenizers: The current process just got forked, after parallelism has already been used. Disabling parallelism to avoid deadlocks...",
        "To disable this warning, you can either:",
        "\t- Avoid using `tokenizers` before the fork if possible",
        "\t- Explicitly set the environment variable TOKENIZERS_PARALLELISM=(true | false)",
        hfSteps(1, 9),
      ),
      ...Object.fromEntries(
        ranksOf(4).map((rank) => [
          `stack-rank_${rank}.txt`,
          rank === 1
            ? bySpy(rank, [
                "select (selectors.py:416)",
                "wait (multiprocessing/connection.py:948)",
                "_poll (multiprocessing/connection.py:440)",
                "poll (multiprocessing/connection.py:257)",
                "get (multiprocessing/queues.py:113)",
                "_try_get_data (torch/utils/data/dataloader.py:1275)",
                "__next__ (torch/utils/data/dataloader.py:733)",
                "train (/opt/job/train.py:212)",
              ])
            : bySpy(rank, [
                "_engine_run_backward (torch/autograd/graph.py:824)",
                "backward (torch/autograd/__init__.py:347)",
                "all_reduce (torch/distributed/distributed_c10d.py:2896)",
                "train (/opt/job/train.py:219)",
              ]),
        ]),
      ),
    },
  ],
  [
    "an exception in a loader's process",
    "crash 1",
    {
      "train.out": lines(
        timm(1, 20),
        together(4, { 1: inLoader("KeyError: 'COCO_val2014_000000391895'", 3) }),
      ),
    },
  ],
  [
    "a hub that answers too many requests",
    "crash 3",
    perRank(4, logOf, {
      3: traceback(
        "huggingface_hub.errors.HfHubHTTPError: 429 Client Error: Too Many Requests for url: https://huggingface.co/api/datasets/corpus/tree/main",
      ),
    }),
  ],
  [
    "preempted in the words of Slurm",
    "preemption",
    {
      "slurm-4712.out": lines(
        plain(1, 25),
        "slurmstepd: error: *** STEP 4712.0 ON n17 CANCELLED AT 2026-11-24T04:10:12 DUE TO PREEMPTION ***",
        "srun: Job step aborted: Waiting up to 32 seconds for job step to finish.",
        "srun: error: n17: tasks 0-3: Terminated",
      ),
    },
  ],
  [
    "LSF's time limit",
    "out-of-time",
    {
      "lsf.out": lines(
        plain(1, 25),
        "TERM_RUNLIMIT: job killed after reaching LSF run time limit.",
        "Exited with exit code 140.",
      ),
    },
  ],
  [
    "a node that fails, in the words of Slurm",
    "host-lost",
    {
      "slurm-771.out": lines(
        plain(1, 25),
        "srun: error: Node failure on gpu12",
        "srun: Job step aborted: Waiting up to 32 seconds for job step to finish.",
        "slurmstepd: error: *** JOB 771 ON gpu11 CANCELLED AT 2026-11-24T06:01:09 DUE TO NODE FAILURE, SEE SLURMCTLD LOG FOR DETAILS ***",
      ),
    },
  ],
  [
    "a full disk behind an error of the archive",
    "disk-full 0",
    perRank(4, logOf, {
      0: [
        ...traceback("OSError: [Errno 28] No space left on device"),
        "",
        "During handling of the above exception, another exception occurred:",
        "",
        ...traceback(
          "RuntimeError: [enforce fail at inline_container.cc:595] . unexpected pos 4460113216 vs 4460113104",
          { call: "torch.save(state, path)" },
        ),
      ],
    }),
  ],
  [
    "a full /tmp for compiled kernels",
    "disk-full 3",
    {
      "train.out": lines(
        plain(1, 3),
        together(4, {
          3: traceback(
            "torch._inductor.exc.InductorError: OSError: [Errno 28] No space left on device: '/tmp/torchinductor_ml/tmpk3j2/c7/kernel.py'",
          ),
        }),
      ),
    },
  ],
  [
    "horovodrun",
    "crash 2",
    {
      "horovod.log": lines(
        plain(1, 25, "[0]<stdout>:"),
        labelled("[2]<stderr>:", traceback("ValueError: could not convert string to float: 'n/a'")),
        [0, 1, 3].map((rank) =>
          labelled(
            `[${rank}]<stderr>:`,
            traceback(
              "horovod.common.exceptions.HorovodInternalError: [/tmp/pip-req-build/third_party/gloo/gloo/transport/tcp/pair.cc:589] Read error [10.0.0.4]:51234: Connection reset by peer",
            ),
          ),
        ),
        "Process 2 exit with status code 1.",
      ),
    },
  ],
  [
    "memory of an NPU",
    "out-of-memory 1",
    perRank(4, logOf, {
      1: traceback(
        "RuntimeError: NPU out of memory. Tried to allocate 2.00 GiB (NPU 1; 60.97 GiB total capacity; 58.11 GiB already allocated; 58.11 GiB current active; 1.02 GiB free; 59.22 GiB reserved in total by PyTorch) If reserved memory is >> allocated memory try setting max_split_size_mb to avoid fragmentation.",
      ),
    }),
  ],
  [
    "memory of a TPU",
    "out-of-memory 2",
    perRank(
      4,
      (rank) => `process_${rank}.log`,
      {
        2: traceback(
          "jaxlib.xla_extension.XlaRuntimeError: RESOURCE_EXHAUSTED: Attempting to reserve 12.40G at the bottom of memory. That was not possible. There are 9.96G free, 0B reserved, and 9.96G reservable.",
        ),
      },
      {
        others: () => [
          "F1124 12:00:31.1 client.h:80] Terminating process because the JAX distributed service detected fatal errors. This most likely indicates that another task died; see the other task logs for more details.",
        ],
      },
    ),
  ],
  [
    "shared memory that NCCL does not get",
    "out-of-memory 1",
    {
      "train.out": lines(
        "gpu-1:412:601 [1] include/shm.h:48 NCCL WARN Error: failed to extend /dev/shm/nccl-8AxTrl to 9637892 bytes",
        "gpu-1:412:601 [1] misc/shmutils.cc:72 NCCL WARN Error while creating shared memory segment /dev/shm/nccl-8AxTrl (size 9637888)",
        together(
          4,
          {
            1: traceback([
              "torch.distributed.DistBackendError: NCCL error in: ../torch/csrc/distributed/c10d/ProcessGroupNCCL.cpp:1691, unhandled system error (run with NCCL_DEBUG=INFO for details), NCCL version 2.19.3",
              "ncclSystemError: System call (e.g. socket, malloc) or external library call failed or device error. ",
              "Last error:",
              "Error while creating shared memory segment /dev/shm/nccl-8AxTrl (size 9637888)",
            ]),
          },
          {
            victim: () =>
              traceback(
                "torch.distributed.DistBackendError: NCCL error in: ../torch/csrc/distributed/c10d/ProcessGroupNCCL.cpp:1691, remote process exited or there was a network error, NCCL version 2.19.3",
              ),
          },
        ),
      ),
    },
  ],
  [
    "a full disk and, elsewhere, data that does not fit",
    "disk-full 0 + crash 2",
    perRank(4, logOf, {
      0: traceback("OSError: [Errno 28] No space left on device: 'ckpt/step_200.pt'"),
      2: traceback("ValueError: Expected input batch_size (64) to match target batch_size (63)."),
    }),
  ],
  [
    "gloo waits for a rank that waits for a lock",
    "hang 1",
    perRank(
      4,
      logOf,
      { 1: ["waiting for the lock /data/cache/corpus.lock ..."] },
      {
        others: (rank) =>
          traceback(
            `RuntimeError: [../third_party/gloo/gloo/transport/tcp/unbound_buffer.cc:81] Timed out waiting 1800000ms for recv operation to complete`,
            { call: `dist.all_reduce(values)  # ${rank}` },
          ),
      },
    ),
  ],
  [
    "a store that waits for its last client",
    "hang 3",
    perRank(
      4,
      logOf,
      {
        0: traceback(
          "torch.distributed.DistStoreError: Timed out after 601 seconds waiting for clients. 3/4 clients joined.",
        ),
        1: ["joined the store, waiting for the others"],
        2: ["joined the store, waiting for the others"],
        3: ["Loading dataset from /mnt/nfs/corpus ..."],
      },
      { before: ["Initializing distributed"] },
    ),
  ],
  [
    "mp.spawn, killed",
    "killed 2",
    {
      "out.log": lines(
        plain(1, 25),
        traceback(
          "torch.multiprocessing.spawn.ProcessExitedException: process 2 terminated with signal SIGKILL",
        ),
      ),
    },
  ],
];
