import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Dashboard, DashboardRequest } from "../../src/schema/dashboard/serving.ts";
import type { RunRequest } from "../../src/schema/run/request/run-request.ts";
import type { StepSample } from "../../src/schema/run/measured/telemetry-sample.ts";
import { serveDashboard } from "../../src/server/serve-dashboard.ts";
import { diskRunStore } from "../../src/store/records/disk-run-store.ts";
import { currentOwner } from "../../src/store/records/write/process-owner.ts";
import type { RunWriter } from "../../src/store/records/run-store.ts";

export const startedMs = Date.UTC(2026, 0, 2);

export function makeHome(): string {
  const home = mkdtempSync(join(tmpdir(), "pitwall-server-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return home;
}

export interface StartedServer extends Dashboard {
  home: string;
  port: number;
  links: string[];
  bugs: unknown[];
}

/** Starts a server on a free loopback port; it is closed when the test ends. */
export async function startServer(
  home: string,
  options: Partial<DashboardRequest> = {},
): Promise<StartedServer> {
  const links: string[] = [];
  const bugs: unknown[] = [];
  const dashboard = await serveDashboard({
    home,
    version: "1.2.3",
    port: 0,
    host: "127.0.0.1",
    allowHosts: [],
    needsToken: false,
    isReadOnly: false,
    webFolder: join(home, "web"),
    nowMs: () => Date.now(),
    onBug: (error) => bugs.push(error),
    onLink: (url) => links.push(url),
    ...options,
  });
  onTestFinished(() => dashboard.close());
  return { ...dashboard, home, port: Number(new URL(dashboard.url).port), links, bugs };
}

export async function requestFor(
  runId: string,
  more: Partial<RunRequest> = {},
): Promise<RunRequest> {
  return {
    schemaVersion: 1,
    runId,
    series: { id: runId, index: 1, count: 1 },
    createdMs: startedMs,
    startable: { kind: "command", name: "toy", command: ["toy"], cwd: "/", env: {} },
    reading: { metrics: [] },
    target: { metric: "accuracy", direction: "at-least", value: 0.9 },
    seed: 1,
    stopAtTarget: true,
    limits: {},
    price: { usdPerHour: 36, per: "node", source: "--price", date: "2026-01-01" },
    launchTarget: { kind: "local" },
    system: { system_name: "box", number_of_nodes: 1, accelerators_per_node: 0 },
    environment: { pitwallVersion: "1.2.3", nodeVersion: "20.0.0", platform: "linux x64" },
    owner: await currentOwner(),
    ...more,
  };
}

/** Creates a record that this process owns, so that the run is in progress. */
export async function startRecord(
  home: string,
  runId: string,
  more: Partial<RunRequest> = {},
): Promise<RunWriter> {
  const created = await diskRunStore(home).create(await requestFor(runId, more));
  if (created.kind !== "created") throw new Error(`run ${runId} already exists`);
  const { writer } = created;
  await writer.appendEvent({ kind: "created", pid: process.pid }, startedMs);
  await writer.appendEvent(
    { kind: "launched", host: "localhost", rank: 0, localRank: 0, pid: process.pid },
    startedMs + 100,
  );
  logLine(writer, { key: "run_start", value: null, time_ms: startedMs + 1000 });
  return writer;
}

/** Adds the MLLOG line of one evaluation to the log. */
export function logEvaluation(
  writer: RunWriter,
  value: number,
  timeMs: number,
  counts: object = {},
): void {
  const metadata = { metric: "accuracy", ...counts };
  logLine(writer, { key: "eval_accuracy", value, time_ms: timeMs, metadata });
}

function logLine(writer: RunWriter, event: object): void {
  const line = { namespace: "", event_type: "POINT_IN_TIME", metadata: {}, ...event };
  void writer.appendLog(Buffer.from(`:::MLLOG ${JSON.stringify(line)}\n`));
}

export function stepAt(rank: number, step: number, more: Partial<StepSample> = {}): StepSample {
  return {
    kind: "step",
    timeMs: startedMs + 1000 + step * 1000,
    rank,
    step,
    samplesCount: step * 100,
    stepCount: 2,
    computeMs: 100 + rank,
    communicationMs: 20,
    dataWaitMs: 10,
    loss: 1 / step,
    ...more,
  };
}

/** Starts a server with one run, and reads the token from its file. */
export async function guardedServer(needsToken = true) {
  const home = makeHome();
  // The run is on another host, so that an accepted stop request signals no process.
  const elsewhere = { hostname: "another-host", pid: 1 };
  await startRecord(home, "toy-1", { owner: elsewhere });
  const server = await startServer(home, { needsToken });
  const token = needsToken ? readFileSync(join(home, "server-token"), "utf8").trim() : "";
  return { ...server, token };
}

/** Sends one request over a raw socket, so that no client library normalizes the path or headers. */
export function rawRequest(
  port: number,
  { method = "GET", path, headers = {} }: { method?: string; path: string; headers?: object },
): Promise<{ status: number; head: string; body: string }> {
  const lines = Object.entries({ host: `127.0.0.1:${port}`, connection: "close", ...headers });
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => {
      const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
      socket.write(Buffer.from(`${method} ${path} HTTP/1.1\r\n${head}\r\n`, "latin1"));
    });
    let text = "";
    socket.setEncoding("latin1");
    socket.on("data", (piece) => {
      text += piece;
      // A stream does not end; its first bytes are sufficient.
      if (text.includes("text/event-stream")) socket.destroy();
    });
    socket.on("error", reject);
    socket.on("close", () => {
      const [head = "", ...body] = text.split("\r\n\r\n");
      resolve({ status: Number(head.split(" ")[1]), head, body: body.join("\r\n\r\n") });
    });
  });
}

/** Opens connections one after another and sends the same incomplete request on each. */
export async function openSockets(port: number, count: number, text: string): Promise<Socket[]> {
  const sockets: Socket[] = [];
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  for (let index = 0; index < count; index++) {
    const socket = connect(port, "127.0.0.1");
    // The server closes some of them.
    socket.on("error", () => undefined);
    sockets.push(socket);
    await new Promise<void>((resolve) => {
      socket.once("connect", () => resolve());
    });
    if (text !== "") socket.write(text);
  }
  return sockets;
}

/** Resolves when the server has closed all of them. */
export async function closed(sockets: readonly Socket[]): Promise<void> {
  await Promise.all(
    sockets.map(async (socket) => {
      socket.resume();
      if (!socket.destroyed) await new Promise((resolve) => socket.once("close", resolve));
    }),
  );
}
