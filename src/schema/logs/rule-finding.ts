import { z } from "zod";
import type { JsonValue } from "../../foundation/json.ts";
import { unreadableReasons } from "./log-event.ts";

const json: z.ZodType<JsonValue> = z.json();

/** From 1; absent where the line was made up by a rule out of others. */
const line = z.number().int().optional();
/** The formula that had to hold, in the notation of `rules/describe-formula.ts`. */
const expected = z.string();
/** The inputs of the formula: value, metadata, remembered state. Inputs that could not be read are absent. */
const seen = z.record(z.string(), json);

const unreadableLine = z.strictObject({
  line: z.number().int(),
  byteOffset: z.number().int(),
  reason: z.enum(unreadableReasons),
});

/** A finding of a rule edition about a log, as data. `file` is the rule file, `key` the log key. */
export const ruleFinding = z.discriminatedUnion("rule", [
  /** A line's value, metadata or place in the log is not as the rules want it. */
  z.strictObject({
    rule: z.literal("check-failed"),
    file: z.string(),
    key: z.string(),
    line,
    expected,
    seen,
    /** The value that the formula requires, where it is calculated from other lines. */
    wanted: z
      .strictObject({ bound: z.enum(["equal", "minimum", "maximum"]), value: z.number() })
      .optional(),
  }),
  /** What the rules note of a line could not be worked out from it. */
  z.strictObject({
    rule: z.literal("line-not-usable"),
    file: z.string(),
    key: z.string(),
    line,
    expected,
    seen,
  }),
  z.strictObject({
    rule: z.literal("key-missing"),
    file: z.string(),
    key: z.string(),
    need: z.number().int(),
    count: z.number().int(),
  }),
  /** A key that may be there once is there with different values. */
  z.strictObject({
    rule: z.literal("values-differ"),
    file: z.string(),
    key: z.string(),
    count: z.number().int(),
    first: json,
    other: json,
    otherLine: line,
  }),
  /** A key that may be there once is repeated with the same value: a warning. */
  z.strictObject({
    rule: z.literal("key-repeated"),
    file: z.string(),
    key: z.string(),
    count: z.number().int(),
  }),
  z.strictObject({ rule: z.literal("keys-missing"), file: z.string(), oneOf: z.array(z.string()) }),
  /** No line of the key met the condition: mostly, the quality target was not reached. */
  z.strictObject({
    rule: z.literal("never-met"),
    file: z.string(),
    key: z.string(),
    expected,
    count: z.number().int(),
    lastLine: line,
    lastSeen: seen,
  }),
  z.strictObject({ rule: z.literal("end-check-failed"), file: z.string(), expected, seen }),
  z.strictObject({
    rule: z.literal("unreadable-lines"),
    count: z.number().int(),
    /** The first few. */
    lines: z.array(unreadableLine),
  }),
  z.strictObject({ rule: z.literal("no-lines") }),
  /** The rest: where the official checker crashes without a verdict. */
  z.strictObject({
    rule: z.literal("line-incomplete"),
    line: z.number().int(),
    byteOffset: z.number().int(),
    reason: z.enum([...unreadableReasons, "no-time_ms", "no-value", "no-metadata"]),
  }),
  z.strictObject({
    rule: z.literal("rules-missing"),
    edition: z.string(),
    file: z.string(),
    key: z.string(),
    line,
    seen,
    problem: z.enum(["no-such-file", "cannot-be-loaded", "value-is-no-text"]),
  }),
  z.strictObject({ rule: z.literal("rules-never-end"), files: z.array(z.string()) }),
  z.strictObject({
    rule: z.literal("condition-not-computable"),
    file: z.string(),
    key: z.string(),
    line,
    expected,
    seen,
  }),
  z.strictObject({
    rule: z.literal("eval-line-not-usable"),
    line: z.number().int(),
    groupBy: z.string(),
    metadata: json,
  }),
]);
export type RuleFinding = z.output<typeof ruleFinding>;

/** The verdict on a log by a rule edition. */
export const ruleVerdict = z.strictObject({
  edition: z.string(),
  /** Whether the rules are those applied at the round, where these differ from today's. */
  asPublished: z.boolean(),
  /** `crash`: the official checker crashes on this log without a verdict; never a pass. */
  verdict: z.enum(["pass", "fail", "crash"]),
  /** Sorted; alternatives joined by `|`; `END` for a failed check at the end of the log. Empty for a crash. */
  failingKeys: z.array(z.string()),
  findings: z.array(ruleFinding),
  warnings: z.array(ruleFinding),
});
export type RuleVerdict = z.output<typeof ruleVerdict>;
