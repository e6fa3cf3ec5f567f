import { findProgram } from "../../launch/local/find-program.ts";
import type { RunEvent } from "../../schema/run/run-event.ts";
import { runName } from "../../schema/run/run-name.ts";
import type { RunRequest } from "../../schema/run/run-request.ts";
import type { RunReport, SeriesStop } from "../../schema/run/series-summary.ts";
import { seriesStop, type EndedRun } from "../../score/series-stop.ts";
import { summariseSeries } from "../../score/summarise-series.ts";
import { makeRunId, makeSeriesId } from "../../store/records/run-id.ts";
import { launchError } from "./launch-run.ts";
import type { SeriesPlan } from "./plan-series.ts";
import { runOnce } from "./run-once.ts";
import type { RunWorld } from "./run-world.ts";

/**
 * Runs a plan: one run for each seed. Each record is on disk before the next run starts, and all runs
 * are scored together at the end. An interrupt stops the current run, keeps its record, and starts no other run.
 * Two runs in a row that fail in the same way end the series, unless the plan keeps going.
 *
 * @throws UserError if the program can't be started; WorldError if the disk fails
 */
export async function* runSeries(
  plan: SeriesPlan,
  world: RunWorld,
  interrupt: AbortSignal,
): AsyncGenerator<RunEvent> {
  await checkProgram(plan, world);
  const { startable } = plan;
  const createdMs = world.nowMs();
  const series = plan.resumes ?? {
    id: makeSeriesId({ name: runName(plan), createdMs, random: () => world.random() }),
    requestedSeeds: plan.seeds,
    lastIndex: 0,
    earlier: [],
  };
  const target = world.openTarget(plan.launchTarget);
  const [system, described] = await Promise.all([
    target.describeSystem(programOf(plan, world)),
    world.describe(startable.kind === "command" ? startable.cwd : "."),
  ]);
  const reports: RunReport[] = [...series.earlier];
  const ended: EndedRun[] = [];
  let stop: SeriesStop | undefined;
  const count = runCountOf(plan);
  for (const [position, seed] of plan.seeds.entries()) {
    const index = series.lastIndex + position + 1;
    const request: RunRequest = {
      ...commonRequest(plan),
      runId: makeRunId(series.id, index),
      series: {
        id: series.id,
        index,
        count,
        seeds: [...series.requestedSeeds],
        ...(plan.keepGoing === true ? { keepGoing: true as const } : {}),
      },
      createdMs: world.nowMs(),
      seed,
      system,
      ...described,
    };
    const earlierCrossingsMs = reports.flatMap(({ result: { outcome } }) =>
      outcome.kind === "reached" ? [outcome.timeToTrainMs] : [],
    );
    const options = { interrupt, earlierCrossingsMs };
    for await (const event of runOnce(request, { world, target }, options)) {
      if (event.kind === "finished") {
        reports.push(event.report);
        ended.push({ result: event.report.result, lastLine: event.lastLines.at(-1) });
      }
      yield event;
    }
    await signIfRequested(request.runId, world);
    if (interrupt.aborted) break;
    stop = plan.keepGoing === true || index === count ? undefined : seriesStop(ended);
    if (stop !== undefined) break;
  }
  yield { kind: "series-finished", summary: summariseSeries(reports, { stop }), runs: reports };
}

function runCountOf({ seeds, resumes }: SeriesPlan): number {
  return resumes?.runCount ?? (resumes?.lastIndex ?? 0) + seeds.length;
}

function programOf({ startable }: SeriesPlan, { env }: RunWorld) {
  if (startable.kind === "embedded") return { command: [], env };
  return { command: startable.command, env: { ...env, ...startable.env } };
}

async function signIfRequested(runId: string, { store, signingKey }: RunWorld): Promise<void> {
  if (signingKey === undefined) return;
  const { signRun } = await import("./sign-run.ts");
  await signRun(store, runId, signingKey);
}

/** Values shared by all runs of a plan. */
function commonRequest(plan: SeriesPlan) {
  const { startable, labels, reading, target, stopAtTarget, limits, launchTarget } = plan;
  const { furtherTargets = [], targetWindow, edition, price, rerunOf, race } = plan;
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
    limits,
    launchTarget,
    ...(edition === undefined ? {} : { edition }),
    ...(price === undefined ? {} : { price }),
    ...(rerunOf === undefined ? {} : { rerunOf }),
    ...(race === undefined ? {} : { race }),
  };
}

/** Checks that the program exists before a record is created, so that a typing error leaves no record. */
export async function checkProgram(
  { startable }: Pick<SeriesPlan, "startable">,
  world: Pick<RunWorld, "env">,
): Promise<void> {
  if (startable.kind === "embedded") return;
  const [program = ""] = startable.command;
  const path = startable.env["PATH"] ?? world.env["PATH"];
  const found = await findProgram(program, { cwd: startable.cwd, path });
  if (found.kind !== "found") throw launchError(found, { startable });
}
