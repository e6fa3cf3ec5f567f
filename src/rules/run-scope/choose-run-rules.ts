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
import type { RunRequest } from "../../schema/run/request/run-request.ts";
import type { RuleScope } from "../../schema/run/outcome/run-checklist.ts";

/** The rules that a run's log is checked against. */
export interface RunRulesChoice {
  edition: MlperfEdition;
  scope: RuleScope;
  /** An MLPerf benchmark; set only with scope `benchmark`. */
  benchmark?: string;
}

/**
 * Chooses the rules for a run:
 *
 * - A program that logs an MLPerf benchmark as `submission_benchmark` is checked against all rules of the edition, as
 *   `pitwall check` does (`benchmark`). With any other name there, and for embedded workloads, the rules of single
 *   benchmarks do not apply (`general`).
 * - Any other program is not a submission. Pitwall may add MLLOG lines to its log, but cannot know its organization,
 *   dataset or cache. It is checked only against the rules that a credible time to train requires (`clock`): see
 *   `clockRules`.
 *
 * @param benchmark as logged by the program; undefined if the program has not logged one
 * @param edition the requested edition; default: the newest with that benchmark, else the newest of MLPerf training
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
  // Round 0.6 uses a log dialect that current programs do not write.
  const editions = editionsWithBenchmark(benchmark).filter((each) => each !== "training-0.6");
  if (!isMlperfBenchmark(benchmark) || (asked === undefined && editions.length === 0))
    return { edition: asked ?? newest, scope: "general" };
  return { edition: asked ?? newestOf(editions), scope: "benchmark", benchmark };
}

/** Returns the benchmark that a line names, unless Pitwall wrote the line for a program without MLLOG. */
export function declaredBenchmark(event: LogEvent, request: RunRequest): string | undefined {
  if (event.key !== "submission_benchmark" || typeof event.value !== "string") return undefined;
  const mayBeOurs = request.startable.kind !== "embedded" && request.reading.metrics.length > 0;
  return mayBeOurs && event.namespace === "pitwall" ? undefined : benchmarkNamed(event.value);
}

/** Reduces an edition's tables to a scope. */
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
  if (newest === undefined) throw new RangeError("no edition to choose from");
  return newest;
}

/**
 * Keys that round 6.1 requires of submissions to disclose how the model was divided and in which precision it ran. They say nothing
 * about a time to train, so they are optional for benchmarks that are not MLPerf's.
 */
const disclosures: ReadonlySet<string> = new Set([
  "lowest_numerical_precision_in_linear",
  "lowest_numerical_precision_in_attn",
  "lowest_numerical_precision_in_comm",
  "tensor_parallelism",
  "pipeline_parallelism",
  "context_parallelism",
  "expert_parallelism",
  "micro_batch_size",
  "config_filename",
]);

/** Returns the rules of a file that apply to any benchmark. A benchmark name is still required. */
function forAnyBenchmark(file: RuleFile): RuleFile {
  return { ...file, keys: file.keys.map(ruleForAnyBenchmark) };
}

function ruleForAnyBenchmark(rule: KeyRule): KeyRule {
  if (rule.key === "submission_benchmark") return withoutFiles({ ...rule, checks: [] });
  return disclosures.has(rule.key) ? { ...rule, require: "optional" } : rule;
}

/** The three keys that a time-to-train measurement requires. */
const clockKeys: ReadonlySet<string> = new Set(["run_start", "run_stop", "eval_accuracy"]);

/**
 * The rules for a log that is not a submission: the clock starts and stops once, with a status, and there is an
 * evaluation. Everything else that the general rules cover is optional, but must be correct and in order if logged
 * (initialization ends before the clock starts; blocks and epochs have numbers). Initialization may take four hours, as
 * in the open division, and evaluations do not need an epoch.
 */
function clockRules(files: readonly RuleFile[]): RuleFile[] {
  return files.filter(({ name }) => name === "common").map(clockFile);
}

function clockFile(file: RuleFile): RuleFile {
  const hasLimit = "compile_time_mins" in file.initial;
  const limit = hasLimit ? { compile_time_mins: openCompileMinutes } : {};
  return { ...file, initial: { ...file.initial, ...limit }, keys: file.keys.map(clockRule) };
}

/** The open division's limit on initialization, from `submission_division` in the common rules. */
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

/** Applies a check only if the program logs that initialization started. */
function ifInitialised(check: Predicate): Predicate {
  const isBegun: Predicate = { op: "truthy", left: { state: "init_started" } };
  // oxlint-disable-next-line unicorn/no-thenable -- rule files use the key `then`; rules are never awaited
  return { if: isBegun, then: check };
}

function withoutFiles(rule: KeyRule): KeyRule {
  const remember = rule.remember.filter(asksNoFile);
  // oxlint-disable-next-line unicorn/no-thenable -- rule files use the key `then`; rules are never awaited
  return { ...rule, remember, then: rule.then.filter(asksNoFile) };
}

function asksNoFile(action: Action): boolean {
  return !("useRules" in action);
}
