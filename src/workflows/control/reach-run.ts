import { UserError } from "../../foundation/errors/user-error.ts";
import type { LaunchMeans } from "../../launch/launch-target-row.ts";
import { launchTargets } from "../../launch/launch-targets.ts";
import type { LaunchedRun, ReachedHost, ReachedJob } from "../../launch/agent/reached-job.ts";
import type { LaunchTargetKind, LaunchTargetOf } from "../../schema/run/hosts/launch-target.ts";
import type { RunRecord } from "../../store/records/run-store.ts";
import { startableOf } from "../launch/prepare/startable-of.ts";
import { everyHostOf } from "./every-host.ts";
import { launchMeans } from "../launch/targets/target-worlds.ts";

/** This process, as launch targets need it. */
export interface Means {
  nowMs(): number;
  env: Readonly<Record<string, string | undefined>>;
}

type Run = Pick<RunRecord, "runId" | "request" | "directory">;

/**
 * Reaches the hosts of a run; those that do not answer are listed.
 *
 * @throws UserError `reach-impossible`, `run-imported`
 */
export async function reachRun(run: Run, means: Means): Promise<ReachedJob> {
  const { runId, request, directory } = run;
  const startable = startableOf(request);
  const program = startable.kind === "command" ? startable : { cwd: process.cwd(), env: {} };
  const { cwd, env } = program;
  const launched = { runDirectory: directory, cwd, env, seed: request.seed };
  const reached = await reach(everyHostOf(request), launched, launchMeans(means));
  if (reached !== undefined) return reached;
  throw new UserError("reach-impossible", `Pitwall cannot reach the hosts of \`${runId}\``, {
    hint: `it ran on \`${request.launchTarget.kind}\`; log in there yourself`,
  });
}

function reach<Kind extends LaunchTargetKind>(
  target: LaunchTargetOf<Kind>,
  run: LaunchedRun,
  means: LaunchMeans,
): Promise<ReachedJob> | undefined {
  return launchTargets[target.kind].reach?.(target, run, means);
}

/**
 * The host that runs a rank.
 *
 * @throws UserError `unknown-rank`, and why its host cannot be reached
 */
export function hostOfRank(
  { hosts, unreachable }: ReachedJob,
  rank: number,
  placed: ReadonlyMap<number, string>,
): ReachedHost {
  const name = placed.get(rank);
  const found = hosts.find(({ access, ranks }) => ranks.includes(rank) || access.host === name);
  if (found !== undefined) return found;
  const lost = unreachable.find(({ host }) => host === name);
  if (lost !== undefined) throw lost.error;
  throw new UserError("unknown-rank", `the run has no rank ${rank}`, {
    at: "--rank",
    hint: placed.size <= 1 ? "its only rank is 0" : `its ranks are 0 to ${placed.size - 1}`,
  });
}
