import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import type { LaunchTargetOf } from "../../../schema/run/hosts/launch-target.ts";
import { inScriptOrder, sbatchEnvironment, slurmScript } from "./slurm-script.ts";

type Target = LaunchTargetOf<"slurm">;

const plain: Target = { kind: "slurm", nodes: 2, ranks: { perHost: 4, starter: "direct" } };

function scriptFor(
  target: Partial<Target>,
  nodeOrder?: readonly string[],
  isRestartable = false,
): string {
  return slurmScript({
    isRestartable,
    run: "r-1",
    target: { ...plain, ...target },
    ranksPerNode: 4,
    job: '{"name": "r-1"}',
    agent: "print('agent')\n",
    agentHash: "abc",
    python: "python3",
    cpuBinding: ["--cpu-bind=none"],
    nodeOrder,
  });
}

function directivesOf(script: string): string[] {
  return script.split("\n").flatMap((line) => /^#SBATCH (.*)$/u.exec(line)?.[1] ?? []);
}

const fixed = ["--no-requeue", "--chdir=/", "--output=/dev/null"];
const shape = ["--job-name=pitwall-r-1", "--nodes=2", "--ntasks-per-node=1"];

describe("slurmScript", () => {
  test.each<{ name: string; target: Partial<Target>; directives: string[] }>([
    {
      name: "requests one task per node, and a CPU for each of its ranks",
      target: {},
      directives: [...shape, "--cpus-per-task=4", ...fixed],
    },
    {
      name: "states each option of the target",
      target: {
        partition: "main",
        account: "vision",
        time: "2:00:00",
        constraint: "a100|h100",
        gres: "gpu:4",
      },
      directives: [
        ...shape,
        "--cpus-per-task=4",
        "--partition=main",
        "--account=vision",
        "--time=2:00:00",
        '--constraint="a100|h100"',
        "--gres=gpu:4",
        ...fixed,
      ],
    },
    {
      name: "leaves the CPUs to the user's own options",
      target: { sbatch: ["--exclusive", "--mem=0"] },
      directives: [...shape, "--exclusive", "--mem=0", ...fixed],
    },
    {
      name: "states the user's number of CPUs",
      target: { sbatch: ["-c 16"] },
      directives: [...shape, "-c 16", ...fixed],
    },
  ])("$name", ({ target, directives }) => {
    expect(directivesOf(scriptFor(target))).toEqual(directives);
  });

  test("is a script that bash accepts", () => {
    for (const nodeOrder of [undefined, ["node2", "node1"]]) {
      for (const isRestartable of [false, true]) {
        const input = scriptFor({}, nodeOrder, isRestartable);
        expect(() => execFileSync("bash", ["-n"], { input })).not.toThrow();
      }
    }
  });

  test("of a run that is restarted survives the loss of a node, and has its spares", () => {
    const directives = directivesOf(scriptFor({ spareNodes: 2 }, undefined, true));
    const ends = ["--signal=USR1@120", "--requeue", "--no-kill", ...fixed.slice(1)];
    expect(directives).toEqual([
      "--job-name=pitwall-r-1",
      "--nodes=4",
      "--ntasks-per-node=1",
      "--cpus-per-task=4",
      ...ends,
    ]);
  });

  test("states the order of the nodes, which puts those of a job in order", () => {
    const script = scriptFor({}, ["node3", "node1", "node4", "node2"]);
    expect(script).toContain("\norder='node3 node1 node4 node2'\n");
    expect(inScriptOrder(["node1", "node2", "node3"], script)).toEqual(["node3", "node1", "node2"]);
    expect(inScriptOrder(["node1", "node2"], scriptFor({}))).toEqual(["node1", "node2"]);
  });

  test("contains the agent and its request unchanged", () => {
    expect(scriptFor({})).toContain('\n{"name": "r-1"}\nprint(\'agent\')\nPITWALL_INPUT_ENDS\n');
  });
});

describe("sbatchEnvironment", () => {
  test("removes job arrays and requeueing, and what the target states itself", () => {
    const env = {
      PATH: "/bin",
      SBATCH_ARRAY_INX: "1-9",
      SBATCH_REQUEUE: "1",
      SBATCH_PARTITION: "other",
      SBATCH_ACCOUNT: "mine",
    };
    expect(sbatchEnvironment(env, { nodes: 1, partition: "main" })).toEqual({
      PATH: "/bin",
      SBATCH_ACCOUNT: "mine",
    });
  });
});
