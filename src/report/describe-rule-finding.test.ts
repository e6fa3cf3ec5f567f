import { describe, expect, test } from "vitest";
import type { LogFinding } from "../schema/log-verdict.ts";
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
    said: 'line 12: expected `value = "lamb"`: value `adamw`',
  },
  {
    name: "initialisation that took too long, as a duration",
    finding: {
      rule: "check-failed",
      file: "common",
      key: "init_stop",
      line: 8,
      expected: "time - state.first_init_start < state.compile_time_mins * 60 * 1000",
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
    said: "never meets `value >= 0.72` in 1 line; the last, line 560: value 0.71959788",
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
    about: "block_stop|epoch_stop",
    said: "none of these is logged",
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
    said: "is logged 8 times and should have one value: first null, on line 40 1",
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
