import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parquetReadObjects } from "hyparquet";
import { describe, expect, test } from "vitest";
import { pitwall } from "../support/pitwall.ts";
import { exportedSeries } from "./exported-series.ts";
import { hasModules, pythonJson } from "./format-tools.ts";

describe("pitwall export --format parquet", () => {
  test("writes a row per value with its run, step and time", async () => {
    const { cwd, seriesId, runIds } = await exportedSeries();
    const words = ["export", seriesId, "--format", "parquet", "--out", "points.parquet"];
    const ran = await pitwall(words, { cwd });
    expect(ran.exitCode, ran.stderr).toBe(0);
    const { buffer } = new Uint8Array(readFileSync(join(cwd, "points.parquet")));
    const rows = await parquetReadObjects({ file: buffer });
    const metrics = rows.filter(({ kind }) => kind === "metric");
    expect(metrics.map(({ run, value }) => [run, value])).toEqual([
      [runIds[0], 0.5],
      [runIds[0], 0.75],
      [runIds[1], 0.5],
      [runIds[1], 0.75],
    ]);
    expect(rows[1]).toEqual({
      run: runIds[0],
      series: seriesId,
      name: "train",
      seed: 1n,
      metric: "val_acc",
      step: 200n,
      step_unit: "samples",
      samples: 200,
      epoch: null,
      clock_ms: expect.any(Number),
      time: expect.any(Date),
      value: 0.75,
      target: 0.75,
      kind: "metric",
      host: null,
      device: null,
      rank: null,
    });
  });

  const isAvailable = hasModules(["pyarrow.parquet"]);

  test.runIf(isAvailable)("is read by Arrow with the same values and types", async () => {
    const { cwd, seriesId, runIds } = await exportedSeries();
    const file = join(cwd, "points.parquet");
    await pitwall(["export", seriesId, "--format", "parquet", "--out", file], { cwd });
    expect(await pythonJson(readTable, [file])).toEqual({
      rows: 4,
      types: { run: "string", seed: "int64", time: "timestamp[ms, tz=UTC]", value: "double" },
      first: { run: runIds[0], seed: 1, step: 100, value: 0.5, epoch: null },
    });
  });
});

const readTable = `
import json, sys, pyarrow.parquet
table = pyarrow.parquet.read_table(sys.argv[1], filters=[("kind", "=", "metric")])
first = table.slice(0, 1).to_pylist()[0]
print(json.dumps({
    "rows": table.num_rows,
    "types": {name: str(table.schema.field(name).type) for name in ["run", "seed", "time", "value"]},
    "first": {name: first[name] for name in ["run", "seed", "step", "value", "epoch"]},
}))
`;
