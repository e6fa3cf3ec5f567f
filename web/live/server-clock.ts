import { signal } from "@preact/signals";

let offsetMs: number | undefined;

/**
 * Sets the clock offset from a response: the server's time is assumed to be halfway between request and response.
 * `sentMs` and `receivedMs` are milliseconds of this page's monotonic clock.
 */
export function noteResponseTime(serverTimeMs: number, sentMs: number, receivedMs: number): void {
  offsetMs = serverTimeMs - (sentMs + receivedMs) / 2;
}

/** Sets the clock offset from a pushed event: its delay is unknown, so it gives a lower bound. */
export function noteEventTime(serverTimeMs: number, receivedMs: number): void {
  offsetMs = Math.max(offsetMs ?? Number.NEGATIVE_INFINITY, serverTimeMs - receivedMs);
}

/** The current time by the server's clock, in milliseconds since the epoch. */
export function serverNowMs(): number {
  return offsetMs === undefined ? Date.now() : performance.now() + offsetMs;
}

/** The server's time, updated once per second, for ages and running clocks. */
export const everySecondMs = signal(serverNowMs());

setInterval(() => {
  if (document.visibilityState === "visible") everySecondMs.value = serverNowMs();
}, 1000);
