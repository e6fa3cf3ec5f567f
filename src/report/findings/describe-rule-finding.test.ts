import { describe, expect, test } from "vitest";
import type { LogFinding } from "../../schema/logs/log-verdict.ts";
import { describeLogFinding } from "./describe-rule-finding.ts";

const cases: readonly { name: string; finding: LogFinding; about: string; said: string }[] = [
  {
    name: "a failed check with the expected value and the value seen",
    finding: {
      rule: "check-failed",
      file: "closed_bert",
      key: "opt_name",
      line: 12,
      expected: 'value = "lamb"',
      seen: { value: "adamw" },
    },
    about: "opt_name",
    said: "line 12: is `adamw`; must be `lamb`",
  },
  {
    name: "initialization that exceeded its limit, as a duration",
    finding: {
      rule: "check-failed",
      file: "common",
      key: "init_stop",
      line: 8,
      expected: "(time - state.first_init_start) < ((state.compile_time_mins * 60) * 1000)",
      seen: { time: 1_938_000, "state.first_init_start": 0, "state.compile_time_mins": 30 },
    },
    about: "init_stop",
    said: "line 8: initialization took 32 min 18 s; the limit is 30 min",
  },
  {
    name: "a target that was never reached",
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
    said: "never meets the target (at least 0.72): the only value, on line 560, is 0.71959788",
  },
  {
    name: "a missing key",
    finding: { rule: "key-missing", file: "common", key: "run_stop", need: 1, count: 0 },
    about: "run_stop",
    said: "is never logged",
  },
  {
    name: "a key that is logged too few times",
    finding: { rule: "key-missing", file: "x", key: "aggregated_eval_accuracy", need: 2, count: 1 },
    about: "aggregated_eval_accuracy",
    said: "is logged 1 time; required: 2",
  },
  {
    name: "keys of which one is required",
    finding: { rule: "keys-missing", file: "common", oneOf: ["block_stop", "epoch_stop"] },
    about: "block_stop or epoch_stop",
    said: "neither is logged; one of them is required",
  },
  {
    name: "different values for a key that allows one",
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
    said: "is logged 8 times with different values; only one value is allowed: first null, then 1 on line 40",
  },
  {
    name: "unreadable lines, listing the first three",
    finding: {
      rule: "unreadable-lines",
      count: 5,
      lines: [1, 2, 3, 4, 5].map((line) => ({ line, byteOffset: 0, reason: "not-json" })),
    },
    about: "log",
    said: "5 lines cannot be read: line 1 is not JSON, line 2 is not JSON, line 3 is not JSON, …",
  },
  {
    name: "a line at which the official checker crashes",
    finding: { rule: "line-incomplete", line: 3, byteOffset: 0, reason: "no-time_ms" },
    about: "log",
    said: "line 3 has no `time_ms`; the official checker stops there",
  },
  {
    name: "a benchmark that the edition does not have and that is not a typo",
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
    said: "line 2: is `bert`; hpc-3.0 has no rules for it in this division (benchmarks: cosmoflow, deepcam, oc20, openfold)",
  },
  {
    name: "a line with a value that the rules cannot store",
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
    name: "a value that is not a number",
    finding: {
      rule: "line-not-usable",
      file: "closed_llama31_405b",
      key: "global_batch_size",
      line: 7,
      expected: "state.learning_rate := (0.000001 * ((value / 256) ^ 0.5))",
      seen: { value: "many" },
    },
    about: "global_batch_size",
    said: "line 7: is `many`, which is not a number",
  },
  {
    name: "an evaluation without the metric of its target",
    finding: {
      rule: "condition-not-computable",
      file: "closed_maskrcnn",
      key: "eval_accuracy",
      line: 64,
      expected: "value.BBOX >= 0.377 and value.BBOX < 1 and value.SEGM >= 0.339 and value.SEGM < 1",
      seen: { "value.BBOX": 0.3 },
    },
    about: "eval_accuracy",
    said: "line 64: has no `SEGM` in its value, so it cannot be compared with its target; the official checker stops there",
  },
  {
    name: "an evaluation that is not a number",
    finding: {
      rule: "condition-not-computable",
      file: "closed_ssd",
      key: "eval_accuracy",
      line: 64,
      expected: "value >= 0.34 and value < 1",
      seen: { value: null },
    },
    about: "eval_accuracy",
    said: "line 64: is null, which cannot be compared with the target (at least 0.34 and below 1); the official checker stops there",
  },
  {
    name: "an unknown division",
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
    said: "line 3: is `Closed`; must be `closed` or `open`",
  },
  {
    name: "an optimizer without rules",
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
    said: "line 3: is `adam`; hpc-3.0 has no rules for it (`resnet_adam`)",
  },
  {
    name: "a log whose tensors differ from the reference",
    finding: {
      rule: "end-check-failed",
      file: "closed_dlrm",
      expected: 'sameItems(state.initialized_tensors, ["a","b"])',
      seen: { "state.initialized_tensors": ["a"] },
    },
    about: "log",
    said: "the `weights_initialization` lines name 1 tensor; the reference has 2; missing `b`",
  },
  {
    name: "a log of a round without rules",
    finding: { rule: "edition-without-rules", edition: "training-0.5" },
    about: "log",
    said: "no rules exist for training-0.5, so the log cannot be judged",
  },
  {
    name: "a log of another round",
    finding: { rule: "other-dialect", dialect: "mlpv", lineCount: 2 },
    about: "log",
    said: "contains 2 lines of round v0.5 (`:::MLPv`) but none of hpc-3.0; no rules exist for that round, and `pitwall log` shows the log without them",
  },
];

describe("describeLogFinding", () => {
  test.each(cases)("describes $name", ({ finding, about, said }) => {
    expect(describeLogFinding(finding, "hpc-3.0")).toMatchObject({ about, said });
  });

  test("gives the reason for a rule if the policy states one", () => {
    const why = (key: string) =>
      describeLogFinding({ rule: "key-missing", file: "x", key, need: 1, count: 0 }, undefined).why;
    expect(why("run_stop")).toMatch(/clock stops/);
    expect(why("opt_adamw_beta_1")).toMatch(/hyperparameters/);
    expect(why("no_such_key")).toBeUndefined();
  });
});
