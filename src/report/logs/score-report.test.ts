import { expect, test } from "vitest";
import { unpackSubmission } from "../../../tests/support/unpack-submission.ts";
import type { BenchmarkResult, RunFate } from "../../schema/logs/submission.ts";
import { scoreSubmission } from "../../workflows/submissions/score-submission.ts";
import { describeSubmissionFinding } from "../findings/describe-submission-finding.ts";
import { officialCsv, officialVerdict } from "./official-csv.ts";
import { plainPaint } from "../paint.ts";
import { scoreCsv } from "./score-csv.ts";
import { scoreCard, scoreTable } from "./score-report.ts";

async function scored(...names: string[]): Promise<BenchmarkResult[]> {
  const results: BenchmarkResult[] = [];
  const request = { folders: names.map(unpackSubmission), workingFolder: "/" };
  for await (const event of scoreSubmission(request, new AbortController().signal))
    if (event.kind === "scored") results.push(event.result);
  return results;
}

async function scoredLlama(): Promise<BenchmarkResult> {
  const [llama] = await scored("nvidia-llama31-405b-v5.0");
  if (llama === undefined) throw new Error("no result");
  return llama;
}

test("prints a result in full: score with its factor, spread, t-test and runs", async () => {
  expect(scoreCard(await scoredLlama(), plainPaint)).toMatchInlineSnapshot(`
    "llama31_405b   NVIDIA/eos-dfw_n256_ngc25.01_nemo   2,048 × NVIDIA H100-SXM5-80GB   training-5.0, closed

      time to train  70.195 min = 60.167 × 1.16667, the median run; all 3: median 60.167, range 59.906 … 69.962
      convergence    ok: 276,480 samples against 322,560 for the reference at batch size 1,152; at least 276,480 (speed-up up to 1.167); scaling factor 1.16667

      run           minutes  to converge  outcome
      result_0.txt   59.906      276,480  dropped, fastest
      result_1.txt   69.962      322,560  dropped, slowest
      result_2.txt   60.167      276,480  counted"
  `);
});

test("prints weak scaling in full", async () => {
  const [openfold] = await scored("nvidia-openfold-weak-v3.0");
  if (openfold === undefined) throw new Error("no result");
  expect(scoreCard(openfold, plainPaint).split("\n").slice(0, 6).join("\n")).toMatchInlineSnapshot(`
    "openfold   NVIDIA/eos_n256_ngc23.09_pytorch   2,048 × NVIDIA H100 80GB HBM3   hpc-3.0, closed

      time to train  see the runs below
      weak scaling   0.4649 models per minute: T 2,048 accelerators, S 2,048 per model, M 16 models, 34.415 min from first start to last stop
      convergence    not checked: weak scaling; the runs needed 87,406
    "
  `);
});

test("prints several results, one line each", async () => {
  const results = await scored(
    "nvidia-llama31-405b-v5.0",
    "lenovo-bert-v5.0",
    "nvidia-minigo-v0.6",
  );
  expect(scoreTable(results, { width: Number.POSITIVE_INFINITY, paint: plainPaint }))
    .toMatchInlineSnapshot(`
    "system                             benchmark     accelerators  score (min)   median      min      max  runs  dropped           convergence       scaling  energy
    NVIDIA/eos-dfw_n256_ngc25.01_nemo  llama31_405b         2,048    70.195     60.167   59.906   69.962      3  fastest, slowest  ok                 1.1667
    Lenovo/SR780aV3-8xB200_SXM_180GB   bert                     8     3.5713     3.5704   3.2421   3.9001    10  fastest, slowest  ok, interpolated           1.95 MJ (541 Wh)
    NVIDIA/dgx1_ngc19.05_tensorflow    minigo                   8    10 failed                               10  10 not compliant  none published"
  `);
});

/** The cells of BERT in the official detailed table. */
function bertCells(results: readonly BenchmarkResult[]) {
  const [head = "", row = ""] = officialCsv(results, "official-detailed").split("\n");
  const cells = new Map(head.split(",").map((name, index) => [name, row.split(",")[index]]));
  return Object.fromEntries([...cells].filter(([name]) => name.startsWith("bert:")));
}

test.each<{ name: string; change: Partial<BenchmarkResult> }>([
  {
    name: "two batch sizes",
    change: { convergence: { kind: "no-batch-size", found: [448, 456] } },
  },
  { name: "a misspelt division", change: { division: "close" } },
  {
    name: "the open division",
    change: { convergence: { kind: "not-checked", reason: "open-division" } },
  },
  { name: "a benchmark that the official tool does not check", change: { benchmark: "dlrm" } },
])("leaves cells of the official table empty for $name", async ({ change }) => {
  const [result] = await scored("lenovo-bert-v5.0");
  if (result === undefined) throw new Error("a submission without a result");
  expect(bertCells([{ ...result, ...change }])).toMatchObject({
    "bert:GBS": "",
    "bert:samples_to_converge": "",
    "bert:RCP": "",
    "bert:rcp_scaling_factor": "1.0",
  });
});

