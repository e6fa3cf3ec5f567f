import { takeEarlyResponse } from "./take-early-response.ts";
import type { ZodType } from "zod";
import { apiErrorDocument } from "../src/schema/dashboard/api-error.ts";
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
  const address = addressOf(path, parameters);
  const early = takeEarlyResponse(address, signal);
  const response = await send(address, signal === undefined ? {} : { signal }, early);
  return readBody(schema, response, path);
}

/**
 * Sends a change as JSON and parses the answer with its schema.
 *
 * @throws ApiError
 */
export async function postDocument<T>(
  schema: ZodType<T>,
  path: string,
  change?: unknown,
): Promise<T> {
  const headers = { "content-type": "application/json" };
  const body = change === undefined ? {} : { headers, body: JSON.stringify(change) };
  return readBody(schema, await send(documentUrl(path), { method: "POST", ...body }), path);
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
  const early = lastEventId === undefined ? takeEarlyResponse(address, signal) : undefined;
  const response = await send(address, { headers, signal, cache: "no-store" }, early);
  const { body } = response;
  const type = response.headers.get("content-type") ?? "";
  if (body === null || !type.startsWith("text/event-stream")) throw invalidResponse(path);
  return body.pipeThrough(new TextDecoderStream());
}

export function runPath(runId: string): string {
  return `api/runs/${encodeURIComponent(runId)}`;
}

/** The address of a document with its query. */
export function addressOf(path: string, parameters: QueryParameters): URL {
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
