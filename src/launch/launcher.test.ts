import { describe, expect, test } from "vitest";
import { launchingHost } from "../schema/run/launching-host.ts";
import type { Launcher, LaunchEvent, LaunchOptions, LaunchedJob } from "./launcher.ts";
import { localLauncher } from "./local/local-launcher.ts";
import { ScriptedLauncher, type Script } from "./scripted-launcher.ts";

/** Programs for both launchers, each as a shell script and as a script of steps. */
const programs = {
  talker: {
    shell: "echo one; echo two; exit 3",
    script: {
      steps: [
        { kind: "print", text: "one\n" },
        { kind: "print", text: "two\n", afterMs: 5 },
        { kind: "exit", exit: { kind: "exited", exitCode: 3 } },
      ],
    },
  },
  complainer: {
    shell: "echo trouble >&2",
    script: { steps: [{ kind: "print", text: "trouble\n", stream: "stderr" }] },
  },
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

const launchers: { name: string; make: (program: ProgramName) => Launcher }[] = [
  { name: "localLauncher", make: () => localLauncher(countingClock()) },
  {
    name: "ScriptedLauncher",
    make: (program) => new ScriptedLauncher([programs[program].script]),
  },
];

describe.each(launchers)("$name", ({ make }) => {
  async function launch(
    name: ProgramName,
    options: Partial<LaunchOptions> = {},
  ): Promise<LaunchedJob> {
    const command = ["sh", "-c", programs[name].shell];
    const outcome = await make(name).launch(command, {
      cwd: "/",
      env: process.env,
      runDirectory: `/nowhere/launcher-test-${process.pid}`,
      seed: 1,
      ...options,
    });
    if (outcome.kind !== "launched") throw new Error(JSON.stringify(outcome));
    return outcome.job;
  }

  test("emits the output, then the exit of the rank, then `ended`", async () => {
    const events = await collect(await launch("talker"));
    expect(textOf(events, "stdout")).toBe("one\ntwo\n");
    const exit = { kind: "exited", exitCode: 3 };
    expect(events.at(-1)).toMatchObject({
      kind: "ended",
      leftovers: { stoppedCount: 0, unkillablePids: [] },
    });
    expect(exitsOf(events)).toEqual([exit]);
    expect(events.filter((event) => event.kind === "ended")).toHaveLength(1);
  });

  test("separates standard error from standard output", async () => {
    const events = await collect(await launch("complainer"));
    expect(textOf(events, "stdout")).toBe("");
    expect(textOf(events, "stderr")).toBe("trouble\n");
  });

  test("reports the signal that ended a program", async () => {
    const events = await collect(await launch("suicide"));
    expect(exitsOf(events)).toEqual([{ kind: "signalled", signal: "SIGSEGV" }]);
  });

  test("emits events with times that never decrease", async () => {
    const job = await launch("talker");
    const timesMs = (await collect(job)).map((event) => event.timeMs);
    expect([job.launchedMs, ...timesMs]).toEqual(
      [job.launchedMs, ...timesMs].toSorted((a, b) => a - b),
    );
  });

  test("emits ticks while the program is silent", async () => {
    const job = await launch("hanger", { tickMs: 5 });
    let tickCount = 0;
    for await (const event of job.events) {
      if (event.kind === "tick") tickCount++;
      if (tickCount === 3) await job.stop({ graceMs: 1000 });
    }
    expect(tickCount).toBeGreaterThanOrEqual(3);
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
    const job = await launch(name);
    const events: LaunchEvent[] = [];
    for await (const event of job.events) {
      events.push(event);
      if (event.kind === "output") await job.stop({ graceMs });
    }
    expect(exitsOf(events)).toEqual([{ kind: "signalled", signal }]);
    expect(job.processIds(launchingHost)).toEqual([]);
  });

  test("shortens the grace period on a later call of stop", async () => {
    const job = await launch("stubborn");
    let stops: Promise<unknown> = Promise.resolve();
    for await (const event of job.events) {
      if (event.kind !== "output") continue;
      stops = Promise.all([job.stop({ graceMs: 600_000 }), job.stop({ graceMs: 0 })]);
    }
    await stops;
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

function textOf(events: readonly LaunchEvent[], stream: "stdout" | "stderr"): string {
  const output = events.filter((event) => event.kind === "output" && event.stream === stream);
  return output.map((event) => (event.kind === "output" ? String(event.bytes) : "")).join("");
}
