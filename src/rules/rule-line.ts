import type { JsonValue } from "../foundation/json.ts";

/** What rules may look at in a log line. */
export interface RuleLine {
  key: string;
  value: JsonValue;
  /** Absent where the line has none, which only edition 0.6 forgives. */
  metadata: JsonValue | undefined;
  /** Milliseconds; in edition 0.6 seconds. */
  time: number;
  /** From 1; absent for a line that a rule made up. */
  lineNumber: number | undefined;
  /** The value is a whole number written with a point or exponent. */
  valueWrittenAsFloat: boolean;
}

/** What a rule file remembers while it reads a log, by name. */
export type RuleState = Map<string, JsonValue>;

/** The input of a formula. At the end of a log, there is no line. */
export interface RuleContext {
  line: RuleLine | undefined;
  state: RuleState;
}
