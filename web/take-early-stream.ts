/** The stream that early.js has requested before this bundle was loaded. */
interface EarlyStream {
  path: string;
  response: Promise<Response>;
  stop: AbortController;
}

declare global {
  // oxlint-disable-next-line no-var -- only `var` declares a property of the global object
  var earlyStream: EarlyStream | undefined;
}

/** The early response to a first request of a stream; only once, undefined for others. */
export function takeEarlyStream(address: URL, signal: AbortSignal): Promise<Response> | undefined {
  const early = globalThis.earlyStream;
  if (early === undefined || address.pathname !== early.path || address.search !== "")
    return undefined;
  globalThis.earlyStream = undefined;
  signal.addEventListener("abort", () => early.stop.abort(), { once: true });
  if (signal.aborted) early.stop.abort();
  return early.response;
}
