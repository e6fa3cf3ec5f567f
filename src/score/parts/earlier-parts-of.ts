import type { EarlierParts } from "../../schema/run/outcome/earlier-parts.ts";
import type { EnergyReading } from "../../schema/run/measured/energy.ts";
import type { Cost } from "../../schema/run/request/price.ts";
import type { RunRequest } from "../../schema/run/request/run-request.ts";
import { costOfParts } from "./totals-of-parts.ts";

/** A run that was cut before its target, as its record states it. */
export interface CutRun {
  request: Pick<RunRequest, "runId" | "continues" | "price" | "system" | "launchTarget">;
  launchedMs: number;
  /** Its clock; absent if the clock never started. */
  runStartMs: number | undefined;
  endedMs: number;
  /** Of all its parts; absent if its Pitwall process ended without writing a result. */
  energy: readonly EnergyReading[] | undefined;
  /** Of all its parts. */
  samplesCount: number | undefined;
}

const noParts = { runIds: [], clockMs: 0, billedMs: 0, launchedMs: undefined, energy: [] };

/** The parts of a training up to the end of a run that was cut. Its timed part ends with its last process. */
export function earlierPartsOf(run: CutRun): EarlierParts {
  const { request, launchedMs, runStartMs, endedMs, energy, samplesCount } = run;
  const { runId, continues, price, system, launchTarget } = request;
  const before = continues ?? noParts;
  const billedMs = Math.max(0, endedMs - launchedMs);
  const ownMs = runStartMs === undefined ? 0 : Math.max(0, endedMs - runStartMs);
  const clockMs = before.clockMs + ownMs;
  const cost: Cost = costOfParts(
    { billedMs, trainingMs: clockMs, price, launchTarget, system },
    continues,
  );
  return {
    runIds: [...before.runIds, runId],
    launchedMs: before.launchedMs ?? launchedMs,
    clockMs,
    billedMs: before.billedMs + billedMs,
    ...(samplesCount === undefined ? {} : { samplesCount }),
    cost,
    energy: [...(energy ?? before.energy)],
  };
}
