import type { VerdictDifference } from "../../schema/run/run-page.ts";
import { compareVerdict } from "../../score/compare-verdict.ts";
import type { RunRecord } from "../../store/records/run-store.ts";
import type { RereadRun } from "./reread-run.ts";

/** Where result.json differs from what log and events give; nothing where they do not say how the run ended. */
export function verdictDifferences(
  { request, result }: RunRecord,
  { run, judgement }: RereadRun,
): VerdictDifference[] {
  if (result === undefined || judgement === undefined) return [];
  return compareVerdict(request, result, { run, judgement });
}
