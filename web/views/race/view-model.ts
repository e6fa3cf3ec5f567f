import { armColumns } from "../../../src/report/race/race-table.ts";
import { raceVerdicts } from "../../../src/report/race/race-verdict.ts";
import { countOf } from "../../../src/report/wording.ts";
import type { RaceReport } from "../../../src/schema/run/race-report.ts";
import { formatTarget } from "../../../src/schema/run/target-text.ts";

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
  const { raceId, state, target, arms, createdMs } = report;
  const runCount = arms.reduce((sum, arm) => sum + arm.runCount, 0);
  return {
    raceId,
    state,
    target: target === undefined ? "" : formatTarget(target),
    arms: countOf(arms.length, "arm"),
    runs: countOf(runCount, "run"),
    verdict: raceVerdicts(report)[0]?.text ?? "",
    createdMs,
  };
}

/** The table of arms, with the same cells as in the terminal. */
export function armTable(report: RaceReport): { heads: string[]; rows: string[][] } {
  const columns = armColumns(report);
  return {
    heads: columns.map(({ head }) => head),
    rows: report.arms.map((arm) => columns.map((column) => column.cell(arm))),
  };
}
