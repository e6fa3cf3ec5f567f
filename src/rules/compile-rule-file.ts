import type { JsonValue } from "../foundation/json.ts";
import type { KeyRule, RuleFile } from "../schema/logs/rule-edition.ts";
import type { Action, Predicate } from "../schema/logs/rule-formula.ts";
import { isJsonObject } from "../foundation/json.ts";
import { isList } from "./compare-values.ts";
import {
  compileAll,
  type CompiledPredicate,
  compilePredicate,
  compileTerm,
} from "./compile-formula.ts";
import type { RuleContext } from "./rule-line.ts";

/** A compiled rule file that can scan logs. */
export interface CompiledFile {
  edition: string;
  name: string;
  rules: readonly CompiledRule[];
  ruleByKey: ReadonlyMap<string, CompiledRule>;
  end: readonly CompiledCheck[];
  special: RuleFile["special"];
  initial: RuleFile["initial"];
  isUnreadable: boolean;
}

/** The rule for one key. */
export interface CompiledRule {
  /** Index in `rules`. */
  index: number;
  key: string;
  require: KeyRule["require"];
  checks: readonly CompiledCheck[];
  firstCheck: readonly CompiledCheck[];
  /** At least one line must meet all of these conditions; an evaluation error is fatal. */
  atLeastOneCheck: CompiledCheck | undefined;
  actions: readonly CompiledAction[];
  /** True for `submission_…` keys, for which only the first line is checked. */
  onlyFirstCounts: boolean;
}

export interface CompiledCheck {
  source: Predicate;
  holds: CompiledPredicate;
}

/** A request to apply another rule file. */
export interface UseRules {
  /** Default: the edition of the requesting file. */
  edition: string | undefined;
  /** Undefined if the line's value is not a string and therefore cannot name a file. */
  name: string | undefined;
}

export interface CompiledAction {
  source: Action;
  /** Returns false, and changes nothing, if a part of the action cannot be evaluated. */
  run(context: RuleContext, use: (request: UseRules) => void): boolean;
}

export function compileRuleFile(edition: string, file: RuleFile): CompiledFile {
  const rules = file.keys.map(compileKeyRule);
  return {
    edition,
    name: file.name,
    rules,
    ruleByKey: new Map(rules.map((rule) => [rule.key, rule])),
    end: file.end.map(compileCheck),
    special: file.special,
    initial: file.initial,
    isUnreadable: file.unreadable,
  };
}

function compileKeyRule(rule: KeyRule, index: number): CompiledRule {
  const conditions = rule.atLeastOneCheck;
  return {
    index,
    key: rule.key,
    require: rule.require,
    checks: rule.checks.map(compileCheck),
    firstCheck: rule.firstCheck.map(compileCheck),
    atLeastOneCheck:
      conditions.length === 0
        ? undefined
        : { source: { all: conditions }, holds: compileAll(conditions) },
    actions: [...rule.remember, ...rule.then].map(compileAction),
    onlyFirstCounts: rule.key.includes("submission_"),
  };
}

function compileCheck(source: Predicate): CompiledCheck {
  return { source, holds: compilePredicate(source) };
}

function compileAction(source: Action): CompiledAction {
  const effect = compileEffect(source);
  if (source.when === undefined) return { source, run: effect };
  const condition = compilePredicate(source.when);
  return {
    source,
    run(context, use) {
      const applies = condition(context);
      return applies === true ? effect(context, use) : applies === false;
    },
  };
}

function compileEffect(action: Action): CompiledAction["run"] {
  if ("useRules" in action) return compileUseRules(action);
  if ("set" in action) return compileSet(() => action.set, compileTerm(action.to));
  if ("setNamed" in action) return compileSet(compileTerm(action.setNamed), compileTerm(action.to));
  if ("report" in action) {
    const amount = compileTerm(action.amount);
    return (context) => amount(context) !== undefined;
  }
  const element = compileTerm(action.element);
  return (context) => {
    const list = context.state.get(action.append);
    const value = element(context);
    if (!isStateList(list) || value === undefined) return false;
    list.push(value);
    return true;
  };
}

function compileSet(
  name: (context: RuleContext) => JsonValue | undefined,
  to: (context: RuleContext) => JsonValue | undefined,
): CompiledAction["run"] {
  return (context) => {
    const value = to(context);
    const target = name(context);
    if (value === undefined || target === undefined || isList(target) || isJsonObject(target))
      return false;
    // Do not store names that are not strings, because formulas cannot read them.
    if (typeof target === "string") context.state.set(target, value);
    return true;
  };
}

function compileUseRules(action: Extract<Action, { useRules: string }>): CompiledAction["run"] {
  const { useRules, lowercase = false, edition } = action;
  return ({ line }, use) => {
    const value = line?.value;
    if (!useRules.includes("{value}")) {
      use({ edition, name: useRules });
    } else if (typeof value === "string") {
      const text = lowercase ? value.toLowerCase() : value;
      use({ edition, name: useRules.replaceAll("{value}", () => text) });
    } else {
      if (lowercase) return false;
      use({ edition, name: undefined });
    }
    return true;
  };
}

/** A list in the state. Append actions modify it in place. */
function isStateList(value: unknown): value is JsonValue[] {
  return Array.isArray(value);
}
