import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { launchingHost } from "../schema/run/hosts/launching-host.ts";
import { localAgentLauncher } from "./agent/start-local-agent.ts";
import { wholeExit, wholeOutput, type ContractProgram } from "./contract-programs.contract.ts";
import { launchTargetContract, type ContractSubject } from "./launch-target.contract.ts";
import type { Launcher, LaunchEvent, LaunchOptions, LaunchedJob } from "./launcher.ts";
import { localLauncher } from "./local/local-launcher.ts";
import { ScriptedLauncher, type Script, type ScriptStep } from "./scripted-launcher.ts";
import { simulatedTarget } from "./simulated/simulated-target.ts";

const agentMeans = { nowMs: Date.now, agentFile: resolve("agent/pitwall_agent.py"), env: {} };
const here = {
  hostCount: 1,
  hasOtherClocks: false,
  ranks: "processes",
  missingProgram: "refused",
  outlivesPitwall: false,
} as const;

/** Launch targets that need no engine; those of tests/engines are held to the same contract there. */
const subjects: ({ name: string } & ContractSubject)[] = [
  {
    ...here,
    name: "localLauncher",
    ranksPerHost: 1,
    open: () => localLauncher(countingClock()),
  },
  {
    ...here,
    name: "localAgentLauncher",
    ranksPerHost: 2,
    open: () => localAgentLauncher({ perHost: 2, starter: "direct" }, agentMeans),
  },
  {
    ...here,
    name: "ScriptedLauncher",
    hostCount: 2,
    ranksPerHost: 2,
    ranks: "scripted",
    open: (program) => new ScriptedLauncher([contractScripts[program](4)]),
  },
  {
    ...here,
    name: "simulatedTarget",
    hostCount: 3,
    ranksPerHost: 2,
    ranks: "simulated",
    missingProgram: "never",
    open: (program) => {
      const ranks = { perHost: 2, starter: "direct" } as const;
      const launcher = simulatedTarget.launcher(
        { kind: "simulated", nodes: 3, ranks },
        { ...agentMeans, ...countingClock() },
      );
      const words = ["simulate", program === "whole" ? "1" : "86400"];
      return { launch: (_command, options) => launcher.launch(words, options) };
    },
  },
];

for (const { name, ...subject } of subjects) launchTargetContract(name, subject);

/** Programs of one rank, each as a shell script and as a script of steps. */
const programs = {
  suicide: {
    shell: "kill -SEGV $$",
    script: { steps: [{ kind: "exit", exit: { kind: "signalled", signal: "SIGSEGV" } }] },
  },
  hanger: {
    shell: "echo ready; exec sleep 1000",
    script: { steps: [{ kind: "print", text: "ready\n" }, { kind: "hang" }] },
  },
  stubborn: {
    shell: "trap '' TERM; echo ready; while :; do sleep 0.01; done",
    script: {
      steps: [{ kind: "print", text: "ready\n" }, { kind: "hang" }],
      onStop: { kind: "ignored" },
    },
  },
} satisfies Record<string, { shell: string; script: Script }>;

type ProgramName = keyof typeof programs;

const launchers = {
  localLauncher: () => localLauncher(countingClock()),
  localAgentLauncher: () => localAgentLauncher({ perHost: 1, starter: "direct" }, agentMeans),
  ScriptedLauncher: (program: ProgramName) => new ScriptedLauncher([programs[program].script]),
} satisfies Record<string, (program: ProgramName) => Launcher>;

async function launch(
  launcher: Launcher,
  name: ProgramName,
  options: Partial<LaunchOptions> = {},
): Promise<LaunchedJob> {
  const command = ["sh", "-c", programs[name].shell];
  const outcome = await launcher.launch(command, {
    cwd: "/",
    env: process.env,
    runDirectory: `/nowhere/launcher-test-${process.pid}`,
    seed: 1,
    ...options,
  });
  if (outcome.kind !== "launched") throw new Error(JSON.stringify(outcome));
  return outcome.job;
}

test.each(Object.entries(launchers))(
  "%s emits ticks while the program is silent",
  async (_, make) => {
    const job = await launch(make("hanger"), "hanger", { tickMs: 5 });
    let tickCount = 0;
    for await (const event of job.events) {
      if (event.kind === "tick") tickCount++;
      if (tickCount === 3) await job.stop({ graceMs: 1000 });
    }
    expect(tickCount).toBeGreaterThanOrEqual(3);
  },
);

describe.each(["localLauncher", "ScriptedLauncher"] as const)("%s", (launcherName) => {
  const start = (name: ProgramName): Promise<LaunchedJob> =>
    launch(launchers[launcherName](name), name);

  test("reports the signal that ended a program", async () => {
    const events = await collect(await start("suicide"));
    expect(exitsOf(events)).toEqual([{ kind: "signalled", signal: "SIGSEGV" }]);
  });

  test.each([
    { name: "ends a program with SIGTERM", program: "hanger", graceMs: 60_000, signal: "SIGTERM" },
    {
      name: "kills a program that ignores SIGTERM",
      program: "stubborn",
      graceMs: 20,
      signal: "SIGKILL",
    },
  ] as const)("$name on stop", async ({ program: name, graceMs, signal }) => {
    const job = await start(name);
    const events: LaunchEvent[] = [];
    for await (const event of job.events) {
      events.push(event);
      if (event.kind === "output") await job.stop({ graceMs });
    }
    expect(exitsOf(events)).toEqual([{ kind: "signalled", signal }]);
    expect(job.processIds(launchingHost)).toEqual([]);
  });
});

/** A clock that only moves forward. */
function countingClock(): { nowMs: () => number } {
  let count = 0;
  return { nowMs: () => count++ };
}

async function collect(job: LaunchedJob): Promise<LaunchEvent[]> {
  const events: LaunchEvent[] = [];
  for await (const event of job.events) events.push(event);
  return events;
}

function exitsOf(events: readonly LaunchEvent[]): unknown[] {
  return events.flatMap((event) => (event.kind === "rank-exited" ? [event.exit] : []));
}

/** The programs of the contract as scripts. */
const contractScripts: Record<ContractProgram, (worldSize: number) => ScriptOrRefusal> = {
  whole: (worldSize) => ({
    hosts: ["one", "two"],
    ranksPerHost: worldSize / 2,
    steps: ranksOf(worldSize).flatMap((rank): ScriptStep[] => {
      const { stdout, stderr } = wholeOutput(rank, worldSize);
      return [
        { kind: "print", rank, text: stdout.subarray(0, 1000), afterMs: 5 },
        { kind: "print", rank, stream: "stderr", text: stderr },
        { kind: "print", rank, text: stdout.subarray(1000) },
        { kind: "exit", rank, exit: wholeExit(rank, worldSize) },
      ];
    }),
  }),
  endless: (worldSize) => ({
    hosts: ["one", "two"],
    ranksPerHost: worldSize / 2,
    steps: [
      ...Array.from({ length: 20 }, (_, line) =>
        ranksOf(worldSize).map((rank): ScriptStep => {
          return { kind: "print", rank, text: `rank ${rank} line ${line}\n` };
        }),
      ).flat(),
      { kind: "hang" },
    ],
    onStop: { kind: "ignored" },
  }),
  missing: () => ({ kind: "program-not-found", program: "no such python", searched: [] }),
};

type ScriptOrRefusal = Script | { kind: "program-not-found"; program: string; searched: string[] };

function ranksOf(worldSize: number): number[] {
  return Array.from({ length: worldSize }, (_, rank) => rank);
}
