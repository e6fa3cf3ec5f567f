import { parseDurationMs } from "../../../foundation/numbers/units.ts";
import { UserError } from "../../../foundation/errors/user-error.ts";

const dateText = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:?\d{2})?)?$/u;

/**
 * Reads a time: a duration before now (`2h`, `3d`) or a date (`2026-11-01`, `2026-11-01T08:00`). A date without a zone
 * is local time. Milliseconds since the epoch.
 *
 * @throws UserError `since-invalid`
 */
export function parseSince(text: string, nowMs: number): number {
  const durationMs = parseDurationMs(text);
  if (durationMs !== undefined) return nowMs - durationMs;
  const hasTime = text.includes(":");
  const dateMs = dateText.test(text)
    ? Date.parse(hasTime ? text.replace(" ", "T") : `${text}T00:00`)
    : Number.NaN;
  if (Number.isFinite(dateMs)) return dateMs;
  throw new UserError("since-invalid", `invalid time \`${text}\``, {
    at: "--since",
    hint: "use a duration before now, `2h` or `3d`, or a date, `2026-11-01` or `2026-11-01T08:00`",
  });
}
