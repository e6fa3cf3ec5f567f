import { takeEarlyStream } from "./take-early-stream.ts";
import type { ZodType } from "zod";
import { aboutDocument, type AboutDocument } from "../src/schema/dashboard/about.ts";
import { apiErrorDocument } from "../src/schema/dashboard/api-error.ts";
import {
  atlasDocument,
  atlasRowDocument,
  type AtlasDocument,
  type AtlasRowDocument,
} from "../src/schema/dashboard/atlas-document.ts";
import {
  diagnosisDocument,
  type DiagnosisDocument,
} from "../src/schema/dashboard/diagnosis-page.ts";
import { labelDocument, type LabelRequest } from "../src/schema/dashboard/label-request.ts";
import { logDocument, type LogDocument } from "../src/schema/dashboard/log-page.ts";
import { planDocument } from "../src/schema/dashboard/plan-document.ts";
import {
  referencesDocument,
  referencesFile,
  type ReferencesDocument,
} from "../src/schema/dashboard/references-page.ts";
import { runDetail, stopDocument, type RunDetail } from "../src/schema/dashboard/run-detail.ts";
import {
  heatmapDocument,
  seriesDocument,
  type HeatmapDocument,
  type SeriesDocument,
} from "../src/schema/dashboard/run-series.ts";
import type { PlanData } from "../src/schema/plan/plan-data.ts";
import { readJson } from "./read-json.ts";
import { documentUrl, isStaticSite } from "./router.ts";

/** Query parameters of a request; undefined entries are omitted. */
export type QueryParameters = Readonly<Record<string, string | number | undefined>>;

/** The server refused the request, did not respond, or sent an invalid response. */
export class ApiError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  /** HTTP status; undefined if there was no response. */
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
 * Fetches a document and parses it with its schema.
 *
 * @throws ApiError, or the signal's reason
 */
export async function fetchDocument<T>(
  schema: ZodType<T>,
  path: string,
  {
    parameters = {},
    signal,
  }: { parameters?: QueryParameters; signal?: AbortSignal | undefined } = {},
): Promise<T> {
  const response = await send(addressOf(path, parameters), signal === undefined ? {} : { signal });
  return readBody(schema, response, path);
}

export function fetchAbout(): Promise<AboutDocument> {
  return fetchDocument(aboutDocument, "api/about");
}

export function fetchRun(runId: string, signal: AbortSignal): Promise<RunDetail> {
  return fetchDocument(runDetail, runPath(runId), { signal });
}

export function fetchDiagnosis(runId: string, signal: AbortSignal): Promise<DiagnosisDocument> {
  return fetchDocument(diagnosisDocument, `${runPath(runId)}/diagnosis`, { signal });
}

export function fetchSeries(
  runId: string,
  parameters: QueryParameters,
  signal: AbortSignal,
): Promise<SeriesDocument> {
  return fetchDocument(seriesDocument, `${runPath(runId)}/series`, { parameters, signal });
}

export function fetchHeatmap(
  runId: string,
  parameters: QueryParameters,
  signal: AbortSignal,
): Promise<HeatmapDocument> {
  return fetchDocument(heatmapDocument, `${runPath(runId)}/heatmap`, { parameters, signal });
}

export function fetchLog(
  runId: string,
  parameters: QueryParameters,
  signal: AbortSignal,
): Promise<LogDocument> {
  return fetchDocument(logDocument, `${runPath(runId)}/log`, { parameters, signal });
}

export function fetchAtlas(signal: AbortSignal): Promise<AtlasDocument> {
  return fetchDocument(atlasDocument, isStaticSite ? "api/atlas.json" : "api/atlas", { signal });
}

/** The data of plans, which browsers keep and validate. */
export async function fetchPlanData(signal: AbortSignal): Promise<PlanData> {
  const path = isStaticSite ? "api/plan.json" : "api/plan";
  return (await fetchDocument(planDocument, path, { signal })).data;
}

