import type { Context, Hono } from "hono";
import { UserError } from "../../foundation/errors/user-error.ts";
import { labelRequest } from "../../schema/dashboard/label-request.ts";
import type { LogDocument } from "../../schema/dashboard/log-page.ts";
import type { StopDocument } from "../../schema/dashboard/run-detail.ts";
import { readLogBytes, readLogLines } from "../../store/records/read/read-log-lines.ts";
import { archiveRecord } from "../../store/records/record-archive.ts";
import { checkedChange, labelRun } from "../../workflows/control/label-runs.ts";
import { stopRun } from "../../workflows/control/stop-run.ts";
import { RunDiagnoses } from "../../workflows/dashboard/views/run-diagnoses.ts";
import type { RunWatch } from "../../workflows/dashboard/opened/watch-runs.ts";
import type { DashboardParts } from "../dashboard-parts.ts";
import {
  heatmapQuery,
  logBytesQuery,
  logQuery,
  parsed,
  readQuery,
  seriesQuery,
  streamQuery,
} from "./queries.ts";
import { RunEvents } from "../events/run-events.ts";
import { sendEvents } from "../events/send-events.ts";

/** Adds the routes below /api/runs. The store looks up run ids; request data is never used to build a file path. */
export async function addRunRoutes(app: Hono, parts: DashboardParts): Promise<void> {
  const watch = await parts.runs();
  app.get("/api/runs/:id", async (context) => {
    return context.json(await watch.detail(await watch.openPage(context.req.param("id"))));
  });
  app.get("/api/runs/:id/series", async (context) => {
    const { names, x, from, to, width, rank } = readQuery(seriesQuery, context);
    const opened = await watch.open(context.req.param("id"));
    const query = { names, xAxis: x, width, rank, fromX: from, toX: to };
    return context.json(watch.series(opened, query));
  });
  app.get("/api/runs/:id/heatmap", async (context) => {
    const { order, from, to, ...others } = readQuery(heatmapQuery, context);
    const opened = await watch.open(context.req.param("id"));
    const query = { ...others, rankOrder: order, fromMs: from, toMs: to };
    return context.json(opened.heatmap(query));
  });
  app.get("/api/runs/:id/log", (context) => sendLog(context, watch, context.req.param("id")));
  app.get("/api/runs/:id/log/raw", (context) => sendLogBytes(context, watch));
  app.get("/api/runs/:id/record", async (context) => {
    const { run } = await watch.openPage(context.req.param("id"));
    const archive = ReadableStream.from(archiveRecord(run.directory, run.runId));
    return new Response(archive, {
      headers: {
        "content-type": "application/x-tar",
        "content-disposition": `attachment; filename="${run.runId}.tar"`,
      },
    });
  });
  app.get("/api/runs/:id/stream", async (context) => {
    const { names, x, width, rank } = readQuery(streamQuery, context);
    const query = { names, xAxis: x, width, rank };
    const shown = names.length === 0 ? undefined : query;
    const opened = await watch.openPage(context.req.param("id"), shown);
    const request = {
      query,
      lastEventId: context.req.header("last-event-id"),
    };
    return sendEvents(context, parts, new RunEvents(watch, opened, request));
  });
  addDiagnosisRoute(app, watch);
  addChanges(app, parts, watch);
}

/** Adds the routes that change something; a server that is read-only refuses them. */
function addChanges(app: Hono, parts: DashboardParts, watch: RunWatch): void {
  app.post("/api/runs/:id/labels", async (context) => {
    requireChanges(parts, "use `pitwall runs label`");
    const typed = parsed(labelRequest, await jsonBody(context));
    const { run } = await watch.openPage(context.req.param("id"));
    const change = checkedChange(typed, watch.nowMs());
    const labeled = await labelRun(run.runId, change, parts.store);
    // The next requests see the change.
    await run.readOn("page");
    parts.list.board.expire(run.runId);
    return context.json(labeled);
  });
  app.post("/api/runs/:id/stop", async (context) => {
    requireChanges(parts, "press Ctrl-C in the run's terminal");
    const { run } = await watch.openPage(context.req.param("id"));
    const { runId, record } = run;
    const answer: StopDocument = { runId, ...(await stopRun(record)) };
    return context.json(answer);
  });
}

/** @throws UserError `read-only` */
function requireChanges({ isReadOnly }: DashboardParts, otherWay: string): void {
  if (!isReadOnly) return;
  throw new UserError("read-only", "this dashboard is read-only", {
    hint: `start \`pitwall serve\` without \`--read-only\`, or ${otherWay}`,
  });
}

/**
 * The body of a request as JSON. Forms cannot send this type, and pages of other sites only after a preflight request, which
 * no route answers.
 *
 * @throws UserError `body-invalid`
 */
async function jsonBody({ req }: Context): Promise<unknown> {
  const isJson = /^application\/json\b/iu.test(req.header("content-type") ?? "");
  const body: unknown = isJson ? await req.json().catch(() => undefined) : undefined;
  if (body !== undefined) return body;
  throw new UserError("body-invalid", "the request body is not JSON", {
    hint: "send `content-type: application/json`",
  });
}

/** Adds the route of what `pitwall doctor` says about a run. */
function addDiagnosisRoute(app: Hono, watch: RunWatch): void {
  const diagnoses = new RunDiagnoses();
  app.get("/api/runs/:id/diagnosis", async (context) => {
    const { run } = await watch.openPage(context.req.param("id"));
    return context.json(await diagnoses.of(run, watch.nowMs()));
  });
}

async function sendLog(context: Context, watch: RunWatch, id: string): Promise<Response> {
  const { mllog, ...query } = readQuery(logQuery, context);
  const { run } = await watch.openPage(id);
  const { index, path } = run.log;
  const { lines, nextFrom } = await readLogLines(path, index, {
    ...query,
    hidesMllog: mllog === "hide",
  });
  const { firstErrorLine } = index;
  const document: LogDocument = {
    runId: run.runId,
    lines,
    totalLines: index.lineCount,
    ...(firstErrorLine === undefined ? {} : { firstErrorLine }),
    ranks: index.ranks(),
    ...(nextFrom === undefined ? {} : { nextFrom }),
  };
  return context.json(document);
}

/** Sends the raw bytes of the log as a download; the browser never displays them. */
async function sendLogBytes(context: Context, watch: RunWatch): Promise<Response> {
  const { line } = readQuery(logBytesQuery, context);
  const { run } = await watch.openPage(context.req.param("id") ?? "");
  const { index, path } = run.log;
  const name = `${run.runId}-${line === undefined ? "log" : `line-${line}`}.txt`;
  return new Response(ReadableStream.from(readLogBytes(path, index, line)), {
    headers: {
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename="${name}"`,
    },
  });
}
