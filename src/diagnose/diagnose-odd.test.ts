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
