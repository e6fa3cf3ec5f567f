import { type HostExclusion, isExpired } from "../schema/run/hosts/host-exclusion.ts";
import type { Paint } from "./paint.ts";

/** The excluded hosts, one in two lines each. */
export function excludedHostsText(
  hosts: readonly HostExclusion[],
  nowMs: number,
  paint: Paint,
): string {
  if (hosts.length === 0) return "no host is excluded\n";
  return hosts
    .map((each) => {
      const { host, scope, reason, runId, expiresMs } = each;
      const place = scope === "slurm" ? " (Slurm)" : "";
      const end =
        expiresMs === undefined
          ? "until it is allowed"
          : `${isExpired(each, nowMs) ? "expired" : "until"} ${new Date(expiresMs).toISOString()}`;
      const blamed = runId === undefined ? "" : `; blamed by ${paint.name(runId)}`;
      return `${paint.name(host)}${place}   ${end}\n  ${reason}${blamed}\n`;
    })
    .join("");
}
