import { checkableEditions, editionsWithBenchmark } from "../../schema/logs/edition-name.ts";
import type { LogEvent } from "../../schema/logs/log-event.ts";
import {
  benchmarkNamed,
  isMlperfBenchmark,
  isMlperfEdition,
  type MlperfEdition,
} from "../../schema/logs/mlperf-round.ts";
import type { KeyRule, RuleEdition, RuleFile } from "../../schema/logs/rule-edition.ts";
import type { Action, Predicate } from "../../schema/logs/rule-formula.ts";
import type { RunRequest } from "../../schema/run/run-request.ts";
import type { RuleScope } from "../../schema/run/run-checklist.ts";

/** By which rules one run's log is checked. */
export interface RunRulesChoice {
  edition: MlperfEdition;
  scope: RuleScope;
  /** Of MLPerf's; with scope `benchmark` only. */
  benchmark?: string;
}

/**
 * Chooses the rules for a run:
 *
 * - A program that logs `submission_benchmark` itself speaks as a submission does. Where that is a benchmark of
 *   MLPerf's, all rules of the edition hold, exactly as `pitwall check` applies them to anybody's log (`benchmark`).
 *   Where it is none, and for embedded workloads, all hold but those of single benchmarks (`general`).
 * - Any other program never meant to submit anything. Pitwall may write MLLOG lines for it, and cannot know what a
 *   submission would say of organisation, data set or cache. It is held to what makes a time to train worth
 *   believing (`clock`): see `clockRules`.
 *
 * @param benchmark as the program itself logs it; absent if it does not, or has not yet
 * @param edition as asked for; default: the newest with that benchmark, else the newest of MLPerf training
 */
export function chooseRunRules(
  { startable }: Pick<RunRequest, "startable">,
  benchmark: string | undefined,
  edition?: string,
): RunRulesChoice {
  const asked = edition !== undefined && isMlperfEdition(edition) ? edition : undefined;
  const newest = newestOf(checkableEditions);
  if (benchmark === undefined) {
    const scope = startable.kind === "embedded" ? "general" : "clock";
    return { edition: asked ?? newest, scope };
  }
  // The lines of round 0.6 are of another dialect than what a program of today logs.
  const editions = editionsWithBenchmark(benchmark).filter((each) => each !== "training-0.6");
  if (!isMlperfBenchmark(benchmark) || (asked === undefined && editions.length === 0))
    return { edition: asked ?? newest, scope: "general" };
  return { edition: asked ?? newestOf(editions), scope: "benchmark", benchmark };
}

/** The benchmark that a line names, unless it is a line that Pitwall wrote for a program without MLLOG. */
export function declaredBenchmark(event: LogEvent, request: RunRequest): string | undefined {
  if (event.key !== "submission_benchmark" || typeof event.value !== "string") return undefined;
  const mayBeOurs = request.startable.kind === "command" && request.reading.metrics.length > 0;
  return mayBeOurs && event.namespace === "pitwall" ? undefined : benchmarkNamed(event.value);
}

/** An edition's tables, cut to a scope. */
export function tablesOfScope(tables: RuleEdition, scope: RuleScope): RuleEdition {
  switch (scope) {
    case "benchmark":
      return tables;
    case "general":
      return { ...tables, files: tables.files.map(forAnyBenchmark) };
    case "clock":
      return { ...tables, files: clockRules(tables.files) };
  }
}

function newestOf(editions: readonly MlperfEdition[]): MlperfEdition {
  const newest = editions.findLast((each) => each.startsWith("training")) ?? editions.at(-1);
  if (newest === undefined) throw new RangeError("there is no edition to choose from");
  return newest;
}

/** The rules of a file without the question which benchmark it is; that there is a name stays asked for. */
function forAnyBenchmark(file: RuleFile): RuleFile {
  const keys = file.keys.map((rule) =>
    rule.key === "submission_benchmark" ? withoutFiles({ ...rule, checks: [] }) : rule,
  );
  return { ...file, keys };
}

/** Without these three there is no time to train, or none that says to which quality. */
const clockKeys: ReadonlySet<string> = new Set(["run_start", "run_stop", "eval_accuracy"]);

/**
 * What is asked of a log that is no submission: the clock starts and stops once, with a status; an evaluation is
 * there. Whatever else of the general rules is logged has to be right and in order (initialisation before the clock
 * and over when it starts, blocks and epochs with their numbers), but need not be logged: initialisation may take
 * four hours, as in the open division, and an evaluation need not say its epoch.
 */
function clockRules(files: readonly RuleFile[]): RuleFile[] {
  return files.filter(({ name }) => name === "common").map(clockFile);
}

function clockFile(file: RuleFile): RuleFile {
  const hasLimit = "compile_time_mins" in file.initial;
  const limit = hasLimit ? { compile_time_mins: openCompileMinutes } : {};
  return { ...file, initial: { ...file.initial, ...limit }, keys: file.keys.map(clockRule) };
}

/** How long the open division lets initialisation take: `submission_division` of the common rules. */
const openCompileMinutes = 240;

function clockRule(rule: KeyRule): KeyRule {
  const plain = withoutFiles(rule);
  switch (rule.key) {
    case "eval_accuracy":
      return { ...plain, checks: [] };
    case "run_start":
      return { ...plain, checks: plain.checks.map(ifInitialised) };
    default: {
      if (clockKeys.has(rule.key) || rule.require === "none") return plain;
      return { ...plain, require: "optional" };
    }
  }
}

/** A program that logs no initialisation has begun none. */
function ifInitialised(check: Predicate): Predicate {
  const isBegun: Predicate = { op: "truthy", left: { state: "init_started" } };
  // oxlint-disable-next-line unicorn/no-thenable -- the word of the rule files; nobody awaits a rule
  return { if: isBegun, then: check };
}

function withoutFiles(rule: KeyRule): KeyRule {
  const remember = rule.remember.filter(asksNoFile);
  // oxlint-disable-next-line unicorn/no-thenable -- the word of the rule files; nobody awaits a rule
  return { ...rule, remember, then: rule.then.filter(asksNoFile) };
}

function asksNoFile(action: Action): boolean {
  return !("useRules" in action);
}