test("counts an unconverged run as 1e9 in the official table", async () => {
  const [result] = await scored("lenovo-bert-v5.0");
  if (result === undefined) throw new Error("a submission without a result");
  const runs = result.runs.map((run, at) => (at < 2 ? { ...run, convergence: undefined } : run));
  const cells = bertCells([{ ...result, runs }]);
  expect(Number(cells["bert:samples_to_converge"])).toBeGreaterThan(1e8);
});

test("matches the official table cell by cell", async () => {
  const results = await scored("lenovo-bert-v5.0");
  expect(bertCells(results)).toEqual({
    "bert:time_to_train": "3.5712666666666664",
    "bert:Energy": expect.stringMatching(/^1949215\.93875400/),
    "bert:GBS": "768.0",
    "bert:samples_to_converge": "2473806.125",
    "bert:RCP": "Pass",
    "bert:rcp_scaling_factor": "1.0",
  });
});

test("prints units in the headers of the table", async () => {
  const [head = "", row = ""] = scoreCsv([await scoredLlama()]).split("\n");
  const names = head.split(",");
  expect(names).toContain("score_minutes");
  expect(row.split(",")[names.indexOf("recomputed_scaling_factor")]).toBe("1.1666666666666667");
  expect(row.split(",")).toHaveLength(names.length);
});

test("describes each run outcome differently", async () => {
  const fates: RunFate[] = [
    { kind: "counted" },
    { kind: "fastest" },
    { kind: "slowest" },
    { kind: "not-needed" },
    { kind: "failed", failure: { kind: "not-compliant", failingKeys: ["opt_name", "seed"] } },
    { kind: "failed", failure: { kind: "checker-crash" } },
    { kind: "failed", failure: { kind: "not-converged", status: "aborted" } },
    { kind: "failed", failure: { kind: "not-converged", status: undefined } },
    { kind: "failed", failure: { kind: "no-clock" } },
  ];
  const runs = fates.map((fate, index) => ({
    runId: `result_${index}.txt`,
    timeToTrainMs: undefined,
    convergence: undefined,
    joules: undefined,
    fate,
  }));
  const card = scoreCard({ ...(await scoredLlama()), runs }, plainPaint);
  expect(card.slice(card.indexOf("  run "))).toMatchInlineSnapshot(`
    "  run           minutes  to converge  outcome
      result_0.txt                        counted
      result_1.txt                        dropped, fastest
      result_2.txt                        dropped, slowest
      result_3.txt                        not needed: enough earlier runs converged
      result_4.txt                        dropped, not compliant: opt_name, seed
      result_5.txt                        dropped, the official checker crashes on it
      result_6.txt                        dropped, not converged: aborted
      result_7.txt                        dropped, no \`run_stop\` status
      result_8.txt                        dropped, no \`run_start\` and \`run_stop\`"
  `);
});

test("uses the official wording for each outcome", async () => {
  expect(officialVerdict((await scoredLlama()).convergence)).toEqual({
    pass: true,
    message: "RCP found",
    factor: 1.1666666666666667,
  });
  expect(
    officialVerdict({ kind: "missing", globalBatchSize: 28, test: undefined, isBypassed: true }),
  ).toEqual({ pass: false, message: "Missing RCP, please submit RCP with BS = 28", factor: 1 });
});

test("prints findings as sentences", () => {
  expect(
    [
      describeSubmissionFinding({ rule: "benchmarks-differ", benchmarks: ["bert", "ssd", "rnnt"] }),
      describeSubmissionFinding({ rule: "benchmark-unknown", benchmark: "brt", nearest: "bert" }),
      describeSubmissionFinding({
        rule: "result-number-repeated",
        number: 1,
        logs: ["result_1.txt", "result_01.txt"],
      }),
      describeSubmissionFinding({ rule: "scaling-file-missing", path: "x", factor: 1.0188034188 }),
      describeSubmissionFinding({
        rule: "system-fields-missing",
        path: "systems/a.json",
        fields: ["status"],
      }),
      describeSubmissionFinding({ rule: "power-ends-at-last-reading", runs: 1 }),
    ].join("\n"),
  ).toMatchInlineSnapshot(`
    "the logs are for bert, ssd and rnnt; a folder must hold a single benchmark
    unknown benchmark \`brt\`; did you mean \`bert\`?
    result_1.txt and result_01.txt have the same run number, 1
    converges faster than the reference, but \`scaling.json\` with the factor 1.01880 is missing
    \`systems/a.json\` is missing \`status\`
    1 run without a valid \`power_measurement_stop\`: the last reading is used as the end (the official tool divides by zero)"
  `);
});
