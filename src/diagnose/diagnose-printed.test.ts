import { describe, expect, test } from "vitest";
import { diagnoseRun } from "./diagnose-run.ts";
import { LaunchedJob } from "./launchers/launched-job.ts";
import { learnLabel } from "./launchers/learned-label.ts";
import { LineSigns } from "./lines/line-signs.ts";

function answerTo(...lines: readonly string[]): unknown {
  const job = new LaunchedJob();
  const signs = new LineSigns(job);
  const label = learnLabel(lines);
  for (const [index, text] of lines.entries())
    signs.push({ file: "train.log", line: index + 1, rank: undefined, text, label });
  const { verdict } = diagnoseRun({
    state: "unknown",
    outcome: undefined,
    ...job.known,
    ...signs.seen,
    findings: [],
    errorFiles: [],
    dumps: [],
    stacks: [],
    steps: new Map(),
    links: [],
    unread: [],
  });
  if (verdict.kind !== "fault") return verdict.kind;
  return verdict.causes.map(({ kind, ranks }) => ({ kind, ranks }));
}

const watchdog = (rank: number, number: number): string =>
  `[rank${rank}]:[E1206 18:44:12.7 ProcessGroupNCCL.cpp:607] [Rank ${rank}] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=${number}, OpType=ALLREDUCE, NumelIn=4096, NumelOut=4096, Timeout(ms)=600000) ran for 600061 milliseconds before timing out.`;

