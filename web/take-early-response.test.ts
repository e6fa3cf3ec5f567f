import { afterEach, expect, test } from "vitest";
import { takeEarlyResponse } from "./take-early-response.ts";

const address = new URL("http://127.0.0.1:7700/api/runs/stream");

function requestEarly() {
  const stop = new AbortController();
  const response = Promise.resolve(new Response("data: 1\n\n"));
  globalThis.earlyResponses = new Map([[address.href, { response, stop }]]);
  return { stop, response };
}

afterEach(() => {
  globalThis.earlyResponses = undefined;
});

test("gives the early response once, to the request that it is for", async () => {
  const { signal } = new AbortController();
  expect(takeEarlyResponse(address, signal)).toBeUndefined();
  const { response } = requestEarly();
  expect(takeEarlyResponse(new URL("/api/series/stream", address), signal)).toBeUndefined();
  expect(takeEarlyResponse(new URL("?state=running", address), signal)).toBeUndefined();
  expect(takeEarlyResponse(address, signal)).toBe(response);
  expect(takeEarlyResponse(address, signal)).toBeUndefined();
});

test("ends the early request with the one that took it", () => {
  const { stop } = requestEarly();
  const page = new AbortController();
  void takeEarlyResponse(address, page.signal);
  expect(stop.signal.aborted).toBe(false);
  page.abort();
  expect(stop.signal.aborted).toBe(true);
});
