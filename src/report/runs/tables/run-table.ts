import { truncate } from "../../../foundation/tables/text-table.ts";
import { formatDuration, formatSignificant, formatUsd } from "../../../foundation/numbers/units.ts";
import { roleSuffix } from "../../../schema/run/outcome/counted-runs.ts";
import { qualityOfRun } from "../../../schema/run/outcome/quality-of-run.ts";
import { runName } from "../../../schema/run/request/run-name.ts";
import type { RunRequest } from "../../../schema/run/request/run-request.ts";
import type { RunResult } from "../../../schema/run/outcome/run-result.ts";
import type { Paint } from "../../paint.ts";
import { type FittedColumn, fitTable } from "../../fitted-table.ts";
import { hasKnownSeed } from "../facts/origin-text.ts";
import { describeEnd, mayStillRun } from "../facts/describe-outcome.ts";

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

type ReadableRow = Extract<RunRow, { kind: "readable" }>;

const mostNameWidth = 30;

/** All runs as a table that fits into a width, newest last, without a trailing newline. */
export function runTable(
  rows: readonly RunRow[],
  { nowMs, width, paint }: { nowMs: number; width: number; paint: Paint },
): string {
  const hasNames = rows.some((row) => nameOf(row) !== "");
  const cells = new Map(rows.map((row) => [row, cellsOf(row, nowMs, paint)]));
  const cell = (index: number) => (row: RunRow) => cells.get(row)?.[index] ?? "";
  const columns: FittedColumn<RunRow>[] = [
    { head: "run", align: "left", cell: cell(0), shrinkTo: 12, keeps: "end" },
    ...(hasNames ? [{ head: "name", align: "left", cell: nameOf, shrinkTo: 8 } as const] : []),
    { head: "seed", align: "right", cell: cell(1), dropAt: 4 },
    { head: "time to train", align: "right", cell: cell(2) },
    { head: "quality", align: "decimal", cell: cell(3), dropAt: 1 },
    { head: "cost", align: "right", cell: cell(4), dropAt: 3 },
    { head: "started", align: "left", cell: cell(5), dropAt: 2 },
    { head: "state", align: "left", cell: cell(6), shrinkTo: 9 },
  ];
  return fitTable(columns, rows, width).join("\n");
}

/** What `--name` says, where the run id does not begin with it: ids have only plain letters and digits. */
function nameOf(row: RunRow): string {
  if (row.kind === "broken") return "";
  const name = runName(row.request);
  return row.runId.startsWith(`${name}-`) ? "" : truncate(oneLine(name), mostNameWidth);
}

/** A line break in a name or a reason would break the table. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim();
}

function cellsOf(row: RunRow, nowMs: number, paint: Paint): string[] {
  if (row.kind === "broken")
    return [paint.name(row.runId), "", "", "", "", "", paint.bad(`broken: ${oneLine(row.reason)}`)];
  const { request, result } = row;
  const quality = result === undefined ? undefined : qualityOfRun(result);
  return [
    paint.name(row.runId),
    hasKnownSeed(request) ? String(request.seed) : "",
    timeText(row),
    qualityText(quality, result),
    result?.cost.kind === "priced" ? formatUsd(result.cost.billedUsd) : "",
    `${formatDuration(Math.max(0, nowMs - request.createdMs))} ago`,
    stateText(row, paint) + roleSuffix(request),
  ];
}

/** The best value of each target's metric: `0.9412, 0.31`. */
function qualityText(quality: number | undefined, result: RunResult | undefined): string {
  const others = (result?.targets ?? []).slice(1).map(({ best }) => best);
  return [quality, ...others]
    .map((value) => (value === undefined ? "–" : formatSignificant(value, 4)))
    .filter((text, _, all) => all.length > 1 || text !== "–")
    .join(", ");
}

/** A run that continued a training from a checkpoint has no time to train. */
function timeText(row: ReadableRow): string {
  const outcome = row.result?.outcome;
  if (outcome?.kind !== "reached" || isResumed(row)) return "";
  return formatDuration(outcome.timeToTrainMs);
}

function isResumed({ result }: ReadableRow): boolean {
  return result?.findings.some(({ rule }) => rule === "resumed-from-checkpoint") === true;
}

function stateText(row: ReadableRow, paint: Paint): string {
  const { request, result } = row;
  const text = result === undefined ? stateWord(row, paint) : describeEnd(result, paint);
  if (isResumed(row)) return `${text}, resumed from a checkpoint`;
  return request.startable.kind === "imported" ? `${text}, imported` : text;
}

function stateWord({ state, request }: ReadableRow, paint: Paint): string {
  if (state.kind === "running") return paint.good("running");
  return `${paint.warn(state.kind)}${mayStillRun(request) ? ", its job may continue" : ""}`;
}
