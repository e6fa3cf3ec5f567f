import { signal, type Signal } from "@preact/signals";
import type { ZodType } from "zod";
import type { ApiError } from "../api.ts";
import { asFailure, follow, readData } from "./follow.ts";

/** A document that the server sends again after each change. */
export interface FollowedState<Document> {
  document?: Document;
  /** Why the stream broke; an earlier document stays. */
  failure?: ApiError;
}

export function followedState<Document>(): Signal<FollowedState<Document>> {
  return signal<FollowedState<Document>>({});
}

/** Keeps a document up to date until the signal is aborted. */
export async function followDocument<Document>(
  state: Signal<FollowedState<Document>>,
  { path, event, schema }: { path: string; event: string; schema: ZodType<Document> },
  stop: AbortSignal,
): Promise<void> {
  for await (const update of follow(path, {}, stop)) {
    switch (update.kind) {
      case "opened":
        break;
      case "message":
        // A newer server may send other events.
        if (update.message.event === event)
          state.value = { document: readData(schema, update.message) };
        break;
      case "lost":
      case "ended":
        state.value = { ...state.peek(), failure: asFailure(update.reason) };
    }
  }
}
