import type { RunDigest, SubmissionFinding } from "../../schema/logs/submission.ts";

/** Logs under one number (`result_1.txt`, `result_01.txt`), and logs of one and the same run. */
export function repeatedRuns(digests: readonly RunDigest[]): SubmissionFinding[] {
  const byNumber = group(digests, ({ log }) => {
    const number = /^(?:.*_)?result_(?:run)?0*(\d+)\.txt$/.exec(log)?.[1];
    return number === undefined ? undefined : Number(number);
  });
  const byClock = group(digests, ({ runStartMs, runStopMs }) =>
    runStartMs === undefined || runStopMs === undefined ? undefined : `${runStartMs} ${runStopMs}`,
  );
  return [
    ...byNumber.map(([number, logs]) => ({
      rule: "result-number-repeated" as const,
      number,
      logs,
    })),
    ...byClock.map(([, logs]) => ({ rule: "run-repeated" as const, logs })),
  ];
}

/** Names of logs that share a key with another log. */
function group<Key>(
  digests: readonly RunDigest[],
  keyOf: (digest: RunDigest) => Key | undefined,
): [Key, string[]][] {
  const groups = new Map<Key, string[]>();
  for (const digest of digests) {
    const key = keyOf(digest);
    if (key !== undefined) groups.set(key, [...(groups.get(key) ?? []), digest.log]);
  }
  return [...groups].filter(([, logs]) => logs.length > 1);
}
