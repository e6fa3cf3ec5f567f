import type { EarlierParts } from "../outcome/earlier-parts.ts";

/** What the clock of a run shows when its own timed part starts. Milliseconds. */
export function earlierClockMs({
  continues,
}: {
  continues?: { clockMs: number } | undefined;
}): number {
  return continues?.clockMs ?? 0;
}

/** Which run a run continues, for example `continues toy-1, 2 parts`; undefined if it continues none. */
export function continuesText({
  continues,
}: {
  continues?: EarlierParts | undefined;
}): string | undefined {
  if (continues === undefined) return undefined;
  const { runIds } = continues;
  return `continues ${runIds.at(-1)}, ${runIds.length + 1} parts`;
}
