import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import sqlite from "node-sqlite3-wasm";
import { afterAll, describe, expect, test } from "vitest";
import type { Finding } from "../../../schema/run/findings/finding.ts";
import type { PlacedReading } from "../../read-run/reader/file-values.ts";
import { MetricFiles } from "./metric-files.ts";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const fixture = fileURLToPath(
  new URL("../../../../tests/fixtures/trackers/mlflow.db.gz", import.meta.url),
);
const databaseBytes = gunzipSync(readFileSync(fixture));
const launchedMs = 1_900_000_000_000.5;

interface Value {
  step: number;
  value: number;
  metric?: string;
}

/** A tracking store that a test writes as MLflow does. */
interface Store {
  path: string;
  create(): void;
  begin(runId: string, startMs: number): void;
  log(runId: string, value: Value, timeMs: number): void;
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "pitwall-mlflow-test-"));
  folders.push(folder);
  return folder;
}

function folderStore(folder: string): Store {
  const runFolder = (runId: string): string => join(folder, "mlruns", "420953432142175054", runId);
  return {
    path: "mlruns",
    create: () => undefined,
    begin(runId, startMs) {
      mkdirSync(join(runFolder(runId), "metrics"), { recursive: true });
      writeFileSync(join(runFolder(runId), "..", "meta.yaml"), "name: cifar\n");
      const meta = `run_id: ${runId}\nstart_time: ${startMs}\n`;
      writeFileSync(join(runFolder(runId), "meta.yaml"), meta);
    },
    log(runId, { metric = "val/acc", value, step }, timeMs) {
      const file = join(runFolder(runId), "metrics", metric);
      mkdirSync(dirname(file), { recursive: true });
      appendFileSync(file, `${timeMs} ${value} ${step}\n`);
    },
  };
}

function execute(
  path: string,
  sql: string,
  { values = [], pragma = "journal_mode" }: { values?: (string | number)[]; pragma?: string } = {},
): void {
  const database = new sqlite.Database(path, { fileMustExist: true });
  database.exec(`PRAGMA foreign_keys = OFF; PRAGMA locking_mode = EXCLUSIVE; PRAGMA ${pragma}`);
  database.run(sql, values);
  database.close();
}

function databaseStore(folder: string, pragma: string): Store {
  const path = join(folder, "mlflow.db");
  return {
    path: "mlflow.db",
    create: () => {
      writeFileSync(path, databaseBytes);
    },
    begin: (runId, startMs) => {
      const sql =
        "INSERT INTO runs (run_uuid, status, start_time, lifecycle_stage, experiment_id) VALUES (?, 'RUNNING', ?, 'active', 1)";
      execute(path, sql, { values: [runId, startMs], pragma });
    },
    log: (runId, { metric = "val/acc", value, step }, timeMs) => {
      const sql =
        "INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES (?, ?, ?, ?, ?, 0)";
      execute(path, sql, { values: [metric, value, timeMs, runId, step], pragma });
    },
  };
}

/** Follows a store. Times are in milliseconds after the launch. */
class Followed {
  readonly read: PlacedReading[] = [];
  readonly #files: MetricFiles;
  #nowMs = launchedMs;

  constructor(folder: string, path: string) {
    this.#files = MetricFiles.beforeLaunch({
      paths: [path],
      folder,
      wanted: {
        metrics: [{ kind: "name", metric: "val/acc" }],
        samples: { kind: "name", metric: "samples" },
      },
      targetMetrics: ["val/acc"],
      nowMs: () => this.#nowMs,
    });
  }

  async launch(): Promise<this> {
    await this.#files.skipOldDatabases();
    this.#files.launched(this.#nowMs);
    return this;
  }

  /** Looks at the files until all values of the store have been read. */
  async poll(timeMs: number): Promise<this> {
    this.#nowMs = launchedMs + timeMs;
    this.#read(this.#files.poll(this.#nowMs));
    await this.#files.settle();
    this.#nowMs += 1000;
    this.#read(this.#files.poll(this.#nowMs));
    return this;
  }

  async finish(timeMs: number): Promise<this> {
    this.#nowMs = launchedMs + timeMs;
    await this.#files.settle();
    this.#read(this.#files.finish(this.#nowMs));
    this.#files.close();
    return this;
  }

  get values(): number[] {
    return this.read.flatMap(({ metrics }) => metrics.map(({ value }) => value));
  }

  get findings(): Finding[] {
    return this.#files.findings({ isOver: true });
  }

  #read(batches: Iterable<PlacedReading[]>): void {
    for (const batch of batches) this.read.push(...batch);
  }
}

const afterMs = (timeMs: number): number => Math.floor(launchedMs) + timeMs;

