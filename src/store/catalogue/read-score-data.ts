import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ReferenceConvergence } from "../../schema/logs/reference-convergence.ts";
import type {
  RuleAmendment,
  RuleEdition,
  WrittenRuleEdition,
} from "../../schema/logs/rule-edition.ts";
import { dataDirectory } from "./data-directory.ts";

// The package's own tables. A test validates each of them against its schema; they are not validated here because that
// would take as long as checking twenty megabytes of logs.

/** All reference convergence points, of all editions. */
export async function readReferenceConvergence(): Promise<readonly ReferenceConvergence[]> {
  const { records } = await readJson<{ records: ReferenceConvergence[] }>("rcps.json");
  return records;
}

/** The rules of an edition: `training-5.0`. */
export async function readRuleEdition(edition: string): Promise<RuleEdition> {
  return fillIn(await readJson<WrittenRuleEdition>(`rules/${edition}.json`));
}

/** How the rules of a past round differed from the current rules. */
export async function readRuleAmendments(): Promise<readonly RuleAmendment[]> {
  const { amendments } = await readJson<{ amendments: RuleAmendment[] }>("rules/as-published.json");
  return amendments;
}

/** Optional table columns, as in the schema. */
function fillIn({ edition, source, released, files }: WrittenRuleEdition): RuleEdition {
  const filled = files.map(({ keys, ...rest }) => ({
    initial: {},
    end: [],
    unreadable: false,
    ...rest,
    keys: keys.map((rule) => ({ ...noActions, ...rule })),
  }));
  return { edition, source, released, files: filled };
}

// oxlint-disable-next-line unicorn/no-thenable -- the rule files use this keyword; rules are never awaited
const noActions = { checks: [], firstCheck: [], atLeastOneCheck: [], remember: [], then: [] };

async function readJson<Shape>(path: string): Promise<Shape> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a test validates the shipped files
  return JSON.parse(await readFile(join(dataDirectory, path), "utf8")) as Shape;
}
