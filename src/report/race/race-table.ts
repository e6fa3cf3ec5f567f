import { markdownTable } from "../../foundation/tables/markdown-table.ts";
import {
  formatDuration,
  formatJoules,
  formatSignificant,
  formatUsd,
} from "../../foundation/numbers/units.ts";
import { formatTargets } from "../../schema/run/outcome/target-text.ts";
import type { RaceArm, RaceReport } from "../../schema/run/race/race-report.ts";
import { describeFinding } from "../findings/describe-finding.ts";
import { type FittedColumn, fitTable } from "../fitted-table.ts";
import type { Paint } from "../paint.ts";
import { countOf } from "../wording.ts";
import { armLabel, pText, raceVerdicts, raceWarnings, ratioText } from "./race-verdict.ts";
import { targetColumns, targetRows, targetTable } from "./target-table.ts";

/** A race: its arms as a table, the verdict in words, and warnings. */
export function racePage(
  report: RaceReport,
  { width, paint }: { width: number; paint: Paint },
): string {
  const verdicts = raceVerdicts(report).flatMap(({ kind, text, detail }) => {
    const line = kind === "open" ? text : paint.strong(text);
    return detail === undefined ? [line] : [line, paint.faint(`  ${detail}`)];
  });
  const blocks = [
    [headLine(report, paint)],
    fitTable(armColumns(report), report.arms, width),
    verdicts,
    targetTable(report, width),
    notesOf(report).map((note) => paint.faint(note)),
    [...raceWarnings(report), ...findingTexts(report)].map(
      (text) => `${paint.warn("warning:")} ${text}`,
    ),
  ];
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

/** The arms as a Markdown table, then the verdict as a list. */
export function raceMarkdown(report: RaceReport): string {
  const table = markdownTable(armColumns(report), report.arms);
  const verdicts = raceVerdicts(report).map(({ text, detail }) =>
    detail === undefined ? `- ${text}\n` : `- ${text}; ${detail}\n`,
  );
  const rows = targetRows(report);
  const targets = rows.length === 0 ? "" : `\n${markdownTable(targetColumns(report), rows)}`;
  return `${table}\n${verdicts.join("")}${targets}`;
}

function headLine({ raceId, arms, state, ...requested }: RaceReport, paint: Paint): string {
  const targets = formatTargets(requested);
  const what = targets === undefined ? "" : `, ${targets}`;
  const counts = arms.filter(({ isDropped }) => !isDropped).map(({ runCount }) => runCount);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const runs = least === most ? countOf(least, "run") : `${least} to ${most} runs`;
  const note = state === "finished" ? "" : `, ${state}`;
  return `${paint.strong(raceId)}${what}, ${runs} of each arm${note}`;
}

/** The columns of the table; those without any value are left out. */
export function armColumns({ arms, baseArm }: RaceReport): FittedColumn<RaceArm>[] {
  const base = arms.find(({ arm }) => arm === baseArm)?.letter ?? "A";
  const columns: FittedColumn<RaceArm>[] = [
    { head: "arm", align: "left", cell: ({ letter }) => letter },
    { head: "name", align: "left", cell: ({ name }) => name, shrinkTo: 10 },
    { head: "median", align: "right", cell: medianText },
    { head: "range", align: "left", cell: rangeText, dropAt: 2 },
    { head: "reached", align: "right", cell: reachedText },
    { head: `time / ${base}`, align: "left", cell: (arm) => vsText(arm, baseArm) },
    {
      head: "p",
      align: "left",
      cell: ({ comparison }) => (comparison === undefined ? "" : pText(comparison)),
      dropAt: 1,
    },
    { head: "cost", align: "right", cell: costText, dropAt: 4 },
    { head: "energy", align: "right", cell: energyText, dropAt: 3 },
  ];
  return columns.filter((column) => arms.some((arm) => column.cell(arm) !== ""));
}

function medianText({ medianMs, runCount }: RaceArm): string {
  if (medianMs !== undefined) return formatDuration(medianMs);
  return runCount === 0 ? "" : "missed";
}

function rangeText({ fastestMs, slowestMs, reachedCount, runCount }: RaceArm): string {
  if (fastestMs === undefined || slowestMs === undefined) return "";
  const end = reachedCount < runCount ? "missed" : formatDuration(slowestMs);
  return `${formatDuration(fastestMs)} … ${end}`;
}

function reachedText({ reachedCount, runCount, isDropped }: RaceArm): string {
  return `${reachedCount}/${runCount}${isDropped ? ", dropped" : ""}`;
}

function vsText(arm: RaceArm, baseArm: number): string {
  return arm.arm === baseArm ? "1" : ratioText(arm.comparison);
}

function costText({ medianUsd }: RaceArm): string {
  return medianUsd === undefined ? "" : formatUsd(medianUsd);
}

function energyText({ medianJoules, energyLabel }: RaceArm): string {
  if (medianJoules === undefined) return "";
  return `${energyLabel === "estimated" ? "~" : ""}${formatJoules(medianJoules)}`;
}

/** The findings of runs, each once. */
function findingTexts({ findings }: RaceReport): string[] {
  return findings.map(({ finding, runs }) => {
    const { message } = describeFinding(finding);
    return `${runs.length === 1 ? (runs[0] ?? "") : countOf(runs.length, "run")}: ${message}`;
  });
}

/** What the figures mean, where the table does not show it. */
function notesOf(report: RaceReport): string[] {
  const { arms, settings } = report;
  const dropped = arms.filter(({ isDropped }) => isDropped);
  const compared = arms.filter(({ comparison }) => comparison !== undefined).length;
  const notes = dropped.map(
    (arm) => `${armLabel(arm)} was dropped after two runs that failed in the same way`,
  );
  if (compared > 1) {
    notes.push(
      `each 95 % interval is for its own ratio; with ${compared} comparisons, expect one of 20 to be wrong`,
    );
  }
  if (arms.some(({ energyLabel }) => energyLabel === "estimated"))
    notes.push("~ energy is estimated, not measured");
  if (settings.until !== undefined) {
    const percent = formatSignificant(settings.until * 100, 3);
    notes.push(
      `ran until the intervals were within ±${percent} % of their ratios, or ${settings.maxRuns ?? settings.runs} runs`,
    );
  }
  return notes;
}
