import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  exampleLaunch,
  exampleRequest,
  exampleSample,
  exampleVerdict,
} from "../../../tests/support/example-run.ts";
import type { RunRequest } from "../../schema/run/request/run-request.ts";
import { diskRunStore } from "./disk-run-store.ts";
import { MemoryRunStore } from "./memory-run-store.ts";
import { currentOwner } from "./write/process-owner.ts";
import type { RunRecord, RunStore, RunWriter } from "./run-store.ts";

interface StoreUnderTest {
  store: RunStore;
  /** Replaces or removes a file without using the store. */
  tamper(runId: string, fileName: string, text: string | undefined): Promise<void>;
  dispose(): Promise<void>;
}

const implementations: { name: string; make: () => Promise<StoreUnderTest> }[] = [
  { name: "diskRunStore", make: makeDiskStore },
  { name: "MemoryRunStore", make: makeMemoryStore },
];

describe.each(implementations)("$name", ({ make }) => {
  let made: StoreUnderTest;
  let store: RunStore;
  beforeEach(async () => {
    made = await make();
    ({ store } = made);
  });
  afterEach(() => made.dispose());

  test("returns the request unchanged", async () => {
    const request = exampleRequest({ runId: "toy-1", seed: 7 });
    const writer = await create(store, request);
    await writer.close();
    const record = await open(store, "toy-1");
    expect(record.request).toEqual(request);
    expect(record.directory).toBe(writer.directory);
    expect(record.result).toBeUndefined();
  });

  test("rejects an existing id and leaves its record unchanged", async () => {
    await (await create(store, exampleRequest({ runId: "toy-1", seed: 1 }))).close();
    const second = await store.create(exampleRequest({ runId: "toy-1", seed: 2 }));
    expect(second).toEqual({ kind: "id-taken", runId: "toy-1" });
    expect((await open(store, "toy-1")).request.seed).toBe(1);
  });

  test.each(["", ".", "..", "../up", "a/b", ".hidden", "a b", "a\nb", "é", "a".repeat(201)])(
    "refuses %j as a run id, and knows no run of that name",
    async (runId) => {
      const code = await store.create(exampleRequest({ runId })).catch((error) => error.code);
      expect(code).toBe("run-id-invalid");
      expect(await store.open(runId)).toEqual({ kind: "unknown", runId });
    },
  );

  test("stores the log's bytes in order, for any bytes", async () => {
    const writer = await create(store, exampleRequest({ runId: "toy-1" }));
    const chunks = [
      Buffer.from("one\n"),
      Buffer.from([0, 255, 13, 10, 128]),
      Buffer.alloc(3_000_000, "x"),
      Buffer.alloc(0),
      Buffer.from("end without newline"),
    ];
    for (const chunk of chunks) await writer.appendLog(chunk);
    await writer.close();
    const expected = Buffer.concat(chunks);
    expect((await readAll((await open(store, "toy-1")).readLog())).equals(expected)).toBe(true);
  });

  test("copies log bytes immediately, so that the caller can reuse its buffer", async () => {
    const writer = await create(store, exampleRequest({ runId: "toy-1" }));
    const buffer = Buffer.from("first\n");
    const waiting = writer.appendLog(buffer);
    buffer.fill("?");
    await waiting;
    await writer.close();
    expect((await readAll((await open(store, "toy-1")).readLog())).toString()).toBe("first\n");
  });

  test("chains events, including those appended without waiting for the previous one", async () => {
    const writer = await create(store, exampleRequest({ runId: "toy-1" }));
    const appended = await Promise.all([
      writer.appendEvent({ kind: "created", pid: 1 }, 10),
      writer.appendEvent(exampleLaunch, 20),
      writer.appendEvent({ kind: "ended", outcome: "reached" }, 30),
    ]);
    await writer.close();
    const { events } = await open(store, "toy-1");
    expect(events).toMatchObject({ events: appended, chain: { kind: "intact" } });
    expect(events.tornLine).toBeUndefined();
    expect(appended.map((event) => event.index)).toEqual([0, 1, 2]);
    expect(new Set(appended.map((event) => event.previousSha256)).size).toBe(3);
  });

  test("reports where the chain of events is broken", async () => {
    const lines = await threeEventLines(store);
    const [first = "", second = "", third = ""] = lines;
    const cases = [
      { text: [first, second.replace("20", "21"), third], line: 3 },
      { text: [first, third], line: 2 },
      { text: [second, third], line: 1 },
      { text: [first, "nonsense", third], line: 2 },
      { text: [first, third, second], line: 2 },
    ];
    for (const { text, line } of cases) {
      await made.tamper("chained-1", "events.jsonl", `${text.join("\n")}\n`);
      const { events } = await open(store, "chained-1");
      expect(events.chain).toMatchObject({ kind: "broken", line });
      expect(events.events).toHaveLength(line - 1);
    }
  });

  test("tolerates a last event that was cut off at any byte", async () => {
    const [first = "", second = ""] = await threeEventLines(store);
    for (let kept = 0; kept <= second.length; kept++) {
      const torn = second.slice(0, kept);
      await made.tamper("chained-1", "events.jsonl", `${first}\n${torn}`);
      const { events } = await open(store, "chained-1");
      expect(events.chain).toEqual({ kind: "intact" });
      expect(events.events).toHaveLength(1);
      expect(events.tornLine).toBe(torn === "" ? undefined : torn);
    }
  });

  test("reads samples by file, and counts lines that are not samples", async () => {
    const writer = await create(store, exampleRequest({ runId: "toy-1" }));
    await writer.appendSample("host", exampleSample);
    await writer.appendSample("rank-0", { ...exampleSample, timeMs: 6 });
    await writer.appendSample("host", { ...exampleSample, timeMs: 7 });
    await writer.close();
    const whole = `${JSON.stringify(exampleSample)}\n`;
    await made.tamper("toy-1", "samples/rank-1.jsonl", `${whole}{"kind":"other"}\n{"kin`);
    expect(await (await open(store, "toy-1")).readSamples()).toEqual([
      {
        fileStem: "host",
        samples: [exampleSample, { ...exampleSample, timeMs: 7 }],
        unreadableLineCount: 0,
      },
      { fileStem: "rank-0", samples: [{ ...exampleSample, timeMs: 6 }], unreadableLineCount: 0 },
      { fileStem: "rank-1", samples: [exampleSample], unreadableLineCount: 2 },
    ]);
  });

  test("rejects a sample file outside the record", async () => {
    const writer = await create(store, exampleRequest({ runId: "toy-1" }));
    const append = async (): Promise<void> => writer.appendSample("../../escaped", exampleSample);
    await expect(append()).rejects.toThrow(RangeError);
    await writer.close();
  });

  test("ends a record with a result that contains fingerprints of all files", async () => {
    const writer = await create(store, exampleRequest({ runId: "toy-1" }));
    await writer.appendLog(Buffer.from("hello\n"));
    await writer.appendEvent({ kind: "created", pid: 1 }, 10);
    await writer.appendSample("host", exampleSample);
    const result = await writer.finish(exampleVerdict("toy-1"));
    expect(Object.keys(result.files)).toEqual([
      "events.jsonl",
      "log.txt",
      "run.json",
      "samples/host.jsonl",
    ]);
    // printf 'hello\n' | sha256sum
    expect(result.files["log.txt"]).toEqual({
      bytes: 6,
      sha256: "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03",
    });
    const record = await open(store, "toy-1");
    expect(record.result).toEqual(result);
    expect(record.state).toEqual({ kind: "finished" });
    expect(await record.verify()).toMatchObject({ kind: "unchanged", fileCount: 4 });
  });

  test("accepts no data after the end", async () => {
    const writer = await create(store, exampleRequest({ runId: "toy-1" }));
    await writer.finish(exampleVerdict("toy-1"));
    await expect(async () => writer.appendLog(Buffer.from("late"))).rejects.toThrow("closed");
    await expect(writer.appendEvent({ kind: "created", pid: 1 }, 1)).rejects.toThrow("closed");
    await writer.close();
  });

  test("reports files that were changed, removed or added after the end", async () => {
    const writer = await create(store, exampleRequest({ runId: "toy-1" }));
    await writer.appendLog(Buffer.from("hello\n"));
    await writer.finish(exampleVerdict("toy-1"));
    await made.tamper("toy-1", "log.txt", "hallo\n");
    await made.tamper("toy-1", "events.jsonl", undefined);
    await made.tamper("toy-1", "samples/rank-9.jsonl", "{}\n");
    await made.tamper("toy-1", "checkpoint.bin", "the program's own file is not the record's");
    expect(await (await open(store, "toy-1")).verify()).toEqual({
      kind: "changed",
      differences: [
        { kind: "missing", file: "events.jsonl" },
        { kind: "changed", file: "log.txt", wasBytes: 6, isBytes: 6 },
        { kind: "added", file: "samples/rank-9.jsonl" },
      ],
    });
  });

  test("cannot verify a record without a result", async () => {
    await (await create(store, exampleRequest({ runId: "toy-1" }))).close();
    expect(await (await open(store, "toy-1")).verify()).toEqual({ kind: "unfinished" });
  });

  describe("state of a run without result", () => {
    test.each([
      {
        name: "running while its owner process is running",
        change: {},
        expected: { kind: "running", owner: "here" },
      },
      {
        name: "abandoned when the owner's pid is used by a later process",
        change: { processStartedTicks: 1 },
        expected: { kind: "abandoned" },
      },
      {
        name: "abandoned when no process has the pid",
        change: { pid: 2 ** 30 },
        expected: { kind: "abandoned" },
      },
      {
        name: "running without a check when the owner is on another host",
        change: { hostname: "elsewhere.invalid" },
        expected: { kind: "running", owner: "elsewhere" },
      },
    ])("$name", async ({ change, expected }) => {
      const owner = { ...(await currentOwner()), ...change };
      await (await create(store, exampleRequest({ runId: "toy-1", owner }))).close();
      expect((await open(store, "toy-1")).state).toEqual(expected);
    });
  });

  test("lists records oldest first, and broken ones with the reason", async () => {
    expect(await store.list()).toEqual([]);
    await fill(store, [
      { runId: "late-1", createdMs: 300 },
      { runId: "many-10", createdMs: 200 },
      { runId: "many-9", createdMs: 200 },
      { runId: "early-1", createdMs: 100 },
      { runId: "no-request-1", createdMs: 1 },
      { runId: "half-request-1", createdMs: 1 },
      { runId: "newer-version-1", createdMs: 1 },
      { runId: "bad-result-1", createdMs: 1 },
      { runId: "copied-1", createdMs: 1 },
    ]);
    await made.tamper("no-request-1", "run.json", undefined);
    await made.tamper("half-request-1", "run.json", '{"schemaVersion":');
    await made.tamper("newer-version-1", "run.json", '{"schemaVersion":2}');
    await made.tamper("bad-result-1", "result.json", "[]");
    await made.tamper("copied-1", "run.json", JSON.stringify(exampleRequest({ runId: "early-1" })));
    const list = await store.list();
    const broken = list.filter((summary) => summary.kind === "broken");
    expect(broken.map(({ runId, reason }) => [runId, reason.replace(/(: ).*/, "$1…")])).toEqual([
      ["bad-result-1", "its result.json does not have the form of one: …"],
      ["copied-1", "its run.json belongs to `early-1`"],
      ["half-request-1", "its run.json cannot be read: …"],
      ["newer-version-1", "its run.json does not have the form of one: …"],
      ["no-request-1", "run.json is missing"],
    ]);
    expect(list.slice(broken.length).map((summary) => summary.runId)).toEqual([
      "early-1",
      "many-9",
      "many-10",
      "late-1",
    ]);
    expect(await store.open("copied-1")).toMatchObject({ kind: "broken" });
  });

  describe("resolve", () => {
    beforeEach(() =>
      fill(store, [
        { runId: "digits-a-1", series: { id: "digits-a", index: 1, count: 2 }, createdMs: 100 },
        { runId: "digits-a-2", series: { id: "digits-a", index: 2, count: 2 }, createdMs: 110 },
        { runId: "digits-a-10", series: { id: "digits-a", index: 10, count: 2 }, createdMs: 111 },
        { runId: "digits-b-1", series: { id: "digits-b", index: 1, count: 1 }, createdMs: 300 },
        { runId: "gpt-c-1", series: { id: "gpt-c", index: 1, count: 1 }, createdMs: 200 },
      ]),
    );

    test.each([
      { text: "digits-a-1", expected: { kind: "run", runId: "digits-a-1", seriesId: "digits-a" } },
      { text: "g", expected: { kind: "run", runId: "gpt-c-1", seriesId: "gpt-c" } },
      { text: "last", expected: { kind: "run", runId: "digits-b-1", seriesId: "digits-b" } },
      {
        text: "digits-a",
        expected: {
          kind: "series",
          seriesId: "digits-a",
          runIds: ["digits-a-1", "digits-a-2", "digits-a-10"],
        },
      },
      {
        text: "digits-a-",
        expected: {
          kind: "series",
          seriesId: "digits-a",
          runIds: ["digits-a-1", "digits-a-2", "digits-a-10"],
        },
      },
      {
        text: "digits-b",
        expected: { kind: "series", seriesId: "digits-b", runIds: ["digits-b-1"] },
      },
      { text: "t-c", expected: { kind: "run", runId: "gpt-c-1", seriesId: "gpt-c" } },
      { text: "its-b", expected: { kind: "run", runId: "digits-b-1", seriesId: "digits-b" } },
      { text: "digits", expected: { kind: "ambiguous", candidates: ["digits-a", "digits-b"] } },
      { text: "gtp-c-1", expected: { kind: "unknown", nearest: "gpt-c-1", runCount: 5 } },
      { text: "", expected: { kind: "unknown", runCount: 5 } },
      { text: "../runs", expected: { kind: "unknown", runCount: 5 } },
      { text: "zzzzzzzz", expected: { kind: "unknown", nearest: undefined, runCount: 5 } },
    ])("resolves `$text`", async ({ text, expected }) => {
      expect(await store.resolve(text)).toMatchObject(expected);
    });
  });

  test("resolves nothing if there are no runs", async () => {
    const unknown = { kind: "unknown", nearest: undefined, runCount: 0 };
    expect(await store.resolve("last")).toEqual(unknown);
    expect(await store.resolve("toy")).toEqual(unknown);
  });
});

