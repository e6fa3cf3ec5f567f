import type { ApiError } from "../api.ts";

/** How a page's live connection is. */
export type Connection =
  | { kind: "connecting" }
  | { kind: "live" }
  /** `sinceMs` by the server's clock: how old what is shown is. */
  | { kind: "reconnecting"; sinceMs: number }
  /** There is nothing more to come. */
  | { kind: "ended" }
  | { kind: "removed" }
  | { kind: "failed"; failure: ApiError };
