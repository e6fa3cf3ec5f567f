import { afterEach, expect, test } from "vitest";
import { takeEarlyStream } from "./take-early-stream.ts";

const address = new URL("http://127.0.0.1:7700/api/runs/stream");

function requestEarly() {
  const stop = new AbortController();
  const response = Promise.resolve(new Response("data: 1\n\n"));
  globalThis.earlyStream = { path: address.pathname, response, stop };
  return { stop, response };
}

afterEach(() => {
  globalThis.earlyStream = undefined;
});

test("gives the early response once, to the request that it is for", async () => {
  const { signal } = new AbortController();
  expect(takeEarlyStream(address, signal)).toBeUndefined();
  const { response } = requestEarly();
  expect(takeEarlyStream(new URL("/api/series/stream", address), signal)).toBeUndefined();
  expect(takeEarlyStream(new URL("?state=running", address), signal)).toBeUndefined();
  expect(takeEarlyStream(address, signal)).toBe(response);
  expect(takeEarlyStream(address, signal)).toBeUndefined();
});

test("ends the early request with the one that took it", () => {
  const { stop } = requestEarly();
  const page = new AbortController();
  void takeEarlyStream(address, page.signal);
  expect(stop.signal.aborted).toBe(false);
  page.abort();
  expect(stop.signal.aborted).toBe(true);
});
