import { plainOutput } from "../../foundation/text/printable-text.ts";
import { truncate } from "../../foundation/tables/text-table.ts";
import { formatDuration, formatSignificant } from "../../foundation/numbers/units.ts";
import { visibleControls } from "../../foundation/text/visible-controls.ts";
import { recoveryText } from "../../report/runs/timeline/recovery-text.ts";
import { describeFinding } from "../../report/findings/describe-finding.ts";
import { describeWarning } from "../../report/describe-error.ts";
import { roleSuffix } from "../../schema/run/outcome/counted-runs.ts";
import { silenceText } from "../../report/runs/timeline/silence-text.ts";
import { reapedText } from "../../report/runs/live/reaped-text.ts";
import { stagedText } from "../../report/runs/timeline/data-text.ts";
import { StagingLine } from "../../report/runs/live/staging-line.ts";
import { launchSummaryText } from "../../report/runs/live/launch-summary-text.ts";
import { progressLine } from "../../report/runs/live/progress-line.ts";
import { describeEnd } from "../../report/runs/facts/describe-outcome.ts";
import { targetsOf } from "../../schema/run/outcome/targets-of.ts";
import type { RunEvent } from "../../schema/run/events/run-event.ts";
import { runName } from "../../schema/run/request/run-name.ts";
import type { RunReport } from "../../schema/run/outcome/series-summary.ts";
import type { Paint } from "../../report/paint.ts";
import { armLetter } from "../../schema/run/race/arm-letter.ts";
import type { Screen } from "../command-table.ts";

/** Progress is shown once something has taken this long. */
const quietForMs = 500;
const plainEveryMs = 1000;

/** Shows the progress of a run on standard error: one redrawn line on a terminal, otherwise one line per phase. */
export class ProgressView {
  readonly #screen: Screen;
  readonly #showsOutput: boolean;
  #isDrawn = false;
  /** By metric. */
  readonly #lastPlainMs = new Map<string, number>();
  /** The newest evaluation of each metric that was too soon to print. */
  readonly #unprinted = new Map<string, EvaluationEvent>();
  /** Whether there are targets for several metrics. */
  #namesMetric = false;
  /** Runs for which a rule violation was reported. */
  readonly #warnedOf = new Set<string>();

  #lastQueueState: string | undefined;
  readonly #stagingLine = new StagingLine();

  constructor(screen: Screen, { showsOutput }: { showsOutput: boolean }) {
    this.#screen = screen;
    this.#showsOutput = showsOutput;
  }

