import { placeCurves } from "../../../src/atlas/compare/align-curves.ts";
import { fieldsOf } from "../../../src/atlas/compare/compare-results.ts";
import { findRow } from "../../../src/atlas/rows/find-row.ts";
import { shortNames } from "../../../src/atlas/names/short-names.ts";
import { fieldWords, pairLines, valueText } from "../../../src/report/atlas/comparison-page.ts";
import { acceleratorText, figureText } from "../../../src/report/atlas/wording.ts";
import { plainPaint } from "../../../src/report/paint.ts";
import {
  curveAxes,
  type Comparison,
  type CompareSubject,
  type CurveAxis,
  type PairComparison,
} from "../../../src/schema/atlas/comparison.ts";
import type { MeasuredRow } from "../../../src/schema/atlas/figures.ts";
import type { ResultRow } from "../../../src/schema/atlas/result-row.ts";
import type { AtlasRowDocument } from "../../../src/schema/dashboard/atlas-document.ts";
import type { Axis, ChartSpec, Mark, Stroke, Tone } from "../../charts/run/chart-spec.ts";
import { readIds } from "../atlas/atlas-view.ts";

/** As many as the command line takes. */
export const mostSubjects = 20;

/** What is compared, and how it is shown; the address keeps it. */
export interface CompareView {
  ids: readonly string[];
  axis: CurveAxis;
  /** Also what does not differ. */
  showsAll: boolean;
  /** Also what the compatibility table keeps apart. */
  isAnyway: boolean;
  /** The later one of the pair whose time is split; the second unless said otherwise. */
  other: string | undefined;
}

export function readCompareView(query: Readonly<Record<string, string>>): CompareView {
  return {
    ids: readIds(query["ids"]).slice(0, mostSubjects),
    axis: curveAxes.find((known) => known === query["axis"]) ?? "clock",
    showsAll: query["all"] === "yes",
    isAnyway: query["anyway"] === "yes",
    other: query["with"],
  };
}

/** What an entry of the address means: as the command line finds results by their names. */
export type FoundSubject =
  | { kind: "found"; written: string; measured: MeasuredRow }
  | { kind: "not-found"; written: string; message: string; hint: string };

export function findSubjects(
  ids: readonly string[],
  rows: readonly MeasuredRow[],
): readonly FoundSubject[] {
  const byRow = new Map(rows.map((one) => [one.row, one]));
  const all = [...byRow.keys()];
  return ids.map((written): FoundSubject => {
    const found = findRow(all, written);
    const measured = found.kind === "found" ? byRow.get(found.row) : undefined;
    if (measured !== undefined) return { kind: "found", written, measured };
    const message =
      found.kind === "ambiguous"
        ? `${written} may be ${found.rows.length} results`
        : `There is no result ${written}`;
    const nearest =
      found.kind === "ambiguous"
        ? found.rows.slice(0, 3).map(({ rowId }) => rowId)
        : found.kind === "unknown" && found.nearest !== undefined
          ? [found.nearest]
          : [];
    const hint =
      nearest.length === 0 ? "use the search above to add results" : `${nearest.join(", ")}?`;
    return { kind: "not-found", written, message, hint };
  });
}

/** What the engine compares, each called by what tells it from the others. */
export function subjectsOf(
  found: readonly { measured: MeasuredRow; document: AtlasRowDocument }[],
): CompareSubject[] {
  const names = shortNames(found.map(({ measured }) => measured.row.rowId));
  return found.map(({ measured, document }, index) => ({
    name: names[index] ?? measured.row.rowId,
    measured,
    runs: document.runs,
    curves: document.curves,
    target: document.target,
  }));
}

/** Who wins by how much, whether it is chance, and the product it is made of: the terminal's sentences. */
export function pairSentences(pair: PairComparison): string[] {
  return pairLines(pair, plainPaint, true).map((line) => line.trim());
}

