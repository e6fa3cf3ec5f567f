import { describeCause } from "../../report/diagnosis/describe-cause.ts";
import type { RunReport } from "../../schema/run/outcome/series-summary.ts";
import { diskRunStore } from "../../store/records/disk-run-store.ts";
import { diagnoseTarget } from "../../workflows/diagnose/diagnose-target.ts";

/**
 * What ended a run that died or diverged, in one sentence; undefined if no cause is certain.
 *
 * @param home the folder of records
 */
export async function diagnoseDeath(
  { request }: RunReport,
  { home, cwd, nowMs }: { home: string; cwd: string; nowMs: number },
): Promise<string | undefined> {
  const store = diskRunStore(home);
  const [diagnosed] = await diagnoseTarget(request.runId, {
    store,
    cwd,
    env: {},
    nowMs,
    looksAtRanks: false,
  });
  const verdict = diagnosed?.diagnosis.verdict;
  const [cause] = verdict?.kind === "fault" ? verdict.causes : [];
  return cause === undefined ? undefined : describeCause(cause);
}
