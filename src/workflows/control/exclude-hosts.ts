import type { HostFinding } from "../../schema/run/hosts/host-check.ts";
import type { ExclusionScope, HostExclusion } from "../../schema/run/hosts/host-exclusion.ts";
import { addExclusionEntry, readExclusions } from "../../store/excluded-hosts.ts";
import type { HostsCheck } from "./check-hosts.ts";

/** How long a host is left out that a run blamed. */
const hostRestMs = 24 * 60 * 60 * 1000;

/** A host that a run lost, or blamed for faults, is left out by later runs until it is tested. */
export async function excludeBlamed(
  home: string,
  blamed: Pick<HostExclusion, "host" | "scope" | "reason" | "runId">,
  nowMs: number,
): Promise<void> {
  const times = { excludedMs: nowMs, expiresMs: nowMs + hostRestMs };
  await addExclusionEntry(home, { kind: "exclude", ...blamed, by: "recovery", ...times });
}

export type Allowed =
  | { kind: "allowed"; tested: boolean }
  | { kind: "failed"; findings: HostFinding[] }
  | { kind: "not-excluded" };

/**
 * Uses a host again if it passes its self-test.
 *
 * @param check tests the host; absent: it is used without a test
 */
export async function allowHost(
  home: string,
  { host, scope }: { host: string; scope: ExclusionScope },
  { check, nowMs }: { check: (() => Promise<HostsCheck>) | undefined; nowMs: number },
): Promise<Allowed> {
  const excluded = await readExclusions(home);
  if (!excluded.some((each) => each.host === host && each.scope === scope))
    return { kind: "not-excluded" };
  if (check !== undefined) {
    const { findings } = await check();
    const breaking = findings.filter(({ weight }) => weight === "breaks");
    if (breaking.length > 0) return { kind: "failed", findings: breaking };
  }
  await addExclusionEntry(home, { kind: "allow", host, scope, allowedMs: nowMs });
  return { kind: "allowed", tested: check !== undefined };
}
