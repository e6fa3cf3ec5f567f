import { readFile } from "node:fs/promises";
import {
  type ReferenceConvergence,
  referenceConvergenceList,
} from "../schema/reference-convergence.ts";
import {
  type RuleAmendment,
  ruleAmendments,
  type RuleEdition,
  ruleEdition,
} from "../schema/rule-edition.ts";

const shippedFolder = new URL("../../data/", import.meta.url);

/** Every reference convergence point, of every edition. */
export async function readReferenceConvergence(
  folder: URL = shippedFolder,
): Promise<readonly ReferenceConvergence[]> {
  return referenceConvergenceList.parse(await readJson(new URL("rcps.json", folder))).records;
}

/** The rules of an edition that has some: `training-5.0`. */
export async function readRuleEdition(
  edition: string,
  folder: URL = shippedFolder,
): Promise<RuleEdition> {
  return ruleEdition.parse(await readJson(new URL(`rules/${edition}.json`, folder)));
}

/** How rules differed at their round from what they are today. */
export async function readRuleAmendments(
  folder: URL = shippedFolder,
): Promise<readonly RuleAmendment[]> {
  return ruleAmendments.parse(await readJson(new URL("rules/as-published.json", folder)))
    .amendments;
}

async function readJson(file: URL): Promise<unknown> {
  return JSON.parse(await readFile(file, "utf8"));
}
