import { formatChange } from "../../../foundation/numbers/format-change.ts";
import {
  formatCount,
  formatDuration,
  formatSignificant,
  formatUsd,
} from "../../../foundation/numbers/units.ts";
import type {
  ComparedPart,
  ComparedPartName,
  PlanComparison,
} from "../../../schema/plan/plan-comparison.ts";
import { type FittedColumn, fitTable } from "../../fitted-table.ts";
import type { Paint } from "../../paint.ts";

const partNames: Readonly<Record<ComparedPartName, string>> = {
  trainTime: "time to train",
  stepTime: "step time",
  samples: "samples",
  start: "initialization",
  evaluation: "evaluation",
  cost: "cost",
  energy: "energy",
  goodput: "goodput",
};

/** A row of the comparison in words. */
export interface ComparedRow {
  part: string;
  predicted: string;
  /** `3 h 12 min … 4 h 10 min`; empty without a range. */
  range: string;
  got: string;
  /** `+12 %`. */
  off: string;
  inside: "yes" | "no" | "";
  how: string;
}

/** The parts of a comparison, in words. */
export function comparedRows({ parts }: PlanComparison): ComparedRow[] {
  return parts.map((one) => {
    const { p10, p50, p90 } = one.predicted;
    const text = (value: number): string => amountText(value, one.unit);
    const hasRange = p10 !== undefined && p90 !== undefined;
    return {
      part: partNames[one.part],
      predicted: text(p50),
      range: hasRange ? `${text(p10)} … ${text(p90)}` : "",
      got: text(one.got),
      off: offText(one.ratio),
      inside: one.isInside === undefined ? "" : one.isInside ? "yes" : "no",
      how: one.how,
    };
  });
}

/** `not measured: evaluation, energy`; undefined if everything was. */
export function notMeasuredText({ notMeasured }: PlanComparison): string | undefined {
  if (notMeasured.length === 0) return undefined;
  return `not measured: ${notMeasured.map((part) => partNames[part]).join(", ")}`;
}

/** That a run used another machine than planned; undefined if it did not. */
export function ranOnText({ ranOnCount }: PlanComparison): string | undefined {
  if (ranOnCount === undefined) return undefined;
  const machine =
    ranOnCount === 0
      ? "a machine without accelerators"
      : `${ranOnCount} accelerator${ranOnCount === 1 ? "" : "s"}`;
  return `it ran on ${machine}`;
}

/** How far the plan of a run was off, as a table; empty without a plan. */
export function planComparisonBlock(
  comparison: PlanComparison | undefined,
  paint: Paint,
  width: number,
): string {
  if (comparison === undefined) return "";
  const rows = comparedRows(comparison);
  const missing = notMeasuredText(comparison);
  const ranOn = ranOnText(comparison);
  const [head = "", ...lines] = fitTable(columns(paint), rows, width - 2);
  return [
    paint.strong(`against the plan: ${comparison.goal}`),
    ...(ranOn === undefined ? [] : [`  ${paint.warn(ranOn)}`]),
    ...(rows.length === 0
      ? []
      : [`  ${paint.faint(head)}`, ...lines.map((line) => `  ${line}`.trimEnd())]),
    ...(missing === undefined ? [] : [`  ${paint.faint(missing)}`]),
  ].join("\n");
}

function columns(paint: Paint): FittedColumn<ComparedRow>[] {
  return [
    { head: "part", align: "left", cell: ({ part }) => part },
    { head: "predicted", align: "right", cell: ({ predicted }) => predicted },
    { head: "p10 … p90", align: "left", cell: ({ range }) => range, dropAt: 2 },
    { head: "got", align: "right", cell: ({ got }) => got },
    { head: "off", align: "right", cell: ({ off }) => off },
    {
      head: "inside",
      align: "left",
      cell: ({ inside }) => inside,
      paint: (text) => (text.startsWith("no") ? paint.warn(text) : text),
    },
    { head: "how", align: "left", cell: ({ how }) => how, dropAt: 1, shrinkTo: 24 },
  ];
}

function amountText(value: number, unit: ComparedPart["unit"]): string {
  switch (unit) {
    case "milliseconds":
      return formatDuration(value);
    case "samples":
      return formatCount(value);
    case "US dollars":
      return formatUsd(value);
    case "kilowatt-hours":
      return `${formatSignificant(value, 3)} kWh`;
    case "fraction":
      return `${formatSignificant(100 * value, 3)} %`;
  }
}

/** Far away, a factor says more than percent. */
const largestPercent = 10;

function offText(ratio: number | undefined): string {
  if (ratio === undefined) return "";
  if (ratio > largestPercent || (ratio > 0 && ratio < 1 / largestPercent))
    return `${formatSignificant(ratio, 2)}x`;
  return formatChange(ratio);
}
