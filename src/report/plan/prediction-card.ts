import { formatBytes, formatDuration, formatSignificant } from "../../foundation/numbers/units.ts";
import type { LayoutAnswer, StepPrediction } from "../../schema/plan/step-prediction.ts";
import { stepPartLabels } from "../../schema/plan/step-part-labels.ts";
import type { LayoutLine } from "../../schema/plan/training-layout.ts";
import { type FittedColumn, fitTable } from "../fitted-table.ts";
import type { Paint } from "../paint.ts";

const memoryLabels: Readonly<Record<keyof StepPrediction["memoryBytesPerAccelerator"], string>> = {
  weights: "weights",
  gradients: "gradients",
  optimizer: "optimizer",
  activations: "activations",
  buffers: "buffers",
  reserve: "reserve",
};

/** One prediction: answer first, then where time and memory go, then what it rests on. */
export function predictionCard(
  { line, answer }: { line: LayoutLine | undefined; answer: LayoutAnswer },
  { width, paint }: { width: number; paint: Paint },
): string {
  if (answer.kind === "error") return answer.error.message;
  const { intervalMs } = answer;
  const title = line === undefined ? "" : `${titleOf(line)}\n\n`;
  const facts: [string, string][] = [
    [
      "step time",
      `${paint.strong(formatDuration(answer.stepTimeMs))}   ${percent(intervalMs.level)} interval ${formatDuration(intervalMs.low)} to ${formatDuration(intervalMs.high)}`,
    ],
    ["speed", `${formatRate(answer)} per accelerator`],
    [
      "MFU",
      `${percent(answer.mfu, 1)}   causal attention counts as half; in full ${percent(answer.mfuFullAttention, 1)}; with recomputation ${percent(answer.hfu, 1)}`,
    ],
    [
      "memory",
      `${formatBytes(answer.memoryBytes)} of the fullest accelerator: ${answer.fits ? paint.good("fits") : paint.bad("does not fit")}`,
    ],
  ];
  const head = facts.map(([name, text]) => `  ${name.padEnd(10)} ${text}`).join("\n");
  return [
    `${title}${head}`,
    indent(partsTable(answer, width - 2)),
    indent(memoryTable(answer, width - 2)),
    evidenceText(answer, paint),
    assumedText(answer, paint),
  ]
    .filter((text) => text !== "")
    .join("\n\n");
}

function titleOf({ model, hardware, layout }: LayoutLine): string {
  const name = "name" in model ? model.name : "config" in model ? model.config : "own model";
  const split = [
    `tp ${layout.tp}`,
    `pp ${layout.pp}`,
    `cp ${layout.cp}`,
    ...(layout.ep > 1 ? [`ep ${layout.ep}`] : []),
  ].join(", ");
  return `${name}   ${hardware.count} × ${hardware.accelerator}   ${layout.precision}, ${split}, batch ${layout.globalBatch}`;
}

function formatRate(answer: StepPrediction): string {
  const tokens = answer.tokensPerSecondPerAccelerator;
  if (tokens === undefined) {
    return `${formatSignificant(answer.samplesPerSecondPerAccelerator, 3)} samples/s`;
  }
  const flop = answer.modelFlopPerSecondPerAccelerator / 1e12;
  return `${formatSignificant(tokens, 4)} tokens/s and ${formatSignificant(flop, 3)} TFLOP/s`;
}

interface Row {
  name: string;
  value: string;
  share: string;
}

function rowColumns(head: string, unit: string): FittedColumn<Row>[] {
  return [
    { head, align: "left", cell: ({ name }) => name },
    { head: unit, align: "decimal", cell: ({ value }) => value },
    { head: "share", align: "right", cell: ({ share }) => share },
  ];
}

function partsTable({ breakdown, stepTimeMs }: StepPrediction, width: number): string[] {
  const rows: Row[] = [];
  for (const [key, name] of entriesOf(stepPartLabels)) {
    const ms = breakdown[key];
    if (ms > 0.0005 * stepTimeMs) {
      rows.push({ name, value: formatSignificant(ms, 3), share: percent(ms / stepTimeMs, 1) });
    }
  }
  return fitTable(rowColumns("time goes to", "ms"), rows, width);
}

function memoryTable(answer: StepPrediction, width: number): string[] {
  const rows: Row[] = [];
  for (const [key, name] of entriesOf(memoryLabels)) {
    const bytes = answer.memoryBytesPerAccelerator[key];
    const share = percent(bytes / answer.memoryBytes, 1);
    if (bytes > 0) rows.push({ name, value: formatSignificant(bytes / 1e9, 3), share });
  }
  return fitTable(rowColumns("memory goes to", "GB"), rows, width);
}

function entriesOf<Key extends string>(labels: Readonly<Record<Key, string>>): [Key, string][] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.entries widens the keys
  return Object.entries(labels) as [Key, string][];
}

function evidenceText({ evidence }: StepPrediction, paint: Paint): string {
  if (evidence === undefined) return "";
  const off = evidence.ratio - 1;
  const sign = off < 0 ? "under" : "over";
  return `  evidence   ${paint.name(evidence.measurement)}, distance ${formatSignificant(evidence.distance, 2)}: predicted ${percent(Math.abs(off), 1)} ${sign} the measured step\n             ${paint.faint(evidence.source)}`;
}

function assumedText({ assumed }: StepPrediction, paint: Paint): string {
  const entries = Object.entries(assumed);
  if (entries.length === 0) return "";
  const widest = Math.max(...entries.map(([name]) => name.length));
  const lines = entries.map(([name, text]) => `    ${name.padEnd(widest)}  ${paint.faint(text)}`);
  return `  assumed\n${lines.join("\n")}`;
}

function indent(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}`.trimEnd()).join("\n");
}

function percent(share: number, digits = 0): string {
  return `${(100 * share).toFixed(digits)} %`;
}
