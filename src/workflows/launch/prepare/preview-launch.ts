import { join } from "node:path";
import type { LaunchPreview } from "../../../schema/run/hosts/launch-summary.ts";
import { launchOptionsOf } from "../running/launch-run.ts";
import type { SeriesPlan } from "./plan-series.ts";
import { checkProgram, programOf } from "../running/run-series.ts";
import type { RunWorld } from "../targets/run-world.ts";
import { summariseLaunch } from "../running/summarise-launch.ts";

/**
 * What a plan would start, where, and at what cost per hour. Nothing is started; hosts report what they are, so that the checks
 * before a launch are made.
 *
 * @throws UserError, WorldError as a launch does
 */
export async function previewLaunch(plan: SeriesPlan, world: RunWorld): Promise<LaunchPreview> {
  await checkProgram(plan, world);
  const target = world.openTarget(plan.launchTarget);
  try {
    const system = await target.describeSystem(programOf(plan, world));
    const runId = "RUN";
    const [seed = 1] = plan.seeds;
    const request = { ...plan, runId, seed, system };
    const { command, ...options } = launchOptionsOf(request, world, join("/", runId));
    const script = await target.launcher.preview?.(command, options);
    return {
      kind: "dry-run",
      ...summariseLaunch(plan, system),
      command,
      cwd: options.cwd,
      seeds: [...plan.seeds],
      ...(plan.data === undefined || plan.data.length === 0 ? {} : { data: [...plan.data] }),
      ...(plan.prepare === undefined ? {} : { prepare: plan.prepare }),
      ...(script === undefined ? {} : { script }),
    };
  } finally {
    await target.launcher.close?.();
  }
}
