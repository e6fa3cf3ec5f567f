import { gainsOverRounds, type GainsOutcome } from "../../../src/atlas/rounds/gains-over-rounds.ts";
import { filterResults } from "../../../src/atlas/rows/filter-results.ts";
import { underNewestRules } from "../../../src/atlas/rounds/newest-rules.ts";
import { paretoFront } from "../../../src/atlas/scaling/pareto-front.ts";
import { formatCount } from "../../../src/foundation/units.ts";
import {
  acceleratorText,
  figureText,
  gapText,
  measureHeads,
  termsText,
} from "../../../src/report/atlas/wording.ts";
import { countOf } from "../../../src/report/wording.ts";
import type { CompatibilityGroup } from "../../../src/schema/atlas/compatibility.ts";
import type { Measure, MeasuredRow } from "../../../src/schema/atlas/figures.ts";
import type { ParetoFront } from "../../../src/schema/atlas/pareto.ts";
import type { ResultRow } from "../../../src/schema/atlas/result-row.ts";
import {
  efficiencyLines,
  type AtlasChart,
  type AtlasPoint,
  type PointKind,
} from "../../charts/atlas/atlas-chart.ts";
import { logDomain } from "../../charts/axes/log-ticks.ts";
import type { AtlasView } from "./atlas-view.ts";

const perMinute = 60_000;
const joulesPerKwh = 3.6e6;

const titles: Readonly<Record<Measure, string>> = {
  system: "Time to train against accelerators",
  chip: "Accelerator-minutes against accelerators",
  dollar: "Cost against accelerators",
  kwh: "Energy against accelerators",
};

const yLabels: Readonly<Record<Measure, string>> = {
  system: "time to train (min)",
  chip: "accelerator-minutes",
  dollar: "cost of one training ($)",
  kwh: "energy of one training (kWh)",
};

/** The objectives that `pitwall pareto` has unless it is told others. */
const frontObjectives = ["system", "dollar", "kwh"] as const satisfies Measure[];

/** Rows as points, in the measure's own unit; undefined where none has a place. */
export function atlasChart(
  rows: readonly MeasuredRow[],
  { measure, benchmark, withFront }: Pick<AtlasView, "measure" | "benchmark" | "withFront">,
): AtlasChart | undefined {
  const front = withFront ? frontIds(frontOf(rows)) : new Set<string>();
  const isNewest = underNewestRules(rows.map(({ row }) => row));
  const points = rows
    .flatMap((measured) => pointOf(measured, measure) ?? [])
    .map(({ row, point }) =>
      Object.assign({}, point, {
        isOnFront: front.has(point.rowId),
        isOfOtherRules: !isNewest(row),
      }),
    )
    .toSorted((a, b) => a.x - b.x || a.y - b.y);
  const x = logDomain(points.map((point) => point.x));
  const y = logDomain(points.map((point) => point.y));
  if (x === undefined || y === undefined) return undefined;
  return {
    title: `${titles[measure]}: ${benchmark}`,
    yLabel: yLabels[measure],
    x,
    y,
    points,
    lines: measure === "system" ? efficiencyLines(x, y) : [],
    familyLabels: familyLabels(points),
  };
}

function pointOf(
  { row, figures }: MeasuredRow,
  measure: Measure,
): { row: ResultRow; point: Omit<AtlasPoint, "isOnFront" | "isOfOtherRules"> } | undefined {
  const figure = figures[measure];
  const x = row.acceleratorCount ?? row.nodeCount;
  if (figure.kind === "unknown" || figure.value <= 0 || x === undefined) return undefined;
  return {
    row,
    point: {
      rowId: row.rowId,
      x,
      y: inUnit(figure.value, measure),
      family: familyOf(row),
      kind: kindOf(row),
      isOpen: row.division === "open",
      isEstimated: figure.label === "estimated",
    },
  };
}

/** What systems without accelerators are called. */
export const processors = "processors";

function familyOf(row: ResultRow): string {
  if (row.acceleratorFamily !== undefined) return row.acceleratorFamily;
  return row.acceleratorCount === undefined ? processors : acceleratorText(row);
}

/** Minutes, accelerator-minutes, dollars, kilowatt-hours. */
function inUnit(value: number, measure: Measure): number {
  switch (measure) {
    case "system":
    case "chip":
      return value / perMinute;
    case "dollar":
      return value;
    case "kwh":
      return value / joulesPerKwh;
  }
}

function kindOf({ suite, availability }: ResultRow): PointKind {
  return suite === "own" ? "own" : (availability ?? "not-stated");
}

/** Whether a result follows the newest rules among these. */
function newestRules(rows: readonly MeasuredRow[]): (measured: MeasuredRow) => boolean {
  const isNewest = underNewestRules(rows.map(({ row }) => row));
  return ({ row }) => isNewest(row);
}

/** The front as `pitwall pareto` has it: of those results alone that follow the newest rules, and one's own. */
export function frontOf(rows: readonly MeasuredRow[]): ParetoFront {
  return paretoFront(rows.filter(newestRules(rows)), frontObjectives);
}

