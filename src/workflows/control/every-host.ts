import type { LaunchTarget } from "../../schema/run/hosts/launch-target.ts";
import type { RunRequest } from "../../schema/run/request/run-request.ts";

/** Where processes of a run may be: on its hosts, and on those that may have replaced some of them. */
export function everyHostOf({
  launchTarget,
  recovery,
}: Pick<RunRequest, "launchTarget" | "recovery">): LaunchTarget {
  if (launchTarget.kind !== "ssh" || recovery?.spares === undefined) return launchTarget;
  return { ...launchTarget, hosts: [...launchTarget.hosts, ...recovery.spares] };
}
