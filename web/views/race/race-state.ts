import { signal, type Signal } from "@preact/signals";
import type { ApiError } from "../../api.ts";
import { asFailure } from "../../live/follow.ts";

/** A document that is fetched again and again. */
export interface PolledState<Document> {
  document?: Document;
  /** Why the last request failed; an earlier document stays. */
  failure?: ApiError;
}

/** Refresh interval while a race runs, and otherwise. */
const liveMs = 2000;
const idleMs = 10_000;

export function polledState<Document>(): Signal<PolledState<Document>> {
  return signal<PolledState<Document>>({});
}

/** Fetches a document until the page is left; more often while it is live. Hidden pages fetch nothing. */
export function pollDocument<Document>(
  state: Signal<PolledState<Document>>,
  {
    fetchNow,
    isLive,
  }: {
    fetchNow: (signal: AbortSignal) => Promise<Document>;
    isLive: (document: Document) => boolean;
  },
  unmount: AbortSignal,
): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const refresh = async (): Promise<void> => {
    if (document.visibilityState === "visible") {
      try {
        state.value = { document: await fetchNow(unmount) };
      } catch (error) {
        if (unmount.aborted) return;
        state.value = { ...state.peek(), failure: asFailure(error) };
      }
    }
    if (unmount.aborted) return;
    const known = state.peek().document;
    timer = setTimeout(
      () => void refresh(),
      known !== undefined && isLive(known) ? liveMs : idleMs,
    );
  };
  void refresh();
  unmount.addEventListener("abort", () => clearTimeout(timer), { once: true });
}
