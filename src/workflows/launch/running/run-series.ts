import { findProgram } from "../../../launch/local/find-program.ts";
import type { RunEvent } from "../../../schema/run/events/run-event.ts";
import type { RunRequest } from "../../../schema/run/request/run-request.ts";
import type { EndedRun } from "../../../score/series/series-stop.ts";
import { summariseSeries } from "../../../score/series/summarise-series.ts";
import { isRunOver } from "../../control/is-run-over.ts";
import { launchError } from "./launch-run.ts";
import type { SeriesPlan } from "../prepare/plan-series.ts";
import { runOnce } from "./run-once.ts";
import type { RunWorld, TargetWorld } from "../targets/run-world.ts";
import { summariseLaunch } from "./summarise-launch.ts";
import { Series } from "./series-progress.ts";

/**
 * Runs a plan: first its warm-ups, then one run for each seed. Each record is on disk before the next run starts, and
 * all runs are scored together at the end. An interrupt stops the current run, keeps its record, and starts no other run.
 * A run that dies is started again while it has retries left. Two seeds in a row whose last attempts fail in the same
 * way end the series, unless the plan keeps going.
 *
 * @throws UserError if the program can't be started; WorldError if the disk fails
 */
export async function* runSeries(
  plan: SeriesPlan,
  world: RunWorld,
  interrupt: AbortSignal,
): AsyncGenerator<RunEvent> {
  await checkProgram(plan, world);
  const target = world.openTarget(plan.launchTarget);
  try {
    yield* runAll(plan, { world, target }, interrupt);
  } finally {
    await target.launcher.close?.();
  }
}

async function* runAll(
  plan: SeriesPlan,
  { world, target }: { world: RunWorld; target: TargetWorld },
  interrupt: AbortSignal,
): AsyncGenerator<RunEvent> {
  const { startable } = plan;
  const [system, described] = await Promise.all([
    target.describeSystem(programOf(plan, world)),
    world.describe(startable.kind === "command" ? startable.cwd : "."),
  ]);
  // One process on this machine needs no explanation.
  const isPlain = plan.launchTarget.kind === "local" && plan.launchTarget.ranks === undefined;
  if (!isPlain) yield { kind: "planned", summary: summariseLaunch(plan, system) };
  for (const job of (await target.launcher.reap?.(isRunOver(world.store))) ?? [])
    yield { kind: "reaped", ...job };
  const series = new Series(plan, world);
  for (let next = series.next(); next !== undefined; next = series.next()) {
    const request: RunRequest = { ...commonRequest(plan), ...next, system, ...described };
    const options = {
      interrupt,
      earlierCrossingsMs: series.crossingsMs,
      stopAfter: (ended: EndedRun) => series.stopAfter(ended),
    };
    for await (const event of runOnce(request, { world, target }, options)) {
      if (event.kind === "finished") series.finished(event.report);
      yield event;
      // Neither the run nor its series is over.
      if (event.kind === "made-way") return;
    }
    await signIfRequested(request.runId, world);
    if (interrupt.aborted) break;
  }
  const { reports } = series;
  yield { kind: "series-finished", summary: summariseSeries(reports), runs: reports };
}

/** The program of a plan, for the description of its system. */
export function programOf({ startable }: SeriesPlan, { env }: RunWorld) {
  if (startable.kind === "embedded") return { command: [], env };
  return { command: startable.command, env: { ...env, ...startable.env } };
}

async function signIfRequested(runId: string, { store, signingKey }: RunWorld): Promise<void> {
  if (signingKey === undefined) return;
  const { signRun } = await import("../prepare/sign-run.ts");
  await signRun(store, runId, signingKey);
}

/** Values shared by all runs of a plan. */
function commonRequest(plan: SeriesPlan) {
  const { startable, labels, reading, target, stopAtTarget, limits, launchTarget } = plan;
  const { furtherTargets = [], targetWindow, edition, price, data = [] } = plan;
  return {
    schemaVersion: 1 as const,
    startable,
    ...(labels === undefined ? {} : { labels }),
    reading,
    ...(target === undefined ? {} : { target }),
    ...(furtherTargets.length === 0 ? {} : { furtherTargets: [...furtherTargets] }),
    ...(targetWindow === undefined ? {} : { targetWindow }),
    stopAtTarget,
    ...(plan.keepOnNan === true ? { keepOnNan: true } : {}),
    ...(plan.observe === undefined ? {} : { observe: plan.observe }),
    limits,
    launchTarget,
    ...(edition === undefined ? {} : { edition }),
    ...(price === undefined ? {} : { price }),
    ...membershipOf(plan),
    ...howToStart(plan),
    ...(data.length === 0 ? {} : { data: [...data] }),
  };
}

/** What is started before the program, and again after a failure. */
function howToStart({ prepare, recovery }: SeriesPlan) {
  return {
    ...(prepare === undefined ? {} : { prepare }),
    ...(recovery === undefined ? {} : { recovery }),
  };
}

/** The other runs that the runs of a plan belong with, and what was planned for them. */
function membershipOf({ rerunOf, continues, race, expectation }: SeriesPlan) {
  return {
    ...(expectation === undefined ? {} : { plan: expectation }),
    ...(rerunOf === undefined ? {} : { rerunOf }),
    ...(continues === undefined ? {} : { continues }),
    ...(race === undefined ? {} : { race }),
  };
}

/** Checks that the program exists before a record is created, so that a typing error leaves no record. */
export async function checkProgram(
  { startable, launchTarget }: Pick<SeriesPlan, "startable" | "launchTarget">,
  world: Pick<RunWorld, "env">,
): Promise<void> {
  // A program of other hosts is looked for there.
  if (startable.kind === "embedded" || launchTarget.kind !== "local") return;
  const [program = ""] = startable.command;
  const path = startable.env["PATH"] ?? world.env["PATH"];
  const found = await findProgram(program, { cwd: startable.cwd, path });
  if (found.kind !== "found") throw launchError(found, { startable });
}
