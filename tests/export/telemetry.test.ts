import { execFile } from "node:child_process";
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { parquetReadObjects } from "hyparquet";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exportedRuns } from "../../src/schema/documents/run-documents.ts";
import type { MetricCurve } from "../../src/schema/run/measured/metric-curve.ts";
import type { TelemetrySeries } from "../../src/schema/run/measured/telemetry-series.ts";
import { pitwall } from "../support/pitwall.ts";
import { formatsPython, hasModules, pythonJson } from "./format-tools.ts";
import { startWandbServer } from "./wandb-server.ts";

/** A run with further metrics, step times of two ranks, and two hosts, one of them with accelerators. */
let cwd = "";
let runId = "";
let curves: MetricCurve[] = [];
let telemetry: TelemetrySeries[] = [];
let evaluationCount = 0;

beforeAll(async () => {
  // Long enough for several evaluations, whose lines give the further metrics.
  cwd = mkdtempSync(join(tmpdir(), "pitwall-telemetry-"));
  const words = ["run", "digits", "--workers", "2", "--max-samples", "12000", "--json"];
  const ran = await pitwall(words, { cwd });
  runId = JSON.parse(ran.stdout).result.runs[0].runId;
  addHost(join(cwd, "home", "runs", runId, "samples", "host-node2.jsonl"));
  const { stdout } = await pitwall(["export", runId, "--format", "json"], { cwd });
  const [run] = exportedRuns.parse(JSON.parse(stdout)).runs;
  curves = run?.curves ?? [];
  telemetry = run?.telemetry ?? [];
  evaluationCount = run?.progress.evaluations.length ?? 0;
}, 120_000);
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const launchedMs = 1_900_000_000_000;

function addHost(path: string): void {
  for (const second of [0, 1, 2]) {
    const sample = {
      kind: "host",
      host: "node2",
      timeMs: launchedMs + second * 1000,
      cpuSeconds: second * 1.5,
      memoryBytes: 1000 + second,
      processCount: 1,
      measuredJoules: { "rapl processors": second * 40 },
      accelerators: [
        { index: 3, name: "X", powerWatts: 300, utilisationFraction: 0.5, memoryBytes: 2e9 },
      ],
    };
    appendFileSync(path, `${JSON.stringify(sample)}\n`);
  }
}

function seriesNamed(name: string): TelemetrySeries {
  const series = telemetry.find((one) => [placeOf(one), one.name].join("/") === name);
  if (series === undefined) throw new Error(`no telemetry ${name}`);
  return series;
}

function placeOf(series: TelemetrySeries): string {
  if (series.kind === "step") return `rank ${series.rank}`;
  return [series.host, series.device].filter((part) => part !== undefined).join("/");
}

async function exportAs(format: string, out: string): Promise<string> {
  const path = join(cwd, out);
  const ran = await pitwall(["export", runId, "--format", format, "--out", path], { cwd });
  expect(ran.exitCode, ran.stderr).toBe(0);
  return path;
}

