import type { JsonValue } from "../foundation/json.ts";
import { compileAll } from "./compile-formula.ts";
import { describePredicate } from "./describe-formula.ts";
import type { RuleEdition } from "../schema/logs/rule-edition.ts";

/** The condition that an evaluation must meet for a run to reach its quality target. */
export interface QualityTarget {
  key: string;
  /** `value >= 0.72 and value < 1`. */
  text: string;
  /** Undefined if the condition needs more than one evaluation. */
  isMetBy(evaluation: Evaluation): boolean | undefined;
}

/** An evaluation as logged. */
interface Evaluation {
  key: string;
  value: JsonValue;
  metadata: JsonValue;
  timeMs: number;
  line: number;
}

/** Returns the target that an edition sets for a benchmark, or undefined if the edition has no rules for it. */
export function findQualityTarget(
  edition: RuleEdition,
  { benchmark, division }: { benchmark: string; division: string },
): QualityTarget | undefined {
  const file = [`${division}_${benchmark}`, benchmark]
    .map((name) => edition.files.find((each) => each.name === name))
    .find((each) => each !== undefined);
  const rule = file?.keys.find(({ atLeastOneCheck }) => atLeastOneCheck.length > 0);
  if (rule === undefined) return undefined;
  const holds = compileAll(rule.atLeastOneCheck);
  return {
    key: rule.key,
    text: rule.atLeastOneCheck.map(describePredicate).join(" and "),
    isMetBy({ key, value, metadata, timeMs, line }) {
      if (key !== rule.key) return undefined;
      const read = { key, value, metadata, time: timeMs };
      const row = { ...read, lineNumber: line, valueWrittenAsFloat: false };
      return holds({ line: row, state: new Map() });
    },
  };
}
