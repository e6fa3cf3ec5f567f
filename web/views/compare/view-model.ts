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
} from "../../../src/schema/atlas/answers/comparison.ts";
import type { MeasuredRow } from "../../../src/schema/atlas/answers/figures.ts";
import type { ResultRow } from "../../../src/schema/atlas/results/result-row.ts";
import type { AtlasRowDocument } from "../../../src/schema/dashboard/atlas-document.ts";
import type { Axis, ChartSpec, Mark, Stroke, Tone } from "../../charts/run/chart-spec.ts";
import { writtenTargetLevel } from "../../charts/run/target-level.ts";
import { readIds } from "../atlas/atlas-view.ts";

/** The same limit as on the command line. */
export const maxSubjects = 20;

/** The compared results and the view of them, which are stored in the address. */
export interface CompareView {
  ids: readonly string[];
  axis: CurveAxis;
  /** Whether to show fields that do not differ. */
  showsAll: boolean;
  /** Whether to compare results that are not comparable. */
  isAnyway: boolean;
  /** The second result of the pair whose time is split; by default the second result. */
  other: string | undefined;
}

export function readCompareView(query: Readonly<Record<string, string>>): CompareView {
  return {
    ids: readIds(query["ids"]).slice(0, maxSubjects),
    axis: curveAxes.find((known) => known === query["axis"]) ?? "clock",
    showsAll: query["all"] === "yes",
    isAnyway: query["anyway"] === "yes",
    other: query["with"],
  };
}

/** The result of an entry of the address, found like on the command line. */
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
        ? `\`${written}\` matches ${found.rows.length} results`
        : `unknown result \`${written}\``;
    const nearest =
      found.kind === "ambiguous"
        ? found.rows.slice(0, 3).map(({ rowId }) => rowId)
        : found.kind === "unknown" && found.nearest !== undefined
          ? [found.nearest]
          : [];
    const hint =
      nearest.length === 0
        ? "use the search above to add results"
        : `did you mean ${nearest.join(" or ")}?`;
    return { kind: "not-found", written, message, hint };
  });
}

/** A compared result with what its benchmark measures. */
export type ShownSubject = CompareSubject & Pick<AtlasRowDocument, "quality">;

/** The subjects of the comparison with short distinct names. */
export function subjectsOf(
  found: readonly { measured: MeasuredRow; document: AtlasRowDocument }[],
): ShownSubject[] {
  const names = shortNames(found.map(({ measured }) => measured.row.rowId));
  return found.map(({ measured, document }, index) => ({
    name: names[index] ?? measured.row.rowId,
    measured,
    runs: document.runs,
    curves: document.curves,
    target: document.target,
    quality: document.quality,
  }));
}

/** Ratio, significance, and factors of a pair, in the same sentences as in the terminal. */
export function pairSentences(pair: PairComparison): string[] {
  return pairLines(pair, plainPaint, true).map((line) => line.trim());
}

/** The table of differences, or of all fields. */
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

/** The curves of the subjects on an axis, and the names of subjects without one. */
export function curvesChart(
  subjects: readonly ShownSubject[],
  axis: CurveAxis,
): { spec: ChartSpec; absent: readonly string[] } {
  const placed = placeCurves(subjects, axis);
  const metricName = metricOf(subjects, placed[0]);
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
      title: `${metricName} of the median runs`,
      x: axisOf(axis, unit),
      y: { label: metricName, unit: "" },
      marks: [...levelsOf(subjects.filter(({ name }) => present.has(name))), ...marks],
    },
    absent: subjects.filter(({ name }) => !present.has(name)).map(({ name }) => name),
  };
}

/** What the benchmark measures, where its key in logs is always the same: `eval_accuracy` can be a loss. */
function metricOf(
  subjects: readonly ShownSubject[],
  placed: { name: string; metricName: string } | undefined,
): string {
  const quality = subjects.find(({ name }) => name === placed?.name)?.quality;
  const metricName = placed?.metricName ?? "quality";
  return metricName === "eval_accuracy" ? (quality?.metric ?? metricName) : metricName;
}

/** The targets of the subjects, each once. */
function levelsOf(subjects: readonly ShownSubject[]): Mark[] {
  const targets = new Set(subjects.map(({ target, quality }) => target ?? quality?.target));
  return [...targets].flatMap(writtenTargetLevel);
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
      return { label: "cost, assumed linear", unit: "US dollars" };
    case "energy":
      return { label: "energy, assumed linear", unit: "joules" };
  }
}

/** A search result. */
export interface Suggestion {
  rowId: string;
  title: readonly string[];
  detail: string;
}

/** Results that contain all words; those of the compared benchmark and rules first. */
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
  const selected = new Set(chosen.map(({ row }) => row.rowId));
  const benchmark = chosen[0]?.row.benchmark;
  const group = chosen[0]?.row.compatibilityGroup;
  const similarity = ({ row }: MeasuredRow): number =>
    Number(row.benchmark === benchmark) * 2 + Number(row.compatibilityGroup === group);
  return rows
    .filter(
      ({ row }) => !selected.has(row.rowId) && words.every((word) => textOf(row).includes(word)),
    )
    .toSorted((a, b) => similarity(b) - similarity(a))
    .slice(0, 12)
    .map(suggestionOf);
}

function textOf(row: ResultRow): string {
  return [row.rowId, row.systemName, row.acceleratorFamily, row.accelerator]
    .join(" ")
    .toLowerCase();
}

function suggestionOf(measured: MeasuredRow): Suggestion {
  const { row } = measured;
  const count = row.acceleratorCount === undefined ? "" : `${row.acceleratorCount} x `;
  return {
    rowId: row.rowId,
    title: [`${row.benchmark} ${row.round}`, row.submitter, row.system],
    detail: `${count}${acceleratorText(row)}, ${figureText(measured, "system")} min`,
  };
}
