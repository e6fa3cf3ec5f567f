// Converts the rule files of an installed mlperf-logging to data/rules, and prints what changed.
//   npm run rules -- <python with mlperf-logging> [--released <date>]
// The date of the version is read from the package index unless it is given.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { benchmarksOfEdition, mlperfEditions } from "../build/schema/logs/mlperf-round.js";
import { ruleEdition } from "../build/schema/logs/rule-edition.js";
import { compareEditions } from "./official-rules/compare-editions.js";
import { convertEdition } from "./official-rules/convert-edition.js";
import { printEdition } from "./official-rules/print-edition.js";
import { readArguments, readFromPython, releaseDate } from "./official-rules/run-python.js";

const { python, released } = readArguments("npm run rules");
const { version, editions } = readFromPython(python, "dump_rules.py");
const origin = {
  source: `mlcommons/logging ${version}`,
  released: releaseDate(python, released),
};
const changes = editions.flatMap((each) => writeEdition(convertEdition(each, origin)));
console.log(`rules of mlperf-logging ${version}, ${origin.released}: ${editions.length} editions`);
for (const line of changes) console.log(`  ${line}`);
if (changes.length === 0) console.log("  no rule changed");

function writeEdition(edition) {
  ruleEdition.parse(edition);
  const file = new URL(`../data/rules/${edition.edition}.json`, import.meta.url);
  const before = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
  writeFileSync(file, printEdition(edition));
  return [...compareEditions(before, edition), ...unlistedNames(edition)];
}

/**
 * Names that the rules allow and `src/schema/logs/mlperf-round.ts` does not list: they must be added by hand. Names that the
 * edition has no rules for are left out.
 */
function unlistedNames({ edition, files }) {
  if (edition.endsWith("-warn")) return [];
  const where = "is missing in src/schema/logs/mlperf-round.ts";
  if (!mlperfEditions.includes(edition)) return [`${edition}: ${where}`];
  const known = benchmarksOfEdition(edition);
  return allowedBenchmarks(files)
    .filter((name) => !known.includes(name) && files.some((file) => file.name.endsWith(`_${name}`)))
    .map((name) => `${edition}: benchmark ${name} ${where}`);
}

function allowedBenchmarks(files) {
  const rules = files
    .flatMap(({ keys }) => keys)
    .filter(({ key }) => key === "submission_benchmark");
  const names = rules.flatMap(({ checks = [] }) =>
    checks.flatMap(({ op, right }) => (op === "in" ? right.const : [])),
  );
  return [...new Set(names)];
}
