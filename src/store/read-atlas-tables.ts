import type { Claim } from "../schema/atlas/claim.ts";
import type { CompatibilityGroup } from "../schema/atlas/compatibility.ts";
import { readShippedTable } from "./read-shipped-table.ts";

/** Over which rounds each benchmark kept its rules. */
export async function readCompatibility(): Promise<readonly CompatibilityGroup[]> {
  const name = "compatibility.json";
  return (await readShippedTable<{ entries: CompatibilityGroup[] }>(name)).entries;
}

/** What was said in public about training speed. */
export async function readClaims(): Promise<readonly Claim[]> {
  return (await readShippedTable<{ entries: Claim[] }>("claims.json")).entries;
}
