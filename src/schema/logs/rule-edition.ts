import { z } from "zod";
import type { JsonValue } from "../../foundation/json.ts";
import {
  type Action,
  binaryOperators,
  comparisons,
  type Predicate,
  questions,
  type Term,
  unaryOperators,
} from "./rule-formula.ts";

const json: z.ZodType<JsonValue> = z.json();

const term: z.ZodType<Term> = z.lazy(() =>
  z.union([
    z.strictObject({ const: json }),
    z.strictObject({ value: z.union([z.literal(true), z.string(), z.number()]) }),
    z.strictObject({ meta: z.string(), else: json.optional() }),
    z.strictObject({ state: z.string(), else: json.optional() }),
    z.strictObject({ time: z.literal(true) }),
    z.strictObject({ infinity: z.literal(true) }),
    z.strictObject({ list: z.array(term) }),
    ...binaryOperators.map((operator) => z.strictObject({ [operator]: z.tuple([term, term]) })),
    ...unaryOperators.map((operator) => z.strictObject({ [operator]: z.tuple([term]) })),
    // oxlint-disable-next-line unicorn/no-thenable -- the key in the rule files; schemas are never awaited
    z.strictObject({ if: predicate, then: term, else: term }),
    z.strictObject({ test: predicate }),
  ]),
);

const predicate: z.ZodType<Predicate> = z.lazy(() =>
  z.union([
    z.strictObject({ op: z.enum(comparisons), left: term, right: term }),
    z.strictObject({ op: z.enum(questions), left: term }),
    z.strictObject({ op: z.literal("closeTo"), left: term, right: term, relative: z.number() }),
    z.strictObject({ all: z.array(predicate) }),
    z.strictObject({ any: z.array(predicate) }),
    z.strictObject({ not: predicate }),
    // oxlint-disable-next-line unicorn/no-thenable -- the key in the rule files; schemas are never awaited
    z.strictObject({ if: predicate, then: predicate, else: predicate.optional() }),
  ]),
);

const when = predicate.optional();

const action: z.ZodType<Action> = z.union([
  z.strictObject({ set: z.string(), to: term, when }),
  z.strictObject({ setNamed: term, to: term, when }),
  z.strictObject({ append: z.string(), element: term, when }),
  z.strictObject({
    useRules: z.string(),
    lowercase: z.boolean().optional(),
    edition: z.string().optional(),
    when,
  }),
  z.strictObject({ report: z.literal("score-seconds"), amount: term, when }),
]);

/** How often a key must occur. */
const requirement = z.union([
  z.enum(["exactly-one", "at-least-one", "optional", "none"]),
  z.strictObject({ atLeast: z.number().int().positive() }),
  z.strictObject({ atLeastOneOr: z.array(z.string()) }),
]);

const keyRule = z.strictObject({
  key: z.string(),
  require: requirement,
  checks: z.array(predicate).default([]),
  firstCheck: z.array(predicate).default([]),
  atLeastOneCheck: z.array(predicate).default([]),
  remember: z.array(action).default([]),
  // oxlint-disable-next-line unicorn/no-thenable -- the key in the rule files; schemas are never awaited
  then: z.array(action).default([]),
});
export type KeyRule = z.output<typeof keyRule>;

const ruleFile = z.strictObject({
  name: z.string(),
  keys: z.array(keyRule),
  initial: z.record(z.string(), json).default({}),
  end: z.array(predicate).default([]),
  special: z
    .strictObject({ id: z.literal("aggregate-eval-metrics"), groupBy: z.string() })
    .optional(),
  /** The official checker cannot load this file. */
  unreadable: z.boolean().default(false),
});
export type RuleFile = z.output<typeof ruleFile>;

/** `data/rules/<edition>.json`: the rules of one round as data; which key must occur how often, and within which limits. */
export const ruleEdition = z.strictObject({
  edition: z.string(),
  source: z.string(),
  /** The date of the source: `2026-10-24`. */
  released: z.iso.date(),
  files: z.array(ruleFile),
});
export type RuleEdition = z.output<typeof ruleEdition>;

/** As written: what is empty may be left out. */
export type WrittenRuleEdition = Omit<RuleEdition, "files"> & { files: readonly WrittenFile[] };
type WrittenFile = Pick<RuleFile, "name"> &
  Partial<Omit<RuleFile, "keys">> & { keys: readonly WrittenKeyRule[] };
type WrittenKeyRule = Pick<KeyRule, "key" | "require"> & Partial<KeyRule>;

const why = z.string();

/** How the rules of a round as they were applied then differ from what the official checker holds for it today. */
const amendment = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("drop-key"),
    edition: z.string(),
    file: z.string(),
    key: z.string(),
    why,
  }),
  z.strictObject({ kind: z.literal("warn-if-missing"), edition: z.string(), key: z.string(), why }),
  z.strictObject({ kind: z.literal("warn-at-end"), edition: z.string(), why }),
]);
export type RuleAmendment = z.output<typeof amendment>;

/**
 * `data/rules/as-published.json`. Tests hold the shipped file to it.
 *
 * @internal
 */
export const ruleAmendments = z.strictObject({
  source: z.string(),
  amendments: z.array(amendment),
});
