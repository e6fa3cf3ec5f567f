import type { LaunchEvent } from "../../../launch/launcher.ts";
import type { ProbeTotals } from "../../../probe/start-probe.ts";
import type { Finding } from "../../../schema/run/findings/finding.ts";
import type { StopReason } from "../../../schema/run/events/run-event.ts";
import type { RunRequest } from "../../../schema/run/request/run-request.ts";
import type { Outcome } from "../../../schema/run/outcome/outcome.ts";
import type { Verdict } from "../../../schema/run/outcome/run-result.ts";
import type { CpuHistory } from "../../../score/judging/cpu-history.ts";
import { billedTrainingMs } from "../../../score/use/cost-of-run.ts";
import { endOfRun } from "../../../score/judging/end-of-run.ts";
import { judgeRun, logTimesOf } from "../../../score/judging/judge-run.ts";
import {
  continuedTotals,
  costOfParts,
  energyOfParts,
} from "../../../score/parts/totals-of-parts.ts";
import { ranksTogether } from "../../../score/readings/ranks-together.ts";
import type { TrackedRun } from "../../../score/tracking/tracked-run.ts";
import type { RankEnds } from "./rank-ends.ts";
import type { RunReader } from "../../read-run/reader/run-reader.ts";

/** The last event of a job. */
export type JobEnd = Extract<LaunchEvent, { kind: "ended" }>;

/** The state of a run after its last process has ended. */
export interface EndedRun {
  request: RunRequest;
  reader: RunReader;
  end: JobEnd;
  ranks: RankEnds;
  stopReason: StopReason | undefined;
  launchedMs: number;
  /** How long data was staged before. */
  dataMs?: number | undefined;
  /** How long later attempts were queued. */
  requeuedMs?: number;
  watched: ProbeTotals;
  cpu: CpuHistory;
  /** Findings about the hosts of the job, and about the files that metrics are read from. */
  otherFindings: readonly Finding[];
}

/** The verdict on a run, including its cost: the content of result.json except for the fingerprints. */
export function verdictOfRun(ended: EndedRun): Verdict {
  const { request, reader, end, ranks, stopReason, watched } = ended;
  const { run } = reader;
  const runEnd = endOfRun(request, run, { stopReason, exit: ranks.exit });
  const { outcome, clock, samplesPerSecond, findings } = judgeRun(run, runEnd, {
    launchedMs: ended.launchedMs,
    endedMs: end.timeMs,
    dataMs: ended.dataMs,
    requeuedMs: ended.requeuedMs,
    cpu: ended.cpu,
    ofLog: logTimesOf(request),
  });
  const curves = run.curves.finish();
  const { continues } = request;
  const parts = energyOfParts(watched.energy, continues);
  return withoutUndefined({
    schemaVersion: 1 as const,
    runId: request.runId,
    outcome,
    clock,
    job: ranks.job,
    target: run.target,
    targets: run.isCompound ? run.standings : undefined,
    evaluations: run.series.list(),
    evaluationCount: thinnedCount(run),
    curves: curves.length === 0 ? undefined : curves,
    samplesPerSecond,
    cost: costOfParts(
      {
        billedMs: clock.billedMs,
        trainingMs: billedTrainingMs({ outcome, clock, dataMs: ended.dataMs }),
        price: request.price,
        launchTarget: request.launchTarget,
        system: request.system,
      },
      continues,
    ),
    energy: parts.energy,
    continues: continues === undefined ? undefined : continuedTotals(continues, clock),
    conditions: watched.conditions,
    ...usageOf({ ...watched, reasons: [...watched.reasons, ...parts.reasons] }),
    findings: withoutEcho(outcome, [
      ...findings.map((note) => withNames(note, reader)),
      ...reader.findings(),
      ...ended.otherFindings,
      // The output of an imported run did not arrive.
      ...(request.startable.kind === "imported"
        ? []
        : reader.arrivalFindings({ timeMs: end.timeMs, wasStopped: wasStopped(stopReason) })),
      ...ranksFinding(ended),
      ...simulationFinding(request, ranks),
      ...ranks.findings({ wasStopped: wasStopped(stopReason) }),
      ...leftovers(end),
    ]),
  });
}

