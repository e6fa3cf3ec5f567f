import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { submitDocument } from "../../src/schema/documents/log-documents.ts";
import { mlperfSystemFields } from "../../src/schema/logs/mlperf-system-file.ts";
import { passing } from "../support/check-json.ts";
import { pitwall, temporaryFolder } from "../support/pitwall.ts";

/** A complete submission of ten runs from ten seeds, with system description and code. */
function submission(): { cwd: string; results: string } {
  const cwd = temporaryFolder();
  const results = join(cwd, "training_v5.0/AMD/results/node8/llama2_70b_lora");
  mkdirSync(results, { recursive: true });
  mkdirSync(join(cwd, "training_v5.0/AMD/systems"));
  mkdirSync(join(cwd, "training_v5.0/AMD/benchmarks/llama2_70b_lora"), { recursive: true });
  writeFileSync(join(cwd, "training_v5.0/AMD/benchmarks/llama2_70b_lora/README.md"), "run it");
  for (let run = 0; run < 10; run++) {
    // The published run is the fastest of its ten; ten of it converge faster than the reference may.
    const log = passing
      .replaceAll(/("key": "seed", "value": )\d+/gu, `$1${run + 1}`)
      .replaceAll('"samples_count": 2688', '"samples_count": 3456');
    writeFileSync(join(results, `result_${run}.txt`), log, "latin1");
  }
  const fields = Object.fromEntries(mlperfSystemFields.map((field) => [field, "8"]));
  const system = {
    ...fields,
    submitter: "AMD",
    number_of_nodes: "1",
    accelerator_model_name: "AMD Instinct MI300X",
    division: "closed",
    status: "Available cloud",
  };
  writeFileSync(
    join(cwd, "training_v5.0/AMD/systems/node8.json"),
    JSON.stringify(system, undefined, 1),
  );
  return { cwd, results };
}

async function itemsOf(cwd: string) {
  const { stdout, exitCode } = await pitwall(["submit", "--check", "training_v5.0", "--json"], {
    cwd,
  });
  const { items } = submitDocument.parse(JSON.parse(stdout).result);
  return { items, exitCode };
}

function changeLogs(results: string, names: readonly string[], from: RegExp, to: string): void {
  for (const name of names) {
    const path = join(results, name);
    writeFileSync(path, readFileSync(path, "latin1").replaceAll(from, to), "latin1");
  }
}

