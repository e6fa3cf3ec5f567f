import { UserError } from "../../foundation/errors/user-error.ts";
import { jobRanksOf } from "../../schema/run/hosts/job-ranks.ts";
import type { RunPage } from "../../schema/run/run-page.ts";
import type { RunResult } from "../../schema/run/outcome/run-result.ts";
import type { RunReport } from "../../schema/run/outcome/series-summary.ts";
import type { TrackedRun } from "../../score/tracking/tracked-run.ts";
import type { RunRecord, RunStore } from "../../store/records/run-store.ts";
import type { LogLine } from "../../schema/logs/log-event.ts";
import { ledgerOfRecord, LoggedSpans } from "./ledger-of-record.ts";
import { integrityOf } from "./verify/integrity-of.ts";
import { verdictDifferences } from "./verify/verdict-differences.ts";
import { rereadRun } from "./verify/reread-run.ts";

/** The requested runs, opened. */
export type Shown =
  | { kind: "run"; page: RunPage; record: RunRecord }
  | {
      kind: "series";
      seriesId: string;
      pages: readonly RunPage[];
      records: readonly RunRecord[];
    };

/**
 * Opens the runs named by a run id, an unambiguous part of one, a series id, or `last`.
 *
 * @param nowMs for the time that a run in progress has taken so far; default: until its last event
 * @throws UserError `unknown-run`, `ambiguous-run`, `record-broken`
 */
export async function showRun(store: RunStore, text: string, nowMs?: number): Promise<Shown> {
  const meant = await store.resolve(text);
  switch (meant.kind) {
    case "run": {
      const record = await openRecord(store, meant.runId);
      return { kind: "run", page: await pageOf(record, nowMs), record };
    }
    case "series": {
      const records = await Promise.all(meant.runIds.map((runId) => openRecord(store, runId)));
      const pages = await Promise.all(records.map((record) => pageOf(record, nowMs)));
      return { kind: "series", seriesId: meant.seriesId, pages, records };
    }
    case "ambiguous":
      throw ambiguousRun(text, meant.candidates);
    case "unknown":
      throw unknownRun(text, meant);
  }
}

/** Finished runs in the form that the scorer takes. */
export function finishedReports(pages: readonly RunPage[]): RunReport[] {
  return pages.flatMap(({ request, result }) =>
    result === undefined ? [] : [{ request, result }],
  );
}

export async function openRecord(store: RunStore, runId: string): Promise<RunRecord> {
  const opened = await store.open(runId);
  if (opened.kind === "opened") return opened.record;
  const saw = opened.kind === "broken" ? opened.reason : "it was there a moment ago";
  throw new UserError("record-broken", `cannot read the record of \`${runId}\``, {
    ...(opened.kind === "broken" ? { at: opened.directory } : {}),
    saw,
    hint: "its `log.txt` may still be readable",
  });
}

/**
 * The verdict of a run with more evaluations is not computed again if the record is intact: its closing event then covers
 * both the log and result.json. `pitwall verify` computes every verdict again.
 */
const maximumReread = 100_000;

async function pageOf(record: RunRecord, nowMs: number | undefined): Promise<RunPage> {
  const { result, request, state, directory } = record;
  const integrity = await integrityOf(record);
  const isLong = (result?.evaluationCount ?? 0) > maximumReread;
  const isAsSealed = isLong && integrity.kind === "intact";
  const spans = new LoggedSpans();
  const alsoTake = (line: LogLine): void => spans.push(line);
  const reread = await rereadRun(record, { readsOnlyMllog: isAsSealed, alsoTake });
  const { run, rules, checklist } = reread;
  const ledger = await ledgerOfRecord(record, { run, spans, nowMs });
  return {
    directory,
    request,
    result,
    state,
    progress: progressOf(result, run),
    curves: result?.curves ?? run.curves.finish(),
    events: record.events.events,
    job: jobRanksOf(record.events.events),
    rules,
    checklist,
    integrity,
    verdictDifferences: verdictDifferences(record, reread),
    ...(isAsSealed ? { verdictIsAsSealed: true } : {}),
    ...(ledger === undefined ? {} : { ledger }),
    ...(await planComparisonOf(record, run)),
  };
}

/** Loads the comparison only for a run that was planned. */
async function planComparisonOf(
  record: RunRecord,
  run: TrackedRun,
): Promise<Pick<RunPage, "planComparison">> {
  if (record.request.plan === undefined || record.result === undefined) return {};
  const { compareRecord } = await import("./verify/compare-record.ts");
  const planComparison = await compareRecord(record, run);
  return planComparison === undefined ? {} : { planComparison };
}

function progressOf(result: RunResult | undefined, run: TrackedRun): RunPage["progress"] {
  const standings = result?.targets ?? run.standings;
  const targets = run.isCompound ? { targets: standings } : {};
  if (result === undefined) {
    const { series, best, samplesCount } = run;
    const evaluations = series.list();
    return { ...targets, evaluations, evaluationCount: series.count, best, samplesCount };
  }
  const { outcome, evaluations, evaluationCount = evaluations.length } = result;
  const best = outcome.kind === "reached" ? outcome.quality : outcome.bestQuality;
  return { ...targets, evaluations, evaluationCount, best, samplesCount: undefined };
}

export function ambiguousRun(text: string, candidates: readonly string[]): UserError {
  return new UserError("ambiguous-run", `\`${text}\` matches ${candidates.length} runs`, {
    saw: candidates.slice(0, 5).join("\n"),
    hint: "specify more of the name, or `last`",
  });
}

export function unknownRun(
  text: string,
  meant: { nearest: string | undefined; runCount: number },
): UserError {
  const hint =
    meant.runCount === 0
      ? "there are no runs yet: start one with `pitwall run digits`; records are stored in `$PITWALL_HOME`, or `./.pitwall` by default"
      : meant.nearest === undefined
        ? "`pitwall runs` lists them"
        : `did you mean \`${meant.nearest}\`?`;
  return new UserError("unknown-run", `unknown run \`${text}\``, { hint });
}
