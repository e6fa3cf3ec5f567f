import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { nameAccelerator } from "../../src/atlas/names/name-accelerator.ts";
import { parseLine } from "../../src/mllog/parse-line.ts";
import { inferLayout } from "../../src/planner/review/infer-layout.ts";
import { measureTraining } from "../../src/planner/review/measure-training.ts";
import { TrainingObserver } from "../../src/planner/review/observe-training.ts";
import { resolveShape } from "../../src/planner/step/resolve-shape.ts";
import { systemFile } from "../../src/schema/logs/submission.ts";
import { readBenchmarkGoals } from "../../src/store/catalogue/read-plan-tables.ts";
import { readResultRows } from "../../src/store/results/read-results.ts";
import { loadPlannerData } from "../../src/workflows/plan/load-planner-data.ts";
import { temporaryFolder } from "../support/pitwall.ts";

const shared = fileURLToPath(new URL("../../../shared/mlperf/", import.meta.url));
const archive = join(shared, "rounds/training_v5.1.tar.zst");
const isMissing = !existsSync(archive) || spawnSync("zstd", ["--version"]).status !== 0;
const why = isMissing
  ? " (skipped: needs the logs of round v5.1 in ../shared/mlperf, and zstd)"
  : "";

/** First logs and system files of the language models of v5.1. */
function unpackedRound(): string {
  const folder = temporaryFolder();
  const names = ["llama31_405b", "llama31_8b", "llama2_70b_lora"];
  const patterns = names.map((name) => `*/${name}/result_0.txt`);
  const unpacked = spawnSync("sh", [
    "-c",
    'zstd -dc --long=27 "$0" | tar -x -C "$1" --wildcards "$2" "$3" "$4" "*/systems/*.json"',
    archive,
    folder,
    ...patterns,
  ]);
  expect(unpacked.stderr.toString()).toBe("");
  return join(folder, "training_v5.1");
}

interface Configuration {
  submitter: string;
  benchmark: string;
  count: number;
  batch: number | undefined;
  split: string;
}

/** Launch configurations of v5.1, which do not ship with Pitwall. */
function configurations(): Configuration[] {
  const [head = "", ...lines] = readFileSync(join(shared, "configs.csv"), "utf8")
    .trim()
    .split("\n");
  const columns = head.split(",");
  return lines.flatMap((line) => {
    const cells = new Map(line.split(",").map((cell, index) => [columns[index], cell]));
    const cell = (name: string): string => cells.get(name) ?? "";
    if (cell("round") !== "training_v5.1" || cell("tp") === "") return [];
    return [
      {
        submitter: cell("submitter"),
        benchmark: cell("benchmark"),
        count: Number(cell("nodes")) * Number(cell("gpus_per_node")),
        batch: Number(cell("gbs_calc")) || undefined,
        split: `tp ${cell("tp")} pp ${cell("pp") || 1} cp ${cell("cp") || 1}`,
      },
    ];
  });
}

const data = await loadPlannerData();
const goals = await readBenchmarkGoals();
const { rows } = await readResultRows();

interface FoundSplit {
  benchmark: string;
  name: string;
  expected: string;
  found: string;
  alternatives: readonly string[];
}

/** A training of a language model, as its log and its system file describe it. */
function trainingOf(folder: string, [submitter, system, benchmark]: ResultPath) {
  const log = join(folder, submitter, "results", system, benchmark, "result_0.txt");
  const description = join(folder, submitter, "systems", `${system}.json`);
  const goal = goals.find((one) => one.benchmark === benchmark);
  if (!existsSync(log) || !existsSync(description) || goal?.model === undefined) return undefined;
  const observer = new TrainingObserver();
  for (const line of readFileSync(log, "latin1").split("\n")) {
    const parsed = parseLine(line);
    if (parsed.kind === "event") observer.event(parsed.event);
  }
  const training = observer.finish(log, { span: { fromMs: 0, toMs: 0 }, hasTimes: true });
  const file = systemFile.parse(JSON.parse(readFileSync(description, "utf8")));
  const count = (file.nodeCount ?? 0) * (file.acceleratorsPerNode ?? 0);
  const named = nameAccelerator(file.acceleratorModelName, "", data.accelerators);
  const accelerator = data.accelerators.find(({ name }) => name === named?.name);
  if (accelerator === undefined) return undefined;
  const shape = resolveShape({ name: goal.model, seq: goal.tokensPerSample }, data.models);
  return { training, goal, setting: { shape, accelerator, count, perNode: undefined } };
}

