import type { LaunchOutcome } from "../../src/launch/launcher.ts";
import {
  ScriptedLauncher,
  type Script,
  type ScriptStep,
} from "../../src/launch/scripted-launcher.ts";
import { memoryProbe } from "../../src/probe/memory-probe.ts";
import type { RunEvent } from "../../src/schema/run/events/run-event.ts";
import type { RecoveryRequest } from "../../src/schema/run/events/recovery.ts";
import { MemoryRunStore } from "../../src/store/records/memory-run-store.ts";
import { planContinuation } from "../../src/workflows/launch/prepare/plan-continuation.ts";
import { planSeries, type SeriesRequest } from "../../src/workflows/launch/prepare/plan-series.ts";
import { runSeries } from "../../src/workflows/launch/running/run-series.ts";
import type { RunWorld } from "../../src/workflows/launch/targets/run-world.ts";

/** A program that ends on its own. */
export const exits: ScriptStep = { kind: "exit", exit: { kind: "exited", exitCode: 0 } };

/** Prints text after some time. */
export function prints(text: string, afterMs = 1000): ScriptStep {
  return { kind: "print", text, afterMs };
}

/** Runs scripts, each as the program of one run, without processes or waiting: time is a value. */
export async function played(
  scripts: readonly (Script | Exclude<LaunchOutcome, { kind: "launched" }>)[],
  requested: Partial<SeriesRequest> = {},
  {
    interruptAt,
    store = new MemoryRunStore(),
    startMs,
    continues,
    recovery,
  }: {
    interruptAt?: RunEvent["kind"];
    store?: MemoryRunStore;
    /** The time of the first launch. */
    startMs?: number;
    /** Runs that the one run continues. */
    continues?: string;
    /** Then the scripts are attempts of one run. */
    recovery?: RecoveryRequest;
  } = {},
) {
  const launcher = new ScriptedLauncher(scripts, startMs);
  const interrupt = new AbortController();
  const world: RunWorld = {
    store,
    openTarget: () => ({
      launcher,
      startProbe: () => Promise.resolve(memoryProbe()),
      describeSystem: () =>
        Promise.resolve({ system_name: "test", number_of_nodes: 1, accelerators_per_node: 0 }),
    }),
    nowMs: () => launcher.nowMs(),
    random: () => 0.5,
    self: ["node", "bin.js"],
    env: { PATH: "/bin:/usr/bin" },
    describe: () =>
      Promise.resolve({
        environment: { pitwallVersion: "0", nodeVersion: "20", platform: "linux" },
        owner: { hostname: "here", pid: 1 },
      }),
  };
  const asked = planSeries(
    {
      metrics: ["val_acc=(\\S+)"],
      target: "val_acc>=0.9",
      stopAtTarget: false,
      runs: recovery === undefined ? scripts.length : 1,
      seed: 1,
      ...requested,
    },
    { kind: "command", name: "toy", command: ["sh", "{seed}"], cwd: "/", env: {} },
    { usdPerHour: 3.6, per: "node", source: "test", date: "2026-01-01" },
  );
  const planned = { ...asked, ...(recovery === undefined ? {} : { recovery }) };
  const plan =
    continues === undefined
      ? planned
      : await planContinuation(store, { text: continues, plan: planned, seed: requested.seed });
  const events: RunEvent[] = [];
  for await (const event of runSeries(plan, world, interrupt.signal)) {
    events.push(event);
    if (event.kind === interruptAt) interrupt.abort();
  }
  const end = events.findLast((event) => event.kind === "series-finished");
  if (end?.kind !== "series-finished") throw new Error("the series did not end");
  return { events, launcher, store, runs: end.runs, summary: end.summary };
}

/** The events of one kind. */
export function ofKind<Kind extends RunEvent["kind"]>(
  events: readonly RunEvent[],
  kind: Kind,
): Extract<RunEvent, { kind: Kind }>[] {
  return events.filter((event): event is Extract<RunEvent, { kind: Kind }> => event.kind === kind);
}
