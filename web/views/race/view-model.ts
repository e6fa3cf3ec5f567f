import { armColumns } from "../../../src/report/race/race-table.ts";
import { raceVerdicts } from "../../../src/report/race/race-verdict.ts";
import { countOf } from "../../../src/report/wording.ts";
import { targetColumns, targetRows } from "../../../src/report/race/target-table.ts";
import type { RaceReport } from "../../../src/schema/run/race/race-report.ts";
import { formatTargets } from "../../../src/schema/run/outcome/target-text.ts";
import { withTargetSigns } from "../../charts/axes/target-signs.ts";

/** One line of the list of races. */
export interface RaceLine {
  raceId: string;
  state: RaceReport["state"];
  target: string;
  arms: string;
  runs: string;
  /** The first sentence of the answer. */
  verdict: string;
  createdMs: number;
}

export function raceLine(report: RaceReport): RaceLine {
  const { raceId, state, arms, createdMs } = report;
  const runCount = arms.reduce((sum, arm) => sum + arm.runCount, 0);
  return {
    raceId,
    state,
    target: withTargetSigns(formatTargets(report) ?? ""),
    arms: countOf(arms.length, "arm"),
    runs: countOf(runCount, "run"),
    verdict: raceVerdicts(report)[0]?.text ?? "",
    createdMs,
  };
}

interface TableText {
  heads: string[];
  rows: string[][];
}

/** The table of arms, with the same cells as in the terminal. */
export function armTable(report: RaceReport): TableText {
  return tableText(armColumns(report), report.arms);
}

/** Each of several targets on its own; without rows if there is one target. */
export function targetTable(report: RaceReport): TableText {
  return tableText(targetColumns(report), targetRows(report));
}

function tableText<Row>(
  columns: readonly { head: string; cell(row: Row): string }[],
  rows: readonly Row[],
): TableText {
  return {
    heads: columns.map(({ head }) => head),
    rows: rows.map((row) => columns.map((column) => column.cell(row))),
  };
}