describe.each([
  { name: "file store", make: folderStore },
  {
    name: "database with a rollback journal",
    make: (folder: string) => databaseStore(folder, "journal_mode = DELETE"),
  },
  {
    name: "database with a write-ahead log",
    make: (folder: string) => databaseStore(folder, "journal_mode = WAL"),
  },
])("an MLflow $name", ({ make }) => {
  test("gives the values of a run that begins after the launch, with their times", async () => {
    const folder = newFolder();
    const store = make(folder);
    const run = await new Followed(folder, store.path).launch();
    await run.poll(1000);
    store.create();
    store.begin("a1", afterMs(2000));
    store.log("a1", { value: 0.5, step: 1 }, afterMs(2500));
    await run.poll(3000);
    store.log("a1", { metric: "samples", value: 640, step: 2 }, afterMs(5000));
    store.log("a1", { value: 0.75, step: 2 }, afterMs(5001));
    await run.poll(6000);
    expect(run.read).toMatchObject([
      { step: 1, placedMs: afterMs(2500), timeFrom: "file", metrics: [{ value: 0.5 }] },
      { step: 2, placedMs: afterMs(5000), samplesCount: 640 },
      { step: 2, placedMs: afterMs(5001), metrics: [{ value: 0.75 }] },
    ]);
    expect((await run.finish(9000)).findings).toEqual([]);
  });

  test("does not use a run that began before the launch", async () => {
    const folder = newFolder();
    const store = make(folder);
    store.create();
    store.begin("b1", afterMs(-5000));
    store.log("b1", { value: 0.9, step: 1 }, afterMs(-4000));
    const run = await new Followed(folder, store.path).launch();
    store.begin("b2", afterMs(1000));
    store.log("b2", { value: 0.25, step: 1 }, afterMs(1500));
    await run.poll(2000);
    expect((await run.finish(4000)).values).toEqual([0.25]);
    expect(run.findings).toEqual([]);
  });

  test("reports a second run with other values, and reads the first", async () => {
    const folder = newFolder();
    const store = make(folder);
    const run = await new Followed(folder, store.path).launch();
    store.create();
    store.begin("c1", afterMs(100));
    store.log("c1", { value: 0.5, step: 1 }, afterMs(200));
    await run.poll(1000);
    store.begin("c2", afterMs(2100));
    store.log("c2", { value: 0.875, step: 1 }, afterMs(2200));
    await run.poll(3000);
    expect((await run.finish(9000)).values).toEqual([0.5]);
    expect(run.findings).toMatchObject([
      { rule: "metrics-files-disagree", usedValue: 0.5, otherValue: 0.875 },
    ]);
  });

  test("reads names that end like the metric as suggestions only", async () => {
    const folder = newFolder();
    const store = make(folder);
    const run = await new Followed(folder, store.path).launch();
    store.create();
    store.begin("d1", afterMs(100));
    store.log("d1", { metric: "val/acc_top5", value: 0.9, step: 1 }, afterMs(200));
    await run.poll(1000);
    expect((await run.finish(3000)).values).toEqual([]);
    expect(run.findings).toEqual([
      {
        rule: "metric-not-in-files",
        metric: "val/acc",
        names: ["val/acc_top5"],
        suggestion: "val/acc_top5",
      },
    ]);
  });
});

describe("an MLflow database", () => {
  test("that is deleted and created again is read from its beginning", async () => {
    const folder = newFolder();
    const store = databaseStore(folder, "journal_mode = DELETE");
    store.create();
    const run = await new Followed(folder, store.path).launch();
    rmSync(join(folder, store.path));
    store.create();
    execute(join(folder, store.path), "DELETE FROM metrics");
    store.begin("e1", afterMs(100));
    store.log("e1", { value: 0.5, step: 1 }, afterMs(200));
    expect((await run.finish(3000)).values).toEqual([0.5]);
  });

  test("that is locked by its writer is read up to the last commit", async () => {
    const folder = newFolder();
    const store = databaseStore(folder, "journal_mode = DELETE");
    store.create();
    const run = await new Followed(folder, store.path).launch();
    store.begin("f1", afterMs(100));
    store.log("f1", { value: 0.5, step: 1 }, afterMs(200));
    const writer = new sqlite.Database(join(folder, store.path));
    writer.exec("BEGIN EXCLUSIVE");
    await run.poll(1000);
    expect(run.values).toEqual([0.5]);
    writer.exec("ROLLBACK");
    writer.close();
  });

  test("that is damaged is reported, and read again once it is whole", async () => {
    const folder = newFolder();
    const store = databaseStore(folder, "journal_mode = DELETE");
    const run = await new Followed(folder, store.path).launch();
    writeFileSync(join(folder, store.path), databaseBytes.subarray(0, 20_000));
    await run.poll(1000);
    expect(run.findings).toMatchObject([{ rule: "metrics-file-unreadable", path: "mlflow.db" }]);
    store.create();
    store.begin("g1", afterMs(2000));
    store.log("g1", { value: 0.5, step: 1 }, afterMs(2200));
    expect((await run.finish(9000)).values).toEqual([0.5]);
    expect(run.findings).toEqual([]);
  });

  test("with other tables is reported", async () => {
    const folder = newFolder();
    const run = await new Followed(folder, "other.sqlite").launch();
    const database = new sqlite.Database(join(folder, "other.sqlite"));
    database.exec("CREATE TABLE metrics (acc FLOAT)");
    database.close();
    await run.finish(1000);
    expect(run.findings).toEqual([
      {
        rule: "metrics-file-unreadable",
        path: "other.sqlite",
        reason: expect.stringContaining("no such table: runs"),
      },
    ]);
  });
});

test("a run folder that is copied into a file store keeps its own time and does not count", async () => {
  const folder = newFolder();
  const store = folderStore(folder);
  const run = await new Followed(folder, store.path).launch();
  store.begin("h1", afterMs(-100_000));
  store.log("h1", { value: 0.9, step: 1 }, afterMs(-90_000));
  await run.poll(1000);
  expect((await run.finish(3000)).values).toEqual([]);
});
