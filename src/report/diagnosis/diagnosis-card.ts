import type { Cause, Diagnosis } from "../../schema/diagnosis/diagnosis.ts";
import type { Paint } from "../paint.ts";
import { countOf } from "../wording.ts";
import { adviceFor } from "./advice.ts";
import { describeCause } from "./describe-cause.ts";
import { determinismText, lookedAtText, placeOf, textOf } from "./evidence-text.ts";

/** Evidence of one cause that is shown without `--verbose`. */
const shownEvidence = 5;

interface CardOptions {
  name: string;
  /** Absent for files of a job that ran elsewhere. */
  runId?: string | undefined;
  /** Where the files that evidence names are. */
  directory: string;
  paint: Paint;
  isVerbose: boolean;
}

/** A diagnosis for a terminal: the answer first, then what it rests on, what else it may be, and what to do. */
export function diagnosisCard(
  diagnosis: Diagnosis,
  { name, runId, directory, paint, isVerbose }: CardOptions,
): string {
  const { verdict, alternatives, lookedAt, unread } = diagnosis;
  const note = determinismText(diagnosis);
  const causes = verdict.kind === "fault" ? verdict.causes : [];
  const advised = causes.length > 0 ? causes : alternatives.slice(0, 1);
  const blocks = [
    [`${paint.strong(name)}   ${headline(verdict, paint)}`],
    ...causes.map((cause, index) => causeBlock(cause, { index, causes, paint, isVerbose })),
    alternativesBlock(alternatives, verdict.kind),
    adviceBlock(advised, { runId, paint }),
    [`  looked at  ${lookedAtText(lookedAt, verdict)}`, `  in         ${paint.name(directory)}`],
    note === undefined ? [] : [paint.warn(`  note       ${note}`)],
    unreadBlock(unread, paint),
  ];
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

function headline(verdict: Diagnosis["verdict"], paint: Paint): string {
  switch (verdict.kind) {
    case "no-fault":
      return paint.good("no fault found");
    case "not-sure":
      return `${paint.warn("not sure")}: ${verdict.reason}`;
    case "fault": {
      const [first, ...rest] = verdict.causes;
      const text = first === undefined ? "" : describeCause(first);
      const more = rest.length === 0 ? "" : `, and ${countOf(rest.length, "more fault")}`;
      return paint.bad(`${text}${more}`);
    }
  }
}

interface CauseView {
  index: number;
  causes: readonly Cause[];
  paint: Paint;
  isVerbose: boolean;
}

/** The first cause's sentence is the headline. */
function causeBlock(cause: Cause, { index, causes, paint, isVerbose }: CauseView): string[] {
  const isSeveral = causes.length > 1;
  const title = isSeveral && index > 0 ? [`  ${paint.bad(describeCause(cause))}`] : [];
  const shown = isVerbose ? cause.evidence : cause.evidence.slice(0, shownEvidence);
  const hidden = cause.evidence.length - shown.length;
  return [
    ...title,
    `  evidence (${Math.round(cause.likelihood * 100)} % likely)`,
    ...shown.map((each) => `    ${paint.name(placeOf(each))}  ${textOf(each)}`),
    ...(hidden > 0 ? [paint.faint(`    and ${hidden} more with --verbose`)] : []),
  ];
}

function alternativesBlock(alternatives: readonly Cause[], verdict: string): string[] {
  if (alternatives.length === 0) return [];
  const head = verdict === "fault" ? "  or else" : "  may be";
  return [
    head,
    ...alternatives
      .slice(0, 4)
      .map((cause) => `    ${Math.round(cause.likelihood * 100)} %  ${describeCause(cause)}`),
  ];
}

function adviceBlock(
  causes: readonly Cause[],
  { runId, paint }: Pick<CardOptions, "runId" | "paint">,
): string[] {
  const lines = [...new Set(causes.flatMap((cause) => adviceFor(cause, runId)))].slice(0, 4);
  return lines.length === 0
    ? []
    : ["  try", ...lines.map((line) => `    ${paint.name("-")} ${line}`)];
}

function unreadBlock(unread: Diagnosis["unread"], paint: Paint): string[] {
  if (unread.length === 0) return [];
  const shown = unread.slice(0, 3).map(({ file, reason }) => `    ${file}: ${reason}`);
  const more = unread.length > 3 ? [`    and ${unread.length - 3} more`] : [];
  return [paint.warn(`  not read  ${countOf(unread.length, "file")}`), ...shown, ...more];
}