/** @param index index of the row in the atlas, which names its file on a static site */
export function fetchAtlasRow(rowId: string, index: number): Promise<AtlasRowDocument> {
  if (isStaticSite) return fetchDocument(atlasRowDocument, `api/rows/${index}.json`);
  return fetchDocument(atlasRowDocument, "api/atlas/row", { parameters: { rowId } });
}

export function fetchReferences(
  parameters: QueryParameters,
  signal: AbortSignal,
): Promise<ReferencesDocument> {
  const { benchmark, edition } = parameters;
  if (isStaticSite) {
    const path = referencesFile(textOf(benchmark), textOf(edition));
    return fetchDocument(referencesDocument, path, { signal });
  }
  return fetchDocument(referencesDocument, "api/references", { parameters, signal });
}

function textOf(value: QueryParameters[string]): string | undefined {
  return value === undefined ? undefined : encodeURIComponent(value);
}

/** Requests that the Pitwall process of the run stops it, like Ctrl-C. */
export async function requestStop(runId: string): Promise<void> {
  const path = `${runPath(runId)}/stop`;
  await readBody(stopDocument, await send(documentUrl(path), { method: "POST" }), path);
}

/** Changes tags, the note, or whether a run is archived. */
export async function changeLabels(runId: string, change: LabelRequest): Promise<void> {
  const path = `${runPath(runId)}/labels`;
  const request = {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(change),
  };
  await readBody(labelDocument, await send(documentUrl(path), request), path);
}

/** Download address of the record as a tar archive. */
export function recordAddress(runId: string): string {
  return documentUrl(`${runPath(runId)}/record`).href;
}

/** Download address of the raw log, or of one line. */
export function logBytesAddress(runId: string, line?: number): string {
  return addressOf(`${runPath(runId)}/log/raw`, { line }).href;
}

/**
 * Opens an event stream and returns its text as it arrives.
 *
 * @param lastEventId id of the last received event; the stream continues after it
 * @throws ApiError, or the signal's reason
 */
export async function openEventStream(
  path: string,
  parameters: QueryParameters,
  { lastEventId, signal }: { lastEventId: string | undefined; signal: AbortSignal },
): Promise<ReadableStream<string>> {
  const headers: Record<string, string> = { accept: "text/event-stream" };
  if (lastEventId !== undefined) headers["last-event-id"] = lastEventId;
  const address = addressOf(path, parameters);
  const early = lastEventId === undefined ? takeEarlyStream(address, signal) : undefined;
  const response = await send(address, { headers, signal, cache: "no-store" }, early);
  const { body } = response;
  const type = response.headers.get("content-type") ?? "";
  if (body === null || !type.startsWith("text/event-stream")) throw invalidResponse(path);
  return body.pipeThrough(new TextDecoderStream());
}

export function runPath(runId: string): string {
  return `api/runs/${encodeURIComponent(runId)}`;
}

function addressOf(path: string, parameters: QueryParameters): URL {
  const address = documentUrl(path);
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) address.searchParams.set(name, String(value));
  }
  return address;
}

/** @param early the response to this request, if it was sent before */
async function send(
  address: URL,
  request: RequestInit,
  early?: Promise<Response>,
): Promise<Response> {
  let response: Response;
  try {
    response = await (early ?? fetch(address, request));
  } catch (error) {
    request.signal?.throwIfAborted();
    throw new ApiError({
      code: "no-answer",
      message: "no response from the server",
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
  const message = `the server responded with status ${status}`;
  return new ApiError({ code: "status", message, status });
}

async function readBody<T>(schema: ZodType<T>, response: Response, path: string): Promise<T> {
  let body: unknown;
  try {
    body = readJson(await response.text());
  } catch (error) {
    throw invalidResponse(path, error);
  }
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  throw invalidResponse(path, read.error);
}

function invalidResponse(path: string, cause?: unknown): ApiError {
  return new ApiError({
    code: "unreadable-answer",
    message: `invalid response for \`${path}\``,
    hint: "the server may have a different version; reload the page",
    cause,
  });
}
