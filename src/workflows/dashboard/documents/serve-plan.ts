import type { PlanDocument } from "../../../schema/dashboard/plan-document.ts";
import type { PublishedRow } from "../../../schema/plan/published-row.ts";
import { loadPlanData } from "../../plan/load-plan-data.ts";

/** What the dashboard plans with: the data of `pitwall plan` with what it learned, without fields that plans do not use. */
export async function planDocument(home: string): Promise<PlanDocument> {
  const { data } = await loadPlanData({ home, isCalibrated: true });
  const { calibration, evidence } = data.step;
  return {
    schemaVersion: 1,
    data: { ...data, rows: data.rows.map(plannedFields), step: { calibration, evidence } },
  };
}

function plannedFields({
  rowId,
  suite,
  round,
  publishedOn,
  division,
  submitter,
  benchmark,
  compatibilityGroup,
  scaling,
  acceleratorCount,
  accelerator,
  scoreMs,
  energyJoules,
  energyLabel,
  globalBatchSize,
  precision,
  tensorParallel,
  pipelineParallel,
  contextParallel,
  expertParallel,
  repeats,
  source,
}: PublishedRow): PublishedRow {
  return {
    rowId,
    suite,
    round,
    publishedOn,
    division,
    submitter,
    benchmark,
    compatibilityGroup,
    scaling,
    acceleratorCount,
    accelerator,
    scoreMs,
    energyJoules,
    energyLabel,
    globalBatchSize,
    precision,
    tensorParallel,
    pipelineParallel,
    contextParallel,
    expertParallel,
    repeats,
    source,
  };
}
