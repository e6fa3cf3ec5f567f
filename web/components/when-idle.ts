/** Browsers without idle callbacks wait this long. */
const waitMs = 200;

const waiting: (() => void)[] = [];
let isScheduled = false;

/** Calls functions one after another, each in idle time of the page. @returns cancels the call */
export function whenIdle(callback: () => void): () => void {
  waiting.push(callback);
  schedule();
  return () => {
    const at = waiting.indexOf(callback);
    if (at >= 0) waiting.splice(at, 1);
  };
}

function schedule(): void {
  if (isScheduled || waiting.length === 0) return;
  isScheduled = true;
  const run = (): void => {
    isScheduled = false;
    waiting.shift()?.();
    schedule();
  };
  if (typeof requestIdleCallback === "function") requestIdleCallback(run, { timeout: 1000 });
  else setTimeout(run, waitMs);
}
