import { describeWarning } from "../../report/describe-error.ts";
import { describeFinding } from "../../report/findings/describe-finding.ts";
import type { RunEvent } from "../../schema/run/events/run-event.ts";
import type { RunReport } from "../../schema/run/outcome/series-summary.ts";
import type { PlanWarning } from "../../workflows/launch/prepare/find-workload.ts";
import type { SeriesPlan } from "../../workflows/launch/prepare/plan-series.ts";
import type { SigningKey } from "../../store/keys/key-store.ts";
import type { Paint } from "../../report/paint.ts";
import { countOf } from "../../report/wording.ts";
import type { RunPage } from "../../schema/run/run-page.ts";
import { countedRuns } from "../../schema/run/outcome/counted-runs.ts";
import { compareCurves, type CurveComparison } from "../../score/series/compare-curves.ts";
import { exitCodes, type Call, type ExitCode, type Face } from "../command-table.ts";
import type { Notify } from "../calls/notify-of-call.ts";
import { homeOf } from "../open-store.ts";
import { ProgressView } from "../terminal/progress.ts";

interface ReportOptions {
  warnings: readonly PlanWarning[];
  call: Pick<Call, "face" | "shared">;
  /** The command that the JSON document names. */
  command: "run" | "rerun";
  showsOutput: boolean;
  signingKey?: SigningKey | undefined;
  notify?: Notify | undefined;
  /** Asks on a terminal before something starts on other machines. Default: false. */
  asksFirst?: boolean;
  /** The original runs that these runs repeat. */
  compareWith?: readonly RunPage[];
}

type Followed =
  | { kind: "ended"; end: SeriesEnd; lastLines: readonly string[] }
  /** The answer to the question before the start was no. */
  | { kind: "declined" }
  /** A later command continues the run. */
  | { kind: "made-way" };

type SeriesEnd = Extract<RunEvent, { kind: "series-finished" }>;

/** Runs a plan, prints its progress and result, and returns the exit code. */
export async function runAndReport(plan: SeriesPlan, options: ReportOptions): Promise<ExitCode> {
  const { face, shared } = options.call;
  const followed = await followSeries(plan, options);
  if (followed.kind === "declined") {
    if (!shared.quiet) face.err.print("nothing was started\n");
    return exitCodes.interrupted;
  }
  if (followed.kind === "made-way") throw face.interrupt.reason;
  const { end, lastLines } = followed;
  const { summary, runs } = end;
  const counted = countedRuns(runs);
  const repeats = (options.compareWith ?? []).map((page, index) => {
    const again = counted[index];
    return again === undefined ? undefined : compareCurves(page.result, again.result);
  });
  if (shared.json) {
    face.out.write(`${JSON.stringify(jsonDocument(end, options, repeats))}\n`);
  } else {
    const { paint } = face.out;
    const lines = repeats
      .filter((repeat) => repeat !== undefined)
      .map((repeat) => `${describeRepeat(repeat, paint)}\n`);
    const gap = lines.length === 0 ? "" : "\n";
    const { resultCard } = await import("../../report/runs/card/result-card.ts");
    face.out.print(`${resultCard(summary, runs, paint)}\n${gap}${lines.join("")}`);
  }
  if (!face.interrupt.aborted) await prepareViews(runs, options.call);
  const cause = face.interrupt.aborted ? undefined : await causeOfEnd(runs, options.call);
  if (!shared.quiet) explainFailure(runs, { lastLines, cause }, face);
  return exitCodeOf(end, { isInterrupted: face.interrupt.aborted, hasCause: cause !== undefined });
}

/** Prepares the pages of runs with many samples, which take a second to read. */
async function prepareViews(
  runs: readonly RunReport[],
  { face, shared }: ReportOptions["call"],
): Promise<void> {
  const home = await homeOf(face, shared);
  const { hasManySampleBytes } = await import("../../store/samples/sample-bytes.ts");
  for (const { result } of runs) {
    if (!hasManySampleBytes(home, result.runId)) continue;
    const { prepareFirstView } =
      await import("../../workflows/dashboard/opened/prepare-first-view.ts");
    // It is derived: without it, a server reads the samples. A finished run must not fail because of it.
    await prepareFirstView(home, result.runId, face.nowMs()).catch(() => undefined);
  }
}

async function followSeries(plan: SeriesPlan, options: ReportOptions): Promise<Followed> {
  const { face, shared } = options.call;
  const { runSeries } = await import("../../workflows/launch/running/run-series.ts");
  const { localWorld } = await import("../../workflows/launch/targets/local-world.ts");
  const { signingKey } = options;
  const world = { ...localWorld(face, await homeOf(face, shared)), signingKey };
  const view = shared.quiet ? undefined : new ProgressView(face.err, options);
  for (const warning of options.warnings) view?.warn(warning);
  let lastLines: readonly string[] = [];
  try {
    for await (const event of runSeries(plan, world, face.interrupt)) {
      view?.show(event);
      options.notify?.take(event);
      if (!(await isAccepted(event, options))) return { kind: "declined" };
      await warnAboutBrokenRule(event, view);
      if (event.kind === "finished") ({ lastLines } = event);
      const followed = endOfSeries(event, lastLines);
      if (followed !== undefined) return followed;
    }
  } finally {
    view?.clear();
    await options.notify?.finish(view);
  }
  throw new Error("a series ended without a final event");
}

