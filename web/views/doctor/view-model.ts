import { formatDuration } from "../../../src/foundation/numbers/units.ts";
import { adviceFor } from "../../../src/report/diagnosis/advice.ts";
import { describeCause } from "../../../src/report/diagnosis/describe-cause.ts";
import {
  determinismText,
  lookedAtText,
  placeOf,
  textOf,
} from "../../../src/report/diagnosis/evidence-text.ts";
import { countOf } from "../../../src/report/wording.ts";
import type { DiagnosisDocument } from "../../../src/schema/dashboard/diagnosis-page.ts";
import type { Cause, Diagnosis } from "../../../src/schema/diagnosis/diagnosis.ts";
import type { Evidence } from "../../../src/schema/diagnosis/evidence.ts";
import type { Place } from "../../place.ts";
import { type WaitGraph, waitGraph } from "./wait-graph.ts";

export interface EvidenceRow {
  place: string;
  /** Where the run's page shows it; absent for files that the dashboard does not show. */
  link: Place | undefined;
  text: string;
}

export interface CauseView {
  sentence: string;
  /** Rounded like on the terminal. */
  likelihood: string;
  /** In 0..1. */
  fraction: number;
  evidence: readonly EvidenceRow[];
}

export interface DoctorView {
  verdict: { text: string; mood: "good" | "warn" | "bad" };
  causes: readonly CauseView[];
  alternatives: readonly CauseView[];
  advice: readonly string[];
  waits: WaitGraph | undefined;
  attempts: readonly AttemptRow[];
  lookedAt: string;
  note: string | undefined;
  /** Also looks at the processes of a run that goes on, which the server does not. */
  ranksCommand: string | undefined;
}

/** One start of the job as a bar over the time of the run. */
export interface AttemptRow {
  name: string;
  when: string;
  fault: string | undefined;
  leftFraction: number;
  widthFraction: number;
  mood: "good" | "bad";
}

/** What the page shows, in the words of `pitwall doctor`. */
export function doctorView(document: DiagnosisDocument): DoctorView {
  const { runId, state, rankCount, diagnosis } = document;
  const { verdict, alternatives, lookedAt } = diagnosis;
  const causes = verdict.kind === "fault" ? verdict.causes : [];
  const advised = causes.length > 0 ? causes : alternatives.slice(0, 1);
  const view = (cause: Cause): CauseView => causeView(cause, runId);
  return {
    verdict: verdictOf(verdict),
    causes: causes.map(view),
    alternatives: alternatives.map(view),
    advice: [...new Set(advised.flatMap((cause) => adviceFor(cause, runId)))],
    waits: waitGraph(causes, rankCount),
    attempts: attemptRows(document),
    lookedAt: lookedAtText(lookedAt, verdict),
    note: determinismText(diagnosis),
    ranksCommand:
      state === "running" && verdict.kind !== "no-fault"
        ? `pitwall doctor ${runId} --stacks`
        : undefined,
  };
}

/** A bar that is too short to see is drawn this wide. */
const minimumFraction = 0.004;

function attemptRows({ attempts, durationMs }: DiagnosisDocument): AttemptRow[] {
  const wholeMs = Math.max(1, durationMs, ...attempts.map(({ toMs }) => toMs));
  return attempts.map(({ fromMs, toMs, fault }, index) => {
    const leftFraction = Math.min(1 - minimumFraction, fromMs / wholeMs);
    const widthFraction = Math.max(minimumFraction, (toMs - fromMs) / wholeMs);
    return {
      name: `attempt ${index + 1}`,
      when: `${formatDuration(fromMs)} to ${formatDuration(toMs)}`,
      fault,
      leftFraction,
      widthFraction: Math.min(widthFraction, 1 - leftFraction),
      mood: fault === undefined ? "good" : "bad",
    };
  });
}

function verdictOf(verdict: Diagnosis["verdict"]): DoctorView["verdict"] {
  switch (verdict.kind) {
    case "no-fault":
      return { text: "no fault found", mood: "good" };
    case "not-sure":
      return { text: `not sure: ${verdict.reason}`, mood: "warn" };
    case "fault": {
      const [first, ...rest] = verdict.causes;
      const more = rest.length === 0 ? "" : `, and ${countOf(rest.length, "more fault")}`;
      return { text: first === undefined ? "" : `${describeCause(first)}${more}`, mood: "bad" };
    }
  }
}

function causeView(cause: Cause, runId: string): CauseView {
  return {
    sentence: describeCause(cause),
    likelihood: `${Math.round(cause.likelihood * 100)} %`,
    fraction: cause.likelihood,
    evidence: cause.evidence.map((each) => ({
      place: placeOf(each),
      link: linkOf(each, runId),
      text: textOf(each),
    })),
  };
}

function linkOf(evidence: Evidence, runId: string): Place | undefined {
  const path = `/runs/${runId}`;
  if (evidence.kind === "line" && evidence.file === "log.txt")
    return { path, query: { line: String(evidence.line) } };
  if (evidence.kind === "samples") return { path, query: { rank: String(evidence.rank) } };
  return evidence.kind === "event" ? { path, query: {} } : undefined;
}

/** The ranks that wait because of a cause; in synchronous training all others wait for a slow rank. */
