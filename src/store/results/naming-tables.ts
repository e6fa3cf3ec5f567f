import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type CompatibilityGroup, compatibilityTable } from "../../schema/atlas/compatibility.ts";
import {
  type LaunchConfiguration,
  launchConfigurationList,
} from "../../schema/atlas/launch-configuration.ts";
import { type PublishedRound, publishedRoundList } from "../../schema/atlas/published-round.ts";
import type { Accelerator } from "../../schema/catalogue.ts";
import { readAccelerators } from "../catalogue.ts";
import { dataDirectory } from "../data-directory.ts";

/** The package's tables that published results are named and dated by. */
export interface ResultTables {
  rounds: readonly PublishedRound[];
  accelerators: readonly Accelerator[];
  compatibility: readonly CompatibilityGroup[];
  configurations: readonly LaunchConfiguration[];
}

export async function readResultTables(): Promise<ResultTables> {
  const [rounds, compatibility, configurations] = await Promise.all([
    readData("rounds.json"),
    readData("compatibility.json"),
    readData("configurations.json"),
  ]);
  return {
    rounds: publishedRoundList.parse(rounds).entries,
    accelerators: await readAccelerators(),
    compatibility: compatibilityTable.parse(compatibility).entries,
    configurations: launchConfigurationList.parse(configurations).entries,
  };
}

async function readData(name: string): Promise<unknown> {
  return JSON.parse(await readFile(join(dataDirectory, name), "utf8"));
}
