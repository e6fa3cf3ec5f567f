import { describe, expect, test } from "vitest";
import type { PackageLocation } from "../../schema/logs/package-finding.ts";
import { checkPower, checkRuns, type PackageLog } from "./check-runs.ts";

const location: PackageLocation = {
  kind: "submission",
  organisation: "Acme",
  organisationPath: "/round/Acme",
  system: "node8",
  benchmark: "retinanet",
  scaling: "strong",
};

function log(number: number, changes: Partial<PackageLog["facts"]> = {}): PackageLog {
  return {
    name: `result_${number}.txt`,
    facts: {
      benchmark: "retinanet",
      division: "closed",
      runStartMs: 0,
      runStopMs: 1,
      seeds: [String(number)],
      hyperparameters: { opt_base_learning_rate: "0.1" },
      lineCounts: { mlpv: 0, mll: 0, mllog: 10 },
      ...changes,
    },
  };
}

const five = [0, 1, 2, 3, 4].map((number) => log(number));
const five51 = { edition: "training-5.1", location };

describe("checkRuns", () => {
  test("finds nothing in five runs that differ only in their seed", () => {
    expect(checkRuns(five, five51)).toEqual([]);
  });

  test.each([
    {
      name: "counts missing runs",
      logs: five.slice(1),
      expected: [{ rule: "run-count", have: 4, need: 5 }],
    },
    {
      name: "counts surplus runs",
      logs: [...five, log(5)],
      expected: [{ rule: "run-count", have: 6, need: 5 }],
    },
    {
      name: "finds one run under two names",
      logs: [...five.slice(0, 4), { ...log(4), name: "result_03.txt.gz" }],
      expected: [
        {
          rule: "result-number-repeated",
          number: "3",
          logs: ["result_3.txt", "result_03.txt.gz"],
        },
      ],
    },
    {
      name: "finds logs of two benchmarks, and does not compare them further",
      logs: [...five.slice(0, 4), log(4, { benchmark: "rgat", seeds: ["0"] })],
      expected: [
        {
          rule: "benchmarks-differ",
          benchmarks: [
            {
              benchmark: "retinanet",
              logs: ["result_0.txt", "result_1.txt", "result_2.txt", "result_3.txt"],
            },
            { benchmark: "rgat", logs: ["result_4.txt"] },
          ],
        },
      ],
    },
    {
      name: "finds runs with the same seed",
      logs: [...five.slice(0, 4), log(4, { seeds: ["2"] })],
      expected: [{ rule: "seed-repeated", seed: "2", logs: ["result_2.txt", "result_4.txt"] }],
    },
    {
      name: "reports runs without a seed as that, not as runs with the same seed",
      logs: five.map(({ name, facts }) => ({ name, facts: { ...facts, seeds: [] } })),
      expected: [{ rule: "seed-missing", scope: "all", logs: five.map(({ name }) => name) }],
    },
    {
      name: "does not report random seeds as the same seed",
      logs: five.map(({ name, facts }) => ({ name, facts: { ...facts, seeds: ["null"] } })),
      expected: [],
    },
    {
      name: "finds a hyperparameter that differs in one run",
      logs: [...five.slice(0, 4), log(4, { hyperparameters: { opt_base_learning_rate: "0.2" } })],
      expected: [
        {
          rule: "hyperparameter-differs",
          key: "opt_base_learning_rate",
          values: [
            {
              value: "0.1",
              logs: ["result_0.txt", "result_1.txt", "result_2.txt", "result_3.txt"],
            },
            { value: "0.2", logs: ["result_4.txt"] },
          ],
        },
      ],
    },
  ])("$name", ({ logs, expected }) => {
    expect(checkRuns(logs, five51)).toEqual(expected);
  });

  test("suggests the nearest benchmark name", () => {
    const logs = five.map(({ name, facts }) => ({
      name,
      facts: { ...facts, benchmark: "retinant" },
    }));
    expect(
      checkRuns(logs, {
        edition: "training-5.1",
        location: { kind: "folder", benchmark: undefined },
      }),
    ).toEqual([
      {
        rule: "benchmark-not-in-edition",
        benchmark: "retinant",
        edition: "training-5.1",
        nearest: "retinanet",
      },
    ]);
  });

  test("reports a folder that is named after another benchmark", () => {
    const named = { edition: "training-5.1", location: { ...location, benchmark: "rgat" } };
    expect(checkRuns(five, named)).toEqual([
      { rule: "folder-names-another-benchmark", folder: "rgat", logged: "retinanet" },
    ]);
  });

  test("requires a minimum number of models for weak scaling", () => {
    const weak = {
      edition: "hpc-3.0",
      location: { ...location, benchmark: "oc20", scaling: "weak" as const },
    };
    const logs = [0, 1, 2, 3, 4, 5, 6].map((number) => log(number, { benchmark: "oc20" }));
    expect(checkRuns(logs, weak)).toEqual([]);
    expect(checkRuns(logs.slice(3), weak)).toEqual([{ rule: "run-count", have: 4, need: 5 }]);
  });

  test("does not count the logs of a folder outside a submission", () => {
    const folder = {
      edition: "training-5.1",
      location: { kind: "folder", benchmark: undefined },
    } as const;
    expect(checkRuns(five.slice(0, 1), folder)).toEqual([]);
  });
});

describe("checkPower", () => {
  test("requires nothing without power measurements", () => {
    expect(checkPower(five, { kind: "none" })).toEqual([]);
  });

  test("requires power logs of each run, from the same number of nodes, and no others", () => {
    const nodeFileCounts = new Map([
      ["result_0", 2],
      ["result_1", 2],
      ["result_2", 1],
      ["result_3", 0],
      ["result_9", 2],
    ]);
    expect(checkPower(five, { kind: "runs", nodeFileCounts })).toEqual([
      { rule: "power-missing", logs: ["result_3.txt", "result_4.txt"] },
      {
        rule: "power-files-differ",
        counts: [
          { nodeFiles: 2, logs: ["result_0.txt", "result_1.txt"] },
          { nodeFiles: 1, logs: ["result_2.txt"] },
        ],
      },
      { rule: "power-of-no-run", folders: ["result_9"] },
    ]);
  });
});
