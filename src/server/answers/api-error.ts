import { UserError, WorldError } from "../../foundation/errors/user-error.ts";
import type { ApiErrorDocument } from "../../schema/dashboard/api-error.ts";

const statusOfCode: Readonly<Record<string, number>> = {
  "unknown-run": 404,
  "unknown-race": 404,
  "unknown-series": 404,
  "unknown-row": 404,
  "unknown-route": 404,
  "method-not-allowed": 405,
  "record-broken": 409,
  "run-not-running": 409,
  "run-elsewhere": 409,
  "owner-unsure": 409,
  "owner-refused": 403,
  "record-linked": 403,
  "read-only": 403,
  "foreign-host": 403,
  "foreign-origin": 403,
  "token-needed": 401,
  "body-too-large": 413,
  "axis-unavailable": 422,
  "too-many-streams": 503,
};

/** The HTTP status and body of an error response. */
export interface Refusal {
  status: number;
  body: ApiErrorDocument;
}

/** Converts a user error to an HTTP response; returns undefined for a bug in Pitwall. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof UserError)) return undefined;
  const { code, message, hint, saw } = error;
  const status = statusOfCode[code] ?? (error instanceof WorldError ? 503 : 400);
  const advice = hint ?? saw;
  return {
    status,
    body: { error: { code, message, ...(advice === undefined ? {} : { hint: advice }) } },
  };
}