async function makeDiskStore(): Promise<StoreUnderTest> {
  const home = await mkdtemp(join(tmpdir(), "pitwall-store-"));
  return {
    store: diskRunStore(home),
    async tamper(runId, fileName, text) {
      const path = join(home, "runs", runId, fileName);
      await (text === undefined ? rm(path) : writeFile(path, text));
    },
    dispose: () => rm(home, { recursive: true }),
  };
}

function makeMemoryStore(): Promise<StoreUnderTest> {
  const store = new MemoryRunStore();
  return Promise.resolve({
    store,
    tamper: (...change) => store.tamper(...change),
    dispose: () => Promise.resolve(),
  });
}

async function create(store: RunStore, request: RunRequest): Promise<RunWriter> {
  const outcome = await store.create(request);
  if (outcome.kind !== "created") throw new Error(outcome.kind);
  return outcome.writer;
}

async function open(store: RunStore, runId: string): Promise<RunRecord> {
  const outcome = await store.open(runId);
  if (outcome.kind !== "opened") throw new Error(JSON.stringify(outcome));
  return outcome.record;
}

async function fill(
  store: RunStore,
  requests: readonly (Partial<RunRequest> & { runId: string })[],
): Promise<void> {
  for (const request of requests) await (await create(store, exampleRequest(request))).close();
}

async function threeEventLines(store: RunStore): Promise<string[]> {
  const writer = await create(store, exampleRequest({ runId: "chained-1" }));
  const events = [
    await writer.appendEvent({ kind: "created", pid: 1 }, 10),
    await writer.appendEvent(exampleLaunch, 20),
    await writer.appendEvent({ kind: "ended", outcome: "reached" }, 30),
  ];
  await writer.close();
  return events.map((event) => JSON.stringify(event));
}

async function readAll(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}
