import { formatCount } from "../../foundation/numbers/units.ts";
import type { ReferenceCurve, SubmittedPoint } from "../../schema/logs/reference-curve.ts";
import { type FittedColumn, fitTable } from "../fitted-table.ts";
import type { Paint } from "../paint.ts";
import { countOf } from "../wording.ts";

interface ReferenceLook {
  width: number;
  paint: Paint;
  withNextStep: boolean;
}

/** What the reference needed to converge by batch size, and results beside it, without a trailing newline. */
export function referencePage(curve: ReferenceCurve, look: ReferenceLook): string {
  const { benchmark, edition, unit, points, submitted, editions } = curve;
  const { paint, width, withNextStep } = look;
  const [head = "", ...lines] = fitTable(pointColumns, points, width);
  const others = editions.filter((each) => each !== edition);
  return [
    `${benchmark}   ${edition}   ${countOf(points.length, "reference point")}, in ${unit}`,
    "",
    paint.faint(head),
    ...lines,
    ...submittedLines(submitted, look),
    ...(withNextStep
      ? [
          "",
          `next: ${paint.name(`pitwall rcp ${benchmark} --edition ${edition} --svg rcp.svg`)}   draws this`,
          ...(others.length === 0 ? [] : [`other editions: ${others.join(", ")}`]),
        ]
      : []),
  ].join("\n");
}

type Point = ReferenceCurve["points"][number];

export const pointColumns: readonly FittedColumn<Point>[] = [
  {
    head: "batch size",
    align: "right",
    cell: ({ globalBatchSize }) => formatCount(globalBatchSize),
  },
  { head: "runs", align: "right", cell: ({ amounts }) => formatCount(amounts.length) },
  { head: "mean", align: "right", cell: ({ mean }) => amountText(mean) },
  {
    head: "std. dev.",
    align: "right",
    cell: ({ standardDeviation }) => amountText(standardDeviation),
    dropAt: 3,
  },
  {
    head: "range",
    align: "left",
    cell: ({ amounts }) => `${amountText(amounts[0] ?? 0)} … ${amountText(amounts.at(-1) ?? 0)}`,
    dropAt: 2,
  },
  {
    head: "accepted from",
    align: "right",
    cell: ({ smallestAcceptableMean: mean }) => (mean === undefined ? "-" : amountText(mean)),
  },
  {
    head: "note",
    align: "left",
    cell: ({ isUsed }) => (isUsed ? "" : "not used: slower than its neighbors"),
    dropAt: 1,
    shrinkTo: 8,
  },
];

function submittedLines(submitted: readonly SubmittedPoint[], look: ReferenceLook): string[] {
  if (submitted.length === 0) return [];
  const [head = "", ...lines] = fitTable(submittedColumns, submitted, look.width);
  return ["", look.paint.faint(head), ...lines];
}

export const submittedColumns: readonly FittedColumn<SubmittedPoint>[] = [
  { head: "result", align: "left", cell: ({ folder }) => folder, shrinkTo: 12 },
  {
    head: "batch size",
    align: "right",
    cell: ({ globalBatchSize }) => formatCount(globalBatchSize),
  },
  {
    head: "mean",
    align: "right",
    cell: ({ mean }) => (mean === undefined ? "-" : amountText(mean)),
  },
  {
    head: "accepted from",
    align: "right",
    cell: ({ smallestAcceptableMean: mean }) => (mean === undefined ? "-" : amountText(mean)),
    dropAt: 1,
  },
  { head: "convergence", align: "left", cell: ({ outcome }) => outcomeWords[outcome] },
];

const outcomeWords: Readonly<Record<SubmittedPoint["outcome"], string>> = {
  passes: "passes",
  "converges-too-fast": "converges too fast",
  "too-few-converged": "too few runs converged",
  "no-reference": "no reference at this batch size",
};

/** Whole numbers from 1,000 up, five significant digits below. */
export function amountText(amount: number): string {
  return amount >= 1000 ? formatCount(Math.round(amount)) : String(Number(amount.toPrecision(5)));
}
