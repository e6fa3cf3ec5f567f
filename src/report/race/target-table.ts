import { formatDuration } from "../../foundation/numbers/units.ts";
import type { ArmTarget, RaceArm, RaceReport } from "../../schema/run/race/race-report.ts";
import { formatTarget } from "../../schema/run/outcome/target-text.ts";
import { type FittedColumn, fitTable } from "../fitted-table.ts";
import { pText, ratioText } from "./race-verdict.ts";

export interface TargetRow {
  arm: RaceArm;
  target: ArmTarget;
}

/** Each of several targets, whether or not the others were met at the same time. */
export function targetTable(report: RaceReport, width: number): string[] {
  const rows = targetRows(report);
  if (rows.length === 0) return [];
  return ["each target on its own:", ...fitTable(targetColumns(report), rows, width)];
}

export function targetRows({ arms }: RaceReport): TargetRow[] {
  return arms.flatMap((arm) => (arm.targets ?? []).map((target) => ({ arm, target })));
}

export function targetColumns({ arms, baseArm }: RaceReport): FittedColumn<TargetRow>[] {
  const base = arms.find(({ arm }) => arm === baseArm)?.letter ?? "A";
  return [
    { head: "arm", align: "left", cell: ({ arm }) => arm.letter },
    {
      head: "target",
      align: "left",
      cell: ({ target }) => formatTarget(target.target),
      shrinkTo: 10,
    },
    {
      head: "median",
      align: "right",
      cell: ({ target: { medianMs, metCount } }) =>
        medianMs === undefined ? (metCount === 0 ? "never" : "") : formatDuration(medianMs),
    },
    {
      head: "met",
      align: "right",
      cell: ({ arm, target }) => `${target.metCount}/${arm.runCount}`,
    },
    {
      head: `time / ${base}`,
      align: "left",
      cell: ({ arm, target }) => (arm.arm === baseArm ? "1" : ratioText(target.comparison)),
    },
    {
      head: "p",
      align: "left",
      cell: ({ target: { comparison } }) => (comparison === undefined ? "" : pText(comparison)),
      dropAt: 1,
    },
  ];
}
