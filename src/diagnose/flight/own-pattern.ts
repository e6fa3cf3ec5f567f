import type { FlightDump, FlightEntry } from "./flight-dump.ts";

/** Equal rounds that are needed before a different one counts. */
const minimumRounds = 2;

/**
 * Whether the calls of a rank before its last one differ from those of all its earlier rounds: the calls between two calls of the last one's group.
 * Programs repeat the same calls in each step, so a rank that left one out shows it by itself.
 */
export function hasLeftItsPattern({ entries }: FlightDump): boolean {
  const last = entries.at(-1);
  if (last === undefined) return false;
  const rounds: string[] = [];
  let round: string[] | undefined;
  for (const entry of entries) {
    if (!isAlike(entry, last)) {
      round?.push(callOf(entry));
      continue;
    }
    if (round !== undefined) rounds.push(round.join("\n"));
    round = [];
  }
  const latest = rounds.pop();
  const [usual] = rounds;
  return (
    rounds.length >= minimumRounds && rounds.every((each) => each === usual) && latest !== usual
  );
}

function isAlike(entry: FlightEntry, last: FlightEntry): boolean {
  return entry.group === last.group && callOf(entry) === callOf(last);
}

function callOf({ group, operation, inputSizes }: FlightEntry): string {
  return `${group} ${operation} ${inputSizes}`;
}
