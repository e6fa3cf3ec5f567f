import type { ZodType } from "zod";
import { aboutDocument, type AboutDocument } from "../src/schema/dashboard/about.ts";
import { apiErrorDocument } from "../src/schema/dashboard/api-error.ts";
import {
  atlasDocument,
  atlasRowDocument,
  type AtlasDocument,
  type AtlasRowDocument,
} from "../src/schema/dashboard/atlas-document.ts";
import { logDocument, type LogDocument } from "../src/schema/dashboard/log-page.ts";
import { runDetail, stopDocument, type RunDetail } from "../src/schema/dashboard/run-detail.ts";
import {
  heatmapDocument,
  seriesDocument,
  type HeatmapDocument,
  type SeriesDocument,
} from "../src/schema/dashboard/run-series.ts";
import { readJson } from "./read-json.ts";
import { documentUrl, isStaticSite } from "./router.ts";

/** What a request asks beside its path; entries that are undefined are left out. */
export type Question = Readonly<Record<string, string | number | undefined>>;

/** The server said no, or was not there, or said something that is not what it should say. */
export class ApiError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  /** HTTP's; absent where nobody answered. */
  readonly status: number | undefined;

  constructor(failure: {
    code: string;
    message: string;
    hint?: string | undefined;
    status?: number | undefined;
    cause?: unknown;
  }) {
    super(failure.message, { cause: failure.cause });
    this.name = "ApiError";
    this.code = failure.code;
    this.hint = failure.hint;
    this.status = failure.status;
  }
}

/**
 * Fetches a document and reads it with its schema.
 *
 * @throws ApiError, or the signal's reason
 */
export async function fetchDocument<T>(
  schema: ZodType<T>,
  path: string,
  { question = {}, signal }: { question?: Question; signal?: AbortSignal | undefined } = {},
): Promise<T> {
  const response = await ask(addressOf(path, question), signal === undefined ? {} : { signal });
  return readBody(schema, response, path);
}

export function fetchAbout(): Promise<AboutDocument> {
  return fetchDocument(aboutDocument, "api/about");
}

export function fetchRun(runId: string, signal: AbortSignal): Promise<RunDetail> {
  return fetchDocument(runDetail, runPath(runId), { signal });
}

export function fetchSeries(
  runId: string,
  question: Question,
  signal: AbortSignal,
): Promise<SeriesDocument> {
  return fetchDocument(seriesDocument, `${runPath(runId)}/series`, { question, signal });
}

export function fetchHeatmap(
  runId: string,
  question: Question,
  signal: AbortSignal,
): Promise<HeatmapDocument> {
  return fetchDocument(heatmapDocument, `${runPath(runId)}/heatmap`, { question, signal });
}

export function fetchLog(
  runId: string,
  question: Question,
  signal: AbortSignal,
): Promise<LogDocument> {
  return fetchDocument(logDocument, `${runPath(runId)}/log`, { question, signal });
}

export function fetchAtlas(signal: AbortSignal): Promise<AtlasDocument> {
  return fetchDocument(atlasDocument, isStaticSite ? "api/atlas.json" : "api/atlas", { signal });
}

/** @param index the row's place in the atlas, by which a static site's files are called */
export function fetchAtlasRow(rowId: string, index: number): Promise<AtlasRowDocument> {
  if (isStaticSite) return fetchDocument(atlasRowDocument, `api/rows/${index}.json`);
  return fetchDocument(atlasRowDocument, "api/atlas/row", { question: { rowId } });
}

/** Asks the Pitwall that owns the run to stop it, as Ctrl-C would. */
export async function askToStop(runId: string): Promise<void> {
  const path = `${runPath(runId)}/stop`;
  await readBody(stopDocument, await ask(documentUrl(path), { method: "POST" }), path);
}

/** Where the record can be downloaded from, as one archive. */
export function recordAddress(runId: string): string {
  return documentUrl(`${runPath(runId)}/record`).href;
}

/** Where the bytes of the log can be downloaded from, or those of one of its lines. */
export function logBytesAddress(runId: string, line?: number): string {
  return addressOf(`${runPath(runId)}/log/raw`, { line }).href;
}

/**
 * Opens an event stream; its text comes in pieces as the server sends it.
 *
 * @param lastEventId what was seen last, to go on from there
 * @throws ApiError, or the signal's reason
 */
export async function openEventStream(
  path: string,
  question: Question,
  { lastEventId, signal }: { lastEventId: string | undefined; signal: AbortSignal },
): Promise<ReadableStream<string>> {
  const headers: Record<string, string> = { accept: "text/event-stream" };
  if (lastEventId !== undefined) headers["last-event-id"] = lastEventId;
  const response = await ask(addressOf(path, question), { headers, signal, cache: "no-store" });
  const { body } = response;
  const type = response.headers.get("content-type") ?? "";
  if (body === null || !type.startsWith("text/event-stream")) throw notPitwall(path);
  return body.pipeThrough(new TextDecoderStream());
}

export function runPath(runId: string): string {
  return `api/runs/${encodeURIComponent(runId)}`;
}

function addressOf(path: string, question: Question): URL {
  const address = documentUrl(path);
  for (const [name, value] of Object.entries(question)) {
    if (value !== undefined) address.searchParams.set(name, String(value));
  }
  return address;
}

async function ask(address: URL, request: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(address, request);
  } catch (error) {
    request.signal?.throwIfAborted();
    throw new ApiError({
      code: "no-answer",
      message: "no answer from the server",
      hint: isStaticSite ? "reload the page" : "is `pitwall serve` still running?",
      cause: error,
    });
  }
  if (!response.ok) throw await refusal(response);
  return response;
}

async function refusal(response: Response): Promise<ApiError> {
  const { status } = response;
  const body = await response
    .text()
    .then(readJson)
    .catch(() => undefined);
  const read = apiErrorDocument.safeParse(body);
  if (read.success) return new ApiError({ ...read.data.error, status });
  const message = `the server answered with status ${status}`;
  return new ApiError({ code: "status", message, status });
}

async function readBody<T>(schema: ZodType<T>, response: Response, path: string): Promise<T> {
  let body: unknown;
  try {
    body = readJson(await response.text());
  } catch (error) {
    throw notPitwall(path, error);
  }
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  throw notPitwall(path, read.error);
}

function notPitwall(path: string, cause?: unknown): ApiError {
  return new ApiError({
    code: "unreadable-answer",
    message: `\`${path}\` is not what this page knows how to read`,
    hint: "the server may have a different version; reload the page",
    cause,
  });
}
