/** In a page that becomes hidden, frames stop. */
const maxWaitMs = 200;

/** Resolves after the next frame was painted. */
export function nextPaint(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, maxWaitMs);
    // A task of its own comes after the frame.
    requestAnimationFrame(() => setTimeout(resolve));
  });
}