/** Whether the run was ended from outside while its program might have been hanging. A lost host is a finding of its own. */
function wasStopped(reason: StopReason | undefined): boolean {
  return reason !== undefined && reason !== "failure";
}

function thinnedCount({ series, evaluations }: TrackedRun): number | undefined {
  return series.count > evaluations.length ? series.count : undefined;
}

/** Adds the names of numbers in the output to the finding that no metric was given. */
function withNames(note: Finding, { namesSeen }: RunReader): Finding {
  const isUnnamed = note.rule === "quality-never-read" && note.metric === undefined;
  return isUnnamed ? { ...note, metricsSeen: [...note.metricsSeen, ...namesSeen] } : note;
}

const unusedFileRules = new Set<Finding["rule"]>([
  "metrics-file-missing",
  "metrics-file-unchanged",
  "metrics-file-unreadable",
  "mlflow-run-older",
]);

/** In a job of one rank, which may start others by itself. */
function ranksFinding({ request, ranks, reader }: EndedRun): Finding[] {
  const { startable } = request;
  if (startable.kind !== "command" || ranks.job !== undefined) return [];
  const found = ranksTogether(startable.command, reader.run.evaluations);
  return found === undefined ? [] : [found];
}

/** Leaves out that a metric was never read if another finding or the end of a silent program explains it. */
function withoutEcho(outcome: Outcome, findings: readonly Finding[]): Finding[] {
  const unmatched = new Set(
    findings.flatMap((note) =>
      note.rule === "metric-never-matched" ||
      note.rule === "metric-only-in-training-batches" ||
      note.rule === "metric-only-for-training-data" ||
      note.rule === "metric-not-in-files"
        ? [note.metric]
        : [],
    ),
  );
  const lacksFile = findings.some(({ rule }) => unusedFileRules.has(rule));
  return findings.filter((note) => {
    if (note.rule !== "quality-never-read") return true;
    const diedEarly = outcome.kind === "died" && note.metricsSeen.length === 0;
    return !diedEarly && !lacksFile && !unmatched.has(note.metric ?? "");
  });
}

/** The resources that the processes used; empty if they ended before the first sample. */
function usageOf({ cpuSeconds, peakMemoryBytes, isObserved, reasons }: ProbeTotals) {
  const wasSeen = peakMemoryBytes !== undefined && peakMemoryBytes > 0;
  if (wasSeen || isObserved === false)
    return { cpuSeconds, peakMemoryBytes, notMeasured: [...reasons] };
  const reason = "CPU time and memory: no process was there when they were read";
  return { cpuSeconds: undefined, peakMemoryBytes: undefined, notMeasured: [reason, ...reasons] };
}

function simulationFinding({ launchTarget }: RunRequest, { job }: RankEnds): Finding[] {
  if (launchTarget.kind !== "simulated") return [];
  return [{ rule: "simulated", rankCount: job?.rankCount ?? 1 }];
}

function leftovers({ leftovers: { stoppedCount, unkillablePids } }: JobEnd): Finding[] {
  const endedCount = stoppedCount - unkillablePids.length;
  const findings: Finding[] = [];
  if (endedCount > 0) findings.push({ rule: "processes-left-running", count: endedCount });
  if (unkillablePids.length > 0)
    findings.push({ rule: "processes-not-ended", pids: [...unkillablePids] });
  return findings;
}

type Defined<Fields> = {
  [Name in keyof Fields as undefined extends Fields[Name] ? never : Name]: Fields[Name];
} & {
  [Name in keyof Fields as undefined extends Fields[Name] ? Name : never]?: Exclude<
    Fields[Name],
    undefined
  >;
};

/** Leaves out undefined fields, like JSON. */
function withoutUndefined<Fields extends object>(fields: Fields): Defined<Fields> {
  const kept = Object.entries(fields).filter(([, value]) => value !== undefined);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.fromEntries loses the types of the remaining fields
  return Object.fromEntries(kept) as Defined<Fields>;
}
