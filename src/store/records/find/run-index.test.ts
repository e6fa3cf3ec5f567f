import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { exampleRequest, exampleVerdict } from "../../../../tests/support/example-run.ts";
import { diskRunStore } from "../disk-run-store.ts";
import type { RunStore } from "../run-store.ts";

const recordCount = 60;
let directory: string;
let home: string;
let index: string;
let store: RunStore;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "pitwall-index-"));
  home = join(directory, "home");
  index = join(home, "cache", "runs.jsonl");
  // One minute later, so that the records count as settled.
  store = diskRunStore(home, { nowMs: () => Date.now() + 60_000 });
  for (let number = 1; number <= recordCount; number++) writeRecord(`toy-${number}-1`, number);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function recordFile(runId: string, name: string): string {
  return join(home, "runs", runId, name);
}

function writeRecord(runId: string, createdMs: number): void {
  mkdirSync(join(home, "runs", runId), { recursive: true });
  const request = exampleRequest({ runId, createdMs, seed: createdMs });
  writeFileSync(recordFile(runId, "run.json"), JSON.stringify(request));
  const result = { ...exampleVerdict(runId), files: {} };
  writeFileSync(recordFile(runId, "result.json"), JSON.stringify(result));
}

/** The list as it is without an index. */
async function readWithout(): Promise<unknown> {
  const text = readFileSync(index);
  rmSync(index);
  const list = await diskRunStore(home).list();
  mkdirSync(dirname(index), { recursive: true });
  writeFileSync(index, text);
  return list;
}

describe("the index of a home", () => {
  test("is written by the first listing, and does not change any listing", async () => {
    const first = await store.list();
    expect(existsSync(index)).toBe(true);
    expect(await store.list()).toEqual(first);
    expect(await readWithout()).toEqual(first);
  });

  test("is not written by a look at a few records", async () => {
    await store.summaries(["toy-1-1", "toy-2-1"]);
    expect(existsSync(index)).toBe(false);
    await store.list();
    expect(existsSync(index)).toBe(true);
  });

  test("finds `last`, a prefix and a series like reading the records does", async () => {
    const texts = ["last", "toy-7-1", "toy-7", "toy-1", "none"];
    const before = await Promise.all(texts.map((text) => store.resolve(text)));
    await store.list();
    expect(await Promise.all(texts.map((text) => store.resolve(text)))).toEqual(before);
    expect(before[0]).toMatchObject({ kind: "run", runId: `toy-${recordCount}-1` });
  });

  test("is not used for a changed record, even if its size and time are unchanged", async () => {
    await store.list();
    const path = recordFile("toy-7-1", "result.json");
    const { atime, mtime } = statSync(path);
    writeFileSync(path, readFileSync(path, "utf8").replace("1000", "9000"));
    utimesSync(path, atime, mtime);
    const changed = (await store.list()).find(({ runId }) => runId === "toy-7-1");
    expect(changed).toMatchObject({ result: { outcome: { timeToTrainMs: 9000 } } });
  });

  test("tracks added and removed records", async () => {
    await store.list();
    rmSync(join(home, "runs", "toy-7-1"), { recursive: true });
    writeRecord("newest-1", 1000);
    const runIds = (await store.list()).map(({ runId }) => runId);
    expect(runIds).toHaveLength(recordCount);
    expect(runIds).not.toContain("toy-7-1");
    expect(await store.resolve("last")).toMatchObject({ runId: "newest-1" });
    expect((await store.list()).map(({ runId }) => runId)).toEqual(runIds);
  });

  test("lists a record that became unreadable as broken", async () => {
    await store.list();
    writeFileSync(recordFile("toy-7-1", "result.json"), "{");
    expect(await store.list()).toContainEqual(
      expect.objectContaining({ kind: "broken", runId: "toy-7-1" }),
    );
  });

  test.each([
    { name: "has another header", damage: (text: string) => text.replace("index", "table") },
    { name: "is empty", damage: () => "" },
    { name: "was cut off in a line", damage: (text: string) => text.slice(0, text.length / 2) },
    { name: "contains invalid lines", damage: (text: string) => `${text}nonsense\n\t\t\t\n` },
    {
      name: "is missing some bytes in the middle",
      damage: (text: string) => text.slice(0, 5000) + text.slice(5100),
    },
  ])("does not change the listing if it $name", async ({ damage }) => {
    const list = await store.list();
    writeFileSync(index, damage(readFileSync(index, "utf8")));
    expect(await store.list()).toEqual(list);
    expect(await store.list()).toEqual(list);
  });

  test("does not change the listing if a directory has its name", async () => {
    const list = await store.list();
    rmSync(index);
    mkdirSync(index);
    expect(await store.list()).toEqual(list);
  });

  test("can be written by several processes at the same time", async () => {
    const lists = await Promise.all(Array.from({ length: 8 }, () => store.list()));
    for (const list of lists) expect(list).toEqual(lists[0]);
    writeRecord("late-1", 2000);
    writeRecord("late-2", 2001);
    await Promise.all(Array.from({ length: 8 }, () => store.list()));
    expect(await readWithout()).toEqual(await store.list());
  });

  test("is rewritten instead of growing without limit", async () => {
    await store.list();
    const sizeOnce = statSync(index).size;
    for (let round = 0; round < 5; round++) {
      for (let number = 1; number <= recordCount; number++)
        appendFileSync(recordFile(`toy-${number}-1`, "run.json"), " ");
      await store.list();
    }
    expect(statSync(index).size).toBeLessThan(sizeOnce * 2);
  });

  test("omits records that may still change within one clock tick", async () => {
    const list = await diskRunStore(home, { nowMs: () => Date.now() }).list();
    expect(list).toHaveLength(recordCount);
    expect(existsSync(index)).toBe(false);
  });
});
