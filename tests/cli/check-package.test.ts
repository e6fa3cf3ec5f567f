import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { mlperfSystemFields } from "../../src/schema/logs/mlperf-system-file.ts";
import { checkJson, passing } from "../support/check-json.ts";
import { pitwall, temporaryFolder } from "../support/pitwall.ts";

/** `Acme/results/node8/llama2_70b_lora`, ten runs from ten seeds, and the system's description. */
function submission(): { cwd: string; results: string; system: string } {
  const cwd = temporaryFolder();
  const results = join(cwd, "Acme/results/node8/llama2_70b_lora");
  mkdirSync(results, { recursive: true });
  mkdirSync(join(cwd, "Acme/systems"));
  for (let run = 0; run < 10; run++) {
    const log = passing.replaceAll(/("key": "seed", "value": )\d+/g, `$1${run + 1}`);
    writeFileSync(join(results, `result_${run}.txt`), log, "latin1");
  }
  const system = join(cwd, "Acme/systems/node8.json");
  const fields = Object.fromEntries(mlperfSystemFields.map((field) => [field, "x"]));
  writeFileSync(
    system,
    JSON.stringify({ ...fields, division: "closed", status: "Available cloud" }, null, 2),
  );
  return { cwd, results, system };
}

describe("a submission", () => {
  test("that is complete has nothing to look at", async () => {
    const { cwd } = submission();
    const { packages, exitCode } = await checkJson(["Acme", "--edition", "5.0"], cwd);
    expect(exitCode).toBe(0);
    expect(packages).toEqual([
      {
        argument: "Acme",
        path: "results/node8/llama2_70b_lora",
        kind: "submission",
        organisation: "Acme",
        system: "node8",
        benchmark: "llama2_70b_lora",
        runCount: 10,
        requiredRunCount: 10,
        findings: [],
      },
    ]);
  });

  test("without seeds, or with names that Git does not take, has findings", async () => {
    const { cwd, results } = submission();
    for (const name of readdirSync(results)) {
      const log = readFileSync(join(results, name), "latin1");
      writeFileSync(
        join(results, name),
        log.replaceAll('"key": "seed"', '"key": "sead"'),
        "latin1",
      );
    }
    mkdirSync(join(cwd, "Acme/benchmarks/llama2_70b_lora"), { recursive: true });
    writeFileSync(join(cwd, "Acme/benchmarks/llama2_70b_lora/run script.sh"), "");
    writeFileSync(join(cwd, "Acme/benchmarks/.env"), "");
    const { packages, exitCode } = await checkJson(["Acme", "--edition", "5.0", "--strict"], cwd);
    expect(exitCode).toBe(1);
    expect(packages.map(({ path, kind, findings }) => ({ path, kind, findings }))).toEqual([
      {
        path: "results/node8/llama2_70b_lora",
        kind: "submission",
        findings: [{ rule: "seed-missing", scope: "all", logs: readdirSync(results).toSorted() }],
      },
      {
        path: "Acme",
        kind: "submitter",
        findings: [
          {
            rule: "names-unsuitable",
            count: 2,
            paths: ["benchmarks/.env", "benchmarks/llama2_70b_lora/run script.sh"],
          },
        ],
      },
    ]);
  });

  test("as a bare folder of logs with other names is checked and scored as one result", async () => {
    const { results } = submission();
    const cwd = temporaryFolder();
    mkdirSync(join(cwd, "mine"));
    for (const [index, name] of readdirSync(results).entries())
      cpSync(join(results, name), join(cwd, `mine/slurm-${index}.out`));
    writeFileSync(join(cwd, "mine/notes.txt"), "no log\n");
    const { logs, packages } = await checkJson(["mine", "--edition", "5.0"], cwd);
    expect(logs.map(({ path, verdict }) => [path, verdict])).toContainEqual([
      "slurm-9.out",
      "pass",
    ]);
    expect(packages).toMatchObject([{ kind: "folder", runCount: 10, findings: [] }]);
    const scored = await pitwall(["score", "mine", "--edition", "5.0", "--json"], { cwd });
    expect(JSON.parse(scored.stdout)).toMatchObject({
      // The ten logs are copies of one run; there is no system or folder name to warn about.
      result: {
        results: [
          { score: { kind: "scored", countedRuns: 8 }, findings: [{ rule: "run-repeated" }] },
        ],
      },
    });
  });

  test("with many problems is reported apart from the verdicts, which do not change", async () => {
    const { cwd, results, system } = submission();
    cpSync(join(results, "result_1.txt"), join(results, "result_01.txt"));
    writeFileSync(system, readFileSync(system, "utf8").replace('"cooling"', '"coolin"'));
    mkdirSync(join(results, "power/result_0"), { recursive: true });
    writeFileSync(join(results, "power/result_0/node_0.txt"), "");
    const { logs, packages, exitCode } = await checkJson(["Acme", "--edition", "5.0"], cwd);
    expect(exitCode).toBe(0);
    expect(logs.every(({ verdict }) => verdict === "pass")).toBe(true);
    expect(packages[0]?.findings.map(({ rule }) => rule)).toEqual([
      "result-number-repeated",
      "run-count",
      "seed-repeated",
      "system-fields-missing",
      "power-missing",
    ]);
    const { stdout } = await pitwall(["check", "Acme", "--edition", "5.0"], { cwd });
    expect(stdout).toContain("findings in 1 of 1 folder; they do not affect the verdict");
    expect(stdout).toContain("`cooling` (written as `coolin`?)");
  });

  test("with a description that is not JSON is reported with the position", async () => {
    const { cwd, system } = submission();
    writeFileSync(system, readFileSync(system, "utf8").replace(/\n\}/, ",\n}"));
    const { packages } = await checkJson(["Acme", "--edition", "5.0"], cwd);
    expect(packages[0]?.findings).toMatchObject([
      { rule: "system-file-invalid", path: "systems/node8.json", line: 35 },
    ]);
  });

  test("with two benchmarks in one folder is reported with the benchmark of each log", async () => {
    const { cwd, results } = submission();
    const other = passing.replaceAll('"llama2_70b_lora"', '"rgat"');
    writeFileSync(join(results, "result_9.txt"), other, "latin1");
    const { packages } = await checkJson(["Acme", "--edition", "5.0"], cwd);
    expect(packages[0]?.findings).toMatchObject([
      {
        rule: "benchmarks-differ",
        benchmarks: [
          { benchmark: "llama2_70b_lora", logs: { length: 9 } },
          { benchmark: "rgat", logs: ["result_9.txt"] },
        ],
      },
    ]);
  });
});
