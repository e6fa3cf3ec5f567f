import type { ApiError } from "../api.ts";

/** The state of a page's live connection. */
export type Connection =
  | { kind: "connecting" }
  | { kind: "live" }
  /** `sinceMs`, by the server's clock, is the time of the shown data. */
  | { kind: "reconnecting"; sinceMs: number }
  /** No more data will arrive. */
  | { kind: "ended" }
  | { kind: "removed" }
  | { kind: "failed"; failure: ApiError };