function frontIds({ members }: ParetoFront): Set<string> {
  return new Set(members.map(({ measured }) => measured.row.rowId));
}

/** Each family is named where it reaches furthest down, the most frequent first. */
function familyLabels(points: readonly AtlasPoint[]): AtlasChart["familyLabels"] {
  const families = new Map<string, AtlasPoint[]>();
  for (const point of points.filter(({ isOfOtherRules }) => !isOfOtherRules)) {
    const sofar = families.get(point.family);
    if (sofar === undefined) families.set(point.family, [point]);
    else sofar.push(point);
  }
  return [...families]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .flatMap(([family, own]) => {
      const least = own.reduce((best, point) => (point.y < best.y ? point : best));
      return { family, point: least };
    });
}

/** What the reader of the chart should know: who is not on it, whose rules differ. */
export function chartNotes(rows: readonly MeasuredRow[], measure: Measure): string[] {
  const isNewest = newestRules(rows);
  const [older, published] = [
    rows.filter((measured) => !isNewest(measured)),
    rows.filter(({ row }) => row.suite !== "own"),
  ];
  const absent = rows.filter((measured) => pointOf(measured, measure) === undefined);
  const byNodes = rows.filter(
    ({ row, figures }) =>
      row.acceleratorCount === undefined &&
      row.nodeCount !== undefined &&
      figures[measure].kind === "known",
  );
  const estimated = rows.filter(({ figures }) => {
    const figure = figures[measure];
    return figure.kind === "known" && figure.label === "estimated";
  });
  return [
    ...(older.length > 0 && older.length < published.length
      ? [`faint: ${countOf(older.length, "result")} under other rules than the newest`]
      : []),
    ...(estimated.length > 0
      ? [`dashed: ${countOf(estimated.length, "figure")} estimated, not measured`]
      : []),
    ...frontNotes(rows),
    ...(byNodes.length > 0
      ? [`${countOf(byNodes.length, "system")} of processors alone, placed by nodes`]
      : []),
    ...(absent.length > 0
      ? [`${countOf(absent.length, "result")} without ${measureHeads[measure]}: only in the table`]
      : []),
  ];
}

/** Who could not be ringed, and why. */
function frontNotes(rows: readonly MeasuredRow[]): string[] {
  return frontOf(rows).leftOut.map(
    ({ measure, reason, count }) =>
      `${countOf(count, "result")} can't be ringed without ${measureHeads[measure]}: ${gapText(reason)}`,
  );
}

/** One result in the few words of a tip beside its point. */
export function tipOf(measured: MeasuredRow, measure: Measure): { head: string; lines: string[] } {
  const { row, figures } = measured;
  const figure = `${figureText(figures, measure)} ${measureHeads[measure]}`;
  return {
    head: `${row.submitter}, ${row.round}`,
    lines: [
      measure === "dollar" ? `$${figureText(figures, measure)}` : figure,
      sizeText(row),
      row.system,
      termsText(row),
    ].filter((line) => line !== ""),
  };
}

/** `8 x h100-sxm`, `2 nodes`. */
export function sizeText(row: ResultRow): string {
  if (row.acceleratorCount !== undefined)
    return `${formatCount(row.acceleratorCount)} x ${acceleratorText(row)}`;
  return row.nodeCount === undefined ? "size not stated" : countOf(row.nodeCount, "node");
}

/** How the best of each round gained on the first: of closed results unless the view asks for another division. */
export function gainsOf(
  all: readonly MeasuredRow[],
  { filter }: Pick<AtlasView, "filter">,
  groups: readonly CompatibilityGroup[],
): { system: GainsOutcome; chip: GainsOutcome } {
  const { round: _, ...rest } = filter;
  const wanted = { ...rest, division: filter.division ?? "closed" };
  const outcome = filterResults(
    all.map(({ row }) => row),
    wanted,
    groups,
  );
  const rows = outcome.kind === "filtered" ? outcome.rows.filter(isPublished) : [];
  return {
    system: gainsOverRounds(rows, groups, "system"),
    chip: gainsOverRounds(rows, groups, "chip"),
  };
}

function isPublished({ suite }: ResultRow): boolean {
  return suite !== "own";
}

/** Families among the rows with how many results each has, the most first. */
export function familyCounts(rows: readonly MeasuredRow[]): { family: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { row } of rows) {
    const family = familyOf(row);
    counts.set(family, (counts.get(family) ?? 0) + 1);
  }
  return [...counts]
    .map(([family, count]) => ({ family, count }))
    .toSorted((a, b) => b.count - a.count || (a.family < b.family ? -1 : 1));
}

/** The address' `accelerator` after a click on a family: alone, one more, or one fewer. */
export function toggledFamily(accelerator: string | undefined, family: string): string {
  const chosen = (accelerator ?? "").split(",").filter((name) => name !== "");
  const isChosen = chosen.includes(family);
  return (isChosen ? chosen.filter((name) => name !== family) : [...chosen, family]).join(",");
}
