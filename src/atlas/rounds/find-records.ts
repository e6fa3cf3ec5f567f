import { groupBy } from "../../foundation/collections/group-by.ts";
import type { ResultRow } from "../../schema/atlas/results/result-row.ts";
import type { RoundRecord } from "../../schema/atlas/rounds/round-summary.ts";
import { compareRounds } from "../rows/sort-results.ts";

/**
 * The records in order of rounds: the fastest result of a round, if it beats all earlier rounds under the same rules.
 * Open-division results and weak scaling do not count. A result that was submitted again is not a record.
 */
export function findRecords(rows: readonly ResultRow[]): RoundRecord[] {
  const records: RoundRecord[] = [];
  for (const sameRules of groupBy(rows, rulesOf).values()) {
    let holder: ResultRow | undefined;
    for (const row of bestOfRounds(sameRules)) {
      if (holder !== undefined && timeOf(row) >= timeOf(holder)) continue;
      records.push({ row, previous: holder });
      holder = row;
    }
  }
  return records;
}

/** The fastest result of each round, in order of rounds. */
export function bestOfRounds(rows: readonly ResultRow[]): ResultRow[] {
  const eligible = rows.filter(
    ({ division, scaling, scoreMs }) =>
      division !== "open" && scaling !== "weak" && scoreMs !== undefined && scoreMs > 0,
  );
  return [...groupBy(eligible, ({ round }) => round).values()]
    .flatMap((ofRound) => ofRound.toSorted((a, b) => timeOf(a) - timeOf(b)).slice(0, 1))
    .toSorted(compareRounds);
}

function rulesOf({ suite, benchmark, compatibilityGroup }: ResultRow): string {
  return `${suite}/${benchmark}/${compatibilityGroup}`;
}

function timeOf({ scoreMs }: ResultRow): number {
  return scoreMs ?? Number.POSITIVE_INFINITY;
}
