// A small fifth set of folders, written after the corrections for the fourth and answered once as it came, before anything was changed for it.
import { gloo, labelled, lines, ranksOf, traceback } from "./fourth/folder-texts.js";

const steps = (from, to, head = "") =>
  ranksOf(to - from).map(
    (index) =>
      `${head}step ${from + index}/9000 train_loss=${(3.2 - 0.003 * (from + index)).toFixed(4)} tok/s=${81_000 + index} mem=61.2GB`,
  );
const paddle = (from, to) =>
  ranksOf(to - from).map(
    (index) =>
      `[2026-11-22 10:1${index % 10}:00,118] [    INFO] - loss: ${(8.2 - 0.01 * index).toFixed(5)}, learning_rate: 3e-05, global_step: ${from + index}, interval_runtime: 1.2, progress_or_epoch: 0.01`,
  );
const keras = (count) =>
  ranksOf(count).map(
    (index) =>
      `${index + 1}/400 ━━━━━━━━━━━━━━━━━━━━ 21s 54ms/step - accuracy: 0.41 - loss: ${(1.9 - 0.01 * index).toFixed(4)}`,
  );
const each = (count, textOf) => Object.fromEntries(ranksOf(count).map(textOf));
const done = "Training done in 3:12:44.";

const faults = [
  [
    "per-rank logs, an assertion of a kernel",
    "crash 2",
    each(4, (rank) => [
      `train_rank${rank}.log`,
      rank === 2
        ? lines(
            steps(1, 20),
            "/pytorch/aten/src/ATen/native/cuda/Loss.cu:245: nll_loss_forward_reduce_cuda_kernel_2d: block: [0,0,0], thread: [5,0,0] Assertion `t >= 0 && t < n_classes` failed.",
            traceback("torch.AcceleratorError: CUDA error: device-side assert triggered"),
          )
        : lines(steps(1, 20), gloo(6)),
    ]),
  ],
  [
    "mpiexec of MPICH",
    "killed 3",
    {
      "out.txt": lines(
        steps(1, 25),
        "===================================================================================",
        "=   BAD TERMINATION OF ONE OF YOUR APPLICATION PROCESSES",
        "=   RANK 3 PID 21190 RUNNING AT cn031",
        "=   KILLED BY SIGNAL: 9 (Killed)",
        "===================================================================================",
      ),
    },
  ],
  [
    "PaddlePaddle on several devices",
    "out-of-memory 1",
    each(4, (rank) => [
      `log/workerlog.${rank}.log`,
      rank === 1
        ? lines(
            paddle(1, 12),
            "ResourceExhaustedError: ",
            "",
            "Out of memory error on GPU 1. Cannot allocate 2.000000GB memory on GPU 1, 78.870972GB memory has been allocated and available memory is only 445.750000MB.",
          )
        : lines(paddle(1, 12), "LAUNCH WARNING 2026-11-22 10:20:01,377 pod failed, terminating"),
    ]),
  ],
  [
    "Keras with MultiWorkerMirroredStrategy",
    "crash 1",
    {
      "worker-0.log": lines(
        keras(20),
        "tensorflow.python.framework.errors_impl.UnavailableError: Graph execution error: Collective ops is aborted by: Connection reset by peer",
      ),
      "worker-1.log": lines(
        keras(20),
        traceback(
          "tensorflow.python.framework.errors_impl.InvalidArgumentError: Graph execution error: logits and labels must be broadcastable: logits_size=[64,10] labels_size=[64,12]",
        ),
      ),
    },
  ],
  [
    "scancel by an administrator for the memory of a node",
    "out-of-memory",
    {
      "slurm-66123.out": lines(
        steps(1, 25),
        "slurmstepd: error: Detected 3 oom_kill events in StepId=66123.batch. Some of the step tasks have been OOM Killed.",
      ),
    },
  ],
  [
    "monitoredBarrier names the rank",
    "hang 3",
    {
      "run.log": lines(
        steps(1, 25, "[rank0]: "),
        labelled(
          "[rank0]: ",
          traceback("RuntimeError: [Rank 0]: Ranks 3 failed to pass monitoredBarrier in 60000 ms"),
        ),
        labelled(
          "[rank1]: ",
          traceback(
            "RuntimeError: Rank 1 successfully reached monitoredBarrier, but received errors while waiting for send/recv from rank 0. Please check rank 0 logs for faulty rank.",
          ),
        ),
        labelled(
          "[rank2]: ",
          traceback(
            "RuntimeError: Rank 2 successfully reached monitoredBarrier, but received errors while waiting for send/recv from rank 0. Please check rank 0 logs for faulty rank.",
          ),
        ),
      ),
    },
  ],
  [
    "a GPU that needs a reset",
    "accelerator-error",
    {
      "train.log": lines(
        steps(1, 25),
        "terminate called after throwing an instance of 'c10::Error'",
      ),
      "kern-gpu9.log": lines(
        "Nov 22 11:00:00 gpu9 kernel: [99123.1] NVRM: Xid (PCI:0000:c1:00): 119, pid=8121, name=python3, Timeout after 6s of waiting for RPC response from GPU7 GSP! Expected function 76 (GSP_RM_CONTROL) (0x20802096 0x4).",
      ),
    },
  ],
  [
    "a spot instance of AWS",
    "preemption",
    {
      "train.log": lines(
        steps(1, 25),
        "[elastic-agent] WARNING: EC2 spot interruption notice received: action=terminate time=2026-11-22T08:22:00Z",
        "[elastic-agent] saving checkpoint and shutting down",
        "Connection to ip-10-0-3-7 closed by remote host.",
      ),
    },
  ],
  [
    "PBS and its walltime",
    "out-of-time",
    {
      "job.o7712": "",
      "job.out": lines(steps(1, 25), "=>> PBS: job killed: walltime 3622 exceeded limit 3600"),
    },
  ],
  [
    "LSF and its memory",
    "out-of-memory",
    {
      "lsf.out": lines(
        steps(1, 25),
        "TERM_MEMLIMIT: job killed after reaching LSF memory usage limit.",
        "Exited with exit code 137.",
      ),
    },
  ],
  [
    "a data loader on a full shared memory",
    "out-of-memory 2",
    {
      "torchrun.log": lines(
        steps(1, 25, "[default0]:"),
        labelled(
          "[default2]:",
          traceback(
            "RuntimeError: DataLoader worker (pid 512) is killed by signal: Bus error. It is possible that dataloader's workers are out of shared memory. Please try to raise your shared memory limit.",
          ),
        ),
        labelled("[default0]:", gloo(5)),
        labelled("[default1]:", gloo(5)),
      ),
    },
  ],
  [
    "Composer stops on NaN",
    "not-a-number",
    {
      "composer.log": lines(
        ranksOf(12).map(
          (index) =>
            `[batch=${index * 10}/4800]:\n\t Train loss/train/total: ${(6.1 - index * 0.05).toFixed(4)}`,
        ),
        ranksOf(2).map(
          (index) => `[batch=${130 + index * 10}/4800]:\n\t Train loss/train/total: nan`,
        ),
        traceback("RuntimeError: Train loss contains a NaN."),
      ),
    },
  ],
  [
    "a quota on the home folder",
    "disk-full",
    {
      "nohup.out": lines(
        steps(1, 25),
        traceback("OSError: [Errno 122] Disk quota exceeded: '/home/ml/ckpt/last.pt.tmp'"),
      ),
    },
  ],
  [
    "another version on one host",
    "configuration 2,3",
    {
      "host-a.log": lines(...[0, 1].map((rank) => labelled(`[rank${rank}]: `, gloo(8)))),
      "host-b.log": lines(
        ...[2, 3].map((rank) =>
          labelled(
            `[rank${rank}]: `,
            traceback(
              "ImportError: /opt/env/lib/libfused_ln.so: undefined symbol: _ZN2at4_ops5zeros4callEN",
            ),
          ),
        ),
      ),
    },
  ],
  [
    "NCCL: a call that one rank does not make",
    "hang 1",
    {
      "train.log": lines(
        steps(1, 25, "[rank0]: "),
        ...[0, 2, 3].map((rank) => [
          `[rank${rank}]:[E1122 03:00:0${rank}.1 ProcessGroupNCCL.cpp:632] [Rank ${rank}] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=8812, OpType=ALLREDUCE, NumelIn=1, NumelOut=1, Timeout(ms)=1800000) ran for 1800012 milliseconds before timing out.`,
        ]),
        "[rank1]: waiting for shard 00311 of s3://corpus/train ...",
      ),
    },
  ],
  [
    "JAX, an exception on one host",
    "crash 0",
    {
      "host0.log": lines(
        traceback(
          "ValueError: Sharding NamedSharding(mesh=Mesh('data': 4), spec=PartitionSpec('data',)) implies that the global size of its dimension 0 should be divisible by 4, but it is equal to 30",
        ),
      ),
      "host1.log": lines(
        "F1122 12:00:31.1 client.h:80] Terminating process because the JAX distributed service detected fatal errors. This most likely indicates that another task died; see the other task logs for more details.",
      ),
    },
  ],
  [
    "a host that the launcher loses",
    "host-lost",
    {
      "run.log": lines(
        steps(1, 25),
        "--------------------------------------------------------------------------",
        "ORTE has lost communication with a remote daemon.",
        "",
        "  HNP daemon   : [[41211,0],0] on node n1",
        "  Remote daemon: [[41211,0],2] on node n3",
        "",
        "This is usually due to either a failure of the TCP network",
        "connection to the node, or possibly an internal failure of",
        "the daemon itself. We cannot recover from this failure, and",
        "therefore will terminate the job.",
      ),
    },
  ],
];

