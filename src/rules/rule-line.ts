import type { JsonValue } from "../foundation/json.ts";

/** The parts of a log line that rules can read. */
export interface RuleLine {
  key: string;
  value: JsonValue;
  /** Undefined if the line has no metadata, which only edition 0.6 allows. */
  metadata: JsonValue | undefined;
  /** In milliseconds; in seconds for edition 0.6. */
  time: number;
  /** Starts at 1; undefined for a line that a rule generated. */
  lineNumber: number | undefined;
  /** Whether the value is an integer written with a decimal point or exponent. */
  valueWrittenAsFloat: boolean;
}

/** Values that a rule file stores while it reads a log, by name. */
export type RuleState = Map<string, JsonValue>;

/** The input of a formula. `line` is undefined at the end of a log. */
export interface RuleContext {
  line: RuleLine | undefined;
  state: RuleState;
}
