import { signal } from "@preact/signals";

let offsetMs: number | undefined;

/**
 * Takes the server's time out of an answer: it lies between when the question was sent and when the
 * answer came. Milliseconds by this page's own clock, which never steps.
 */
export function noteAnswerTime(serverTimeMs: number, sentMs: number, receivedMs: number): void {
  offsetMs = serverTimeMs - (sentMs + receivedMs) / 2;
}

/** Takes the server's time out of news that it sent on its own: it was that late at least. */
export function noteNewsTime(serverTimeMs: number, receivedMs: number): void {
  offsetMs = Math.max(offsetMs ?? Number.NEGATIVE_INFINITY, serverTimeMs - receivedMs);
}

/** Now, by the server's clock: milliseconds since the epoch. */
export function serverNowMs(): number {
  return offsetMs === undefined ? Date.now() : performance.now() + offsetMs;
}

/** The server's time, once a second; for ages and for lists of clocks. */
export const everySecondMs = signal(serverNowMs());

setInterval(() => {
  if (document.visibilityState === "visible") everySecondMs.value = serverNowMs();
}, 1000);