describe("pitwall submit --check", () => {
  test("has nothing to say about a complete submission", async () => {
    const { cwd } = submission();
    expect(await itemsOf(cwd)).toEqual({ items: [], exitCode: 0 });
  });

  test("names one cause of several logs once, with their number", async () => {
    const { cwd, results } = submission();
    changeLogs(results, ["result_2.txt", "result_5.txt"], /:::MLLOG/gu, ":::MLOG");
    const { items } = await itemsOf(cwd);
    const causes = items.filter(({ problem }) => problem.kind === "cause");
    expect(causes).toMatchObject([
      {
        place: "AMD/results/node8/llama2_70b_lora",
        problem: { cause: { cause: "token-misspelled", written: ":::MLOG" }, logCount: 2 },
      },
    ]);
  });

  test("names files that are nearly named like logs", async () => {
    const { cwd, results } = submission();
    renameSync(join(results, "result_3.txt"), join(results, "result-3.txt"));
    writeFileSync(join(results, "results.txt"), "of all runs");
    const { items } = await itemsOf(cwd);
    expect(items).toMatchObject([
      { problem: { kind: "package", finding: { rule: "run-count" } } },
      { severity: "warning", problem: { kind: "logs-not-read", names: ["result-3.txt"] } },
    ]);
  });

  test("names logs of which none has the name that the official tools read", async () => {
    const { cwd, results } = submission();
    const names = readdirSync(results);
    for (const name of names)
      renameSync(join(results, name), join(results, name.replace("result_", "run-")));
    const { items } = await itemsOf(cwd);
    expect(items).toMatchObject([
      {
        severity: "blocking",
        foundBy: "official",
        problem: {
          kind: "logs-misnamed",
          names: names.map((name) => name.replace("result_", "run-")).toSorted(),
        },
      },
    ]);
  });

  test("says that runs that ended without success have no score", async () => {
    const { cwd, results } = submission();
    const names = readdirSync(results);
    changeLogs(results, names, /"status": "success"/gu, '"status": "aborted"');
    const { items, exitCode } = await itemsOf(cwd);
    expect({ items, exitCode }).toMatchObject({
      items: [
        {
          severity: "blocking",
          foundBy: "official",
          problem: { kind: "too-few-converged", missedCount: 10, allowedCount: 1 },
        },
      ],
      exitCode: 1,
    });
  });

  test("does not repeat a symptom of a log whose cause is known", async () => {
    const { cwd, results } = submission();
    const [first = ""] = readdirSync(results);
    writeFileSync(
      join(results, first),
      ':::MLLOG {"key": "loadgen_version", "value": "4.0", "time_ms": 0.0, "namespace": "mlperf::logging", "event_type": "POINT_IN_TIME", "metadata": {"file": "logging.cc", "line_no": 48, "pid": 1, "tid": 1}}\n',
    );
    const { stdout } = await pitwall(["submit", "--check", "training_v5.0"], { cwd });
    expect(stdout).toContain(
      `1 run fails the compliance rules: \`${first}\`, for the cause listed below`,
    );
    expect(stdout).toContain("this is an inference (LoadGen) log");
  });

  test("names logs that are packed, and links to files outside of the upload", async () => {
    const { cwd, results } = submission();
    const text = readFileSync(join(results, "result_4.txt"));
    writeFileSync(join(results, "result_4.txt"), gzipSync(text));
    renameSync(join(results, "result_5.txt"), join(cwd, "result_5.txt"));
    symlinkSync(join(cwd, "result_5.txt"), join(results, "result_5.txt"));
    symlinkSync("README.md", join(cwd, "training_v5.0/AMD/benchmarks/llama2_70b_lora/RUN.md"));
    const { items } = await itemsOf(cwd);
    expect(items).toMatchObject([
      { severity: "blocking", problem: { kind: "logs-packed", names: ["result_4.txt"] } },
      {
        severity: "warning",
        place: "AMD",
        problem: {
          kind: "links-lead-out",
          paths: ["results/node8/llama2_70b_lora/result_5.txt"],
        },
      },
    ]);
  });

  test("says that a bare folder of logs is not a submission", async () => {
    const { cwd, results } = submission();
    mkdirSync(join(cwd, "mine"));
    for (const name of readdirSync(results)) cpSync(join(results, name), join(cwd, "mine", name));
    const words = ["submit", "--check", "mine", "--edition", "5.0", "--json"];
    const { stdout, exitCode } = await pitwall(words, { cwd });
    const { items } = submitDocument.parse(JSON.parse(stdout).result);
    expect({ items, exitCode }).toMatchObject({
      items: [{ severity: "blocking", place: "mine", problem: { kind: "not-in-submission" } }],
      exitCode: 1,
    });
  });

  test("lists what is missing, worst first, and who says so", async () => {
    const { cwd, results } = submission();
    rmSync(join(cwd, "training_v5.0/AMD/benchmarks/llama2_70b_lora"), { recursive: true });
    rmSync(join(cwd, "training_v5.0/AMD/systems/node8.json"));
    const [first = "", second = ""] = readdirSync(results);
    const copy = readFileSync(join(results, first), "latin1");
    writeFileSync(join(results, first), `${copy}${copy}`, "latin1");
    changeLogs(
      results,
      [first, second],
      /"key": "global_batch_size"/gu,
      '"key": "globalBatchSize"',
    );
    const { items, exitCode } = await itemsOf(cwd);
    expect(exitCode).toBe(1);
    const place = "AMD/results/node8/llama2_70b_lora";
    expect(items).toMatchObject([
      {
        severity: "blocking",
        foundBy: "official",
        place,
        problem: { kind: "runs-fail", failedCount: 2, allowedCount: 1, logs: [second, first] },
      },
      {
        severity: "blocking",
        foundBy: "official",
        place,
        problem: { kind: "package", finding: { rule: "system-file-missing" } },
      },
      {
        severity: "blocking",
        foundBy: "pitwall",
        place: "AMD/benchmarks/llama2_70b_lora",
        problem: { kind: "code-missing" },
      },
      {
        severity: "warning",
        foundBy: "pitwall",
        place: `${place}/${first}`,
        problem: { kind: "cause", cause: { cause: "lines-repeated", times: 2 } },
      },
      {
        severity: "warning",
        place,
        problem: {
          kind: "cause",
          cause: { cause: "key-misspelled", wanted: "global_batch_size" },
          logCount: 2,
        },
      },
    ]);
  });

  test("names the nearest references for a batch size without one, and their hyperparameters", async () => {
    const { cwd, results } = submission();
    changeLogs(
      results,
      readdirSync(results),
      /("key": "global_batch_size", "value": )\d+/gu,
      "$14096",
    );
    const { items } = await itemsOf(cwd);
    const problem = items.find((item) => item.problem.kind === "no-reference")?.problem;
    if (problem?.kind !== "no-reference") throw new Error("the reference exists");
    const largest = problem.referenceBatchSizes.at(-1);
    expect(problem).toMatchObject({
      globalBatchSize: 4096,
      nearest: { globalBatchSize: largest, hyperparameters: { opt_base_learning_rate: 0.001 } },
    });
    const { stdout } = await pitwall(["submit", "--check", "training_v5.0"], { cwd });
    expect(stdout).toMatch(/no reference at batch size 4,096; there are references at \d/u);
    expect(stdout).toMatch(/the reference at \d+ has `\w+` \d/u);
  });

  test("warns of placeholders, and of a division that the system file contradicts", async () => {
    const { cwd, results } = submission();
    const value = "SUBMISSION_ORG_PLACEHOLDER";
    const org = /("key": "submission_org", "value": )"[^"]*"/gu;
    changeLogs(results, readdirSync(results).slice(0, 3), org, `$1"${value}"`);
    const system = join(cwd, "training_v5.0/AMD/systems/node8.json");
    writeFileSync(system, readFileSync(system, "utf8").replace('"closed"', '"open"'));
    const { items, exitCode } = await itemsOf(cwd);
    expect(exitCode).toBe(0);
    expect(items.map(({ foundBy, problem }) => ({ foundBy, problem }))).toEqual([
      {
        foundBy: "pitwall",
        problem: { kind: "division-differs", logged: "closed", described: "open" },
      },
      {
        foundBy: "pitwall",
        problem: { kind: "placeholder", key: "submission_org", value, logCount: 3 },
      },
    ]);
  });

  test("warns of names in logs that contradict the system description or each other", async () => {
    const { cwd, results } = submission();
    const setName = (key: string, names: readonly string[], value: string) =>
      changeLogs(
        results,
        names,
        new RegExp(`("key": "${key}", "value": )"[^"]*"`, "gu"),
        `$1"${value}"`,
      );
    setName("submission_org", readdirSync(results), "NVIDIA");
    setName("submission_platform", readdirSync(results), "1xMI300X");
    setName("submission_platform", ["result_3.txt"], "1xDGX H100");
    const { items, exitCode } = await itemsOf(cwd);
    expect(exitCode).toBe(0);
    expect(items.map(({ severity, foundBy }) => `${severity}, ${foundBy}`)).toEqual(
      Array.from({ length: 3 }, () => "warning, pitwall"),
    );
    expect(items.map(({ problem }) => problem)).toEqual([
      {
        kind: "names-differ",
        key: "submission_platform",
        values: [
          { key: "submission_platform", value: "1xMI300X", logCount: 9 },
          { key: "submission_platform", value: "1xDGX H100", logCount: 1 },
        ],
      },
      { kind: "organization-differs", logged: "NVIDIA", described: "AMD", logCount: 10 },
      {
        kind: "accelerator-differs",
        logged: "1xDGX H100",
        described: "AMD Instinct MI300X",
        logCount: 1,
      },
    ]);
  });

  test("warns of a system description with another submitter than the folder", async () => {
    const { cwd } = submission();
    renameSync(join(cwd, "training_v5.0/AMD"), join(cwd, "training_v5.0/Acme"));
    const { items } = await itemsOf(cwd);
    expect(items.map(({ problem }) => problem)).toEqual([
      { kind: "submitter-differs", folder: "Acme", described: "AMD" },
    ]);
  });

  test("warns of different hyperparameters, which no official tool reports", async () => {
    const { cwd, results } = submission();
    const rate = /("key": "opt_base_learning_rate", "value": )[\d.e-]+/gu;
    changeLogs(results, readdirSync(results).slice(0, 1), rate, "$10.0003");
    const { items, exitCode } = await itemsOf(cwd);
    expect(exitCode).toBe(0);
    expect(items).toMatchObject([
      {
        severity: "warning",
        foundBy: "pitwall",
        problem: { kind: "package", finding: { rule: "hyperparameter-differs" } },
      },
    ]);
  });

  test("requires --check, because it uploads nothing", async () => {
    const { cwd } = submission();
    cpSync(join(cwd, "training_v5.0"), join(cwd, "copy"), { recursive: true });
    const { exitCode, stderr } = await pitwall(["submit", "copy"], { cwd });
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: expect.stringContaining("requires `--check`"),
    });
  });
});
