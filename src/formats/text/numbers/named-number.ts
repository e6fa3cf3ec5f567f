import type { NumberToken } from "./read-number.ts";

/** A number in a line and its name there. */
export interface NamedNumber {
  /** As printed, without quotes; keys of nested dictionaries joined by dots. */
  name: string;
  number: NumberToken;
  /** The number in parentheses right after it, which many programs use for the running mean. */
  runningMean: number | undefined;
  /** Of `9890/10000`: the second number. */
  outOf: number | undefined;
}
