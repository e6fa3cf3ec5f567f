import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { describePredicate } from "../../rules/describe-formula.ts";
import { ruleEdition } from "../../schema/logs/rule-edition.ts";
import { describeEndCheck } from "./describe-end-check.ts";
import { describeExpectation } from "./describe-expectation.ts";
import { describeRequirement } from "./describe-requirement.ts";
import type { Seen } from "./describe-value.ts";

interface Case {
  key: string;
  expected: string;
  seen: Seen;
  said: string;
}

describe("describeExpectation", () => {
  test.each<Case>([
    {
      key: "opt_name",
      expected: 'value = "lamb"',
      seen: { value: "adamw" },
      said: "is `adamw`; must be `lamb`",
    },
    {
      key: "opt_name",
      expected: 'value in ["adam","lazy_adam"]',
      seen: { value: "Adam" },
      said: "is `Adam`; must be `adam` or `lazy_adam`",
    },
    {
      key: "seed",
      expected: "value > 0",
      seen: { value: "7" },
      said: "is the string `7`; must be above 0",
    },
    {
      key: "cache_clear",
      expected: "value = true",
      seen: { value: null },
      said: "is null; must be true",
    },
    { key: "submission_org", expected: 'value != ""', seen: { value: "" }, said: "is empty" },
    { key: "cache_clear", expected: "present(value)", seen: {}, said: "has no value" },
    {
      key: "max_sequence_length",
      expected: 'metadata.method in ["truncate","discard"]',
      seen: { "metadata.method": "drop" },
      said: "its `method` is `drop`; must be `truncate` or `discard`",
    },
    {
      key: "opt_gradient_clip_norm",
      expected: "value in [1, infinity]",
      seen: { value: 2 },
      said: "is 2; must be 1 or infinity",
    },
    {
      key: "lowest_numerical_precision_in_attn",
      expected: 'value in ["fp64","fp32","… (13 items)"]',
      seen: { value: "fp7" },
      said: "is `fp7`; must be `fp64`, `fp32` or another of the 13 allowed",
    },
    {
      key: "tensor_parallelism",
      expected: "isInteger(value)",
      seen: { value: 1.5 },
      said: "is 1.5; must be an integer",
    },
    {
      key: "opt_learning_rate_alt_decay_func",
      expected: "isBoolean(value)",
      seen: { value: "True" },
      said: "is the string `True`; must be true or false",
    },
    {
      key: "opt_learning_rate_decay_steps",
      expected: "len(value) = 2",
      seen: { value: 2 },
      said: "is 2; must be a list of 2 values",
    },
    {
      key: "opt_base_learning_rate",
      expected:
        "isInteger((value / 0.02)) or (state.global_batch_size < 16 and isInteger((0.02 / value)))",
      seen: { value: 0.03, "state.global_batch_size": 32 },
      said: "is 0.03; must be an integer multiple of 0.02, or, below batch size 16, 0.02 divided by an integer",
    },
    {
      key: "lars_opt_weight_decay",
      expected: "isInteger(log2((value / 0.0001)))",
      seen: { value: 0.0003 },
      said: "is 0.0003; must be 0.0001 times a power of 2",
    },
    {
      key: "opt_eps",
      expected: "closeTo(value, 0.000001, 1e-9)",
      seen: { value: 0.1 },
      said: "is 0.1; must be 0.000001",
    },
    {
      key: "opt_base_learning_rate",
      expected: "value = 0.00002 or value = 0.00003",
      seen: { value: 0.1 },
      said: "is 0.1; must be 0.00002 or 0.00003",
    },
    {
      key: "opt_bias_correction",
      expected: "value",
      seen: { value: false },
      said: "is false; must be true or nonzero",
    },
  ])("says of a value that $said", ({ key, expected, seen, said }) => {
    expect(describeExpectation({ key, expected, seen })).toBe(said);
  });

  test.each<Case>([
    {
      key: "run_stop",
      expected: "present(metadata.status)",
      seen: {},
      said: "has no `status` in its metadata",
    },
    {
      key: "eval_stop",
      expected: "present(metadata.epoch_num) or present(metadata.samples_count)",
      seen: {},
      said: "has neither `epoch_num` nor `samples_count` in its metadata",
    },
    {
      key: "block_start",
      expected: "if present(metadata.epoch_count) then present(metadata.first_epoch_num)",
      seen: { "metadata.epoch_count": 1 },
      said: "has `epoch_count` but no `first_epoch_num` in its metadata",
    },
    {
      key: "block_start",
      expected: "if present(metadata.epoch_count) then metadata.epoch_count > 0",
      seen: { "metadata.epoch_count": -1 },
      said: "its `epoch_count` is -1; must be above 0",
    },
    {
      key: "eval_accuracy",
      expected: "metadata.epoch_num = state.last_eval",
      seen: { "state.last_eval": 3 },
      said: "has no `epoch_num` in its metadata",
    },
    {
      key: "opt_learning_rate_decay_steps",
      expected: "value = (12000 - state.opt_learning_rate_warmup_steps)",
      seen: { value: 5 },
      said: "depends on `opt_learning_rate_warmup_steps`, which no valid line before it logs",
    },
  ])("says of what is not there that it $said", ({ key, expected, seen, said }) => {
    expect(describeExpectation({ key, expected, seen })).toBe(said);
  });

  test.each<Case>([
    {
      key: "opt_learning_rate_decay_steps",
      expected:
        "value = (ceil((1382400000 / state.global_batch_size)) - state.opt_learning_rate_warmup_steps)",
      seen: {
        value: 5,
        "state.global_batch_size": 1152,
        "state.opt_learning_rate_warmup_steps": 8000,
      },
      said: "is 5; must be `ceil(1382400000 / global_batch_size) - opt_learning_rate_warmup_steps`, with `global_batch_size` 1152 and `opt_learning_rate_warmup_steps` 8000",
    },
    {
      key: "opt_base_learning_rate",
      expected: "(value * 1152) = (state.global_batch_size * 0.00008)",
      seen: { value: 0.1, "state.global_batch_size": 1152 },
      said: "is 0.1; must satisfy `opt_base_learning_rate * 1152 = global_batch_size * 0.00008`, with `global_batch_size` 1152",
    },
    {
      key: "opt_base_learning_rate",
      expected: "abs((value - (0.000024 * ((state.global_batch_size / 16384) ^ 0.5)))) < 1e-9",
      seen: { value: 0.1, "state.global_batch_size": 16384 },
      said: "is 0.1; must be `0.000024 * ((global_batch_size / 16384) ^ 0.5)`, with `global_batch_size` 16384",
    },
    {
      key: "opt_base_learning_rate",
      expected: "abs((value - state.learning_rate)) < 1e-9",
      seen: { value: 0.1, "state.learning_rate": 0.000002 },
      said: "is 0.1; must be `0.000001 * (global_batch_size / 256) ^ 0.5`, which is 0.000002",
    },
  ])("keeps the arithmetic of a rule, in the log's own names: $said", ({ said, ...given }) => {
    expect(describeExpectation(given)).toBe(said);
  });
});

