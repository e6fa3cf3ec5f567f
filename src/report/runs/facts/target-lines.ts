import { formatDuration, formatSignificant } from "../../../foundation/numbers/units.ts";
import type { TargetStanding } from "../../../schema/run/outcome/metric-target.ts";
import { formatTarget } from "../../../schema/run/outcome/target-text.ts";
import { countOf } from "../../wording.ts";

/** One line for each target of one run: the target, whether it was met, and the best value. */
export function standingLines(standings: readonly TargetStanding[]): string[] {
  return aligned(standings.map((standing) => [formatTarget(standing.target), metText(standing)]));
}

/** One line for each target of several runs: in how many it was met at the end, and the best value of all runs. */
export function standingsLines(runs: readonly (readonly TargetStanding[])[]): string[] {
  const [first = []] = runs;
  return aligned(
    first.map(({ target }, index) => {
      const standings = runs.flatMap((run) => run[index] ?? []);
      const met = standings.filter(({ isMet }) => isMet).length;
      const best = standings
        .flatMap((standing) => standing.best ?? [])
        .toSorted((a, b) => (target.direction === "at-least" ? b - a : a - b))[0];
      return [
        formatTarget(target),
        `met in ${met} of ${countOf(runs.length, "run")}${bestText(best)}`,
      ];
    }),
  );
}

function metText({ isMet, firstMetMs, best, longestStreak, evaluationCount }: TargetStanding) {
  if (evaluationCount === 0) return "not met; no evaluations";
  const first = firstMetMs === undefined ? undefined : formatDuration(firstMetMs);
  const met = isMet
    ? `met${first === undefined ? "" : `, first after ${first}`}`
    : first === undefined
      ? "not met"
      : `met after ${first}, but not at the end`;
  const streak =
    longestStreak === undefined || isMet || firstMetMs !== undefined
      ? ""
      : `; at most ${longestStreak} in a row`;
  return met + bestText(best) + streak;
}

function bestText(best: number | undefined): string {
  return best === undefined ? "" : `; best ${formatSignificant(best, 4)}`;
}

function aligned(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(0, ...rows.map(([label]) => label.length));
  return rows.map(([label, text]) => `${label.padEnd(width)}   ${text}`);
}
