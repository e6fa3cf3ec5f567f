import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { benchmarkFactsList } from "../../schema/atlas/rounds/benchmark-facts.ts";
import { claimList } from "../../schema/atlas/answers/claim.ts";
import { compatibilityTable } from "../../schema/atlas/answers/compatibility.ts";
import { runSizeList } from "../../schema/atlas/results/run-size.ts";
import { launchConfigurationList } from "../../schema/atlas/results/launch-configuration.ts";
import { publishedRoundList } from "../../schema/atlas/rounds/published-round.ts";
import { acceleratorList, powerEstimate, priceList } from "../../schema/catalogue.ts";
import {
  benchmarkGoalTable,
  energyTable,
  interruptionTable,
  regionTable,
  scalingLawTable,
} from "../../schema/plan/plan-tables.ts";
import { publishedModel } from "../../schema/plan/published-model.ts";
import { readAccelerators, readPowerEstimate, readPriceEntries } from "./catalogue.ts";
import { readBenchmarkFacts, readClaims, readCompatibility } from "./read-atlas-tables.ts";
import {
  readBenchmarkGoals,
  readEnergyTable,
  readInterruptions,
  readPublishedModel,
  readRegions,
  readScalingLaws,
} from "./read-plan-tables.ts";
import { readResultTables } from "../results/naming-tables.ts";

interface ShippedTable {
  name: string;
  schema: { parse(table: unknown): unknown };
  read: () => Promise<unknown>;
}

const entriesOf = async (entries: Promise<unknown>): Promise<unknown> => ({
  entries: await entries,
});

describe("the shipped tables, which are read without validation, match their schemas", () => {
  test.each<ShippedTable>([
    { name: "prices", schema: priceList, read: () => entriesOf(readPriceEntries()) },
    { name: "accelerators", schema: acceleratorList, read: () => entriesOf(readAccelerators()) },
    { name: "power-estimate", schema: powerEstimate, read: readPowerEstimate },
    {
      name: "compatibility",
      schema: compatibilityTable,
      read: () => entriesOf(readCompatibility()),
    },
    {
      name: "benchmarks",
      schema: benchmarkFactsList,
      read: () => entriesOf(readBenchmarkFacts()),
    },
    { name: "claims", schema: claimList, read: () => entriesOf(readClaims()) },
    { name: "planner/interruptions", schema: interruptionTable, read: readInterruptions },
    { name: "planner/energy", schema: energyTable, read: readEnergyTable },
    { name: "planner/regions", schema: regionTable, read: readRegions },
    { name: "planner/published-times", schema: publishedModel, read: readPublishedModel },
    { name: "planner/scaling-laws", schema: scalingLawTable, read: readScalingLaws },
    {
      name: "planner/benchmark-goals",
      schema: benchmarkGoalTable,
      read: () => entriesOf(readBenchmarkGoals()),
    },
    {
      name: "rounds",
      schema: publishedRoundList,
      read: () => entriesOf(readResultTables().then(({ rounds }) => rounds)),
    },
    {
      name: "run-sizes",
      schema: runSizeList,
      read: () => entriesOf(readResultTables().then(({ runSizes }) => runSizes)),
    },
    {
      name: "configurations",
      schema: launchConfigurationList,
      read: async () => {
        const { source } = launchConfigurationList.parse(raw("configurations"));
        return { source, entries: (await readResultTables()).configurations };
      },
    },
  ])("$name", async ({ name, schema, read }) => {
    expect(await read()).toEqual(schema.parse(raw(name)));
  });
});

function raw(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../../data/${name}.json`, import.meta.url), "utf8"));
}
