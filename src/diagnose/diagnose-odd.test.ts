import { describe, expect, test } from "vitest";
import { diagnoseRun } from "./diagnose-run.ts";
import { LaunchedJob } from "./launchers/launched-job.ts";
import { LineSigns } from "./lines/line-signs.ts";
import type { Diagnosis } from "../schema/diagnosis/diagnosis.ts";

/** Of a folder with these logs. */
function verdictOf(
  logs: Readonly<Record<string, readonly string[]>>,
  rankOf: (name: string) => number | undefined = (name) => Number(name),
): Diagnosis["verdict"] {
  const job = new LaunchedJob();
  const signs = new LineSigns(job);
  for (const [file, lines] of Object.entries(logs))
    for (const [index, text] of lines.entries())
      signs.push({ file, line: index + 1, rank: rankOf(file), text });
  const empty = {
    findings: [],
    steps: new Map(),
    links: [],
    dumps: [],
    stacks: [],
    errorFiles: [],
  };
  const facts = { state: "unknown" as const, outcome: undefined, ...empty, unread: [] };
  return diagnoseRun({ ...facts, ...job.known, ...signs.seen }).verdict;
}

const steps = (count: number): string[] =>
  Array.from({ length: count }, (_, step) => `step ${step} loss ${3 - step / 100}`);
const timedOut = "RuntimeError: Timed out waiting 1800000ms for recv operation to complete";
const closed = "RuntimeError: Connection closed by peer";
const ofFour = (usual: readonly string[], odd: readonly string[]): Record<string, string[]> => ({
  0: [...usual],
  1: [...usual],
  2: [...odd],
  3: [...usual],
});

describe("diagnoseRun names the one that differs from all others", () => {
  test.each([
    {
      name: "a rank whose steps end before those of the others, which lost a connection",
      logs: { ...ofFour(steps(40), steps(38)), 3: [...steps(40), closed] },
      expected: { kind: "crash", ranks: [2], likelihood: 0.55 },
    },
    {
      name: "the only rank that does not wait",
      logs: {
        ...ofFour(["joined, waiting for the others"], ["loading /mnt/corpus"]),
        0: [timedOut],
      },
      expected: { kind: "hang", ranks: [2], likelihood: 0.55 },
    },
    {
      name: "a rank that is silent while the others say that they wait",
      logs: ofFour([...steps(4), "waiting in all_reduce"], [...steps(4), "reading shard 7"]),
      expected: { kind: "hang", ranks: [2] },
    },
    {
      name: "a rank whose output ends long before that of the others",
      logs: {
        0: ["10:00:00 epoch", "10:40:01 connection lost"],
        1: ["10:00:00 epoch", "10:40:02 connection lost"],
        2: ["10:00:00 epoch", "10:10:00 connection lost"],
        3: ["10:00:00 epoch", "10:40:01 connection lost"],
      },
      expected: { kind: "crash", ranks: [2] },
    },
  ])("$name", ({ logs, expected }) => {
    expect(verdictOf(logs)).toMatchObject({ kind: "fault", causes: [expected] });
  });

  test.each([
    { name: "a job of which nothing says that it failed", logs: ofFour(steps(40), steps(39)) },
    {
      name: "a completed training",
      logs: { ...ofFour(steps(40), steps(38)), 0: [...steps(40), closed, "Training finished"] },
    },
    {
      name: "a first rank that prints more",
      logs: { ...ofFour(steps(9), steps(9)), 0: [...steps(9), "saved the model"] },
    },
  ])("but none in $name", ({ logs }) => {
    expect(verdictOf(logs)).toEqual({ kind: "no-fault" });
  });

  test("names none if many differ", () => {
    const logs = { 0: [...steps(9), closed], 1: steps(7), 2: steps(7), 3: steps(9) };
    expect(verdictOf(logs).kind).toBe("not-sure");
  });
});

describe("diagnoseRun knows the ranks of hosts by their folders and names", () => {
  const rankIn = (name: string): number | undefined => {
    const digits = /rank-(\d)/u.exec(name)?.[1];
    return digits === undefined ? undefined : Number(digits);
  };
  const logs = Object.fromEntries(
    [0, 1, 2, 3].map((rank) => [`gpu-${rank + 1}/rank-${rank}.log`, [...steps(9), closed]]),
  );

  test.each([
    {
      name: "its folder",
      more: { "gpu-2/journal.txt": ["chronyd: System clock was stepped by 3599.98 seconds"] },
      expected: { kind: "clock-step", ranks: [1] },
    },
    {
      name: "the name of its log",
      more: { "dmesg-gpu-3.txt": ["mlx5_core 0000:1b:00.0 ib0: Link down"] },
      expected: { kind: "host-lost", ranks: [2] },
    },
    {
      name: "a line that names it",
      more: { "slurmctld.log": ["error: Node gpu-4 missed 5 heartbeats, marked as down"] },
      expected: { kind: "host-lost", ranks: [3] },
    },
    {
      name: "the heartbeats that are missing",
      more: {
        "operations.txt": ["compute.instances.hostError us-central1-a/instances/w3 DONE"],
        coordinator: ["Task /job:w/replica:0/task:3 heartbeat timeout"],
      },
      expected: { kind: "host-lost", ranks: [3] },
    },
    {
      name: "the rate of its card",
      more: Object.fromEntries(
        [1, 2, 3, 4].map((host) => [
          `gpu-${host}/ethtool.txt`,
          [`\tSpeed: ${host === 3 ? 1000 : 100_000}Mb/s`],
        ]),
      ),
      plain: true,
      expected: { kind: "slow-link", ranks: [2] },
    },
  ])("by $name", ({ more, plain, expected }) => {
    const own =
      plain === true ? Object.fromEntries(Object.keys(logs).map((name) => [name, steps(9)])) : logs;
    expect(verdictOf({ ...own, ...more }, rankIn)).toMatchObject({
      kind: "fault",
      causes: [expected],
    });
  });
});

