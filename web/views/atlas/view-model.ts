import { gainsOverRounds, type GainsOutcome } from "../../../src/atlas/rounds/gains-over-rounds.ts";
import { filterResults } from "../../../src/atlas/rows/filter-results.ts";
import { underNewestRules } from "../../../src/atlas/rounds/newest-rules.ts";
import { selectFront } from "../../../src/atlas/scaling/select-front.ts";
import { formatCount } from "../../../src/foundation/numbers/units.ts";
import {
  acceleratorText,
  figureText,
  gapText,
  measureHeads,
  middleRunNote,
  termsText,
} from "../../../src/report/atlas/wording.ts";
import { countOf } from "../../../src/report/wording.ts";
import type { CompatibilityGroup } from "../../../src/schema/atlas/answers/compatibility.ts";
import type { Measure, MeasuredRow } from "../../../src/schema/atlas/answers/figures.ts";
import type { ParetoFront } from "../../../src/schema/atlas/answers/pareto.ts";
import type { ResultRow } from "../../../src/schema/atlas/results/result-row.ts";
import {
  efficiencyLines,
  type AtlasChart,
  type AtlasPoint,
  type PointKind,
} from "../../charts/atlas/atlas-chart.ts";
import { familyHues } from "../../charts/atlas/families.ts";
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

export const yLabels: Readonly<Record<Measure, string>> = {
  system: "time to train (min)",
  chip: "accelerator-minutes",
  dollar: "cost of one training ($)",
  kwh: "energy of one training (kWh)",
};

/** The default objectives of `pitwall pareto`. */
export const frontObjectives = ["system", "dollar", "kwh"] as const satisfies Measure[];

/** Rows as points in the unit of the measure; undefined if no row has a point. */
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
    hues: familyHues(familyCounts(rows).map(({ family }) => family)),
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

/** Family name of systems without accelerators. */
export const processors = "processors";

export function familyOf(row: ResultRow): string {
  if (row.acceleratorFamily !== undefined) return row.acceleratorFamily;
  return row.acceleratorCount === undefined ? processors : acceleratorText(row);
}

/** Minutes, accelerator-minutes, dollars, kilowatt-hours. */
export function inUnit(value: number, measure: Measure): number {
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

/** Returns whether a result follows the newest rules among these rows. */
function newestRules(rows: readonly MeasuredRow[]): (measured: MeasuredRow) => boolean {
  const isNewest = underNewestRules(rows.map(({ row }) => row));
  return ({ row }) => isNewest(row);
}

/** The front of `pitwall pareto` without `--per`. */
export function frontOf(rows: readonly MeasuredRow[]): ParetoFront {
  return selectFront(rows, frontObjectives);
}

function frontIds({ members }: ParetoFront): Set<string> {
  return new Set(members.map(({ measured }) => measured.row.rowId));
}

/** Labels each family at its lowest point, most frequent family first. */
function familyLabels(points: readonly AtlasPoint[]): AtlasChart["familyLabels"] {
  const families = new Map<string, AtlasPoint[]>();
  for (const point of points.filter(({ isOfOtherRules }) => !isOfOtherRules)) {
    const previous = families.get(point.family);
    if (previous === undefined) families.set(point.family, [point]);
    else previous.push(point);
  }
  return [...families]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .flatMap(([family, own]) => {
      const lowest = own.reduce((best, point) => (point.y < best.y ? point : best));
      return { family, point: lowest };
    });
}

/** Notes about results that are not on the chart or are under other rules. */
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
  const middleRuns = middleRunNote(rows);
  const estimated = rows.filter(({ figures }) => {
    const figure = figures[measure];
    return figure.kind === "known" && figure.label === "estimated";
  });
  return [
    ...(older.length > 0 && older.length < published.length
      ? [`faint: ${countOf(older.length, "result")} under older rules`]
      : []),
    ...(estimated.length > 0
      ? [`dashed: ${countOf(estimated.length, "figure")} estimated, not measured`]
      : []),
    ...(middleRuns === undefined ? [] : [middleRuns]),
    ...frontNotes(rows),
    ...(byNodes.length > 0
      ? [`${countOf(byNodes.length, "system")} without accelerators, placed by node count`]
      : []),
    ...(absent.length > 0
      ? [
          `${countOf(absent.length, "result")} without ${measureHeads[measure]} ${absent.length === 1 ? "is" : "are"} shown only in the table`,
        ]
      : []),
  ];
}

/** Results that cannot be on the Pareto front, with the reason. */
function frontNotes(rows: readonly MeasuredRow[]): string[] {
  return frontOf(rows).leftOut.map(
    ({ measure, reason, count }) =>
      `no ring for ${countOf(count, "result")} without ${measureHeads[measure]}: ${gapText(reason)}`,
  );
}

/** The tooltip of a result. */
export function tipOf(
  measured: MeasuredRow,
  measure: Measure,
): { head: readonly string[]; lines: string[] } {
  const { row } = measured;
  const figure = `${figureText(measured, measure)} ${measureHeads[measure]}`;
  return {
    head: [row.submitter, row.round],
    lines: [
      measure === "dollar" ? `$${figureText(measured, measure)}` : figure,
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

/** Gains of the best result of each round over the first round. The default division is closed. */
export function gainsOf(
  all: readonly MeasuredRow[],
  { filter }: Pick<AtlasView, "filter">,
  groups: readonly CompatibilityGroup[],
): { system: GainsOutcome; chip: GainsOutcome } {
  const { round: _, ...rest } = filter;
  const gainsFilter = { ...rest, division: filter.division ?? "closed" };
  const outcome = filterResults(
    all.map(({ row }) => row),
    gainsFilter,
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

/** Accelerator families with their result counts, largest count first. */
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

/** The `accelerator` entry of the address after a click on a family. */
export function toggledFamily(accelerator: string | undefined, family: string): string {
  const chosen = (accelerator ?? "").split(",").filter((name) => name !== "");
  const isChosen = chosen.includes(family);
  return (isChosen ? chosen.filter((name) => name !== family) : [...chosen, family]).join(",");
}