  show(event: RunEvent): void {
    if (event.kind === "progress") {
      if (this.#screen.isTerminal && event.progress.launchedForMs >= quietForMs) this.#draw(event);
      return;
    }
    if (event.kind === "output") {
      if (this.#showsOutput) this.#pass(event.bytes);
      return;
    }
    const line = this.#phaseLine(event);
    if (line !== undefined) this.#print(`${line}\n`);
  }

  /** Prints a warning above the progress line. */
  warn(warning: Parameters<typeof describeWarning>[0]): void {
    this.#print(`${describeWarning(warning, this.#screen.paint)}\n`);
  }

  /** Prints a warning, but at most one per run. */
  warnOnce(runId: string, warning: Parameters<ProgressView["warn"]>[0]): void {
    if (this.#warnedOf.has(runId)) return;
    this.#warnedOf.add(runId);
    this.warn(warning);
  }

  /** Prints a line of secondary information above the progress line. */
  note(text: string): void {
    this.#print(`${this.#screen.paint.faint(text)}\n`);
  }

  clear(): void {
    if (this.#isDrawn) this.#screen.clearLine();
    this.#isDrawn = false;
  }

  #draw({ progress }: Extract<RunEvent, { kind: "progress" }>): void {
    const line = progressLine(progress, Math.max(20, this.#screen.columns - 1), this.#screen.paint);
    this.#screen.clearLine();
    this.#screen.write(line);
    this.#isDrawn = true;
  }

  /** Prints the output of the program, unchanged or with control characters escaped for a terminal. */
  #pass(bytes: Uint8Array): void {
    this.clear();
    if (this.#screen.isTerminal)
      this.#screen.write(plainOutput(Buffer.from(bytes).toString("utf8")));
    else this.#screen.writeBytes(bytes);
  }

  #print(text: string): void {
    this.clear();
    this.#screen.print(text);
  }

  /** Prints the permanent lines: the end of each run and, without a terminal, each phase. */
  #phaseLine(event: RunEvent): string | undefined {
    const { paint, isTerminal } = this.#screen;
    if (isBeforeLaunch(event)) return this.#beforeLaunch(event);
    if (event.kind === "created") {
      this.#start(event);
      return isTerminal ? undefined : createdLine(event);
    }
    if (event.kind === "evaluation") {
      return isTerminal || this.#isTooSoon(event) ? undefined : this.#evaluationLine(event);
    }
    if (event.kind === "target-reached") return isTerminal ? undefined : this.#reachingLines();
    if (event.kind === "stopping") return stoppingLine(event, paint);
    return endLine(event, paint);
  }

  #beforeLaunch(event: BeforeLaunch): string | undefined {
    switch (event.kind) {
      case "planned":
        return launchSummaryText(event.summary);
      case "reaped":
        return this.#screen.paint.warn(reapedText(event));
      case "staging":
        return this.#staging(event);
      case "staged":
        return `  ${stagedText(event.data)}`;
      case "preparing":
        return this.#preparing(event);
      case "queued":
        return this.#queued(event);
    }
  }

  /** Shows the command of `--prepare`: on a terminal until the next line, otherwise as a line. */
  #preparing({ request }: Extract<RunEvent, { kind: "preparing" }>): string | undefined {
    const text = `preparing: ${visibleControls(request.prepare ?? "")}`;
    if (!this.#screen.isTerminal) return `  ${text}`;
    this.clear();
    this.#screen.write(truncate(text, Math.max(20, this.#screen.columns - 1)));
    this.#isDrawn = true;
    return undefined;
  }

  /** Shows how far data is: on a terminal as one line for all hosts. */
  #staging(event: Extract<RunEvent, { kind: "staging" }>): undefined {
    const text = this.#stagingLine.update(event);
    if (!this.#screen.isTerminal || text === undefined) return;
    this.clear();
    this.#screen.write(truncate(text, Math.max(20, this.#screen.columns - 1)));
    this.#isDrawn = true;
  }

  /** Shows how long the job has waited: on a terminal until the next line, otherwise once per reason. */
  #queued({
    queuedForMs,
    reason,
    jobId,
  }: Extract<RunEvent, { kind: "queued" }>): string | undefined {
    const why = reason === undefined ? "" : `: ${reason}`;
    if (!this.#screen.isTerminal) {
      const state = `${jobId}${why}`;
      if (queuedForMs < quietForMs || this.#lastQueueState === state) return undefined;
      this.#lastQueueState = state;
      return `  queued as job ${jobId}${why}`;
    }
    if (queuedForMs < quietForMs) return undefined;
    this.clear();
    const text = `queued for ${formatDuration(queuedForMs)}${why}`;
    this.#screen.write(truncate(text, Math.max(20, this.#screen.columns - 1)));
    this.#isDrawn = true;
    return undefined;
  }

  #start({ request }: Extract<RunEvent, { kind: "created" }>): void {
    const metrics = targetsOf(request).map(({ metric }) => metric);
    this.#namesMetric = new Set(metrics).size > 1;
    this.#lastPlainMs.clear();
    this.#unprinted.clear();
  }

