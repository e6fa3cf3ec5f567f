import { layOutTable, truncate } from "../../foundation/text-table.ts";
import { formatDuration, formatSignificant, formatUsd } from "../../foundation/units.ts";
import type { RunRequest } from "../../schema/run/run-request.ts";
import type { RunResult } from "../../schema/run/run-result.ts";
import type { Paint } from "../paint.ts";
import { describeOutcome } from "./describe-outcome.ts";

/** A run in a list. */
export type RunRow =
  | {
      kind: "readable";
      runId: string;
      state: { kind: "finished" | "running" | "abandoned" };
      request: RunRequest;
      result: RunResult | undefined;
    }
  | { kind: "broken"; runId: string; reason: string };

const mostNameWidth = 30;

/** All runs as a table, newest last, without a trailing newline. */
export function runTable(rows: readonly RunRow[], nowMs: number, paint: Paint): string {
  const hasNames = rows.some((row) => nameOf(row) !== "");
  return layOutTable(
    [
      { head: "run", align: "left" },
      ...(hasNames ? [{ head: "name", align: "left" as const }] : []),
      { head: "seed", align: "right" },
      { head: "time to train", align: "right" },
      { head: "quality", align: "decimal" },
      { head: "cost", align: "right" },
      { head: "started", align: "left" },
      { head: "state", align: "left" },
    ],
    rows.map((row) => {
      const [runId = "", ...others] = cellsOf(row, nowMs, paint);
      return [runId, ...(hasNames ? [nameOf(row)] : []), ...others];
    }),
  ).join("\n");
}

/** What `--name` says, where the run id does not begin with it: ids have only plain letters and digits. */
function nameOf(row: RunRow): string {
  if (row.kind === "broken") return "";
  const { name } = row.request.startable;
  return row.runId.startsWith(`${name}-`) ? "" : truncate(oneLine(name), mostNameWidth);
}

/** A line break in a name or a reason would break the table. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim();
}

function cellsOf(row: RunRow, nowMs: number, paint: Paint): string[] {
  if (row.kind === "broken")
    return [paint.name(row.runId), "", "", "", "", "", paint.bad(`broken: ${oneLine(row.reason)}`)];
  const { request, result, state } = row;
  const outcome = result?.outcome;
  const quality = outcome?.kind === "reached" ? outcome.quality : outcome?.bestQuality;
  return [
    paint.name(row.runId),
    String(request.seed),
    outcome?.kind === "reached" ? formatDuration(outcome.timeToTrainMs) : "",
    quality === undefined ? "" : formatSignificant(quality, 4),
    result?.cost.kind === "priced" ? formatUsd(result.cost.billedUsd) : "",
    `${formatDuration(Math.max(0, nowMs - request.createdMs))} ago`,
    outcome === undefined ? stateWord(state.kind, paint) : describeOutcome(outcome, paint),
  ];
}

function stateWord(kind: "finished" | "running" | "abandoned", paint: Paint): string {
  return kind === "running" ? paint.good("running") : paint.warn(kind);
}