describe("describeSequence", () => {
  test.each<Case>([
    {
      key: "init_stop",
      expected: "state.init_started",
      seen: { "state.init_started": false },
      said: "is logged before any `init_start`",
    },
    {
      key: "init_start",
      expected: "not state.run_started",
      seen: { "state.run_started": true },
      said: "is logged after `run_start`, while the clock was running",
    },
    {
      key: "epoch_stop",
      expected: "state.in_epoch",
      seen: { "state.in_epoch": false },
      said: "ends an epoch, but no epoch is open: `epoch_start` is missing or the epoch already ended",
    },
    {
      key: "save_model",
      expected: "state.in_epoch",
      seen: { "state.in_epoch": false },
      said: "must be inside an epoch, but none is open: `epoch_start` is missing",
    },
    {
      key: "epoch_start",
      expected: "metadata.epoch_num = (state.last_epoch + 1)",
      seen: { "metadata.epoch_num": 4, "state.last_epoch": 2 },
      said: "is for epoch 4; the next epoch is 3",
    },
    {
      key: "eval_start",
      expected: "metadata.epoch_num <= state.last_epoch",
      seen: { "metadata.epoch_num": 81, "state.last_epoch": 0 },
      said: "is for epoch 81, which has not started: no `epoch_start` for it before this line",
    },
    {
      key: "block_stop",
      expected: "state.block_first_epoch = metadata.first_epoch_num",
      seen: { "metadata.first_epoch_num": 6, "state.block_first_epoch": 8 },
      said: "ends a block that starts with epoch 6; the last `block_start` was for 8",
    },
    {
      key: "eval_accuracy",
      expected: "metadata.samples_count = state.next_validation_samples",
      seen: { "metadata.samples_count": 100, "state.next_validation_samples": 128 },
      said: "evaluates after 100 samples; expected after 128",
    },
    {
      key: "init_stop",
      expected: "(time - state.first_init_start) < 1800000",
      seen: { time: 2_000_000, "state.first_init_start": 0 },
      said: "initialization took 33 min 20 s; the limit is 30 min",
    },
    {
      key: "init_stop",
      expected: "(time - state.first_init_start) < 1200",
      seen: { time: 2000, "state.first_init_start": 0 },
      said: "initialization took 33 min 20 s; the limit is 20 min",
    },
    {
      key: "init_stop",
      expected: "(time - state.first_init_start) < ((state.compile_time_mins * 60) * 1000)",
      seen: { time: 2000, "state.first_init_start": 0, "state.compile_time_mins": 0 },
      said: "is logged before `submission_division`, which sets the time limit for initialization",
    },
  ])("says of $key that it $said", ({ said, ...given }) => {
    expect(describeExpectation(given)).toBe(said);
  });
});

