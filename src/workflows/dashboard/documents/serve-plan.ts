import type { PlanDocument } from "../../../schema/dashboard/plan-document.ts";
import { publishedRowOf } from "../../../schema/plan/published-row.ts";
import { loadPlanData } from "../../plan/load-plan-data.ts";

/** What the dashboard plans with: the data of `pitwall plan` with what it learned, without fields that plans do not use. */
export async function planDocument(home: string): Promise<PlanDocument> {
  const { data } = await loadPlanData({ home, isCalibrated: true });
  const { calibration, evidence } = data.step;
  return {
    schemaVersion: 1,
    data: { ...data, rows: data.rows.map(publishedRowOf), step: { calibration, evidence } },
  };
}
