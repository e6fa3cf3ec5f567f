import type {
  BenchmarkFacts,
  BenchmarkFactsList,
} from "../../schema/atlas/rounds/benchmark-facts.ts";
import type { Claim, ClaimList } from "../../schema/atlas/answers/claim.ts";
import type {
  CompatibilityGroup,
  CompatibilityTable,
} from "../../schema/atlas/answers/compatibility.ts";
import { readShippedTable } from "./read-shipped-table.ts";

/** The rounds over which each benchmark's rules were unchanged. */
export async function readCompatibility(): Promise<readonly CompatibilityGroup[]> {
  const name = "compatibility.json";
  return (await readShippedTable<CompatibilityTable>(name)).entries;
}

/** Published quotes about training speed. */
export async function readClaims(): Promise<readonly Claim[]> {
  return (await readShippedTable<ClaimList>("claims.json")).entries;
}

/** Targets, data sets, and successors of the benchmarks. */
export async function readBenchmarkFacts(): Promise<readonly BenchmarkFacts[]> {
  return (await readShippedTable<BenchmarkFactsList>("benchmarks.json")).entries;
}
