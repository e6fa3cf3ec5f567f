import type {
  BenchmarkGoal,
  BenchmarkGoalTable,
  EnergyTable,
  InterruptionTable,
  RegionTable,
  ScalingLawTable,
} from "../../schema/plan/plan-tables.ts";
import type { PublishedModel } from "../../schema/plan/published-model.ts";
import { readShippedTable } from "./read-shipped-table.ts";

/** What interrupts trainings, and what continuing costs. */
export function readInterruptions(): Promise<InterruptionTable> {
  return readShippedTable<InterruptionTable>("planner/interruptions.json");
}

/** Power of a training by term. */
export function readEnergyTable(): Promise<EnergyTable> {
  return readShippedTable<EnergyTable>("planner/energy.json");
}

/** Carbon intensity and power usage effectiveness of regions. */
export function readRegions(): Promise<RegionTable> {
  return readShippedTable<RegionTable>("planner/regions.json");
}

/** Constants of the model of published times to train. */
export function readPublishedModel(): Promise<PublishedModel> {
  return readShippedTable<PublishedModel>("planner/published-times.json");
}

/** What a sample of each benchmark is. */
export async function readBenchmarkGoals(): Promise<readonly BenchmarkGoal[]> {
  return (await readShippedTable<BenchmarkGoalTable>("planner/benchmark-goals.json")).entries;
}

/** Published laws from parameters and tokens to loss. */
export function readScalingLaws(): Promise<ScalingLawTable> {
  return readShippedTable<ScalingLawTable>("planner/scaling-laws.json");
}
