// Requests the list of runs while the bundle of the page is still loading; `openEventStream` of api.ts takes the
// response. A file of its own, because the content security policy forbids inline scripts.
if (location.pathname === "/" || location.pathname === "/runs") {
  const stop = new AbortController();
  const path = "/api/runs/stream";
  const request = {
    headers: { accept: "text/event-stream" },
    cache: "no-store",
    signal: stop.signal,
  };
  const response = fetch(path, request);
  // Whoever takes it handles the failure.
  response.catch(() => undefined);
  globalThis.earlyStream = { path, response, stop };
}
