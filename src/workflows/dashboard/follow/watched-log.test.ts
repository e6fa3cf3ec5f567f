import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { exampleRequest } from "../../../../tests/support/example-run.ts";
import type { RunRequest } from "../../../schema/run/request/run-request.ts";
import { diskRunStore } from "../../../store/records/disk-run-store.ts";
import { RunReader } from "../../read-run/reader/run-reader.ts";
import { WatchedLog } from "./watched-log.ts";

const homes: string[] = [];
afterEach(async () => {
  await Promise.all(homes.splice(0).map((home) => rm(home, { recursive: true, force: true })));
});

const metricRun = exampleRequest({
  runId: "toy-1",
  edition: "training-5.0",
  reading: { metrics: [{ metric: "acc", pattern: "acc=([0-9.]+)" }] },
  target: { metric: "acc", direction: "at-least", value: 0.9 },
});

/** Passes output to a live reader, and reads the record that it writes. */
async function liveAndWatched(request: RunRequest, output: readonly string[]) {
  const home = await mkdtemp(join(tmpdir(), "watched-log-"));
  homes.push(home);
  const store = diskRunStore(home);
  const created = await store.create(request);
  if (created.kind !== "created") throw new Error(created.kind);
  const { writer } = created;
  const live = RunReader.live(request, request.createdMs);
  await writer.appendEvent(
    { kind: "launched", host: "here", rank: 0, localRank: 0, pid: 1 },
    request.createdMs,
  );
  live.launched(request.createdMs);
  for (const [index, text] of output.entries()) {
    const timeMs = request.createdMs + 1000 * (index + 1);
    const piece = { stream: "stdout", bytes: Buffer.from(text), timeMs };
    for (const bytes of live.take(piece).log) await writer.appendLog(bytes);
  }
  await writer.close();
  const opened = await store.open(request.runId);
  if (opened.kind !== "opened") throw new Error(opened.kind);
  const { record } = opened;
  const log = new WatchedLog(record);
  await log.readOn(Buffer.allocUnsafeSlow(1 << 20), record.events.events);
  for (const reader of [live, log.reader]) await reader.settleRules();
  return { live, log };
}

test("shows the checklist of the edition that the run was requested with, as the terminal does", async () => {
  const { live, log } = await liveAndWatched(metricRun, ["acc=0.5\n", "acc=0.95\n"]);
  expect(log.reader.checklistSoFar()).toEqual(live.checklistSoFar());
  expect(log.reader.checklistSoFar()?.edition).toBe("training-5.0");
});

test("reads the same evaluations as the terminal, with and without `run_start`", async () => {
  const runStart =
    ':::MLLOG {"namespace":"","time_ms":1,"event_type":"INTERVAL_START","key":"run_start","value":null,"metadata":{}}\n';
  for (const first of ["", runStart]) {
    const { live, log } = await liveAndWatched(metricRun, [first, "acc=0.5\n", "acc=0.95\n"]);
    const values = [live, log.reader].map(({ run }) => run.evaluations.map(({ value }) => value));
    expect(values).toEqual([
      [0.5, 0.95],
      [0.5, 0.95],
    ]);
  }
});