function endOfSeries(event: RunEvent, lastLines: readonly string[]): Followed | undefined {
  if (event.kind === "made-way") return { kind: "made-way" };
  return event.kind === "series-finished" ? { kind: "ended", end: event, lastLines } : undefined;
}

/** Other machines may belong to others, or cost money. Programs that call Pitwall have no terminal and are not asked. */
async function isAccepted(event: RunEvent, { asksFirst, call }: ReportOptions): Promise<boolean> {
  if (event.kind !== "planned" || asksFirst !== true) return true;
  const { summary } = event;
  const { face, shared } = call;
  const { kind } = summary.launchTarget;
  if (kind === "local" || kind === "simulated") return true;
  const { launchSummaryText } = await import("../../report/runs/live/launch-summary-text.ts");
  const what = shared.quiet ? `${launchSummaryText(summary)}. ` : "";
  const answer = await face.ask(`${what}Start? [Y/n] `);
  if (answer.kind === "answered") return /^\s*(?:y(?:es)?)?\s*$/iu.test(answer.text);
  return answer.kind === "no-terminal";
}

/**
 * Warns about the first rule that a run violates, as soon as it does. Rules that need the end of the log
 * are reported on the card.
 */
async function warnAboutBrokenRule(event: RunEvent, view: ProgressView | undefined): Promise<void> {
  if (event.kind !== "checklist") return;
  const { runId, checklist } = event;
  const [first] = checklist.findings;
  if (view === undefined || checklist.isFinal || first === undefined) return;
  const { describeBroken } = await import("../../report/runs/facts/rules-text.ts");
  view.warnOnce(runId, describeBroken(first, checklist.edition));
}

function jsonDocument(
  { summary, runs }: SeriesEnd,
  { warnings, command }: Pick<ReportOptions, "warnings" | "command">,
  repeats: readonly (CurveComparison | undefined)[],
) {
  const findings = runs.flatMap(({ result }) => result.findings);
  return {
    schemaVersion: 1,
    command,
    ok: true,
    result: {
      ...summary,
      runs: runs.map(({ request: { seed, isWarmup, retryOf }, result }) =>
        Object.assign({ seed, isWarmup, retryOf }, result),
      ),
      ...(repeats.length === 0 ? {} : { repeats }),
    },
    warnings: [
      ...warnings.filter(({ isNote }) => isNote !== true).map(({ message }) => message),
      ...findings.map((finding) => describeFinding(finding).message),
    ],
  };
}

/** Describes whether a rerun gave the same curve. Built-in workloads always do; other programs may not. */
function describeRepeat(repeat: CurveComparison, paint: Paint): string {
  switch (repeat.kind) {
    case "identical":
      return paint.good(
        `same curve as on record: ${countOf(repeat.evaluationCount, "evaluation")}, identical to the last bit`,
      );
    case "differs":
      return paint.warn(
        `another curve than on record: evaluation ${repeat.atEvaluation} was ${repeat.was ?? "not there"}, is ${repeat.is ?? "not there"}`,
      );
    case "nothing-to-compare":
      return paint.faint("no evaluations to compare with those on record");
  }
}

/** The diagnosed fault that ended the last run, in one sentence; undefined if it ended otherwise or no cause is certain. */
async function causeOfEnd(
  runs: readonly RunReport[],
  { face, shared }: ReportOptions["call"],
): Promise<string | undefined> {
  const last = runs.at(-1);
  const outcome = last?.result.outcome;
  const isNan = outcome?.kind === "missed" && outcome.reason === "not-a-number";
  if (last === undefined || (outcome?.kind !== "died" && !isNan)) return undefined;
  const { diagnoseDeath } = await import("./diagnose-death.ts");
  const home = await homeOf(face, shared);
  return diagnoseDeath(last, { home, cwd: face.cwd, nowMs: face.nowMs() });
}

/** Prints what ended the last run and the last lines of a program that failed. */
function explainFailure(
  runs: readonly RunReport[],
  { lastLines, cause }: { lastLines: readonly string[]; cause: string | undefined },
  face: Face,
): void {
  const last = runs.at(-1);
  const { paint } = face.err;
  if (cause !== undefined && last !== undefined) {
    const hint = `\`pitwall doctor ${last.request.runId}\` shows the evidence and what to try`;
    face.err.print(`\n${describeWarning({ message: `diagnosis: ${cause}`, hint }, paint)}\n`);
  }
  if (last?.result.outcome.kind !== "died" || lastLines.length === 0) return;
  const lines = lastLines.map((line) => `  ${paint.faint(line.slice(0, 300))}`);
  face.err.write(
    `\n${describeWarning({ message: "last lines of the program's output:" }, paint)}\n${lines.join("\n")}\n`,
  );
}

/** @param end `hasCause`: whether a diagnosed fault ended the last run */
function exitCodeOf(
  { summary, runs }: SeriesEnd,
  end: { isInterrupted: boolean; hasCause: boolean },
): ExitCode {
  if (end.isInterrupted) return exitCodes.interrupted;
  const failed = end.hasCause ? exitCodes.faultFound : exitCodes.worldFailed;
  if (summary.stop !== undefined) return failed;
  if (summary.score.kind === "incomplete" || summary.score.kind === "resumed") return exitCodes.no;
  const isScored = summary.score.kind === "scored";
  if (isScored || summary.reachedCount === summary.completedCount) return exitCodes.yes;
  const hasDied = runs.some(({ result }) => result.outcome.kind === "died");
  if (hasDied) return failed;
  return end.hasCause ? exitCodes.faultFound : exitCodes.no;
}
