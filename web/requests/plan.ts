import { planDocument } from "../../src/schema/dashboard/plan-document.ts";
import type { PlanData } from "../../src/schema/plan/plan-data.ts";
import { fetchDocument } from "../api.ts";
import { isStaticSite } from "../router.ts";

/** The data of plans, which browsers keep and validate. */
export async function fetchPlanData(signal: AbortSignal): Promise<PlanData> {
  const path = isStaticSite ? "api/plan.json" : "api/plan";
  return (await fetchDocument(planDocument, path, { signal })).data;
}
