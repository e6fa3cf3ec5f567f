import { computed, signal } from "@preact/signals";
import type { PlanData } from "../../../src/schema/plan/plan-data.ts";
import type { ApiError } from "../../api.ts";
import { fetchPlanData } from "../../requests/plan.ts";
import { asFailure } from "../../live/follow.ts";
import { place, storeInAddress } from "../../router.ts";
import { readPlanTexts, type PlanQuery } from "./plan-address.ts";
import type { PlanState } from "./plan-engine.ts";

type Loaded =
  | { kind: "loading" }
  | { kind: "loaded"; data: PlanData }
  | { kind: "failed"; error: ApiError };

/** The data of plans, which is fetched once. */
export const planData = signal<Loaded>({ kind: "loading" });

export const planState = signal<PlanState>({ kind: "searching", last: undefined });

/** Changes of a slider that is still held: the address follows when it is released. */
const draft = signal<PlanQuery>({});

/** The options of the plan that is shown. */
export const planQuery = computed<PlanQuery>(() => ({ ...place.value.query, ...draft.value }));

const askedText = computed(() => JSON.stringify(readPlanTexts(planQuery.value)));

/** The request of the options; changes only if one of them does. */
export const askedPlan = computed(() => ({
  texts: readPlanTexts(planQuery.peek()),
  text: askedText.value,
}));

/** Shows a change without a history entry. */
export function previewPlan(changes: PlanQuery): void {
  draft.value = { ...draft.peek(), ...changes };
}

/** Writes a change to the address, as a step of the history. */
export function changePlan(changes: PlanQuery): void {
  storeInAddress(changes, { asStep: true });
  draft.value = {};
}

export async function loadPlanPage(unmount: AbortSignal): Promise<void> {
  if (planData.peek().kind === "loaded") return;
  planData.value = { kind: "loading" };
  try {
    planData.value = { kind: "loaded", data: await fetchPlanData(unmount) };
  } catch (error) {
    if (!unmount.aborted) planData.value = { kind: "failed", error: asFailure(error) };
  }
}
