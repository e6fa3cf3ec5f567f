// Requests what the page shows first while its bundle is still loading; api.ts takes the responses. A file of its own,
// because the content security policy forbids inline scripts. The build puts the names in double underscores in.
const responses = (globalThis.earlyResponses = new Map());

/** An untaken stream would occupy the server. */
const dropAfterMs = 10_000;

function request(address, accept) {
  const stop = new AbortController();
  const response = fetch(address, { headers: { accept }, cache: "no-store", signal: stop.signal });
  // Whoever takes it handles the failure.
  response.catch(() => undefined);
  responses.set(String(address), { response, stop });
  setTimeout(() => {
    if (responses.delete(String(address))) stop.abort();
  }, dropAfterMs);
}

/** Loads modules that are imported later. */
function preload(files) {
  for (const file of files) {
    const link = document.createElement("link");
    Object.assign(link, { rel: "modulepreload", href: file, crossOrigin: "" });
    document.head.append(link);
  }
}

function requestRun(path) {
  preload(__RUN_PAGE_FILES__);
  request(new URL(`/api${path}`, location.origin), "application/json");
  const query = new URLSearchParams(location.search);
  if (query.has("x") || query.has("rank")) return;
  const stream = new URL(`/api${path}/stream`, location.origin);
  stream.searchParams.set("names", __SERIES_NAMES__);
  stream.searchParams.set("x", "clock");
  // As `bucketWidth` of the page.
  const width = Math.max(200, Math.min(2000, Math.ceil(innerWidth / 100) * 100));
  stream.searchParams.set("width", String(width));
  request(stream, "text/event-stream");
}

const { pathname } = location;
if (pathname === "/" || pathname === "/runs")
  request(new URL("/api/runs/stream", location.origin), "text/event-stream");
else if (/^\/runs\/[^/]+$/u.test(pathname)) requestRun(pathname);
else if (/^\/runs\/[^/]+\/doctor$/u.test(pathname))
  request(
    new URL(`/api${pathname.replace(/doctor$/u, "diagnosis")}`, location.origin),
    "application/json",
  );