/** Forms in which launchers, watchdogs and kernels print what happened. */
describe("diagnoseRun reads what programs print", () => {
  test.each([
    {
      name: "Open MPI, about the first process that ended",
      lines: [
        "mpirun detected that one or more processes exited with non-zero status, thus causing",
        "the job to be terminated. The first process to do so was:",
        "  Process name: [[29973,1],2]",
        "  Exit code:    1",
      ],
      expected: [{ kind: "crash", ranks: [2] }],
    },
    {
      name: "torchrun's table behind the seconds and numbers of a notebook's log",
      lines: [
        "704.7s\t1468\tRoot Cause (first observed failure):",
        "704.7s\t1469\t[0]:",
        "704.7s\t1472\t  rank      : 3 (local_rank: 3)",
        "704.7s\t1473\t  exitcode  : 1 (pid: 1886)",
      ],
      expected: [{ kind: "crash", ranks: [3] }],
    },
    {
      name: "one timeout of a watchdog as a collective that stalled",
      lines: [watchdog(6, 911)],
      expected: [{ kind: "stalled-collective", ranks: [] }],
    },
    {
      name: "other lines of the watchdog as those of the same call",
      lines: [
        watchdog(0, 1580),
        "[rank3]:[E321 02:07:08.4 ProcessGroupNCCL.cpp:1664] [PG 1 Rank 3] Exception (either an error or timeout) detected by watchdog at work: 1580, last enqueued NCCL work: 1582, last completed NCCL work: 1579.",
      ],
      expected: [{ kind: "stalled-collective", ranks: [] }],
    },
    {
      name: "Horovod's list of the ranks that are ready, whose highest tells how many there are",
      lines: [
        "WARNING: One or more tensors were submitted to be reduced by subset of ranks and are waiting for remainder of ranks for more than 60 seconds. Stalled ops: allreduce.conv1.weight [ready ranks: 5, 1, 4, 7, 2, 3]",
      ],
      expected: [{ kind: "hang", ranks: [0, 6] }],
    },
    {
      name: "a list with a number that no rank has",
      lines: ["Stalled ops: loss_0 [ready ranks: 0, 4294967290]"],
      expected: "not-sure",
    },
    {
      name: "Horovod's lists of two groups that wait for each other, whose smaller one went another way",
      lines: [
        "Stalled ops: loss_0 [ready ranks: 3], grad_1 [ready ranks: 2, 0, 1], grad_2 [ready ranks: 2, 0, 1]",
      ],
      expected: [{ kind: "hang", ranks: [3] }],
    },
    {
      name: "all tasks that srun says had no memory",
      lines: [
        "slurmstepd: error: Detected 2 oom_kill events in StepId=77.0. Some of the step tasks have been OOM Killed.",
        "srun: error: node3: tasks 4-5: Out Of Memory",
      ],
      expected: [{ kind: "out-of-memory", ranks: [4, 5] }],
    },
    {
      name: "the exit code of a rank of which torchrun knows nothing else",
      lines: [
        "torch.distributed.elastic.multiprocessing.errors.ChildFailedError: ",
        "Root Cause (first observed failure):",
        "  rank      : 3 (local_rank: 3)",
        "  exitcode  : 1 (pid: 2353012)",
      ],
      expected: [{ kind: "crash", ranks: [3] }],
    },
    {
      name: "norms of NaN where the loss is no longer printed",
      lines: [
        " iteration 19/ 1000 | lm loss: 7.33E-01 | loss scale: 1.0 | grad norm: 0.752 |",
        ...[20, 21, 22].map(
          (step) => ` iteration ${step}/ 1000 | loss scale: 1.0 | grad norm: nan |`,
        ),
      ],
      expected: [{ kind: "not-a-number", ranks: [] }],
    },
    {
      name: "a signal that others sent to torchrun, if nothing failed by itself",
      lines: [
        "WARNING:torch.distributed.elastic.agent.server.api:Received 15 death signal, shutting down workers",
        "WARNING:torch.distributed.elastic.multiprocessing.api:Sending process 9 closing signal SIGTERM",
      ],
      expected: [{ kind: "launcher-killed", ranks: [] }],
    },
    {
      name: "the device that torch_xla names",
      lines: [
        "Exception in device=TPU:3: Resource exhausted: Attempting to reserve 6.48G at the bottom of memory. That was not possible.",
      ],
      expected: [{ kind: "out-of-memory", ranks: [3] }],
    },
    {
      name: "the process that the kernel killed as that of the rank that names it",
      lines: [
        "[ 914.1] Memory cgroup out of memory: Killed process 33121 (pt_data_worker) total-vm:98112044kB, anon-rss:61204118kB",
        "[rank2]: RuntimeError: DataLoader worker (pid 33121) is killed by signal: Killed. ",
      ],
      expected: [{ kind: "out-of-memory", ranks: [2] }],
    },
    {
      name: "the ranks of a failed node, and not those of the node that Slurm names as the first of the step",
      lines: [
        ...[0, 1, 2, 3].map(
          (rank) => `hello from rank ${rank} of 4 on ${rank < 2 ? "cn11" : "cn12"}`,
        ),
        "slurmstepd: error: *** STEP 7061.0 ON cn11 CANCELLED AT 2026-12-01T10:31:44 DUE TO NODE FAILURE, SEE SLURMCTLD LOG FOR DETAILS ***",
        "srun: error: Node failure on cn12",
      ],
      expected: [{ kind: "host-lost", ranks: [2, 3] }],
    },
    {
      name: "a program that does not fit as the fault of no rank",
      lines: [
        "RANK=0 WORLD_SIZE=4",
        "[rank0]: jaxlib.xla_extension.XlaRuntimeError: RESOURCE_EXHAUSTED: XLA:TPU compile permanent error. Ran out of memory in memory space hbm. Used 18.54G of 15.75G hbm.",
      ],
      expected: [{ kind: "out-of-memory", ranks: [] }],
    },
    {
      name: "exhausted resources that are those of a disk",
      lines: [
        "tensorflow.python.framework.errors_impl.ResourceExhaustedError: /mnt/ckpt/part-3; No space left on device",
      ],
      expected: [{ kind: "disk-full", ranks: [] }],
    },
    {
      name: "the code of DeepSpeed's launcher, which shows the command of the last process, whichever ended",
      lines: [
        "[2024-03-20 20:31:29,269] [ERROR] [launch.py:321:sigkill_handler] ['/opt/env/bin/python', '-u', 'train.py', '--local_rank=4'] exits with return code = 1",
      ],
      expected: [{ kind: "crash", ranks: [] }],
    },
    {
      name: "a transfer of NCCL that failed, whose status is no exit code of a worker",
      lines: [
        "ddp-worker-1:3468:3905 [4] ib_plugin.c:1615 NCCL WARN NET/IB : Got completion from peer 10.216.210.236<54862> with status=12 opcode=0 len=0 vendor err 129 (Recv)",
      ],
      expected: "not-sure",
    },
    {
      name: "a program that Slurm cannot start",
      lines: ["slurmstepd: error: execve(): /opt/job/train.sh: No such file or directory"],
      expected: [{ kind: "crash", ranks: [] }],
    },
    {
      name: "the loss of a validation that is not run",
      lines: ["step 1000: train loss 1.9102, val loss nan (no validation split given)"],
      expected: "no-fault",
    },
    {
      name: "the trace that the end of a program leaves in the driver",
      lines: ["[441204.1] NVRM: Xid (PCI:0000:5d:00): 45, pid=4412, name=python, Ch 00000011"],
      expected: "no-fault",
    },
    ...[
      "CUDA error: unspecified launch failure",
      "Triton Error [CUDA]: an illegal memory access was encountered",
      "cuda runtime error (39) : uncorrectable ECC error encountered at THCCachingHostAllocator.cpp:265",
      "INTERNAL: CUDA_ERROR_ILLEGAL_ADDRESS: failed to synchronize",
      "UR error: UR_RESULT_ERROR_DEVICE_LOST",
    ].map((text) => ({
      name: `an error of the device: ${text.slice(0, 40)}`,
      lines: [`[rank1]: RuntimeError: ${text}`],
      expected: [{ kind: "accelerator-error", ranks: [1] }],
    })),
  ])("$name", ({ lines, expected }) => {
    expect(answerTo(...lines)).toEqual(expected);
  });
});
