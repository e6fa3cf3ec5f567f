import type { VerdictDifference } from "../../../schema/run/run-page.ts";
import { compareVerdict } from "../../../score/series/compare-verdict.ts";
import type { RunRecord } from "../../../store/records/run-store.ts";
import type { RereadRun } from "./reread-run.ts";

/** Differences between result.json and the verdict from log and events; none if these do not contain the run's end. */
export function verdictDifferences(
  { request, result }: RunRecord,
  { run, judgement }: RereadRun,
): VerdictDifference[] {
  if (result === undefined || judgement === undefined) return [];
  return compareVerdict(request, result, { run, judgement });
}
