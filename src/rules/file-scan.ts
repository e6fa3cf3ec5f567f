import type { JsonValue } from "../foundation/json.ts";
import type { RuleFinding } from "../schema/logs/rule-finding.ts";
import { sameValues } from "./compare-values.ts";
import type { CompiledCheck, CompiledFile, CompiledRule, UseRules } from "./compile-rule-file.ts";
import { describeAction, describePredicate, shorten } from "./describe-formula.ts";
import type { RuleContext, RuleLine, RuleState } from "./rule-line.ts";
import { seePlaces } from "./see-places.ts";
import { wantedValue } from "./wanted-value.ts";

/** The line count and values of one key. */
interface Tally {
  count: number;
  first: JsonValue;
  /** A value that differs from the first one, with its line. */
  other: { value: JsonValue; line: number | undefined } | undefined;
  isMet: boolean;
  lastLine: RuleLine | undefined;
}

/** Callbacks for decisions that a scan cannot make on its own. */
export interface ScanHost {
  use(scan: FileScan, request: UseRules, line: RuleLine): void;
  /** Records a finding for which the official checker crashes. */
  crash(finding: RuleFinding): void;
}

/** The result of a scan at the end of the log. */
export interface ScanResult {
  /** The last finding for each key. */
  byKey: ReadonlyMap<string, RuleFinding>;
  withoutKey: readonly RuleFinding[];
  /** Findings for repeated keys. */
  warnings: readonly Extract<RuleFinding, { rule: "key-repeated" }>[];
}

/** Applies one rule file to one log, line by line. */
export class FileScan {
  readonly file: CompiledFile;
  /** Index of the next log line to read. The caller updates it. */
  position = 0;
  /** Whether the aggregated lines have been added to the log. */
  isSpecialApplied = false;
  /** Rule files that this file requested, ordered by their last request. */
  readonly asked = new Set<FileScan>();
  readonly #host: ScanHost;
  readonly #state: RuleState;
  readonly #context: RuleContext;
  readonly #tallies: Tally[];
  readonly #failures = new Map<string, RuleFinding>();
  #firstMet: RuleLine | undefined;

  constructor(file: CompiledFile, host: ScanHost) {
    this.file = file;
    this.#host = host;
    this.#state = new Map(Object.entries(file.initial).map(([name, value]) => [name, copy(value)]));
    this.#context = { line: undefined, state: this.#state };
    this.#tallies = file.rules.map(newTally);
  }

  push(line: RuleLine): void {
    const rule = this.file.ruleByKey.get(line.key);
    const tally = rule === undefined ? undefined : this.#tallies[rule.index];
    if (rule === undefined || tally === undefined) return;
    this.#context.line = line;
    count(tally, line);
    if (tally.count === 1 || !rule.onlyFirstCounts) this.#judge(rule, line);
    if (tally.count === 1) this.#checkAll(rule, rule.firstCheck, line);
    this.#checkAtLeastOne(rule, tally, line);
  }

  /** Failures found so far. Missing keys are found only at the end. */
  failuresSoFar(): ReadonlyMap<string, RuleFinding> {
    return this.#failures;
  }

