import { formatDuration, formatSignificant } from "../../../src/foundation/numbers/units.ts";
import { plainPaint } from "../../../src/report/paint.ts";
import { describeOutcome } from "../../../src/report/runs/facts/describe-outcome.ts";
import { seriesTexts } from "../../../src/report/runs/tables/series-table.ts";
import type {
  ListedRow,
  RunUse,
  SeriesPageDocument,
  SeriesRun,
} from "../../../src/schema/dashboard/series.ts";
import { withTargetSigns } from "../../charts/axes/target-signs.ts";
import type { ChartSpec, Mark, Stroke, Tone } from "../../charts/run/chart-spec.ts";
import { targetLevels } from "../../charts/run/target-level.ts";

/** The figures of a series as the terminal prints them; the sign of a target as in charts. */
export function textsOf(row: ListedRow): ReturnType<typeof seriesTexts> {
  const { summary, isImported, ...others } = row;
  const texts = seriesTexts({
    ...others,
    summary,
    ...(isImported === undefined ? {} : { isImported }),
  });
  return { ...texts, target: withTargetSigns(texts.target) };
}

export const useTexts: Readonly<Record<RunUse, string>> = {
  counted: "counted",
  "dropped-fastest": "dropped: fastest",
  "dropped-slowest": "dropped: slowest",
  "not-counted": "not counted",
};

/** Whether a run is part of the mean; without a score, every run is shown alike. */
export function isShownFull({ use, role }: SeriesRun): boolean {
  return role === undefined && (use === undefined || use === "counted");
}

const tones: readonly Tone[] = [1, 2, 3, 4, 5];
const strokes: readonly Stroke[] = ["solid", "dash-dotted", "long-dashed"];

/** The quality of all seeds over the clock; runs that the score drops are dotted. */
export function seedsChart({ row, target, runs }: SeriesPageDocument): ChartSpec {
  const metric = target?.metric ?? "quality";
  const level = targetLevels(target === undefined ? [] : [target]);
  const lines = runs
    .filter(({ value }) => value.length > 0)
    .map((run, index): Mark => ({
      kind: "line",
      label: runLabel(run),
      tone: tones[index % tones.length] ?? 1,
      stroke: isShownFull(run)
        ? (strokes[Math.floor(index / tones.length) % strokes.length] ?? "solid")
        : "dotted",
      x: run.clockMs,
      y: run.value,
    }));
  return {
    name: `${row.seriesId}-quality`,
    title: `${metric} of all seeds`,
    x: { label: "clock", unit: "milliseconds" },
    y: { label: metric, unit: "" },
    marks: [...level, ...lines],
  };
}

function runLabel({ seed, use, role }: SeriesRun): string {
  const note = role ?? (use === undefined || use === "counted" ? undefined : useTexts[use]);
  return note === undefined ? `seed ${seed}` : `seed ${seed}, ${note}`;
}

/** A time to train as a dot between the fastest and the slowest. */
export interface TimeDot {
  runId: string;
  label: string;
  /** Share of the way from the fastest to the slowest, 0..1. */
  at: number;
  isCounted: boolean;
}

/** The distribution of the times to train, with the mean; undefined with fewer than two times. */
export function timeDots({
  row,
  runs,
}: SeriesPageDocument):
  | { dots: TimeDot[]; from: string; to: string; meanAt: number | undefined }
  | undefined {
  const timed = runs.flatMap((run) =>
    run.outcome?.kind === "reached" ? [{ run, ms: run.outcome.timeToTrainMs }] : [],
  );
  if (timed.length < 2) return undefined;
  const [low, high] = [
    Math.min(...timed.map(({ ms }) => ms)),
    Math.max(...timed.map(({ ms }) => ms)),
  ];
  const place = (ms: number): number => (high === low ? 0.5 : (ms - low) / (high - low));
  const score = row.summary?.score;
  return {
    dots: timed.map(({ run, ms }) => ({
      runId: run.runId,
      label: `${runLabel(run)}: ${formatDuration(ms)}`,
      at: place(ms),
      isCounted: isShownFull(run),
    })),
    from: formatDuration(low),
    to: formatDuration(high),
    meanAt: score?.kind === "scored" ? place(score.meanMs) : undefined,
  };
}

/** One row of the table of runs. */
export interface SeedRow {
  runId: string;
  seed: string;
  time: string;
  quality: string;
  outcome: string;
  use: string;
}

export function seedRows({ runs, target }: SeriesPageDocument): SeedRow[] {
  return runs.map(({ runId, seed, outcome, use, role, value }) => {
    const judged = outcome?.kind === "reached" ? outcome.quality : outcome?.bestQuality;
    // MLPerf logs have their quality without a target.
    const quality = judged ?? (target === undefined ? value.at(-1) : undefined);
    return {
      runId,
      seed: String(seed),
      time: outcome?.kind === "reached" ? formatDuration(outcome.timeToTrainMs) : "",
      quality: quality === undefined ? "" : formatSignificant(quality, 4),
      outcome: outcome === undefined ? "running" : describeOutcome(outcome, plainPaint),
      use: role ?? (use === undefined ? "" : useTexts[use]),
    };
  });
}
