import { formatChange } from "../../foundation/numbers/format-change.ts";
import type { CalibrationAnswer } from "../../schema/plan/learned-run.ts";
import { type FittedColumn, fitTable } from "../fitted-table.ts";
import type { Paint } from "../paint.ts";
import { countOf } from "../wording.ts";

type Factors = CalibrationAnswer["factors"][number];

/** What plans have learned from runs. */
export function calibrationPage(
  { path, runs, notLearned, factors }: CalibrationAnswer,
  { width, paint }: { width: number; paint: Paint },
): string {
  const reasons = notLearned.map(({ runId, reason }) => `${paint.name(runId)}: ${reason}`);
  if (factors.length === 0)
    return [...reasons, `no runs to learn from are in ${paint.name(path)}`].join("\n");
  const [head = "", ...lines] = fitTable(columns, factors, width);
  return [
    `plans are calibrated by ${countOf(runs.length, "run")}; what that changes:`,
    "",
    paint.faint(head),
    ...lines,
    "",
    ...reasons,
    paint.faint(`kept in ${path}; \`pitwall plan --no-calibration\` ignores it`),
  ].join("\n");
}

const columns: FittedColumn<Factors>[] = [
  { head: "accelerator", align: "left", cell: ({ accelerator }) => accelerator },
  { head: "framework", align: "left", cell: ({ framework = "" }) => framework, dropAt: 1 },
  { head: "trained", align: "left", cell: ({ subject }) => subject, shrinkTo: 10 },
  { head: "runs", align: "right", cell: ({ runCount }) => String(runCount) },
  { head: "step time", align: "right", cell: ({ stepTime }) => factorText(stepTime) },
  { head: "samples", align: "right", cell: ({ samples }) => factorText(samples) },
  { head: "initialization", align: "right", cell: ({ start }) => factorText(start) },
  { head: "time to train", align: "right", cell: ({ trainTime }) => factorText(trainTime) },
];

function factorText(factor: number | undefined): string {
  return factor === undefined ? "" : formatChange(factor);
}
