import type { CompatibilityGroup } from "../atlas/answers/compatibility.ts";
import type { AcceleratorPrice } from "../atlas/answers/figures.ts";
import type { Accelerator, PriceEntry } from "../catalogue.ts";
import type { ReferenceConvergence } from "../logs/reference-convergence.ts";
import type { Calibration, StepEvidence } from "./calibration.ts";
import type {
  BenchmarkGoal,
  EnergyTable,
  InterruptionTable,
  RegionTable,
  ScalingLawTable,
} from "./plan-tables.ts";
import type { LearnedRun } from "./learned-run.ts";
import type { PlannerModel } from "./planner-models.ts";
import type { PublishedModel } from "./published-model.ts";
import type { PublishedRow } from "./published-row.ts";

/** Everything that plans rest on. */
export interface PlanData {
  /** Published results of all suites. */
  rows: readonly PublishedRow[];
  groups: readonly CompatibilityGroup[];
  accelerators: readonly Accelerator[];
  /** Prices that the user gave, which take precedence over the catalog's. */
  givenPrices: readonly AcceleratorPrice[];
  references: readonly ReferenceConvergence[];
  goals: readonly BenchmarkGoal[];
  /** The catalog's prices. */
  entries: readonly PriceEntry[];
  interruptions: InterruptionTable;
  energy: EnergyTable;
  regions: RegionTable;
  model: PublishedModel;
  scalingLaws: ScalingLawTable;
  step: { calibration: Calibration; evidence: readonly StepEvidence[] };
  models: readonly PlannerModel[];
  /** The user's own runs that plans are calibrated with; absent for none. */
  learnedRuns?: readonly LearnedRun[];
}