describe("describeRequirement", () => {
  test.each([
    { expected: "value >= 0.72 and value < 1", seen: {}, said: "at least 0.72 and below 1" },
    {
      expected: "0 <= value.FID and value.FID <= 90 and 0.15 <= value.CLIP",
      seen: {},
      said: "`FID` at least 0 and at most 90, `CLIP` at least 0.15",
    },
    {
      expected:
        "(if state.global_batch_size < 8192 then value >= 0.712 else value >= 0.706) and value < 1",
      seen: { "state.global_batch_size": 8192 },
      said: "at least 0.706 and below 1",
    },
    {
      expected: "value > state.target_accuracy and value <= 1",
      seen: { "state.target_accuracy": 0.69 },
      said: "above 0.69 and at most 1",
    },
  ])("says $said", ({ expected, seen, said }) => {
    expect(describeRequirement(expected, seen)).toBe(said);
  });
});

describe("describeEndCheck", () => {
  test.each([
    {
      expected: "state.lars_wd = state.lars",
      seen: { "state.lars_wd": 0, "state.lars": 1 },
      said: "logs `lars_opt_weight_decay` 0 times; `opt_name` is `lars`, which requires it once",
    },
    {
      expected: 'sameItems(state.initialized_tensors, ["a","b","c"])',
      seen: { "state.initialized_tensors": ["a", "d"] },
      said: "the `weights_initialization` lines name 2 tensors; the reference has 3; missing `b` and `c`; not in the reference: `d`",
    },
    {
      expected: 'sameItems(state.initialized_tensors, ["a","b","… (161 items)"])',
      seen: { "state.initialized_tensors": [] },
      said: "the `weights_initialization` lines name 0 tensors; the reference has 161",
    },
  ])("says that the log $said", ({ expected, seen, said }) => {
    expect(describeEndCheck(expected, seen)).toBe(said);
  });
});

describe("every rule of every edition", () => {
  const folder = fileURLToPath(new URL("../../../data/rules/", import.meta.url));
  const files = readdirSync(folder)
    .filter((name) => name !== "as-published.json")
    .flatMap((name) => ruleEdition.parse(JSON.parse(readFileSync(folder + name, "utf8"))).files);

  /** What only the rules' own notation has. */
  const notation =
    /state\.|metadata\.|value\.|\b(?:present|isInteger|isBoolean|closeTo|sameItems|len|item)\(|\bvalue [<>=]/u;

  /** Places read as numbers, as most are. */
  function seenOf(formula: string): Seen {
    const places = formula.match(/\b(?:state|metadata|value)\.\w+|\btime\b|\bvalue\b/gu) ?? [];
    return Object.fromEntries(places.map((place) => [place, place === "time" ? 3e7 : 7]));
  }

  test("is described without the internal formula notation", () => {
    const descriptions = new Set<string>();
    for (const { keys, end } of files) {
      for (const { key, checks, firstCheck, atLeastOneCheck } of keys) {
        for (const check of [...checks, ...firstCheck].map(describePredicate)) {
          descriptions.add(describeExpectation({ key, expected: check, seen: seenOf(check) }));
          descriptions.add(describeExpectation({ key, expected: check, seen: {} }));
        }
        const target = describePredicate({ all: atLeastOneCheck });
        if (atLeastOneCheck.length > 0)
          descriptions.add(describeRequirement(target, seenOf(target)));
      }
      for (const check of end.map(describePredicate)) descriptions.add(describeEndCheck(check, {}));
    }
    expect(descriptions.size).toBeGreaterThan(200);
    expect([...descriptions].filter((words) => notation.test(words))).toEqual([]);
  });
});