const healthy = [
  ["a run with a plain log", { "train.log": lines(steps(1, 60), done) }],
  [
    "mpirun warns",
    {
      "out.txt": lines(
        "WARNING: No preset parameters were found for the device that Open MPI detected:",
        "  Local host:            cn031",
        "[cn031:21190] 3 more processes have sent help message help-mpi-btl-openib.txt / no device params found",
        "WARNING: There was an error initializing an OpenFabrics device.",
        steps(1, 60),
      ),
    },
  ],
  [
    "PaddlePaddle ends",
    {
      "workerlog.0.log": lines(paddle(1, 60), "Training completed."),
      "workerlog.1.log": lines(
        "I1122 10:00:00.1 1200 process_group_nccl.cc:132] ProcessGroupNCCL pg_timeout_ 1800000",
        "W1122 10:00:01.1 1200 gpu_resources.cc:164] device: 1, cuDNN Version: 8.9.",
      ),
    },
  ],
  [
    "Keras is interrupted by early stopping",
    {
      "worker-0.log": lines(
        keras(60),
        "Epoch 9: early stopping",
        "Restoring model weights from the end of the best epoch: 6.",
      ),
    },
  ],
  [
    "a metric service that is away",
    {
      "train.log": lines(
        steps(1, 20),
        "wandb: Network error (ConnectionError), entering retry loop.",
        "wandb: WARNING Dropped streaming file chunk (see wandb/debug-internal.log)",
        steps(20, 60),
      ),
    },
  ],
  [
    "checkpoints that a first attempt could not write",
    {
      "train.log": lines(
        steps(1, 20),
        "save attempt 1 failed: [Errno 5] Input/output error; trying again in 10 s",
        "saved /ckpt/20",
        steps(20, 60),
      ),
    },
  ],
  [
    "NaN in an auxiliary metric",
    {
      "train.log": lines(
        ranksOf(60).map(
          (index) => `iter ${index} loss ${(2 - index * 0.01).toFixed(3)} auroc nan lr 1e-4`,
        ),
      ),
    },
  ],
  [
    "out of memory at a larger batch, found by a search",
    {
      "train.log": lines(
        "Batch size 64 failed: CUDA out of memory. Tried to allocate 9.10 GiB",
        "Finished batch size finder, will continue with full run using batch size 32",
        steps(1, 60),
      ),
    },
  ],
  [
    "a host that answers late",
    {
      "rank0.log": lines(
        "[W1122 09:00:05.6 socket.cpp:755] [c10d] The IPv6 network addresses of (n2, 29500) cannot be retrieved (gai error: -2 - Name or service not known).",
        steps(1, 60),
        "[rank0] shutting down",
        done,
      ),
    },
  ],
];

export const fifthFolders = [
  ...faults.map(([about, expected, files]) => ({ about, expected, files })),
  ...healthy.map(([about, files]) => ({ about, expected: "", files })),
].map(({ about, expected, files }) => ({
  about: `folder: ${about}`,
  source: "unseen folders",
  expected:
    expected === ""
      ? []
      : [
          {
            kind: expected.split(" ")[0],
            ranks: (expected.split(" ")[1] ?? "").split(",").filter(Boolean).map(Number),
          },
        ],
  files,
}));
