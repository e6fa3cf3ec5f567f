import { expect, test } from "vitest";
import { pitwall } from "../support/pitwall.ts";

async function rulesJson(words: readonly string[]) {
  const { stdout } = await pitwall(["rules", ...words, "--json"]);
  return JSON.parse(stdout).result;
}

test("lists every edition with the version and date of its rules", async () => {
  const { editions } = await rulesJson([]);
  expect(editions).toHaveLength(17);
  for (const each of editions)
    expect(each).toMatchObject({
      source: "mlcommons/logging 4.1.68",
      released: "2026-10-24",
    });
  const { stdout, exitCode } = await pitwall(["rules"]);
  expect(exitCode).toBe(0);
  expect(stdout.split("\n", 1)[0]).toBe("rules: mlcommons/logging 4.1.68 of 2026-10-24");
  expect(stdout).toMatch(/^training-6\.1 +not yet .*dlrmv4/m);
});

test("shows what the logs of a benchmark must hold; a later rule file replaces an earlier one", async () => {
  const { rules, division } = await rulesJson(["6.1.0", "--benchmark", "dlrmv4"]);
  const rule = (key: string) => rules.filter((each: { key: string }) => each.key === key);
  expect(division).toBe("closed");
  expect(rule("micro_batch_size")).toEqual([
    {
      file: "common",
      key: "micro_batch_size",
      require: "exactly-one",
      conditions: ["isInteger(value)", "value >= 1"],
      target: [],
    },
  ]);
  expect(rule("train_samples")).toMatchObject([
    { file: "closed_dlrmv4", conditions: ["value = state.train_samples"] },
  ]);
  expect(rule("eval_accuracy")).toMatchObject([{ target: ["value >= state.target_accuracy"] }]);
});

test("shows without a benchmark only what all benchmarks share, and names them", async () => {
  const { stdout } = await pitwall(["rules", "hpc-3.0", "--division", "open"]);
  expect(stdout).toContain("hpc-3.0, open   rules: mlcommons/logging");
  expect(stdout).not.toContain("opt_name");
  expect(stdout).toContain("cosmoflow, deepcam, oc20, openfold");
});

test.each([
  { words: ["9.9"], code: "edition-unknown" },
  { words: ["hpc-0.7"], code: "edition-without-rules" },
  { words: ["5.0", "--benchmark", "bret"], code: "unknown-benchmark" },
])("rejects $words", async ({ words, code }) => {
  const { stderr, exitCode } = await pitwall(["rules", ...words]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(`error[${code}]`);
});
