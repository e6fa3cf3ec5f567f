import type { RunDetail } from "../../../../src/schema/dashboard/run-detail.ts";

/** `2 hosts, 16 ranks`; undefined for a single rank. */
export function jobSize({ hosts, ranks }: RunDetail["job"]): string | undefined {
  if (ranks.length <= 1) return undefined;
  const hostCount = hosts.length === 1 ? "1 host" : `${hosts.length} hosts`;
  return `${hostCount}, ${ranks.length.toLocaleString("en-US")} ranks`;
}