describe("diagnoseRun blames no rank for what all of them see", () => {
  const watchdog = (rank: number): string =>
    `[Rank ${rank}] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=31, OpType=ALLREDUCE, NumelIn=980, Timeout(ms)=600000) ran for 600020 milliseconds`;
  const cut = "SafetensorError: Error while deserializing header: MetadataIncompleteBuffer";
  const differ = "AssertionError: Parameter hashes not matching across DP replicas";
  const ofAll = (lineOf: (rank: number) => string): Record<string, string[]> =>
    Object.fromEntries([0, 1, 2, 3].map((rank) => [rank, [...steps(3), lineOf(rank)]]));

  test.each([
    { kind: "stalled-collective", logs: ofAll(watchdog) },
    { kind: "bad-checkpoint", logs: ofAll(() => cut) },
    {
      kind: "replica-divergence",
      logs: {
        ...ofAll(() => differ),
        job: ["srun: error: n1: tasks 0-3: Exited with exit code 1"],
      },
    },
  ])("but names $kind", ({ kind, logs }) => {
    const rankOf = (name: string): number | undefined =>
      name === "job" ? undefined : Number(name);
    expect(verdictOf(logs, rankOf)).toMatchObject({ kind: "fault", causes: [{ kind, ranks: [] }] });
  });
});

test("diagnoseRun finds the rank of an exception by the process that Ray names before it", () => {
  const lines = [
    "(TorchTrainer pid=9) - (node_id=7f, ip=10.2.0.4, pid=31399) world_rank=3, local_rank=1",
    "ray.exceptions.RayTaskError(ValueError): ray::Worker.get_next() (pid=31399, ip=10.2.0.7)",
    '  File "/workspace/loop.py", line 88, in train',
    "ValueError: invalid literal for int() with base 10: 'unknown'",
  ];
  expect(verdictOf({ "driver.out": lines }, () => undefined)).toMatchObject({
    kind: "fault",
    causes: [{ kind: "crash", ranks: [3] }],
  });
});

describe("diagnoseRun compares what hosts print about themselves", () => {
  const nccl = "ncclSystemError: System call or external library call failed";
  const named = (): undefined => undefined;
  const host = (version: string, ranks: readonly number[]): string[] => [
    `NCCL version ${version}+cuda12.9`,
    ...ranks.map((rank) => `[rank${rank}]: ${nccl}`),
  ];

  test("names the ranks of the host with another version", () => {
    const logs = {
      "host-a.out": host("2.27.5", [0, 1]),
      "host-b.out": host("2.26.2", [2, 3]),
      "host-c.out": host("2.27.5", [4, 5]),
    };
    expect(verdictOf(logs, named)).toMatchObject({
      kind: "fault",
      causes: [{ kind: "configuration", ranks: [2, 3], detail: "nccl 2.26.2 instead of 2.27.5" }],
    });
  });

  test("names, of two hosts, the one with an interface that no other host reaches", () => {
    const logs = {
      "n0.log": ["n0:91:94 [0] NCCL INFO Bootstrap: Using eth0:10.8.0.4<0>", `[rank0]: ${nccl}`],
      "n1.log": [
        "n1:91:94 [0] NCCL INFO Bootstrap: Using docker0:172.17.0.1<0>",
        `[rank2]: ${nccl}`,
        `[rank3]: ${nccl}`,
      ],
    };
    expect(verdictOf(logs, named)).toMatchObject({
      kind: "fault",
      causes: [{ kind: "configuration", ranks: [2, 3] }],
    });
  });

  test.each([
    { name: "trained before it failed", more: steps(8), version: "2.26.2" },
    { name: "has the same versions everywhere", more: [], version: "2.27.5" },
  ])("but none if the job $name", ({ more, version }) => {
    const logs = {
      "host-a.out": [...more.map((text) => `[rank0]: ${text}`), ...host("2.27.5", [0, 1])],
      "host-b.out": host(version, [2, 3]),
      "host-c.out": host("2.27.5", [4, 5]),
    };
    expect(verdictOf(logs, named).kind).toBe("not-sure");
  });
});
