import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Claim, claimList } from "../schema/atlas/claim.ts";
import { type CompatibilityGroup, compatibilityTable } from "../schema/atlas/compatibility.ts";
import { dataDirectory } from "./data-directory.ts";

/** Over which rounds each benchmark kept its rules. */
export async function readCompatibility(): Promise<readonly CompatibilityGroup[]> {
  return compatibilityTable.parse(await readData("compatibility.json")).entries;
}

/** What was said in public about training speed. */
export async function readClaims(): Promise<readonly Claim[]> {
  return claimList.parse(await readData("claims.json")).entries;
}

async function readData(name: string): Promise<unknown> {
  return JSON.parse(await readFile(join(dataDirectory, name), "utf8"));
}
