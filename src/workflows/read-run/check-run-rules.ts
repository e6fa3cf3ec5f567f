import type { LogCheck } from "../../rules/log-check.ts";
import type { LogLine } from "../../schema/logs/log-event.ts";
import type { RuleFile } from "../../schema/logs/rule-edition.ts";
import type { RunRequest } from "../../schema/run/run-request.ts";
import type { RunChecklist } from "../../schema/run/run-checklist.ts";
import type { RunRules } from "../../schema/run/run-rules.ts";
import {
  chooseRunRules,
  declaredBenchmark,
  type RunRulesChoice,
} from "../../rules/run-scope/choose-run-rules.ts";
import { checklistItems } from "../../rules/run-scope/checklist-items.ts";

/** Which run's log is checked, and by which edition if not by the newest that fits. */
export interface RunUnderRules {
  request: RunRequest;
  edition?: string | undefined;
}

/**
 * A program says what it is in its first lines. One that says so later than this many MLPerf lines is not heard:
 * the lines before are kept until then, to be checked by other rules.
 */
const mostLinesBeforeName = 10_000;

/** Checks a run's log against the rules that fit it, line by line; the same while it grows and when it is read again. */
export class RunRulesCheck {
  readonly #run: RunUnderRules;
  #choice: RunRulesChoice;
  #loading: Promise<void> | undefined;
  #check: LogCheck | undefined;
  #files: readonly RuleFile[] = [];
  /** Lines that rules still to be loaded or chosen will have to see. */
  #kept: LogLine[] = [];
  #mayBeNamed = true;
  #lineCount = 0;
  readonly #seenKeys = new Set<string>();

  constructor(run: RunUnderRules) {
    this.#run = run;
    this.#choice = chooseRunRules(run.request, undefined, run.edition);
  }

  /** Begins to load the rules, which holds up everything else for some hundredths of a second. */
  start(): void {
    if (this.#loading !== undefined) return;
    this.#loading = this.#load(this.#choice);
    // A failure is met where the rules are waited for; until then it is no unhandled rejection.
    this.#loading.catch(() => undefined);
  }

  /** How many MLPerf lines have come, readable or not. */
  get lineCount(): number {
    return this.#lineCount;
  }

  push(lines: readonly LogLine[]): void {
    for (const line of lines) {
      this.#lineCount++;
      if (line.kind === "event") this.#seenKeys.add(line.event.key);
      if (this.#mayBeNamed) this.#listenForName(line);
      if (this.#mayBeNamed || this.#check === undefined) this.#kept.push(line);
      this.#check?.push(line);
    }
  }

  /** Resolves when the rules chosen so far are loaded. */
  async settle(): Promise<void> {
    this.start();
    while (this.#check === undefined) await this.#loading;
  }

  /** How the log stands so far; absent until `start` has loaded the rules. */
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
    if (check === undefined) throw new Error("rules have settled and are not there");
    const live = check.soFar();
    const { asPublished: _, ...verdict } = check.finish();
    const { edition, scope, benchmark } = this.#choice;
    const final =
      verdict.verdict === "crash"
        ? { ...live, findings: verdict.findings }
        : { files: live.files, findings: verdict.findings, waitingFor: [], notMetYet: [] };
    const items = checklistItems({ files: this.#files, seenKeys: this.#seenKeys, live: final });
    const { findings } = verdict;
    return {
      rules: {
        ...verdict,
        scope,
        ...(benchmark === undefined ? {} : { benchmark }),
        checkCount: items.length,
      },
      checklist: { edition, scope, isFinal: true, items, findings },
    };
  }

  #listenForName(line: LogLine): void {
    const benchmark =
      line.kind === "event" ? declaredBenchmark(line.event, this.#run.request) : undefined;
    if (benchmark === undefined && this.#lineCount < mostLinesBeforeName) return;
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
    // A program that is to be launched need not wait for the rules engine.
    const { loadRunRules } = await import("./load-run-rules.ts");
    const { files, rules } = await loadRunRules(choice);
    if (choice !== this.#choice) return;
    this.#files = files;
    this.#check = rules.start();
    for (const line of this.#kept) this.#check.push(line);
    if (!this.#mayBeNamed) this.#kept = [];
  }
}
