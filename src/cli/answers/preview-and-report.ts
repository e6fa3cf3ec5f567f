import { describeWarning } from "../../report/describe-error.ts";
import { launchPreviewText } from "../../report/runs/live/launch-summary-text.ts";
import type { PlanWarning } from "../../workflows/launch/prepare/find-workload.ts";
import { localWorld } from "../../workflows/launch/targets/local-world.ts";
import type { SeriesPlan } from "../../workflows/launch/prepare/plan-series.ts";
import { previewLaunch } from "../../workflows/launch/prepare/preview-launch.ts";
import { exitCodes, type Call, type ExitCode } from "../command-table.ts";
import { homeOf } from "../open-store.ts";

/** Prints what a plan would start, and starts nothing. */
export async function previewAndReport(
  plan: SeriesPlan,
  warnings: readonly PlanWarning[],
  { face, shared }: Pick<Call, "face" | "shared">,
): Promise<ExitCode> {
  const result = await previewLaunch(plan, localWorld(face, await homeOf(face, shared)));
  if (shared.json) {
    const messages = warnings.flatMap(({ isNote, message }) => (isNote === true ? [] : [message]));
    const document = { schemaVersion: 1, command: "run", ok: true, result, warnings: messages };
    face.out.write(`${JSON.stringify(document)}\n`);
  } else {
    if (!shared.quiet)
      for (const warning of warnings)
        face.err.print(`${describeWarning(warning, face.err.paint)}\n`);
    face.out.print(`${launchPreviewText(result, face.out.paint)}\n`);
  }
  return exitCodes.yes;
}
