import { findProgram } from "../../launch/local/find-program.ts";
import type { RunEvent } from "../../schema/run/run-event.ts";
import type { RunRequest } from "../../schema/run/run-request.ts";
import type { RunReport } from "../../schema/run/series-summary.ts";
import { summariseSeries } from "../../score/summarise-series.ts";
import { makeRunId, makeSeriesId } from "../../store/records/run-id.ts";
import { launchError } from "./launch-run.ts";
import type { SeriesPlan } from "./plan-series.ts";
import { runOnce } from "./run-once.ts";
import type { RunWorld } from "./run-world.ts";

/**
 * Runs a plan: one run for each seed. Each record is on disk before the next run starts, and all runs
 * are scored together at the end. An interrupt stops the current run, keeps its record, and starts no other run.
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
    id: makeSeriesId({ name: startable.name, createdMs, random: () => world.random() }),
    requestedSeeds: plan.seeds,
    lastIndex: 0,
    earlier: [],
  };
  const target = world.openTarget(plan.launchTarget);
  const [system, described] = await Promise.all([
    target.describeSystem(),
    world.describe(startable.kind === "command" ? startable.cwd : "."),
  ]);
  const reports: RunReport[] = [...series.earlier];
  for (const [position, seed] of plan.seeds.entries()) {
    const index = series.lastIndex + position + 1;
    const request: RunRequest = {
      schemaVersion: 1,
      runId: makeRunId(series.id, index),
      series: {
        id: series.id,
        index,
        count: series.lastIndex + plan.seeds.length,
        seeds: [...series.requestedSeeds],
      },
      createdMs: world.nowMs(),
      startable,
      reading: plan.reading,
      ...(plan.target === undefined ? {} : { target: plan.target }),
      seed,
      stopAtTarget: plan.stopAtTarget,
      ...(plan.keepOnNan ? { keepOnNan: true } : {}),
      limits: plan.limits,
      ...(plan.edition === undefined ? {} : { edition: plan.edition }),
      ...(plan.price === undefined ? {} : { price: plan.price }),
      launchTarget: plan.launchTarget,
      system,
      ...described,
      ...(plan.rerunOf === undefined ? {} : { rerunOf: plan.rerunOf }),
    };
    const earlierCrossingsMs = reports.flatMap(({ result: { outcome } }) =>
      outcome.kind === "reached" ? [outcome.timeToTrainMs] : [],
    );
    reports.push(yield* runOnce(request, { world, target }, { interrupt, earlierCrossingsMs }));
    if (world.signingKey !== undefined) {
      const { signRun } = await import("./sign-run.ts");
      await signRun(world.store, request.runId, world.signingKey);
    }
    if (interrupt.aborted) break;
  }
  yield { kind: "series-finished", summary: summariseSeries(reports), runs: reports };
}

/** Checks that the program exists before a record is made, so that a typing error leaves no record. */
async function checkProgram({ startable }: SeriesPlan, world: RunWorld): Promise<void> {
  if (startable.kind === "embedded") return;
  const [program = ""] = startable.command;
  const path = startable.env["PATH"] ?? world.env["PATH"];
  const found = await findProgram(program, { cwd: startable.cwd, path });
  if (found.kind !== "found") throw launchError(found, { startable });
}
