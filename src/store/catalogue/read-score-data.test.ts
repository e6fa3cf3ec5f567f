import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { referenceConvergenceList } from "../../schema/logs/reference-convergence.ts";
import { ruleAmendments, ruleEdition } from "../../schema/logs/rule-edition.ts";
import {
  readReferenceConvergence,
  readRuleAmendments,
  readRuleEdition,
} from "./read-score-data.ts";

const data = new URL("../../../data/", import.meta.url);

function parsed(path: string): unknown {
  return JSON.parse(readFileSync(new URL(path, data), "utf8"));
}

const editions = readdirSync(new URL("rules/", data))
  .filter((name) => name !== "as-published.json")
  .map((name) => name.replace(/\.json$/, ""));

describe("the shipped tables, which are read without validation, match their schemas", () => {
  test("there are rules for eighteen editions", () => {
    expect(editions).toHaveLength(18);
  });

  test.each(editions)("the rules of %s", async (edition) => {
    expect(await readRuleEdition(edition)).toEqual(
      ruleEdition.parse(parsed(`rules/${edition}.json`)),
    );
  });

  test("rule differences of past rounds", async () => {
    const { amendments } = ruleAmendments.parse(parsed("rules/as-published.json"));
    expect(await readRuleAmendments()).toEqual(amendments);
    expect(amendments.length).toBeGreaterThan(0);
  });

  test("the reference convergence points", async () => {
    const { records } = referenceConvergenceList.parse(parsed("rcps.json"));
    expect(await readReferenceConvergence()).toEqual(records);
    expect(records.length).toBeGreaterThan(100);
  });
});
