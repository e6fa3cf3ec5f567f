import type { CompatibilityGroup } from "../../schema/atlas/answers/compatibility.ts";
import type { Suite } from "../../schema/atlas/results/result-row.ts";

/** A benchmark's current name, and the compatibility group of the round's results. */
export interface NamedBenchmark {
  benchmark: string;
  compatibilityGroup: number;
}

/**
 * Maps a benchmark to its current name. One name has had two meanings: `ssd` is RetinaNet since round 2.0.
 *
 * @param published the name in the logs or of the folder
 * @param round `v5.0`
 */
export function nameBenchmark(
  published: string,
  { suite, round }: { suite: Suite; round: string },
  groups: readonly CompatibilityGroup[],
): NamedBenchmark {
  const named = groups.filter(
    (group) =>
      group.suite === suite &&
      (group.benchmark === published || group.aliases.includes(published)) &&
      compareRounds(group.firstRound, round) <= 0,
  );
  const ofRound = named.filter((group) => compareRounds(round, group.lastRound) <= 0);
  // Rounds newer than the table are assigned to the newest group.
  const [found] = (ofRound.length > 0 ? ofRound : named).toSorted((a, b) =>
    compareRounds(b.firstRound, a.firstRound),
  );
  return found === undefined
    ? { benchmark: published, compatibilityGroup: 1 }
    : { benchmark: found.benchmark, compatibilityGroup: found.group };
}

/** Negative if `a` is the earlier round: `v1.1` before `v2.0`, `v0.7` before `v0.10`. */
function compareRounds(a: string, b: string): number {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  return (left[0] ?? 0) - (right[0] ?? 0) || (left[1] ?? 0) - (right[1] ?? 0);
}

function numbersOf(round: string): number[] {
  return round.replace(/^v/, "").split(".").map(Number);
}
