import { formatBytes, formatDuration, formatSignificant } from "../../foundation/numbers/units.ts";
import type { LayoutAnswer, StepParts } from "../../schema/plan/step-prediction.ts";
import type { LayoutLine } from "../../schema/plan/training-layout.ts";
import { type FittedColumn, fitTable } from "../fitted-table.ts";
import type { Paint } from "../paint.ts";
import { stepPartLabels } from "../../schema/plan/step-part-labels.ts";

interface Row {
  line: LayoutLine | undefined;
  answer: LayoutAnswer;
  number: number;
}

/** Several predictions, one per row, in order. */
export function predictionTable(
  predictions: readonly { line: LayoutLine | undefined; answer: LayoutAnswer }[],
  { width, paint }: { width: number; paint: Paint },
): string {
  const rows = predictions.map(({ line, answer }, index) => ({ line, answer, number: index + 1 }));
  const columns: FittedColumn<Row>[] = [
    { head: "#", align: "right", cell: ({ number }) => String(number) },
    {
      head: "model",
      align: "left",
      cell: modelText,
      paint: (text) => paint.name(text),
      shrinkTo: 8,
    },
    { head: "machine", align: "left", cell: machineText, shrinkTo: 10, dropAt: 3 },
    { head: "layout", align: "left", cell: layoutText, shrinkTo: 12, dropAt: 4 },
    { head: "step", align: "right", cell: stepText },
    { head: "interval", align: "left", cell: intervalText, dropAt: 2 },
    { head: "MFU", align: "right", cell: mfuText },
    { head: "memory", align: "right", cell: memoryText, dropAt: 1 },
    { head: "most time, or error", align: "left", cell: remark, shrinkTo: 20 },
  ];
  return [...fitTable(columns, rows, width), ...errorTexts(rows)].join("\n");
}

/** The errors in full, which rarely fit into their column. */
function errorTexts(rows: readonly Row[]): string[] {
  const texts = rows.flatMap(({ number, answer }) => {
    if (answer.kind !== "error") return [];
    const { message, hint } = answer.error;
    return [`${number}: ${message}${hint === undefined ? "" : `; ${hint}`}`];
  });
  return texts.length === 0 ? [] : ["", ...texts];
}

function modelText({ line }: Row): string {
  if (line === undefined) return "";
  if ("name" in line.model) return line.model.name;
  return "config" in line.model ? line.model.config : `${line.model.layers} x ${line.model.hidden}`;
}

function machineText({ line }: Row): string {
  return line === undefined ? "" : `${line.hardware.count} × ${line.hardware.accelerator}`;
}

function layoutText({ line }: Row): string {
  if (line === undefined) return "";
  const { tp, pp, cp, ep, precision } = line.layout;
  return `${precision} tp${tp} pp${pp} cp${cp}${ep > 1 ? ` ep${ep}` : ""}`;
}

function stepText({ answer }: Row): string {
  return answer.kind === "predicted" ? formatDuration(answer.stepTimeMs) : "";
}

function intervalText({ answer }: Row): string {
  if (answer.kind === "error") return "";
  const { low, high } = answer.intervalMs;
  return `${formatDuration(low)} to ${formatDuration(high)}`;
}

function mfuText({ answer }: Row): string {
  return answer.kind === "predicted" ? `${formatSignificant(100 * answer.mfu, 3)} %` : "";
}

function memoryText({ answer }: Row): string {
  if (answer.kind === "error") return "";
  return `${formatBytes(answer.memoryBytes)}${answer.fits ? "" : ", too much"}`;
}

function remark({ answer }: Row): string {
  if (answer.kind === "error") return `error: ${answer.error.code}`;
  let largest: keyof StepParts = "gemm";
  for (const key of partKeys) {
    if (answer.breakdown[key] > answer.breakdown[largest]) largest = key;
  }
  return stepPartLabels[largest];
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.keys widens the keys
const partKeys = Object.keys(stepPartLabels) as (keyof StepParts)[];
