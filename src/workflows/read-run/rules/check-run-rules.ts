import type { LogCheck } from "../../../rules/log-check.ts";
import type { LogLine } from "../../../schema/logs/log-event.ts";
import type { RuleFile } from "../../../schema/logs/rule-edition.ts";
import type { RunRequest } from "../../../schema/run/request/run-request.ts";
import type { RunChecklist } from "../../../schema/run/outcome/run-checklist.ts";
import type { RunRules } from "../../../schema/run/outcome/run-rules.ts";
import {
  chooseRunRules,
  declaredBenchmark,
  type RunRulesChoice,
} from "../../../rules/run-scope/choose-run-rules.ts";
import { checklistItems } from "../../../rules/run-scope/checklist-items.ts";

/** The run whose log is checked, and the edition. Default: the newest that applies. */
export interface RunUnderRules {
  request: RunRequest;
  edition?: string | undefined;
}

/**
 * A program names its benchmark in its first lines; a name after this many MLPerf lines is ignored. Lines are kept
 * until then, to be checked by the rules of the benchmark.
 */
const maximumLinesBeforeName = 10_000;
/** At this many lines without rules, loading starts. */
const maximumWaitingLines = 20_000;
/** Minimum interval between reports of a changed checklist. */
const updateEveryMs = 250;

/** Checks a run's log against the applicable rules, line by line, during the run and from the record. */
export class RunRulesCheck {
  readonly #run: RunUnderRules;
  #choice: RunRulesChoice;
  #loading: Promise<void> | undefined;
  #check: LogCheck | undefined;
  #files: readonly RuleFile[] = [];
  /** Lines to be checked once the rules are loaded and chosen. */
  #kept: LogLine[] = [];
  #mayBeNamed = true;
  #lineCount = 0;
  readonly #seenKeys = new Set<string>();
  #reported: RunChecklist | undefined;
  #reportedSignature = "";
  #reportedMs = Number.NEGATIVE_INFINITY;
  #reportedLineCount = 0;

  constructor(run: RunUnderRules) {
    this.#run = run;
    this.#choice = chooseRunRules(run.request, undefined, run.edition);
  }

  /** Starts to load the rules, which blocks the process for tens of milliseconds. */
  start(): void {
    if (this.#loading !== undefined) return;
    this.#loading = this.#load(this.#choice);
    // A failure is handled when the rules are awaited.
    this.#loading.catch(() => undefined);
  }

  /** The newest checklist. */
  get latest(): RunChecklist | undefined {
    return this.#reported;
  }

  push(lines: readonly LogLine[]): void {
    for (const line of lines) {
      if (this.#isOwnLine(line)) continue;
      this.#lineCount++;
      if (line.kind === "event") this.#seenKeys.add(line.event.key);
      if (this.#mayBeNamed) this.#readName(line);
      if (this.#mayBeNamed || this.#check === undefined) this.#kept.push(line);
      this.#check?.push(line);
    }
    if (this.#kept.length > maximumWaitingLines) this.start();
  }

  /** Pitwall adds lines to the record of an imported log without MLPerf lines; rules judge only what the training logged. */
  #isOwnLine(line: LogLine): boolean {
    const { startable } = this.#run.request;
    if (startable.kind !== "imported" || startable.origin.times.source === "mllog") return false;
    return line.kind === "event" && line.event.namespace === "pitwall";
  }

  /** The checklist, if it has changed since the last report and the minimum interval has passed. */
  update(nowMs: number): RunChecklist | undefined {
    const isDue = nowMs - this.#reportedMs >= updateEveryMs;
    if (!isDue || this.#lineCount === this.#reportedLineCount) return undefined;
    const checklist = this.checklist();
    if (checklist === undefined) return undefined;
    this.#reportedLineCount = this.#lineCount;
    this.#reportedMs = nowMs;
    this.#reported = checklist;
    const { edition, scope, items, findings } = checklist;
    const signature = JSON.stringify([edition, scope, items, findings.length]);
    if (signature === this.#reportedSignature) return undefined;
    this.#reportedSignature = signature;
    return checklist;
  }

  /** Resolves when the rules chosen so far are loaded. */
  async settle(): Promise<void> {
    this.start();
    while (this.#check === undefined) await this.#loading;
  }

  /** The state of the log so far; absent until `start` has loaded the rules. */
  checklist(): RunChecklist | undefined {
    if (this.#check === undefined) return undefined;
    const live = this.#check.soFar();
    const { edition, scope } = this.#choice;
    const items = checklistItems({ files: this.#files, seenKeys: this.#seenKeys, live });
    return { edition, scope, isFinal: false, items, findings: live.findings };
  }

  /** The verdict on the whole log. No more lines after this. */
  async finish(): Promise<{ rules: RunRules; checklist: RunChecklist }> {
    await this.settle();
    const check = this.#check;
    if (check === undefined) throw new Error("the rules are missing after they were loaded");
    const live = check.soFar();
    const { asPublished: _, ...verdict } = check.finish();
    const { edition, scope, benchmark } = this.#choice;
    const final =
      verdict.verdict === "crash"
        ? { ...live, findings: verdict.findings }
        : { files: live.files, findings: verdict.findings, waitingFor: [], notMetYet: [] };
    const items = checklistItems({ files: this.#files, seenKeys: this.#seenKeys, live: final });
    const { findings } = verdict;
    this.#reported = { edition, scope, isFinal: true, items, findings };
    return {
      rules: {
        ...verdict,
        scope,
        ...(benchmark === undefined ? {} : { benchmark }),
        checkCount: items.length,
      },
      checklist: this.#reported,
    };
  }

  #readName(line: LogLine): void {
    const benchmark =
      line.kind === "event" ? declaredBenchmark(line.event, this.#run.request) : undefined;
    if (benchmark === undefined && this.#lineCount < maximumLinesBeforeName) return;
    this.#mayBeNamed = false;
    if (benchmark !== undefined) {
      const choice = chooseRunRules(this.#run.request, benchmark, this.#run.edition);
      const isSame = choice.edition === this.#choice.edition && choice.scope === this.#choice.scope;
      if (!isSame) this.#change(choice);
    }
    if (this.#check !== undefined) this.#kept = [];
  }

  #change(choice: RunRulesChoice): void {
    this.#choice = choice;
    this.#check = undefined;
    if (this.#loading === undefined) return;
    this.#loading = undefined;
    this.start();
  }

  async #load(choice: RunRulesChoice): Promise<void> {
    // Loaded on demand: launching a program does not wait for the rules engine.
    const { loadRunRules } = await import("./load-run-rules.ts");
    const { files, rules } = await loadRunRules(choice);
    if (choice !== this.#choice) return;
    this.#files = files;
    this.#check = rules.start();
    for (const line of this.#kept) this.#check.push(line);
    if (!this.#mayBeNamed) this.#kept = [];
  }
}
