import { appendFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runsStreamEvents } from "../../src/schema/dashboard/runs-stream.ts";
import { runStreamEvents } from "../../src/schema/dashboard/run-stream.ts";
import { openStream, type SeenEvent } from "./open-stream.ts";
import {
  logEvaluation,
  makeHome,
  rawRequest,
  startedMs,
  startRecord,
  startServer,
  stepAt,
} from "./start-server.ts";

const evaluationOf = (event: SeenEvent) => runStreamEvents.evaluation.parse(event.data);
const seriesOf = (event: SeenEvent) => runStreamEvents.series.parse(event.data);

async function runningServer() {
  const home = makeHome();
  const writer = await startRecord(home, "toy-1");
  logEvaluation(writer, 0.5, startedMs + 2000);
  await writer.appendSample("rank-0", stepAt(0, 1));
  await writer.appendSample("rank-0", stepAt(0, 10));
  await new Promise((resolve) => setTimeout(resolve, 50));
  const server = await startServer(home);
  const url = `${server.url}api/runs/toy-1/stream?names=loss&width=100`;
  return { home, writer, url, close: () => server.close() };
}

test("a stream sends all data of a run, then updates", async () => {
  const { writer, url } = await runningServer();
  const stream = openStream(url);
  expect(evaluationOf(await stream.next("evaluation"))).toMatchObject({
    from: 0,
    evaluations: [{ value: 0.5, clockMs: 1000 }],
  });
  expect(seriesOf(await stream.next("series"))).toMatchObject({
    isReset: true,
    series: [{ name: "loss", x: [1000, 10_000], last: [1, 0.1], count: [1, 1] }],
  });
  logEvaluation(writer, 0.7, startedMs + 12_000);
  await writer.appendSample("rank-0", stepAt(0, 11));
  expect(evaluationOf(await stream.next("evaluation"))).toMatchObject({
    from: 1,
    evaluations: [{ value: 0.7 }],
  });
  const { isReset, series } = seriesOf(await stream.next("series"));
  expect([isReset, series[0]?.x]).toEqual([false, [11_000]]);
});

test("a client that reconnects gets the missed events once", async () => {
  const { writer, url } = await runningServer();
  const first = openStream(url);
  await first.next("log");
  const { lastId = "" } = first;
  first.close();
  logEvaluation(writer, 0.8, startedMs + 13_000);
  await writer.appendSample("rank-0", stepAt(0, 12));
  const again = openStream(url, { "last-event-id": lastId });
  expect(evaluationOf(await again.next("evaluation"))).toMatchObject({
    from: 1,
    evaluations: [{ value: 0.8 }],
  });
  const log = runStreamEvents.log.parse((await again.next("log")).data);
  expect(log.lines.map(({ number }) => number)).toEqual([3]);
});

test("a client with the id of another server gets all data", async () => {
  const { url } = await runningServer();
  for (const id of ["0123456789ab.1.1.1.1.1.0", "rubbish", "a".repeat(10_000)]) {
    const stream = openStream(url, { "last-event-id": id });
    expect(evaluationOf(await stream.next("evaluation")).from).toBe(0);
    expect(seriesOf(await stream.next("series")).isReset).toBe(true);
    stream.close();
  }
});

test("an incomplete line is sent when it is complete", async () => {
  const { writer, url } = await runningServer();
  const stream = openStream(url);
  await stream.next("log");
  const path = join(writer.directory, "log.txt");
  appendFileSync(path, "half a ");
  await stream.next("progress");
  appendFileSync(path, "line\n");
  const { lines } = runStreamEvents.log.parse((await stream.next("log")).data);
  expect(lines).toEqual([{ number: 3, text: "half a line" }]);
});

test("the stream of a deleted run reports the removal and ends", async () => {
  const { writer, url, home } = await runningServer();
  const board = openStream(url.replace("/toy-1/stream", "/stream"));
  await board.next("snapshot");
  const stream = openStream(url);
  await stream.next("log");
  rmSync(writer.directory, { recursive: true });
  expect((await stream.next("removed")).data).toEqual({ runId: "toy-1" });
  await expect(stream.next("progress")).rejects.toThrow("ended");
  expect((await board.next("removed")).data).toEqual({ runId: "toy-1" });
  const { status } = await rawRequest(Number(new URL(url).port), { path: "/api/runs/toy-1" });
  expect([home !== "", status]).toEqual([true, 404]);
});

test("the list stream sends a snapshot, then changed runs; a client that reconnects gets the changes", async () => {
  const { url, home, writer } = await runningServer();
  const boardUrl = url.replace("/toy-1/stream", "/stream").replace(/\?.*/, "");
  const board = openStream(boardUrl);
  const { runs } = runsStreamEvents.snapshot.parse((await board.next("snapshot")).data);
  expect(runs.map(({ runId }) => runId)).toEqual(["toy-1"]);
  logEvaluation(writer, 0.75, startedMs + 12_000);
  for (;;) {
    const item = runsStreamEvents.run.parse((await board.next("run")).data);
    if (item.kind === "readable" && item.best === 0.75) break;
  }
  const { lastId = "" } = board;
  board.close();
  await startRecord(home, "toy-2");
  const again = openStream(boardUrl, { "last-event-id": lastId });
  for (;;) {
    const event = await again.next("run");
    if (runsStreamEvents.run.parse(event.data).runId === "toy-2") break;
  }
});

test("the number of streams per client is limited, and closing one frees a slot", async () => {
  const { url } = await runningServer();
  const streams = Array.from({ length: 16 }, () => openStream(url));
  for (const stream of streams) await stream.next("progress");
  const refused = await fetch(url);
  expect(refused.status).toBe(503);
  expect(refused.headers.get("retry-after")).toBe("5");
  await refused.text();
  streams[0]?.close();
  for (;;) {
    const { status, body } = await fetch(url);
    await body?.cancel();
    if (status === 200) break;
  }
});

test("the server closes with open streams", async () => {
  const { url, close } = await runningServer();
  const stream = openStream(url);
  await stream.next("progress");
  await close();
  await expect(stream.next("finished")).rejects.toThrow(/terminated|ended/);
});
