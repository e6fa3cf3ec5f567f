/** What early.js has requested before this bundle was loaded. */
interface EarlyResponse {
  response: Promise<Response>;
  stop: AbortController;
}

declare global {
  // oxlint-disable-next-line no-var -- only `var` declares a property of the global object
  var earlyResponses: Map<string, EarlyResponse> | undefined;
}

/** The early response to the first request of an address; undefined for others. */
export function takeEarlyResponse(
  address: URL,
  signal: AbortSignal | undefined,
): Promise<Response> | undefined {
  const early = globalThis.earlyResponses?.get(address.href);
  if (early === undefined) return undefined;
  globalThis.earlyResponses?.delete(address.href);
  signal?.addEventListener("abort", () => early.stop.abort(), { once: true });
  if (signal?.aborted === true) early.stop.abort();
  return early.response;
}