/** The table of differences, or of everything. */
export function factTable(
  comparison: Comparison,
  showsAll: boolean,
): { heads: string[]; rows: { head: string; cells: string[]; differs: boolean }[] } {
  const { subjects, differences } = comparison;
  const fields = showsAll ? fieldsOf(subjects) : differences;
  const differing = new Set(differences.map(({ field }) => field));
  return {
    heads: subjects.map(({ name }) => name),
    rows: fields.map(({ field, values }) => ({
      head: fieldWords[field],
      cells: values.map((value) => valueText(field, value)),
      differs: differing.has(field),
    })),
  };
}

const strokes: readonly Stroke[] = ["solid", "dashed", "long-dashed", "dash-dotted"];
const tones: readonly Tone[] = [1, 2, 3, 4, 5];

export const axisWords: Readonly<Record<CurveAxis, string>> = {
  clock: "clock",
  samples: "samples",
  dollars: "dollars",
  energy: "energy",
};

/** A curve of each subject, its own points, on the axis; and who has no place there. */
export function curvesChart(
  subjects: readonly CompareSubject[],
  axis: CurveAxis,
): { spec: ChartSpec; absent: readonly string[] } {
  const placed = placeCurves(subjects, axis);
  const metricName = placed[0]?.metricName ?? "quality";
  const present = new Set(placed.map(({ name }) => name));
  const unit = subjects.find(({ name }) => name === placed[0]?.name)?.measured.row.samplesUnit;
  const marks = placed.map(({ name, run, x, value }, index): Mark => ({
    kind: "line",
    label: `${name} (${run})`,
    tone: tones[index % tones.length] ?? 1,
    stroke: strokes[Math.floor(index / tones.length) % strokes.length] ?? "solid",
    x,
    y: value,
    withPoints: x.length < 60,
  }));
  return {
    spec: {
      name: `compare-${axis}`,
      title: `${metricName.replaceAll("_", " ")} of the median runs`,
      x: axisOf(axis, unit),
      y: { label: metricName, unit: "" },
      marks,
    },
    absent: subjects.filter(({ name }) => !present.has(name)).map(({ name }) => name),
  };
}

function axisOf(axis: CurveAxis, unit: ResultRow["samplesUnit"]): Axis {
  switch (axis) {
    case "clock":
      return { label: "clock", unit: "milliseconds" };
    case "samples":
      return unit === "epochs"
        ? { label: "epochs", unit: "epochs" }
        : { label: unit ?? "samples", unit: "samples" };
    case "dollars":
      return { label: "cost, spent evenly", unit: "US dollars" };
    case "energy":
      return { label: "energy, spent evenly", unit: "joules" };
  }
}

/** A result that the search offers. */
export interface Suggestion {
  rowId: string;
  title: string;
  detail: string;
}

/** Results in which all words stand, own ones and those of the benchmark that is compared already first. */
export function suggest(
  rows: readonly MeasuredRow[],
  text: string,
  chosen: readonly MeasuredRow[],
): Suggestion[] {
  const words = text
    .toLowerCase()
    .split(/\s+/u)
    .filter((word) => word !== "");
  if (words.length === 0) return [];
  const taken = new Set(chosen.map(({ row }) => row.rowId));
  const benchmark = chosen[0]?.row.benchmark;
  const group = chosen[0]?.row.compatibilityGroup;
  const likeness = ({ row }: MeasuredRow): number =>
    Number(row.benchmark === benchmark) * 2 + Number(row.compatibilityGroup === group);
  return rows
    .filter(({ row }) => !taken.has(row.rowId) && words.every((word) => textOf(row).includes(word)))
    .toSorted((a, b) => likeness(b) - likeness(a))
    .slice(0, 12)
    .map(suggestionOf);
}

function textOf(row: ResultRow): string {
  return [row.rowId, row.systemName, row.acceleratorFamily, row.accelerator]
    .join(" ")
    .toLowerCase();
}

function suggestionOf(measured: MeasuredRow): Suggestion {
  const { row, figures } = measured;
  const count = row.acceleratorCount === undefined ? "" : `${row.acceleratorCount} x `;
  return {
    rowId: row.rowId,
    title: `${row.benchmark} ${row.round}, ${row.submitter}, ${row.system}`,
    detail: `${count}${acceleratorText(row)}, ${figureText(figures, "system")} min`,
  };
}
