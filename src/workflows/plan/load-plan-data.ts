import type { PlanData } from "../../schema/plan/plan-data.ts";
import type { ResultsProblem } from "../../schema/atlas/results/results-problem.ts";
import { readPriceEntries } from "../../store/catalogue/catalogue.ts";
import {
  readBenchmarkGoals,
  readEnergyTable,
  readInterruptions,
  readPublishedModel,
  readRegions,
  readScalingLaws,
} from "../../store/catalogue/read-plan-tables.ts";
import { readReferenceConvergence } from "../../store/catalogue/read-score-data.ts";
import { readLearnedRuns } from "../../store/learned-runs.ts";
import { loadPlannerData } from "./load-planner-data.ts";
import { type AtlasRequest, loadAtlas } from "../results/load-atlas.ts";

/** Where the data of plans is from. */
export interface PlanSources extends AtlasRequest {
  /** Whether plans use what was learned from runs of the home. Default: not. */
  isCalibrated?: boolean;
}

/** @throws UserError what `loadAtlas` and `readLearnedRuns` throw */
export async function loadPlanData(
  request: PlanSources,
): Promise<{ data: PlanData; problems: readonly ResultsProblem[] }> {
  const [
    atlas,
    references,
    goals,
    entries,
    interruptions,
    energy,
    regions,
    model,
    scalingLaws,
    step,
    learnedRuns,
  ] = await Promise.all([
    loadAtlas(request),
    readReferenceConvergence(),
    readBenchmarkGoals(),
    readPriceEntries(),
    readInterruptions(),
    readEnergyTable(),
    readRegions(),
    readPublishedModel(),
    readScalingLaws(),
    loadPlannerData(),
    learnedRunsOf(request),
  ]);
  const { rows, groups, accelerators, rod, problems } = atlas;
  const data = {
    rows,
    groups,
    accelerators,
    givenPrices: [...rod.prices.values()].filter(({ origin }) => origin === "given"),
    references,
    goals,
    entries,
    interruptions,
    energy,
    regions,
    model,
    scalingLaws,
    step,
    models: step.models,
    ...(learnedRuns.length === 0 ? {} : { learnedRuns }),
  };
  return { data, problems };
}

async function learnedRunsOf({ home, isCalibrated }: PlanSources) {
  return home === undefined || isCalibrated !== true ? [] : readLearnedRuns(home);
}
