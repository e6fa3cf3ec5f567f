import type { CompatibilityGroup } from "../../schema/atlas/answers/compatibility.ts";
import type {
  LaunchConfiguration,
  LaunchConfigurationList,
} from "../../schema/atlas/results/launch-configuration.ts";
import type {
  PublishedRound,
  PublishedRoundList,
} from "../../schema/atlas/rounds/published-round.ts";
import type { RunSize, RunSizeList } from "../../schema/atlas/results/run-size.ts";
import type { Accelerator } from "../../schema/catalogue.ts";
import { readAccelerators } from "../catalogue/catalogue.ts";
import { readCompatibility } from "../catalogue/read-atlas-tables.ts";
import { readShippedTable } from "../catalogue/read-shipped-table.ts";

/** The package's tables for names and dates of published results. */
export interface ResultTables {
  rounds: readonly PublishedRound[];
  accelerators: readonly Accelerator[];
  compatibility: readonly CompatibilityGroup[];
  configurations: readonly LaunchConfiguration[];
  runSizes: readonly RunSize[];
}

export async function readResultTables(): Promise<ResultTables> {
  const [rounds, accelerators, compatibility, configurations, runSizes] = await Promise.all([
    readShippedTable<PublishedRoundList>("rounds.json"),
    readAccelerators(),
    readCompatibility(),
    readShippedTable<LaunchConfigurationList>("configurations.json"),
    readShippedTable<RunSizeList>("run-sizes.json"),
  ]);
  return {
    rounds: rounds.entries,
    accelerators,
    compatibility,
    configurations: configurations.entries,
    runSizes: runSizes.entries,
  };
}
