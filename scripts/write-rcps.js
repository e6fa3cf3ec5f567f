// Converts the reference convergence points of an installed mlperf-logging to data/rcps.json, and prints what changed.
//   npm run rcps -- <python with mlperf-logging> [--released <date>]
import { readFileSync, writeFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { referenceConvergenceList } from "../build/schema/logs/reference-convergence.js";
import { convertReferencePoints } from "./official-rules/convert-rcps.js";
import { printValue } from "./official-rules/print-edition.js";
import { readArguments, readFromPython, releaseDate } from "./official-rules/run-python.js";

const { python, released } = readArguments("npm run rcps");
const { version, tables } = readFromPython(python, "dump_rcps.py");
const list = {
  source: `mlcommons/logging ${version}`,
  released: releaseDate(python, released),
  records: tables.flatMap(convertReferencePoints),
};
referenceConvergenceList.parse(list);
const file = new URL("../data/rcps.json", import.meta.url);
const before = JSON.parse(readFileSync(file, "utf8")).records;
const lines = list.records.map((record) => `    ${printValue(record)}`);
writeFileSync(
  file,
  `{\n  "source": ${printValue(list.source)},\n  "released": ${printValue(list.released)},\n  "records": [\n${lines.join(",\n")}\n  ]\n}\n`,
);

console.log(`reference points of mlperf-logging ${version}, ${list.released}: ${lines.length}`);
const changes = compareRecords(before, list.records);
for (const line of changes) console.log(`  ${line}`);
if (changes.length === 0) console.log("  no point changed");

function compareRecords(before, after) {
  const nameOf = ({ edition, name }) => `${edition} ${name}`;
  const old = new Map(before.map((record) => [nameOf(record), record]));
  const now = new Map(after.map((record) => [nameOf(record), record]));
  return [
    ...[...old.keys()].filter((name) => !now.has(name)).map((name) => `${name}: no longer there`),
    ...[...now].flatMap(([name, record]) => compareRecord(name, old.get(name), record)),
  ];
}

function compareRecord(name, old, record) {
  if (old === undefined) return [`${name}: new`];
  return Object.keys(record)
    .filter((member) => !isDeepStrictEqual(old[member], record[member]))
    .map(
      (member) =>
        `${name}: ${member} ${printValue(old[member] ?? null)} → ${printValue(record[member])}`,
    );
}
