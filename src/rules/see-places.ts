import type { JsonValue } from "../foundation/json.ts";
import type { Action, Predicate, Term } from "../schema/logs/rule-formula.ts";
import { compileTerm } from "./compile-formula.ts";
import { describePlace, isPlace, operandsOf, type PlaceTerm, shorten } from "./describe-formula.ts";
import type { RuleContext } from "./rule-line.ts";

type Formula = Predicate | Term | Action;

/** Returns the value of each input that a formula reads. Inputs that cannot be read are omitted. */
export function seePlaces(formula: Formula, context: RuleContext): Record<string, JsonValue> {
  const seen: Record<string, JsonValue> = {};
  for (const place of placesOf(formula)) {
    const value = compileTerm(place)(context);
    if (value !== undefined) seen[describePlace(place)] = shorten(value);
  }
  return seen;
}

/** Returns the terms in a formula that read a line or the state. */
function placesOf(formula: Formula | undefined): PlaceTerm[] {
  if (formula === undefined) return [];
  if (isPlace(formula)) return [formula];
  const parts = [...operandsOf(formula), ...partsOfPredicate(formula), ...partsOfAction(formula)];
  if ("list" in formula) parts.push(...formula.list);
  if ("test" in formula) parts.push(formula.test);
  return parts.flatMap(placesOf);
}

function partsOfPredicate(formula: Formula): (Formula | undefined)[] {
  if ("op" in formula) return [formula.left, "right" in formula ? formula.right : undefined];
  if ("all" in formula) return formula.all;
  if ("any" in formula) return formula.any;
  if ("not" in formula) return [formula.not];
  return "if" in formula ? [formula.if, formula.then, formula.else] : [];
}

function partsOfAction(formula: Formula): (Formula | undefined)[] {
  if ("setNamed" in formula) return [formula.setNamed, formula.to, formula.when];
  if ("set" in formula) return [formula.to, formula.when];
  if ("append" in formula) return [formula.element, formula.when];
  if ("report" in formula) return [formula.amount, formula.when];
  return "useRules" in formula ? [{ value: true }, formula.when] : [];
}
