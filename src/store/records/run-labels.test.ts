import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  exampleLaunch,
  exampleRequest,
  exampleVerdict,
} from "../../../tests/support/example-run.ts";
import type { RunRequest } from "../../schema/run/request/run-request.ts";
import { diskRunStore } from "./disk-run-store.ts";
import { MemoryRunStore } from "./memory-run-store.ts";
import type { RunRecord, RunStore, RunWriter } from "./run-store.ts";

describe.each(["diskRunStore", "MemoryRunStore"])("labels in %s", (name) => {
  let home = "";
  let store: RunStore;
  let tamper: MemoryRunStore["tamper"];
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "pitwall-labels-"));
    const memory = new MemoryRunStore();
    store = name === "diskRunStore" ? diskRunStore(home) : memory;
    tamper = (runId, fileName, text) =>
      name === "diskRunStore"
        ? writeFile(join(home, "runs", runId, fileName), text ?? "")
        : memory.tamper(runId, fileName, text);
  });
  afterEach(() => rm(home, { recursive: true }));

  test("changes labels without changing the sealed record", async () => {
    const request = exampleRequest({ runId: "toy-1", labels: { tags: { lr: "0.1", old: "" } } });
    const writer = await created(store, request);
    await writer.appendEvent(exampleLaunch, 1);
    await writer.finish(exampleVerdict("toy-1"));
    await store.label("toy-1", { timeMs: 1, tags: { lr: "0.2" }, removedTags: ["old"] });
    await store.label("toy-1", { timeMs: 2, note: "first with bf16", isArchived: true });
    const labels = { tags: { lr: "0.2" }, note: "first with bf16", isArchived: true };
    expect((await opened(store, "toy-1")).request.labels).toEqual(labels);
    const [listed] = await store.list();
    expect(listed?.kind === "readable" && listed.request.labels).toEqual(labels);
    expect((await (await opened(store, "toy-1")).verify()).kind).toBe("unchanged");
    await store.label("toy-1", { timeMs: 3, removedTags: ["lr"], note: "", isArchived: false });
    expect((await opened(store, "toy-1")).request.labels).toBeUndefined();
  });

  test("ignores a line of labels that was cut off, and continues after it", async () => {
    await (await created(store, exampleRequest({ runId: "toy-1" }))).close();
    await tamper("toy-1", "labels.jsonl", `{"timeMs":1,"note":"kept"}\n{"timeMs":2,"no`);
    await store.label("toy-1", { timeMs: 3, tags: { baseline: "" } });
    const { labels } = (await opened(store, "toy-1")).request;
    expect(labels?.note).toBe("kept");
    expect(labels?.tags).toEqual({ baseline: "" });
  });
});

async function created(store: RunStore, request: RunRequest): Promise<RunWriter> {
  const outcome = await store.create(request);
  if (outcome.kind !== "created") throw new Error(`${request.runId} already exists`);
  return outcome.writer;
}

async function opened(store: RunStore, runId: string): Promise<RunRecord> {
  const outcome = await store.open(runId);
  if (outcome.kind !== "opened") throw new Error(`cannot open ${runId}`);
  return outcome.record;
}
