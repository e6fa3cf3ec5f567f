import { describe, expect, test } from "vitest";
import {
  editionNamed,
  editionOfPath,
  editionsWithBenchmark,
  hasRules,
  roundNamed,
  roundOfPath,
} from "./edition-name.ts";

describe("editionNamed", () => {
  test.each([
    { text: "training-5.1", edition: "training-5.1" },
    { text: "training_v5.1", edition: "training-5.1" },
    { text: "Training_Results_v5.1", edition: "training-5.1" },
    { text: "v0.7.0", edition: "training-0.7" },
    { text: "5.1", edition: "training-5.1" },
    { text: "hpc 3.0", edition: "hpc-3.0" },
  ])("reads `$text`", ({ text, edition }) => {
    expect(editionNamed(text)).toBe(edition);
  });

  test.each([
    { text: "training-5.2", code: "edition-unknown", hint: "training-5." },
    { text: "trainign-5.1", code: "edition-unknown", hint: "training-5.1" },
    { text: "nonsense", code: "edition-unknown", hint: "editions: training-0.6" },
    { text: "0.5", code: "edition-without-rules", hint: "training-0.6" },
    { text: "hpc-0.7", code: "edition-without-rules", hint: "hpc-1.0" },
  ])("refuses `$text` and says what there is", ({ text, code, hint }) => {
    expect(() => editionNamed(text)).toThrow(
      expect.objectContaining({ code, hint: expect.stringContaining(hint) }),
    );
  });
});

describe("editionOfPath", () => {
  test.each([
    { path: "/data/training_results_v5.1/Acme/results", edition: "training-5.1" },
    { path: "/data/training_v5.0.complete/Acme", edition: "training-5.0" },
    { path: "/data/hpc_results_v3.0/Acme", edition: "hpc-3.0" },
    { path: "/data/v0.7/Acme", edition: "training-0.7" },
    { path: "/data/hpc/v1.0/Acme", edition: "hpc-1.0" },
    { path: "C:\\mlperf\\training_v4.1\\Acme", edition: "training-4.1" },
    { path: "/data/training_v4.0/copy_of_training_v4.1/Acme", edition: "training-4.1" },
    { path: "/data/logs/node8-pytorch2.1", edition: undefined },
    { path: "/home/rev5.1/logs", edition: undefined },
  ])("finds $edition in $path", ({ path, edition }) => {
    expect(editionOfPath(path)).toBe(edition);
  });

  test("refuses a round that is not known rather than guess", () => {
    expect(() => editionOfPath("/data/training_v9.9/Acme")).toThrow(/`training_v9\.9`/);
  });
});

describe("a round that no rules were written for", () => {
  test.each([
    { round: "training-0.5", text: "0.5", path: "/data/v0.5.0/intel/results" },
    { round: "hpc-0.7", text: "hpc_v0.7", path: "/data/hpc_results_v0.7/Acme" },
  ])("$round is known, and no edition to check by", ({ round, text, path }) => {
    expect(roundNamed(text)).toBe(round);
    expect(roundOfPath(path)).toBe(round);
    expect(hasRules(roundNamed(text))).toBe(false);
    const refusal = expect.objectContaining({ code: "edition-without-rules" });
    expect(() => editionNamed(text)).toThrow(refusal);
    expect(() => editionOfPath(path)).toThrow(refusal);
  });

  test("is among those that are known where one is misspelt", () => {
    expect(() => roundNamed("training-0.55")).toThrow(
      expect.objectContaining({ hint: expect.stringContaining("training-0.5, ") }),
    );
  });
});

test("a benchmark that exists in only one edition determines the edition", () => {
  expect(editionsWithBenchmark("openfold")).toEqual(["hpc-3.0"]);
  expect(editionsWithBenchmark("rgat")).toEqual(["training-5.0", "training-5.1"]);
  expect(editionsWithBenchmark("nothing")).toEqual([]);
});
