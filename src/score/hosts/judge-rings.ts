import { formatBytes } from "../../foundation/numbers/units.ts";
import type { HostFinding, RingTest } from "../../schema/run/hosts/host-check.ts";

/** A finding before those of several hosts are joined. */
export type Found = Omit<HostFinding, "hosts"> & { hosts: readonly string[] };

/** A connection is slow if it has less than this part of the median. */
export const mostSlowdown = 4;

/** Latencies below this differ for many reasons. */
const noticeableMs = 1;

/** Pairs are compared with the median of all pairs; two pairs say nothing about each other. */
export function ringFindings(rings: readonly RingTest[]): Found[] {
  const pairs = rings.filter(({ hosts }) => hosts.length === 2);
  const bandwidth = medianOf(pairs.flatMap(({ bytesPerSecond }) => bytesPerSecond ?? []));
  const latencyMs = medianOf(pairs.flatMap(({ roundTripMs }) => roundTripMs ?? []));
  return rings.flatMap((ring): Found[] => {
    const { hosts, error, bytesPerSecond = Infinity, roundTripMs = 0 } = ring;
    if (error !== undefined) return [groupFails(ring, error)];
    if (pairs.length < 3 || hosts.length > 2) return [];
    const between = hosts.join(" and ");
    const isSlow = bytesPerSecond * mostSlowdown < bandwidth;
    const isLate = roundTripMs > mostSlowdown * latencyMs && roundTripMs > noticeableMs;
    const hint = "look at the cable, switch and interface of the host that other slow pairs share";
    const shared = { weight: "doubtful" as const, hosts, hint };
    return [
      ...(isSlow
        ? [
            {
              ...shared,
              code: "pair-slow",
              message: `an all-reduce between ${between} has ${rateText(bytesPerSecond)}, the median pair ${rateText(bandwidth)}`,
            },
          ]
        : []),
      ...(isLate
        ? [
            {
              ...shared,
              code: "pair-late",
              message: `an all-reduce between ${between} takes ${roundTripMs.toFixed(1)} ms at least, of the median pair ${latencyMs.toFixed(1)} ms`,
            },
          ]
        : []),
    ];
  });
}

function groupFails({ hosts, backend }: RingTest, error: string): Found {
  return {
    code: "process-group-fails",
    weight: "breaks",
    hosts,
    message: `${backend} does not work between ${hosts.join(", ")}: ${error}`,
    hint: "torch.distributed connects from any host to any port of the others, on the interface that reaches the first host",
  };
}

function rateText(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`;
}

/** The upper median; 0 for no values. */
export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
