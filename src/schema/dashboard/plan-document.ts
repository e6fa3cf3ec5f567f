import { z } from "zod";
import type { PlanData } from "../plan/plan-data.ts";

/**
 * GET /api/plan: the data of plans, with which the page plans as `pitwall plan` does. The tables are those that ship, and
 * are not checked again in the page.
 */
export const planDocument = z.strictObject({
  schemaVersion: z.literal(1),
  data: z.custom<PlanData>((value) => typeof value === "object" && value !== null),
});
export type PlanDocument = z.output<typeof planDocument>;
