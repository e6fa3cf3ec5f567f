import { createHash } from "node:crypto";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import sqlite from "node-sqlite3-wasm";
import { describe, expect, test } from "vitest";
import { unpackArchive } from "../../store/archive/unpack-archive.ts";
import { isMlflowStore, openMlflow } from "./open-mlflow.ts";

const fixtures = fileURLToPath(new URL("../../../tests/fixtures/trackers/", import.meta.url));
const database = gunzipSync(readFileSync(join(fixtures, "mlflow.db.gz")));

function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), "pitwall-test-"));
}

function databaseFile(bytes: Uint8Array = database): string {
  const path = join(temporaryFolder(), "mlflow.db");
  writeFileSync(path, bytes);
  return path;
}

async function folderStore(): Promise<string> {
  const folder = temporaryFolder();
  await unpackArchive(
    join(fixtures, "mlruns.tar.gz"),
    folder,
    new AbortController().signal,
    () => true,
  );
  return join(folder, "mlruns");
}

function fingerprints(file: string): string[] {
  const folder = join(file, "..");
  return readdirSync(folder).map((name) => {
    const digest = createHash("sha256").update(readFileSync(join(folder, name)));
    return `${name} ${digest.digest("hex")}`;
  });
}

describe.each([
  ["database", () => Promise.resolve(databaseFile())],
  ["folder", folderStore],
] as const)("an MLflow %s", (kind, make) => {
  test("lists the runs that are not deleted", async () => {
    const path = await make();
    expect(await isMlflowStore(path)).toBe(true);
    const store = await openMlflow(path);
    expect(store.kind).toBe(kind);
    expect(store.runs.map(({ name, experiment, status }) => [name, experiment, status])).toEqual([
      ["seed-1", "cifar", "finished"],
      ["seed-2", "cifar", "finished"],
      ["failed", "cifar", "failed"],
    ]);
    expect(store.runs[1]?.parameters).toEqual(
      new Map([
        ["seed", "2"],
        ["lr", "0.1"],
      ]),
    );
    await store.close();
  });

  test("gives values in order of time, with NaN and infinities", async () => {
    const store = await openMlflow(await make());
    const values = await store.valuesOf(store.runs[0]?.runId ?? "");
    await store.close();
    expect(values).toHaveLength(13);
    expect(values.map(({ timeMs }) => timeMs)).toEqual(
      values.map(({ timeMs }) => timeMs).toSorted((left = 0, right = 0) => left - right),
    );
    const named = (name: string) => values.filter(({ metric }) => metric === name);
    expect(named("val/acc").map(({ value, step }) => [step, value])).toEqual([
      [0, 0.5],
      [1, 0.6],
      [2, 0.7],
      [3, 0.8],
      [4, 0.9],
    ]);
    expect(named("odd name.x-y").map(({ value }) => value)).toEqual([
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ]);
  });
});

test("opens one experiment or one run of a folder", async () => {
  const root = await folderStore();
  const experiment = join(root, readdirSync(root).find((name) => name.length > 10) ?? "");
  const inExperiment = await openMlflow(experiment);
  expect(inExperiment.runs).toHaveLength(3);
  const inRun = await openMlflow(join(experiment, inExperiment.runs[0]?.runId ?? ""));
  expect(inRun.runs).toEqual([inExperiment.runs[0]]);
});

test("reads the newest commits from a write-ahead log, and changes no file", async () => {
  const path = databaseFile();
  const writer = new sqlite.Database(path, { fileMustExist: true });
  writer.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL");
  writer.exec("UPDATE runs SET name = 'renamed' WHERE name = 'seed-1'");
  const snapshot = join(temporaryFolder(), "mlflow.db");
  for (const suffix of ["", "-wal"]) copyFileSync(`${path}${suffix}`, `${snapshot}${suffix}`);
  writer.close();
  const before = fingerprints(snapshot);
  const store = await openMlflow(snapshot);
  expect(store.runs[0]?.name).toBe("renamed");
  await store.close();
  expect(fingerprints(snapshot)).toEqual(before);
});

test("reports a truncated, damaged or foreign database as an error for the user", async () => {
  const damaged = Buffer.from(database);
  for (let at = 100; at < damaged.length; at += 997) damaged[at] = 0xff;
  const files = [
    ...[0, 10, 16, 100, 4095, 4096, 50_000, database.length >> 1].map((length) =>
      database.subarray(0, length),
    ),
    damaged,
    Buffer.from("not a database, but longer than its header is\n".repeat(50)),
  ];
  for (const bytes of files)
    await expect(openMlflow(databaseFile(bytes))).rejects.toMatchObject({
      code: "mlflow-database-invalid",
    });
});
