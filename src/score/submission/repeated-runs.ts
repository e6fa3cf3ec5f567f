import type { RunDigest, SubmissionFinding } from "../../schema/logs/submission.ts";

/** Finds result files with the same number (`result_1.txt`, `result_01.txt`) and logs of the same run. */
export function repeatedRuns(digests: readonly RunDigest[]): SubmissionFinding[] {
  const byNumber = repeatedNumbers(digests.map(({ log }) => log));
  const byClock = group(digests, ({ runStartMs, runStopMs }) =>
    runStartMs === undefined || runStopMs === undefined ? undefined : `${runStartMs} ${runStopMs}`,
  );
  return [
    ...byNumber.flatMap(({ number, logs }) =>
      /^\d+$/.test(number)
        ? [{ rule: "result-number-repeated" as const, number: Number(number), logs }]
        : [],
    ),
    ...byClock.map(([, same]) => ({
      rule: "run-repeated" as const,
      logs: same.map(({ log }) => log),
    })),
  ];
}

/** Result files that share a number, or a name if the name has no number. */
export function repeatedNumbers(logs: readonly string[]): { number: string; logs: string[] }[] {
  return group(logs, resultNumber).map(([number, same]) => ({ number, logs: same }));
}

/** `result_1.txt`, `result_01.txt.gz`, `result_run1.txt` and round 0.5's `x_result_1.txt` have number 1. */
function resultNumber(log: string): string | undefined {
  const name = /^(?:.*_)?result_(.*?)\.txt(?:\.gz)?$/.exec(log)?.[1];
  return name?.replace(/^(?:run)?0*(?=\d+$)/, "");
}

/** Returns groups of two or more items that share a key, in order of first appearance. */
function group<Item, Key>(
  items: readonly Item[],
  keyOf: (item: Item) => Key | undefined,
): [Key, Item[]][] {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === undefined) continue;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [item]);
    else known.push(item);
  }
  return [...groups].filter(([, same]) => same.length > 1);
}