describe("pitwall export", () => {
  test("writes counters as rates, and gauges as they are, for each host and device", () => {
    expect(seriesNamed("node2/cpu_cores")).toMatchObject({ count: 2, values: [1.5, 1.5] });
    expect(seriesNamed("node2/memory_bytes").values).toEqual([1000, 1001, 1002]);
    expect(seriesNamed("node2/rapl processors/power_watts").values).toEqual([40, 40]);
    expect(seriesNamed("node2/accelerator 3/power_watts").values).toEqual([300, 300, 300]);
    expect(seriesNamed("node2/accelerator 3/utilization_fraction").values[0]).toBe(0.5);
    expect(seriesNamed("localhost/memory_bytes").count).toBeGreaterThan(0);
    expect(seriesNamed("rank 1/compute_ms").count).toBeGreaterThan(0);
    expect(curves.map(({ metric }) => metric)).toContain("train_loss");
  });

  test.each(["csv", "parquet"])("writes a row for each value as %s", async (format) => {
    const path = await exportAs(format, `values.${format}`);
    const rows = format === "csv" ? csvRows(path) : await parquetRows(path);
    const counts = countsBy(rows.map(({ kind, metric }) => `${String(kind)} ${String(metric)}`));
    expect(counts).toMatchObject({
      "metric accuracy": evaluationCount,
      ...Object.fromEntries(
        curves.map(({ metric, values }) => [`metric ${metric}`, values.length]),
      ),
      "system utilization_fraction": 3,
      "system cpu_cores": 2 + seriesNamed("localhost/cpu_cores").count,
      "step compute_ms":
        seriesNamed("rank 0/compute_ms").count + seriesNamed("rank 1/compute_ms").count,
    });
    const accelerator = rows.find(({ device }) => device === "accelerator 3");
    expect(accelerator).toMatchObject({ run: runId, host: "node2", metric: expect.any(String) });
    expect(rows.filter(({ kind, rank }) => kind === "step" && Number(rank) === 1)).not.toEqual([]);
    const targets = rows.filter(({ target }) => Number(target) > 0).map(({ metric }) => metric);
    expect(new Set(targets)).toEqual(new Set(["accuracy"]));
  });

  test.runIf(hasModules(["pyarrow.parquet"]))("writes Parquet that Arrow reads", async () => {
    const path = await exportAs("parquet", "arrow.parquet");
    const script = `
import json, sys, pyarrow.parquet as parquet
rows = parquet.read_table(sys.argv[1]).to_pylist()
print(json.dumps([r["value"] for r in rows if r["host"] == "node2" and r["metric"] == "cpu_cores"]))`;
    expect(await pythonJson(script, [path])).toEqual([1.5, 1.5]);
  });

  test.runIf(hasModules(["tensorboard"]))("writes scalars that TensorBoard reads", async () => {
    const folder = await exportAs("tensorboard", "board");
    const read = await pythonJson(readBoard, [join(folder, runId)]);
    const loss = curves.find(({ metric }) => metric === "train_loss");
    expect(read).toMatchObject({
      train_loss: loss?.values.map((value) => Math.fround(value)),
      "system/node2/cpu_cores": [1.5, 1.5],
      "system/node2/accelerator_3/power_watts": [300, 300, 300],
      "step/rank_1/compute_ms": seriesNamed("rank 1/compute_ms").values.map((value) =>
        Math.fround(value),
      ),
    });
  });

  test.runIf(hasModules(["mlflow.server"]))("writes metrics that MLflow reads", async () => {
    const folder = await exportAs("mlflow", "mlruns");
    const env = { MLFLOW_ALLOW_FILE_STORE: "true" };
    const read = await pythonJson(readMlflow, [folder], env);
    const loss = curves.find(({ metric }) => metric === "train_loss");
    expect(read).toMatchObject({
      train_loss: loss?.values,
      "system/node2/cpu_cores": [1.5, 1.5],
      "system/node2/accelerator_3/utilization_fraction": [0.5, 0.5, 0.5],
      "step/rank_1/compute_ms": seriesNamed("rank 1/compute_ms").values,
    });
  });

  const isAvailable = hasModules(["wandb.proto.wandb_internal_pb2"]);

  test.runIf(isAvailable)(
    "writes history and system metrics that `wandb sync` uploads",
    async () => {
      const folder = await exportAs("wandb", "wandb");
      expect(readdirSync(folder)).toHaveLength(1);
      const { url, linesOf } = await startWandbServer();
      const { PATH = "" } = process.env;
      const env = { PATH, HOME: cwd, WANDB_BASE_URL: url, WANDB_API_KEY: "0".repeat(40) };
      const wandb = join(dirname(formatsPython), "wandb");
      await promisify(execFile)(wandb, ["sync", folder], { cwd, env });
      const system = linesOf("wandb-events.jsonl");
      const valuesOf = (lines: readonly Record<string, unknown>[], key: string): unknown[] =>
        lines.flatMap((line) => (line[key] === undefined ? [] : [line[key]]));
      expect(valuesOf(system, "system.cpu_cores/l:node2")).toEqual([1.5, 1.5]);
      expect(valuesOf(system, "system.gpu.3.gpu/l:node2")).toEqual([50, 50, 50]);
      expect(valuesOf(system, "system.gpu.3.powerWatts/l:node2")).toEqual([300, 300, 300]);
      const history = linesOf("wandb-history.jsonl");
      const loss = curves.find(({ metric }) => metric === "train_loss");
      expect(valuesOf(history, "train_loss")).toEqual(loss?.values);
      expect(valuesOf(history, "step/rank_1/compute_ms")).toHaveLength(
        seriesNamed("rank 1/compute_ms").count,
      );
    },
  );

  test("draws the other metrics and the telemetry on the page", async () => {
    const text = readFileSync(await exportAs("html", "run.html"), "utf8");
    const titles = [...text.matchAll(/<h4>(?<title>[^<]+)<\/h4>/gu)].map((found) => found[1]);
    expect(titles).toEqual(
      expect.arrayContaining([
        "train_loss",
        "CPU cores",
        "memory (MB)",
        "power (W)",
        "accelerator utilization (%)",
        "compute of a step (ms)",
      ]),
    );
  });
});

function countsBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** No cell of this table needs quotes. */
function csvRows(path: string): Record<string, unknown>[] {
  const [head = "", ...lines] = readFileSync(path, "utf8").trimEnd().split("\n");
  const names = head.split(",");
  return lines.map((line) => {
    const cells = line.split(",");
    return Object.fromEntries(names.map((name, index) => [name, cells[index]]));
  });
}

async function parquetRows(path: string): Promise<Record<string, unknown>[]> {
  const { buffer } = new Uint8Array(readFileSync(path));
  return parquetReadObjects({ file: buffer });
}

const readBoard = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
board = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0})
board.Reload()
print(json.dumps({tag: [e.value for e in board.Scalars(tag)] for tag in board.Tags()["scalars"]}))
`;

const readMlflow = `
import json, sys
from mlflow.tracking import MlflowClient
client = MlflowClient(sys.argv[1])
[run] = client.search_runs([e.experiment_id for e in client.search_experiments()])
def history(key):
    return [m.value for m in sorted(client.get_metric_history(run.info.run_id, key), key=lambda m: m.timestamp)]
print(json.dumps({key: history(key) for key in run.data.metrics}))
`;