  /** Required keys that are not logged yet; alternatives are joined by `|`. */
  waitingFor(): string[] {
    return this.file.rules.flatMap(({ key, require }) => {
      if (typeof require === "object" && "atLeastOneOr" in require) {
        const keys = [key, ...require.atLeastOneOr];
        return keys.some((name) => this.#countOf(name) > 0) ? [] : [keys.toSorted().join("|")];
      }
      return this.#countOf(key) < needOf(require) ? [key] : [];
    });
  }

  /** Whether the condition of each logged key is met. Keys without a condition are omitted. */
  conditionsMet(): ReadonlyMap<string, boolean> {
    const logged = this.file.rules.filter(
      ({ key, atLeastOneCheck }) => atLeastOneCheck !== undefined && this.#countOf(key) > 0,
    );
    return new Map(logged.map(({ key, index }) => [key, this.#tallies[index]?.isMet ?? false]));
  }

  /** The first line that met its condition; undefined if none did. */
  firstMet(): RuleLine | undefined {
    return this.#firstMet;
  }

  /** Runs the checks that need the end of the log. */
  finish(): ScanResult {
    const byKey = new Map(this.#failures);
    const warnings: Extract<RuleFinding, { rule: "key-repeated" }>[] = [];
    for (const finding of this.file.rules.flatMap((rule) => this.#checkCount(rule))) {
      if (finding.rule === "key-repeated") warnings.push(finding);
      else byKey.set(finding.key, finding);
    }
    return {
      byKey,
      withoutKey: [...this.#neverMet(), ...this.#alternatives(), ...this.#checkEnd()],
      warnings,
    };
  }

  #judge(rule: CompiledRule, line: RuleLine): void {
    this.#checkAll(rule, rule.checks, line);
    for (const action of rule.actions) {
      if (action.run(this.#context, (request) => this.#host.use(this, request, line))) continue;
      this.#failures.set(rule.key, {
        rule: "line-not-usable",
        ...this.#place(rule, line),
        expected: describeAction(action.source),
        seen: seePlaces(action.source, this.#context),
      });
      return;
    }
  }

  #checkAll(rule: CompiledRule, checks: readonly CompiledCheck[], line: RuleLine): void {
    for (const check of checks) {
      if (check.holds(this.#context) === true) continue;
      this.#failures.set(rule.key, {
        rule: "check-failed",
        ...this.#place(rule, line),
        ...this.#account(check),
        ...this.#wanted(check),
      });
    }
  }

  #checkAtLeastOne(rule: CompiledRule, tally: Tally, line: RuleLine): void {
    const check = rule.atLeastOneCheck;
    if (check === undefined) return;
    const holds = check.holds(this.#context);
    if (holds === true) {
      tally.isMet = true;
      this.#firstMet ??= line;
    }
    if (holds !== undefined) return;
    this.#host.crash({
      rule: "condition-not-computable",
      ...this.#place(rule, line),
      ...this.#account(check),
    });
  }

  #checkCount(
    rule: CompiledRule,
  ): Extract<RuleFinding, { rule: "key-missing" | "values-differ" | "key-repeated" }>[] {
    const tally = this.#tallies[rule.index];
    if (tally === undefined) return [];
    const { key } = rule;
    const file = this.file.name;
    const need = needOf(rule.require);
    if (tally.count < need) return [{ rule: "key-missing", file, key, need, count: tally.count }];
    if (rule.require !== "exactly-one" || tally.count === 1) return [];
    if (tally.other === undefined) return [{ rule: "key-repeated", file, key, count: tally.count }];
    return [
      {
        rule: "values-differ",
        file,
        key,
        count: tally.count,
        first: shorten(tally.first),
        other: shorten(tally.other.value),
        otherLine: tally.other.line,
      },
    ];
  }

  #neverMet(): RuleFinding[] {
    return this.file.rules.flatMap((rule): RuleFinding[] => {
      const tally = this.#tallies[rule.index];
      const check = rule.atLeastOneCheck;
      if (check === undefined || tally === undefined || tally.count === 0 || tally.isMet) return [];
      const context = { line: tally.lastLine, state: this.#state };
      return [
        {
          rule: "never-met",
          file: this.file.name,
          key: rule.key,
          expected: describePredicate(check.source),
          count: tally.count,
          lastLine: tally.lastLine?.lineNumber,
          lastSeen: seePlaces(check.source, context),
        },
      ];
    });
  }

  /** Returns one finding per set of alternative keys, because alternative keys usually reference each other. */
  #alternatives(): RuleFinding[] {
    const sets = new Map<string, string[]>();
    for (const { key, require } of this.file.rules) {
      if (typeof require !== "object" || !("atLeastOneOr" in require)) continue;
      const oneOf = [...new Set([key, ...require.atLeastOneOr])].toSorted();
      if (oneOf.every((name) => this.#countOf(name) === 0)) sets.set(oneOf.join("|"), oneOf);
    }
    return [...sets.values()].map((oneOf) => ({
      rule: "keys-missing",
      file: this.file.name,
      oneOf,
    }));
  }

  #checkEnd(): RuleFinding[] {
    this.#context.line = undefined;
    const failed = this.file.end.filter((check) => check.holds(this.#context) !== true);
    return failed.map((check) => {
      const { expected, seen } = this.#account(check);
      return { rule: "end-check-failed", file: this.file.name, expected, seen };
    });
  }

  #countOf(key: string): number {
    const index = this.file.ruleByKey.get(key)?.index;
    return index === undefined ? 0 : (this.#tallies[index]?.count ?? 0);
  }

  #place(rule: CompiledRule, line: RuleLine) {
    return { file: this.file.name, key: rule.key, line: line.lineNumber };
  }

  #wanted(check: CompiledCheck) {
    const wanted = wantedValue(check.source, this.#context);
    return wanted === undefined ? {} : { wanted };
  }

  #account(check: CompiledCheck) {
    return {
      expected: describePredicate(check.source),
      seen: seePlaces(check.source, this.#context),
    };
  }
}

function newTally(): Tally {
  return { count: 0, first: null, other: undefined, isMet: false, lastLine: undefined };
}

function count(tally: Tally, line: RuleLine): void {
  tally.count++;
  tally.lastLine = line;
  if (tally.count === 1) tally.first = line.value;
  else if (tally.other === undefined && !sameValues(tally.first, line.value)) {
    tally.other = { value: line.value, line: line.lineNumber };
  }
}

function needOf(require: CompiledRule["require"]): number {
  if (typeof require === "object") return "atLeast" in require ? require.atLeast : 0;
  return require === "exactly-one" || require === "at-least-one" ? 1 : 0;
}

/** Copies lists in the state, because each scan modifies them. */
function copy(value: JsonValue): JsonValue {
  return Array.isArray(value) ? value.map(copy) : value;
}
