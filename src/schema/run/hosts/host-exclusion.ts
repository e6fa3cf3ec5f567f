import { z } from "zod";
import { hostName } from "./host.ts";

/** What knows a host by its name: the user's ssh configuration, also for mpirun, or Slurm. */
export const exclusionScopes = ["ssh", "slurm"] as const;
export type ExclusionScope = (typeof exclusionScopes)[number];

/** A host that runs do not use. */
export const hostExclusion = z.strictObject({
  host: hostName,
  scope: z.enum(exclusionScopes),
  reason: z.string().min(1),
  /** The user, or a run that lost the host or blamed it for faults. */
  by: z.enum(["user", "recovery"]),
  /** The run that blamed it: `pitwall show` has the evidence. */
  runId: z.string().optional(),
  excludedMs: z.number(),
  /** From then on it is tested, and used again if it passes; absent: until it is allowed. */
  expiresMs: z.number().optional(),
});
export type HostExclusion = z.output<typeof hostExclusion>;

/** A line of the list, in the order of time. */
export const exclusionEntry = z.discriminatedUnion("kind", [
  hostExclusion.extend({ kind: z.literal("exclude") }),
  z.strictObject({
    kind: z.literal("allow"),
    host: hostName,
    scope: z.enum(exclusionScopes),
    allowedMs: z.number(),
  }),
]);
export type ExclusionEntry = z.output<typeof exclusionEntry>;

/** The hosts that are excluded after all entries, expired ones included, in the order of their exclusion. */
export function excludedHosts(entries: readonly ExclusionEntry[]): HostExclusion[] {
  const excluded = new Map<string, HostExclusion>();
  for (const { kind, ...entry } of entries) {
    const key = `${entry.scope} ${entry.host}`;
    excluded.delete(key);
    if (kind === "exclude" && "reason" in entry) excluded.set(key, entry);
  }
  return [...excluded.values()];
}

export function isExpired({ expiresMs }: HostExclusion, nowMs: number): boolean {
  return expiresMs !== undefined && expiresMs <= nowMs;
}
