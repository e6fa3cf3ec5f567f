import type { RunReport, SeriesSummary } from "../../../schema/run/outcome/series-summary.ts";
import type { Paint } from "../../paint.ts";
import { countOf } from "../../wording.ts";
import { hasNothingToCheck } from "../facts/rules-text.ts";

/** Suggested next commands, one per line. */
export function nextLines(
  summary: SeriesSummary,
  runs: readonly RunReport[],
  paint: Paint,
): string[] {
  const isImported = runs[0]?.request.startable.kind === "imported";
  const lines = isImported ? [recordStep(summary, runs)] : nextSteps(summary, runs);
  const width = Math.max(...lines.map(([command]) => command.length));
  return lines.map(
    ([command, why], index) =>
      `${index === 0 ? "next: " : "      "}${paint.name(command.padEnd(width))}   ${why}`,
  );
}

function recordStep({ seriesId }: SeriesSummary, runs: readonly RunReport[]) {
  const shown = runs.length === 1 ? (runs[0]?.result.runId ?? seriesId) : seriesId;
  return [`pitwall show ${shown}`, "shows the full record"] as const;
}

/** Suggested next commands, depending on whether the run reached its target. */
function nextSteps(
  summary: SeriesSummary,
  runs: readonly RunReport[],
): (readonly [string, string])[] {
  const { seriesId, reachedCount, cost, score, stop } = summary;
  const runId = runs[0]?.result.runId ?? seriesId;
  const shown = runs.length === 1 ? runId : seriesId;
  const record = recordStep(summary, runs);
  const check = breaksRules(runs)
    ? [[`pitwall check ${shown}`, "lists the broken rules"] as const]
    : [];
  if (score.kind === "incomplete" && score.need > 1) {
    const missing = countOf(score.need - score.have, "remaining run");
    const resume = [`pitwall run --resume ${seriesId}`, `starts the ${missing}`] as const;
    const output = [
      `pitwall show ${runs.at(-1)?.result.runId ?? runId} --log`,
      "shows the program's output",
    ] as const;
    return [...check, ...(stop === undefined ? [record] : [output]), resume];
  }
  if (reachedCount === 0)
    return [[`pitwall show ${shown} --log`, "shows the program's output"], ...check, record];
  const again = [`pitwall rerun ${runId}`, "repeats the run with the same seed"] as const;
  if (runs.length >= 3) {
    return [
      ...check,
      record,
      again,
      [`pitwall export ${shown} --format mlperf`, "writes an MLPerf submission folder"],
    ];
  }
  const price = [["--price 2.49/h", "adds the cost"] as const].filter(() => cost === undefined);
  return [
    ...check,
    record,
    again,
    ["--runs 5", "runs five seeds for a score with its spread"],
    ...price,
  ];
}

/** Whether a log breaks a rule. A log without MLPerf lines does not. */
function breaksRules(runs: readonly RunReport[]): boolean {
  return runs.some(
    ({ result: { rules } }) =>
      rules !== undefined && rules.verdict !== "pass" && !hasNothingToCheck(rules),
  );
}