  /** Without a terminal, prints at most one evaluation of each metric per second. */
  #isTooSoon(event: EvaluationEvent): boolean {
    const { metric, evaluation } = event;
    const lastMs = this.#lastPlainMs.get(metric) ?? 0;
    if (evaluation.timeMs - lastMs < plainEveryMs) {
      this.#unprinted.set(metric, event);
      return true;
    }
    this.#lastPlainMs.set(metric, evaluation.timeMs);
    this.#unprinted.delete(metric);
    return false;
  }

  /** The values that met the target, even if they came too soon after others. */
  #reachingLines(): string | undefined {
    const lines = [...this.#unprinted.values()].map((event) => this.#evaluationLine(event));
    this.#unprinted.clear();
    return lines.length === 0 ? undefined : lines.join("\n");
  }

  #evaluationLine({ metric, evaluation }: EvaluationEvent): string {
    const name = this.#namesMetric ? `${metric} ` : "";
    return `  ${formatDuration(evaluation.clockMs)}: ${name}${formatSignificant(evaluation.value, 4)}`;
  }
}

type EvaluationEvent = Extract<RunEvent, { kind: "evaluation" }>;

type BeforeLaunch = Extract<
  RunEvent,
  { kind: "planned" | "reaped" | "staging" | "staged" | "preparing" | "queued" }
>;

function isBeforeLaunch(event: RunEvent): event is BeforeLaunch {
  return ["planned", "reaped", "staging", "staged", "preparing", "queued"].includes(event.kind);
}

function endLine(event: RunEvent, paint: Paint): string | undefined {
  if (event.kind === "host-lost" || event.kind === "ended-by-scheduler")
    return paint.warn(lossText(event));
  if (event.kind === "silence") return silenceLine(event, paint);
  if (event.kind === "restarting" || event.kind === "gave-up")
    return paint.warn(recoveryText(event));
  if (event.kind === "made-way") return describeWarning(madeWayText(event), paint);
  if (event.kind === "warning")
    return describeWarning(describeFinding(event.finding, event.runId), paint);
  return event.kind === "finished" ? finishedLine(event.report, paint) : undefined;
}

function stoppingLine(
  { reason }: Extract<RunEvent, { kind: "stopping" }>,
  paint: Paint,
): string | undefined {
  if (reason === "preemption")
    return paint.warn("SIGTERM: the program has 30 s to store a checkpoint and to end");
  if (reason !== "interrupt") return undefined;
  return paint.warn("stopping; press Ctrl-C again to quit at once");
}

function madeWayText({ runId, attempt }: Extract<RunEvent, { kind: "made-way" }>) {
  return {
    message: "SIGTERM ended the job, as when its machine is preempted",
    hint: `\`pitwall attach ${runId}\` starts it again in the same record (attempt ${attempt})`,
  };
}

function silenceLine(
  { runId, change }: Extract<RunEvent, { kind: "silence" }>,
  paint: Paint,
): string {
  if (change.phase === "ended") return paint.faint(silenceText(change));
  const hint = `\`pitwall doctor ${runId}\` looks for the reason`;
  return describeWarning({ message: silenceText(change), hint }, paint);
}

function lossText(event: Extract<RunEvent, { kind: "host-lost" | "ended-by-scheduler" }>): string {
  if (event.kind === "host-lost") return `host \`${event.host}\` was lost: ${event.reason}`;
  return `the scheduler ended the job: ${event.reason}`;
}

function createdLine({ request, directory }: Extract<RunEvent, { kind: "created" }>): string {
  const { series, seed } = request;
  const run = `run ${series.index} of ${series.count}${roleSuffix(request)}`;
  return `${runName(request)}: ${run}, seed ${seed}, record in ${directory}`;
}

function finishedLine({ request, result }: RunReport, paint: Paint): string {
  const { index, count } = request.series;
  const { outcome } = result;
  const time = outcome.kind === "reached" ? ` in ${formatDuration(outcome.timeToTrainMs)}` : "";
  const run = paint.faint(`${armOf(request)}run ${index}/${count}${roleSuffix(request)}`);
  return `${run} ${describeEnd(result, paint)}${time}`;
}

/** `A ` for a run of the first arm of a race. */
function armOf({ race }: RunReport["request"]): string {
  return race === undefined ? "" : `${armLetter(race.arm)} `;
}
