import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ReferenceConvergence } from "../../schema/logs/reference-convergence.ts";
import type {
  RuleAmendment,
  RuleEdition,
  WrittenRuleEdition,
} from "../../schema/logs/rule-edition.ts";
import { dataDirectory } from "./data-directory.ts";

// The package's own tables. A test holds every one of them to its schema, so here none is validated again: that would
// take as long as checking twenty megabytes of logs.

/** Every reference convergence point, of every edition. */
export async function readReferenceConvergence(): Promise<readonly ReferenceConvergence[]> {
  const { records } = await readJson<{ records: ReferenceConvergence[] }>("rcps.json");
  return records;
}

/** The rules of an edition that has some: `training-5.0`. */
export async function readRuleEdition(edition: string): Promise<RuleEdition> {
  return fillIn(await readJson<WrittenRuleEdition>(`rules/${edition}.json`));
}

/** How rules differed at their round from what they are today. */
export async function readRuleAmendments(): Promise<readonly RuleAmendment[]> {
  const { amendments } = await readJson<{ amendments: RuleAmendment[] }>("rules/as-published.json");
  return amendments;
}

/** What a table may leave out, as its schema has it. */
function fillIn({ edition, source, files }: WrittenRuleEdition): RuleEdition {
  const filled = files.map(({ keys, ...rest }) => ({
    initial: {},
    end: [],
    unreadable: false,
    ...rest,
    keys: keys.map((rule) => ({ ...noActions, ...rule })),
  }));
  return { edition, source, files: filled };
}

// oxlint-disable-next-line unicorn/no-thenable -- the word of the rule files; nobody awaits a rule
const noActions = { checks: [], firstCheck: [], atLeastOneCheck: [], remember: [], then: [] };

async function readJson<Shape>(path: string): Promise<Shape> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a test holds the shipped files to this shape
  return JSON.parse(await readFile(join(dataDirectory, path), "utf8")) as Shape;
}
