import { type CsvCell, type CsvOptions, csvText } from "../../foundation/tables/csv.ts";
import type { ArmComparison, RaceArm, RaceReport } from "../../schema/run/race/race-report.ts";

type CellOf = (arm: RaceArm) => CsvCell | undefined;

const compared =
  (read: (comparison: ArmComparison) => CsvCell | undefined): CellOf =>
  ({ comparison }) =>
    comparison === undefined ? undefined : read(comparison);

/** An absent ratio is infinite. */
const ratioOf =
  (read: (comparison: ArmComparison) => number | undefined): CellOf =>
  ({ comparison }) =>
    comparison?.estimator === undefined ? undefined : (read(comparison) ?? "inf");

const boundOf =
  (end: "low" | "high"): CellOf =>
  ({ comparison }) =>
    comparison?.interval === undefined ? undefined : (comparison.interval[end] ?? "inf");

const columns: readonly (readonly [string, CellOf])[] = [
  ["arm", ({ letter }) => letter],
  ["name", ({ name }) => name],
  ["seriesId", ({ seriesId }) => seriesId],
  ["command", ({ command }) => command],
  ["runCount", ({ runCount }) => runCount],
  ["reachedCount", ({ reachedCount }) => reachedCount],
  ["medianMs", ({ medianMs }) => medianMs],
  ["fastestMs", ({ fastestMs }) => fastestMs],
  ["slowestMs", ({ slowestMs }) => slowestMs],
  ["medianUsd", ({ medianUsd }) => medianUsd],
  ["medianJoules", ({ medianJoules }) => medianJoules],
  ["energyLabel", ({ energyLabel }) => energyLabel],
  ["isDropped", ({ isDropped }) => isDropped],
  ["pairCount", compared(({ pairCount }) => pairCount)],
  ["ratio", ratioOf(({ ratio }) => ratio)],
  ["ratioLow", boundOf("low")],
  ["ratioHigh", boundOf("high")],
  ["pValue", compared(({ test }) => test?.pValue)],
  ["verdict", compared(({ verdict }) => verdict.kind)],
  [
    "moreRuns",
    compared(({ verdict }) => (verdict.kind === "too-few-runs" ? verdict.moreRuns : undefined)),
  ],
];

/** One line for each arm, with a header, at full precision; missing values are empty. An infinite ratio is `inf`. */
export function raceCsv({ raceId, arms }: RaceReport, options: CsvOptions = {}): string {
  const heads = ["raceId", ...columns.map(([head]) => head)];
  const rows = arms.map((arm) => [raceId, ...columns.map(([, cellOf]) => cellOf(arm) ?? "")]);
  return csvText([heads, ...rows], options);
}
