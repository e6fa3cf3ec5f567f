// Launchers, clusters and devices that the earlier sets do not have.
import { labelled, lines, ranksOf } from "../fourth/folder-texts.js";
import {
  determined,
  flax,
  imagenet,
  llmc,
  lost,
  mindspore,
  paddle,
  raised,
  rust,
} from "./printed.js";

export const faultFolders = [
  [
    // intel/torch-xpu-ops and vLLM's tests name the runtime's text
    "an XPU without memory on one rank",
    "out-of-memory 2",
    Object.fromEntries(
      ranksOf(4).map((rank) => [
        `xpu/rank-${rank}.out`,
        lines(
          imagenet(1, 15),
          rank === 2
            ? raised(
                "RuntimeError: Native API failed. Native API returns: 39 (UR_RESULT_ERROR_OUT_OF_DEVICE_MEMORY)",
              )
            : lost(2, 40_000 + rank),
        ),
      ]),
    ),
  ],
  [
    // PaddlePaddle/Paddle python/paddle/distributed/launch/controllers/controller.py
    "Paddle's launcher names the container of a rank",
    "killed 3",
    {
      "default.launch.log": lines(
        "LAUNCH INFO 2026-12-01 10:02:11,114 -----------  Configuration  ----------------------",
        "LAUNCH INFO 2026-12-01 10:02:11,114 nproc_per_node: 4",
        "LAUNCH INFO 2026-12-01 10:31:44,204 Pod failed",
        "LAUNCH ERROR 2026-12-01 10:31:44,204 Container failed !!!",
        "Container rank 3 status failed cmd ['/opt/env/bin/python', '-u', 'run_pretrain.py'] code -9 log log/workerlog.3",
        "LAUNCH INFO 2026-12-01 10:31:44,205 Exit code -9",
      ),
      "log/workerlog.0": lines(paddle(1, 25)),
      "log/workerlog.3": lines(paddle(1, 1)),
    },
  ],
  [
    // mindspore-ai/mindspore msrun: the scheduler's words about a worker, and that worker's log
    "MindSpore's scheduler misses a node, whose log says why",
    "crash 3",
    {
      "msrun_log/scheduler.log": lines(
        "[WARNING] DISTRIBUTED(4410,7f1e,python):2026-12-01-10:31:44.114.204 [mindspore/ccsrc/distributed/cluster/topology/meta_server_node.cc:511] UpdateTopoState] The node: 3 is timed out. It may exit with exception, please check this node's log.",
      ),
      "msrun_log/worker_0.log": lines(mindspore(1, 30)),
      "msrun_log/worker_1.log": lines(mindspore(1, 30)),
      "msrun_log/worker_2.log": lines(mindspore(1, 30)),
      "msrun_log/worker_3.log": lines(
        mindspore(1, 30),
        raised(
          "TypeError: For 'Add', the shapes of inputs should broadcast, but got (32, 1024) and (31, 1024)",
          "/srv/job/train.py",
        ),
      ),
    },
  ],
  [
    // determined-ai/determined: labels of ranks behind a time and a container
    "Determined: labels of ranks in one log",
    "crash 3",
    {
      "trial-118.log": lines(
        determined(1, 20),
        labelled("[2026-12-01T10:31:44.204118Z] 5c902731 [rank=0] || ", lost(3)),
        labelled(
          "[2026-12-01T10:31:43.918204Z] 5c902731 [rank=3] || ",
          raised(
            "UnicodeDecodeError: 'utf-8' codec can't decode byte 0x8b in position 1: invalid start byte",
            "/run/determined/workdir/train.py",
            "text = handle.read().decode()",
          ),
        ),
        "[2026-12-01T10:31:50.114204Z] 5c902731 || ERROR: container failed with non-zero exit code: 1",
      ),
    },
  ],
  [
    // karpathy/llm.c llmc/cuda_common.h and Open MPI
    "llm.c under mpirun, a process without memory",
    "out-of-memory 5",
    {
      "main.log": lines(llmc(1, 30)),
      "mpi.err": lines(
        "[1,5]<stderr>:[CUDA ERROR] at file llmc/cuda_common.h:412:",
        "[1,5]<stderr>:out of memory",
        "--------------------------------------------------------------------------",
        "mpirun detected that one or more processes exited with non-zero status, thus causing",
        "the job to be terminated. The first process to do so was:",
        "",
        "  Process name: [[48412,1],5]",
        "  Exit code:    1",
        "--------------------------------------------------------------------------",
      ),
    },
  ],
  [
    // ray-project/ray#63807: the watcher of drained nodes
    "Ray Train's watcher sees a node that is drained",
    "preemption",
    {
      "driver.log": lines(
        ranksOf(20).map(
          (step) =>
            `(RayTrainWorker pid=79326) Reporting training result ${step}: TrainingReport(checkpoint=None, metrics={'step': ${step}, 'loss': ${(2.1 - 0.01 * step).toFixed(3)}}, validation=False) from rank 1`,
        ),
        "(PreemptionWatcher pid=79362) PreemptionWatcher: drain detected — preempted_node_ids=['b157c93de9603b1458ae4bd22668b46a4f0ae249bf9467072ba6fd45'], preempted_ranks=[1], deadline=1780379350",
        "(TrainController pid=79100) [FailurePolicy] RAISE",
        "ray.exceptions.ActorDiedError: The actor died because its node has died. Node Id: b157c93de9603b1458ae4bd22668b46a4f0ae249bf9467072ba6fd45",
        "    The actor's node was terminated: the node was preempted.",
      ),
    },
  ],
  [
    // htcondor/htcondor src/condor_utils/condor_event.cpp
    "HTCondor evicts a job, and does not start it again",
    "preemption",
    {
      "train.1204.log": lines(
        "001 (1204.000.000) 2026-12-01 09:02:11 Job executing on host: <10.8.4.7:9618?addrs=10.8.4.7-9618>",
        "...",
        "004 (1204.000.000) 2026-12-01 10:31:44 Job was evicted.",
        "\t(0) CPU times",
        "\t    Usr 0 01:29:33, Sys 0 00:01:11  -  Run Remote Usage",
        "...",
      ),
      "train.out": lines(imagenet(1, 40)),
    },
  ],
  [
    // SchedMD/slurm src/slurmctld/agent.c: mail
    "Slurm's mail about a job",
    "out-of-time",
    {
      "mail.txt": lines(
        "From: SLURM workload manager <slurm@head>",
        "Subject: Slurm Job_id=77120 Name=gpt Failed, Run time 1-00:00:21, TIMEOUT",
        "",
      ),
      "gpt.out": lines(rust(1, 40)),
    },
  ],
  [
    // SchedMD/slurm contribs/seff
    "seff's summary of a job",
    "out-of-memory",
    {
      "seff-77121.txt": lines(
        "Job ID: 77121",
        "Cluster: snow",
        "User/Group: ana/ml",
        "State: OUT_OF_MEMORY (exit code 0)",
        "Nodes: 1",
        "Cores per node: 32",
        "CPU Utilized: 11:20:11",
        "Memory Utilized: 256.00 GB",
        "Memory Efficiency: 100.00% of 256.00 GB",
      ),
      "slurm-77121.out": lines(flax(1, 30)),
    },
  ],
  [
    // hashicorp/nomad: nomad alloc status
    "Nomad's events of a task",
    "out-of-memory",
    {
      "alloc-status.txt": lines(
        "ID                  = 8ba85cef-22b2-3c60-2e0d-41c1a1b1c3f9",
        "Name                = trainer.group[0]",
        "Client Status       = failed",
        "Recent Events:",
        "Time                       Type            Description",
        '2026-12-01T10:31:45+01:00  Not Restarting  Exceeded allowed attempts 0 in interval 24h0m0s and mode is "fail"',
        '2026-12-01T10:31:44+01:00  Terminated      Exit Code: 137, Exit Message: "OOM Killed"',
        "2026-12-01T09:02:11+01:00  Started         Task started by client",
      ),
      "trainer.stdout.0": lines(imagenet(1, 20)),
    },
  ],
  [
    // kubernetes API: v1.ContainerStateTerminated; pods of an indexed job
    "kubectl's JSON of pods, one of them killed for its memory",
    "out-of-memory 2",
    {
      "pods.json": JSON.stringify(
        {
          apiVersion: "v1",
          kind: "List",
          items: ranksOf(4).map((index) => ({
            metadata: {
              name: `sft-${index}-x${index}k4z`,
              annotations: { "batch.kubernetes.io/job-completion-index": String(index) },
            },
            status: {
              phase: "Failed",
              containerStatuses: [
                {
                  name: "pytorch",
                  restartCount: 0,
                  state: {
                    terminated:
                      index === 2
                        ? { exitCode: 137, reason: "OOMKilled", finishedAt: "2026-12-01T10:31:44Z" }
                        : { exitCode: 1, reason: "Error", finishedAt: "2026-12-01T10:31:49Z" },
                  },
                },
              ],
            },
          })),
        },
        undefined,
        2,
      ),
      "sft-0.log": lines("rank 0 of 4", imagenet(1, 20), lost(2)),
      "sft-2.log": lines("rank 2 of 4", imagenet(1, 20)),
    },
  ],
  [
    // pdsh and OpenSSH
    "DeepSpeed's launcher cannot reach a host any more",
    "host-lost",
    {
      "ds.out": lines(
        labelled("gpu-1: ", imagenet(1, 20)),
        "pdsh@head: gpu-3: ssh exited with exit code 255",
        "gpu-3: client_loop: send disconnect: No route to host",
        labelled("gpu-1: [rank2]: ", lost(12)),
      ),
      "ping.txt": lines(
        "ping: connect: Network is unreachable",
        "From 192.168.4.1 icmp_seq=1 Destination Host Unreachable",
      ),
    },
  ],
  [
    // lustre/lustre-release: a client that is evicted, as one rank sees it
    "Lustre evicts the client of one rank",
    "crash 1",
    {
      ...Object.fromEntries(
        ranksOf(3).map((rank) => [
          `out/r${rank}.txt`,
          lines(
            rust(1, 12),
            rank === 1
              ? raised(
                  "OSError: [Errno 108] Cannot send after transport endpoint shutdown: '/lustre/data/part-0041.arrow'",
                  "/srv/job/main.py",
                  "table = reader.read()",
                )
              : lost(1),
          ),
        ]),
      ),
    },
  ],
  [
    // glibc's loader: a library that only one host lacks, by srun's labels
    "srun --label: the tasks of one host lack a library",
    "configuration 4,5,6,7",
    {
      "slurm-9912.out": lines(
        ranksOf(4).map((rank) => `${rank}: initialised on nid001 with cuda 12.9`),
        ranksOf(4).map((index) =>
          labelled(
            `${4 + index}: `,
            raised(
              "ImportError: libcusparseLt.so.0: cannot open shared object file: No such file or directory",
              "/srv/job/main.py",
              "import torch",
            ),
          ),
        ),
        "srun: error: nid002: tasks 4-7: Exited with exit code 1",
      ),
    },
  ],
  [
    // nvidia-smi's table of a device that is gone
    "nvidia-smi does not reach a GPU, and the rank that had it",
    "accelerator-error 5",
    {
      "nvidia-smi.txt": lines(
        "Unable to determine the device handle for GPU5: 0000:C1:00.0: Unknown Error",
        "|   4  NVIDIA H100 80GB HBM3          On  |   00000000:9B:00.0 Off |                    0 |",
        "|   5  ERR!                          ERR! |   00000000:C1:00.0 ERR! |                 ERR! |",
      ),
      "train.txt": lines(
        imagenet(1, 20),
        labelled("[rank5]: ", raised("torch.AcceleratorError: CUDA error: unknown error")),
        labelled("[rank0]: ", lost(5)),
      ),
    },
  ],
  [
    // rfjakob/earlyoom main.c, kill.c: a process of a rank, by its id
    "earlyoom ends a process; the log says whose it was",
    "out-of-memory 1",
    {
      "earlyoom.journal": lines(
        "Dec 01 10:31:44 box earlyoom[812]: low memory! at or below SIGTERM limits: mem 10.00%, swap 10.00%",
        'Dec 01 10:31:44 box earlyoom[812]: sending SIGTERM to process 44102 uid 1001 "python": badness 1204, VmRSS 120412 MiB',
      ),
      "train.log": lines(
        ranksOf(4).map((rank) => `rank ${rank} started with pid ${44_101 + rank}`),
        imagenet(1, 20),
        "[rank0]: RuntimeError: [/pytorch/third_party/gloo/gloo/transport/tcp/pair.cc:553] Connection closed by peer [192.168.4.11]:50001",
      ),
    },
  ],
  [
    // systemd/systemd src/login: KillUserProcesses at the end of a session
    "a session ends, and with it the launcher",
    "launcher-killed",
    {
      "journal.txt": lines(
        "Dec 01 10:31:44 box systemd-logind[911]: Session 12 logged out. Waiting for processes to exit.",
        "Dec 01 10:31:44 box systemd[1]: session-12.scope: Killing process 5201 (torchrun) with signal SIGTERM.",
        "Dec 01 10:31:44 box systemd[1]: session-12.scope: Killing process 5270 (python) with signal SIGTERM.",
        "Dec 01 10:31:54 box systemd[1]: session-12.scope: Killing process 5201 (torchrun) with signal SIGKILL.",
        "Dec 01 10:31:54 box systemd-logind[911]: Removed session 12.",
      ),
      "train.log": lines(imagenet(1, 40)),
    },
  ],
  [
    // Kaggle's message in a notebook's log
    "a notebook that Kaggle starts again for its memory",
    "out-of-memory",
    {
      "notebook.log": lines(
        mindspore(1, 40),
        "Your notebook tried to allocate more memory than is available. It has restarted.",
      ),
    },
  ],
];