type ResultPath = readonly [submitter: string, system: string, benchmark: string];

function foundSplit(folder: string, path: ResultPath): FoundSplit[] {
  const one = trainingOf(folder, path);
  if (one === undefined) return [];
  const { training, goal, setting } = one;
  const [submitter, , benchmark] = path;
  const globalBatch = Number(training.stated.globalBatch?.value);
  const splits = new Set(
    configurations()
      .filter((each) => each.submitter === submitter && each.benchmark === benchmark)
      .filter((each) => each.count === setting.count && (each.batch ?? globalBatch) === globalBatch)
      .map(({ split }) => split),
  );
  const [expected, other] = splits;
  if (expected === undefined || other !== undefined) return [];
  const measured = measureTraining(training, { samplesPerUnit: 1, globalBatch });
  const known = {
    globalBatch,
    accumulation: Number(training.stated.accumulation?.value),
    adapter: goal.adapterRank === undefined ? undefined : { rank: goal.adapterRank },
    software: new Date(training.startMs).toISOString().slice(0, 7),
  };
  const published = earlierSplits(benchmark);
  const stepMs = measured.step?.typicalMs;
  const inferred = inferLayout(known, setting, { stepMs, published, data });
  return [
    {
      benchmark,
      name: path.join(" "),
      expected,
      found: inferred === undefined ? "none" : splitOf(inferred.layout),
      alternatives: inferred?.alternatives.map(splitOf) ?? [],
    },
  ];
}

function splitOf({ tp, pp, cp }: { tp: number; pp: number; cp: number }): string {
  return `tp ${tp} pp ${pp} cp ${cp}`;
}

/** Splits of rounds before v5.1. */
function earlierSplits(benchmark: string) {
  return rows.flatMap((row) => {
    const { tensorParallel: tp, pipelineParallel: pp = 1, contextParallel: cp = 1 } = row;
    if (row.benchmark !== benchmark || tp === undefined || row.round >= "v5.1") return [];
    return [
      { tp, pp, cp, accelerator: data.accelerators.find(({ name }) => name === row.accelerator) },
    ];
  });
}

function splitsOf(folder: string): FoundSplit[] {
  const found: FoundSplit[] = [];
  for (const submitter of readdirSync(folder)) {
    const results = join(folder, submitter, "results");
    if (!existsSync(results)) continue;
    for (const system of readdirSync(results))
      for (const benchmark of readdirSync(join(results, system)))
        found.push(...foundSplit(folder, [submitter, system, benchmark]));
  }
  return found;
}

describe.skipIf(isMissing)(`layouts of MLPerf Training v5.1, from earlier rounds${why}`, () => {
  test("are found for Llama 3.1 405B, and for most of all trainings with a known one", () => {
    const found = splitsOf(unpackedRound());
    expect(found.length).toBeGreaterThan(50);
    const right = found.filter(({ expected, found: own }) => own === expected);
    const large = found.filter(({ benchmark }) => benchmark === "llama31_405b");
    expect(large.length).toBeGreaterThanOrEqual(4);
    expect(large.map(({ found: own }) => own)).toEqual(large.map(({ expected }) => expected));
    const listed = found.filter(
      ({ expected, found: own, alternatives }) =>
        own === expected || alternatives.includes(expected),
    );
    expect(right.length / found.length).toBeGreaterThan(0.8);
    expect(listed.length / found.length).toBeGreaterThan(0.8);
  });
});
