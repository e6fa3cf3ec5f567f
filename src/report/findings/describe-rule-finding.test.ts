import { describe, expect, test } from "vitest";
import type { LogFinding } from "../../schema/logs/log-verdict.ts";
import { describeLogFinding } from "./describe-rule-finding.ts";

const cases: readonly { name: string; finding: LogFinding; about: string; said: string }[] = [
  {
    name: "a check that failed, with what was expected and seen",
    finding: {
      rule: "check-failed",
      file: "closed_bert",
      key: "opt_name",
      line: 12,
      expected: 'value = "lamb"',
      seen: { value: "adamw" },
    },
    about: "opt_name",
    said: "line 12: is `adamw`, and must be `lamb`",
  },
  {
    name: "initialisation that took too long, as a duration",
    finding: {
      rule: "check-failed",
      file: "common",
      key: "init_stop",
      line: 8,
      expected: "(time - state.first_init_start) < ((state.compile_time_mins * 60) * 1000)",
      seen: { time: 1_938_000, "state.first_init_start": 0, "state.compile_time_mins": 30 },
    },
    about: "init_stop",
    said: "line 8: initialisation took 32 min 18 s, and 30 min are allowed",
  },
  {
    name: "a target that was not reached",
    finding: {
      rule: "never-met",
      file: "closed_bert",
      key: "eval_accuracy",
      expected: "value >= 0.72",
      count: 1,
      lastLine: 560,
      lastSeen: { value: 0.719597876071929 },
    },
    about: "eval_accuracy",
    said: "never meets the target, at least 0.72: the only value, on line 560, is 0.71959788",
  },
  {
    name: "a key that is missing",
    finding: { rule: "key-missing", file: "common", key: "run_stop", need: 1, count: 0 },
    about: "run_stop",
    said: "is never logged",
  },
  {
    name: "a key that is there too seldom",
    finding: { rule: "key-missing", file: "x", key: "aggregated_eval_accuracy", need: 2, count: 1 },
    about: "aggregated_eval_accuracy",
    said: "is logged 1 time, and 2 are needed",
  },
  {
    name: "keys of which one is wanted",
    finding: { rule: "keys-missing", file: "common", oneOf: ["block_stop", "epoch_stop"] },
    about: "block_stop or epoch_stop",
    said: "neither is logged, and one of them is needed",
  },
  {
    name: "values that differ where one is asked for",
    finding: {
      rule: "values-differ",
      file: "common",
      key: "run_start",
      count: 8,
      first: null,
      other: 1,
      otherLine: 40,
    },
    about: "run_start",
    said: "is logged 8 times with different values, and one value is allowed: first null, then 1 on line 40",
  },
  {
    name: "lines that can't be read, the first three",
    finding: {
      rule: "unreadable-lines",
      count: 5,
      lines: [1, 2, 3, 4, 5].map((line) => ({ line, byteOffset: 0, reason: "not-json" })),
    },
    about: "log",
    said: "5 lines can't be read: line 1 is not JSON, line 2 is not JSON, line 3 is not JSON, …",
  },
  {
    name: "a line at which the official checker dies",
    finding: { rule: "line-incomplete", line: 3, byteOffset: 0, reason: "no-time_ms" },
    about: "log",
    said: "line 3 has no `time_ms`; the official checker stops there",
  },
  {
    name: "a benchmark that the edition lacks and that is no slip of the hand",
    finding: {
      rule: "rules-missing",
      edition: "hpc-3.0",
      file: "closed_bert",
      key: "submission_benchmark",
      line: 2,
      seen: { value: "bert" },
      problem: "no-such-file",
    },
    about: "submission_benchmark",
    said: "line 2: hpc-3.0 has no rules for `bert` in this division (its benchmarks are cosmoflow, deepcam, oc20, openfold)",
  },
  {
    name: "a line of which the rules must keep something, and can't",
    finding: {
      rule: "line-not-usable",
      file: "common",
      key: "epoch_start",
      line: 7,
      expected: "state.last_epoch := metadata.epoch_num",
      seen: {},
    },
    about: "epoch_start",
    said: "line 7: has no `epoch_num` in its metadata",
  },
  {
    name: "a value with which nothing can be calculated",
    finding: {
      rule: "line-not-usable",
      file: "closed_llama31_405b",
      key: "global_batch_size",
      line: 7,
      expected: "state.learning_rate := (0.000001 * ((value / 256) ^ 0.5))",
      seen: { value: "many" },
    },
    about: "global_batch_size",
    said: "line 7: is `many`, with which nothing can be calculated",
  },
  {
    name: "an evaluation that lacks what its target is about",
    finding: {
      rule: "condition-not-computable",
      file: "closed_maskrcnn",
      key: "eval_accuracy",
      line: 64,
      expected: "value.BBOX >= 0.377 and value.BBOX < 1 and value.SEGM >= 0.339 and value.SEGM < 1",
      seen: { "value.BBOX": 0.3 },
    },
    about: "eval_accuracy",
    said: "line 64: has no `SEGM` in its value, so it can't be compared with its target; the official checker stops there",
  },
  {
    name: "an evaluation that is no number",
    finding: {
      rule: "condition-not-computable",
      file: "closed_ssd",
      key: "eval_accuracy",
      line: 64,
      expected: "value >= 0.34 and value < 1",
      seen: { value: null },
    },
    about: "eval_accuracy",
    said: "line 64: is null, which can't be compared with its target, at least 0.34 and below 1; the official checker stops there",
  },
  {
    name: "a division that there is not",
    finding: {
      rule: "rules-missing",
      edition: "training-0.7",
      file: "Closed_common",
      key: "submission_division",
      line: 3,
      seen: { value: "Closed" },
      problem: "no-such-file",
    },
    about: "submission_division",
    said: "line 3: is `Closed`, and must be `closed` or `open`",
  },
  {
    name: "an optimizer for which there are no rules",
    finding: {
      rule: "rules-missing",
      edition: "training-0.6",
      file: "resnet_adam",
      key: "opt_name",
      line: 3,
      seen: { value: "adam" },
      problem: "no-such-file",
    },
    about: "opt_name",
    said: "line 3: is `adam`, for which hpc-3.0 has no rules (`resnet_adam`)",
  },
  {
    name: "a log whose tensors are not the reference's",
    finding: {
      rule: "end-check-failed",
      file: "closed_dlrm",
      expected: 'sameItems(state.initialized_tensors, ["a","b"])',
      seen: { "state.initialized_tensors": ["a"] },
    },
    about: "log",
    said: "its `weights_initialization` lines name 1 tensor, and the reference has 2; missing `b`",
  },
  {
    name: "a log of a round that no rules were written for",
    finding: { rule: "edition-without-rules", edition: "training-0.5" },
    about: "log",
    said: "no rules were written for training-0.5, so nobody can judge it",
  },
  {
    name: "a log of another time",
    finding: { rule: "other-dialect", dialect: "mlpv", lineCount: 2 },
    about: "log",
    said: "holds 2 lines of round v0.5 (`:::MLPv`), and none of hpc-3.0",
  },
];

describe("describeLogFinding", () => {
  test.each(cases)("says $name", ({ finding, about, said }) => {
    expect(describeLogFinding(finding, "hpc-3.0")).toMatchObject({ about, said });
  });

  test("gives the reason of a rule where the policy gives one, and none where not", () => {
    const why = (key: string) =>
      describeLogFinding({ rule: "key-missing", file: "x", key, need: 1, count: 0 }, undefined).why;
    expect(why("run_stop")).toMatch(/clock stops/);
    expect(why("opt_adamw_beta_1")).toMatch(/hyper-parameters/);
    expect(why("no_such_key")).toBeUndefined();
  });
});
