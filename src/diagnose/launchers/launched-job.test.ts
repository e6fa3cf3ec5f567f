import { describe, expect, test } from "vitest";
import { LineSigns } from "../lines/line-signs.ts";
import { LaunchedJob } from "./launched-job.ts";

/** The ends of ranks as a log states them. */
function endsOf(lines: readonly string[], { file = "job.out", rank }: Place = {}): string[] {
  const job = new LaunchedJob();
  const signs = new LineSigns(job);
  for (const [index, text] of lines.entries()) signs.push({ file, line: index + 1, rank, text });
  return job.known.events.flatMap(({ event }) =>
    event.kind === "rank-exited" ? [`${event.rank} ${event.signal ?? event.exitCode}`] : [],
  );
}

interface Place {
  file?: string;
  rank?: number;
}

const row = (rank: number, code: number): string[] => [
  `  rank      : ${rank} (local_rank: ${rank % 2})`,
  `  exitcode  : ${code} (pid: ${4000 + rank})`,
];

describe("LaunchedJob", () => {
  test.each([
    [
      "Open MPI",
      ["mpirun noticed that process rank 1 with PID 0 on node gpu07 exited on signal 9 (Killed)."],
      ["1 SIGKILL"],
    ],
    [
      "Intel MPI",
      ["=   RANK 3 PID 202 RUNNING AT n2", "=   KILLED BY SIGNAL: 9 (Killed)"],
      ["3 SIGKILL"],
    ],
    ["horovodrun", ["Process 2 exit with status code 1."], ["2 1"]],
    [
      "Lightning",
      ["[rank: 2] Child process with PID 4411 terminated with code -9. Bye"],
      ["2 SIGKILL"],
    ],
    [
      "srun",
      [
        "srun: error: n4: tasks 2-3: Exited with exit code 1",
        "srun: error: n5: task 4: Out Of Memory",
      ],
      ["2 1", "3 1", "4 SIGKILL"],
    ],
    [
      "torchrun, whose root cause comes first although others are listed before it",
      [...row(3, -15), ...row(1, 1), "srun: error: n4: task 0: Exited with exit code 1"],
      ["1 1", "3 SIGTERM"],
    ],
    [
      "torchrun, which names the root cause below the others",
      [...row(3, 1), ...row(0, -9), "Root Cause (first observed failure):", ...row(1, 1)],
      ["1 1", "3 1", "0 SIGKILL"],
    ],
    [
      "torchrun without its table, on one host",
      ["failed (exitcode: -9) local_rank: 3 (pid: 812917) of binary: /usr/bin/python"],
      ["3 SIGKILL"],
    ],
    [
      "torchrun, whose agent lists the ranks of its host",
      [
        "  global_ranks=[8, 9, 10, 11]",
        "failed (exitcode: 1) local_rank: 1 (pid: 812917) of binary: /usr/bin/python",
      ],
      ["9 1"],
    ],
    [
      "programs that say which process is which rank",
      [
        "rank 0 started with pid 44101",
        "spawned pid=44102 for rank=1",
        "E failed (exitcode: -9) local_rank: 0 (pid: 44102) of binary: python",
      ],
      ["1 SIGKILL"],
    ],
    [
      "Open MPI 5, over two lines",
      [
        "prterun noticed that process rank 2 with PID 81 on node n4 exited on",
        "signal 6 (Aborted).",
      ],
      ["2 SIGABRT"],
    ],
    ["MPI_Abort", ["MPI_ABORT was invoked on rank 3 in communicator MPI_COMM_WORLD"], ["3 1"]],
    [
      "Composer and Docker Compose",
      [
        "ERROR:composer.cli.launcher:Rank 6 crashed with exit code 1.",
        "Global rank 7 (PID 4107) exited with code -15",
        "trainer-2 exited with code 137",
        "trainer-1 exited with code 0",
      ],
      ["6 1", "7 SIGTERM", "2 137"],
    ],
  ])("reads ends in the words of %s", (_launcher, lines, ends) => {
    expect(endsOf(lines)).toEqual(ends);
  });

  test("reads the end of the rank whose log it is", () => {
    const killed = ["/opt/run.sh: line 14:  4417 Killed      python3 train.py"];
    expect(endsOf(killed, { rank: 3 })).toEqual(["3 SIGKILL"]);
    expect(endsOf(killed)).toEqual([]);
  });

  test("knows which rank a process of Ray or DeepSpeed is", () => {
    const job = new LaunchedJob();
    const signs = new LineSigns(job);
    const lines = [
      "(TrainController pid=9) - (node_id=7f, ip=10.2.0.4, pid=2211) world_rank=1, local_rank=1",
      "(RayTrainWorker pid=2211, ip=10.2.0.4) torch.OutOfMemoryError: CUDA out of memory.",
    ];
    for (const [index, text] of lines.entries())
      signs.push({ file: "a", line: index + 1, rank: undefined, text });
    expect(signs.seen.signs).toMatchObject([{ kind: "accelerator-memory", rank: 1 }]);
  });

  test("knows the ranks of a host that pdsh names before its lines", () => {
    const job = new LaunchedJob();
    const signs = new LineSigns(job);
    const lines = [
      "n1: global_rank_mapping=defaultdict(<class 'list'>, {'n1': [0, 1], 'n2': [2, 3]})",
      "n2: ModuleNotFoundError: No module named 'transformers'",
      "n3: ModuleNotFoundError: No module named 'transformers'",
      "n2: torch.OutOfMemoryError: CUDA out of memory.",
    ];
    for (const [index, text] of lines.entries())
      signs.push({ file: "a", line: index + 1, rank: undefined, text });
    expect(signs.seen.signs).toMatchObject([
      { kind: "configuration", rank: 2, line: 2 },
      { kind: "configuration", rank: 3, line: 2 },
      { kind: "configuration", rank: undefined, line: 3 },
      { kind: "accelerator-memory", rank: undefined },
    ]);
  });

  test("knows how many ranks take part in an all-gather, by its sizes", () => {
    const job = new LaunchedJob();
    const signs = new LineSigns(job);
    const text =
      "[rank2]: Watchdog caught collective operation timeout: WorkNCCL(SeqNum=7, OpType=_ALLGATHER_BASE, NumelIn=64, NumelOut=256)";
    signs.push({ file: "a", line: 1, rank: undefined, text });
    const ranks = job.known.events.flatMap(({ event }) =>
      event.kind === "launched" ? [event.rank] : [],
    );
    expect(ranks).toEqual([0, 1, 2, 3]);
  });

  test.each([
    { name: "passed", lines: ["step 110 loss 2.0", "Training finished"], isPassed: true },
    { name: "not passed without a later step", lines: ["Training finished"], isPassed: undefined },
    { name: "not passed without the end", lines: ["step 110 loss 2.0"], isPassed: undefined },
  ])("calls an error of a training that ends as it should $name", ({ lines, isPassed }) => {
    const signs = new LineSigns(new LaunchedJob());
    const error = "Saving failed with [Errno 28] No space left on device, saving elsewhere";
    for (const [index, text] of ["step 100 loss 2.1", error, ...lines].entries())
      signs.push({ file: "a", line: index + 1, rank: undefined, text });
    expect(signs.seen.signs.map((sign) => sign.isPassed)).toEqual([isPassed]);
  });

  test("takes a log in which several ranks speak for that of their host", () => {
    const job = new LaunchedJob();
    for (const rank of [0, 1, 2, 3]) job.addRank(rank, rank < 2 ? "node-1.log" : "node-2.log");
    const hosts = job.known.events.map(({ event }) =>
      event.kind === "launched" ? event.host : "",
    );
    expect(hosts).toEqual(["node-1", "node-1", "node-2", "node-2"]);
  });
});
