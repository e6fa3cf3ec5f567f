import { summarise, type Summary } from "../foundation/statistics.ts";
import type { EnergyReading } from "../schema/run/energy.ts";
import type { Finding } from "../schema/run/finding.ts";
import type { RunReport, SeriesSummary } from "../schema/run/series-summary.ts";
import { olympicMean } from "./olympic-mean.ts";

/**
 * Scores the runs of one series together: MLPerf's mean beside median and range, and the bill of all.
 *
 * @throws RangeError if there is no run
 */
export function summariseSeries(runs: readonly RunReport[]): SeriesSummary {
  const [first] = runs;
  if (first === undefined) throw new RangeError("a series has at least one run");
  const reached = runs.flatMap(({ result }) => (result.outcome.kind === "reached" ? [result] : []));
  return {
    seriesId: first.request.series.id,
    name: first.request.startable.name,
    target: first.result.target ?? first.request.target,
    runCount: runs.length,
    reachedCount: reached.length,
    score: olympicMean(runs.map(scoredRun)),
    timeToTrainMs: summaryOf(runs.map((run) => scoredRun(run).timeToTrainMs)),
    samplesToTarget: summaryOf(
      reached.map(({ outcome }) => (outcome.kind === "reached" ? outcome.samplesCount : undefined)),
    ),
    samplesPerSecond: summaryOf(runs.map(({ result }) => result.samplesPerSecond)),
    cost: totalCost(runs),
    energy: totalEnergy(runs.flatMap(({ result }) => result.energy)),
    billedMs: runs.reduce((sum, { result }) => sum + result.clock.billedMs, 0),
    findings: seedFinding(runs),
  };
}

function scoredRun({ result }: RunReport): { runId: string; timeToTrainMs: number | undefined } {
  const { outcome, runId } = result;
  return { runId, timeToTrainMs: outcome.kind === "reached" ? outcome.timeToTrainMs : undefined };
}

function summaryOf(values: readonly (number | undefined)[]): Summary | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : summarise(known);
}

function totalCost(runs: readonly RunReport[]): SeriesSummary["cost"] {
  const costs = runs.flatMap(({ result }) => (result.cost.kind === "priced" ? [result.cost] : []));
  const [first] = costs;
  if (first === undefined) return undefined;
  return {
    billedUsd: costs.reduce((sum, cost) => sum + cost.billedUsd, 0),
    trainingUsd: costs.reduce((sum, cost) => sum + (cost.trainingUsd ?? 0), 0),
    price: first.price,
    unitCount: first.unitCount,
  };
}

/** Adds up readings of the same meter or formula; never one kind to another. */
function totalEnergy(readings: readonly EnergyReading[]): EnergyReading[] {
  const totals = new Map<string, EnergyReading>();
  for (const reading of readings) {
    const source = reading.kind === "measured" ? reading.meter : reading.formula;
    const key = `${reading.kind}\n${source}\n${reading.covers}`;
    const sofar = totals.get(key);
    totals.set(key, {
      ...reading,
      joules: reading.joules + (sofar?.joules ?? 0),
      intervalMs: reading.intervalMs + (sofar?.intervalMs ?? 0),
    });
  }
  return [...totals.values()];
}

/** Runs with different seeds that gave the very same curve: the program does not use its seed. */
function seedFinding(runs: readonly RunReport[]): Finding[] {
  const seeds = new Set(runs.map(({ request }) => request.seed));
  const curves = runs.map(({ result }) => result.evaluations.map((point) => point.value).join(" "));
  const isSame = new Set(curves).size === 1 && curves[0]?.includes(" ") === true;
  return seeds.size > 1 && isSame ? [{ rule: "seed-has-no-effect", runCount: runs.length }] : [];
}
