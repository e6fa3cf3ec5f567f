// Locations of the published logs and functions to list them. Set PITWALL_CORPUS to a folder that contains
//   rounds/<round>/…/result_*.txt   the logs, unpacked
//   official/<round>.verdicts.csv   the official checker's verdict per log
//   cases/mutations.jsonl           changed logs with the official verdict
// Set PITWALL_ROUNDS if the unpacked rounds are in a different folder.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { borrowedEditions, compileEdition } from "../build/rules/compile-edition.js";
import { ruleAmendments, ruleEdition } from "../build/schema/logs/rule-edition.js";

export const corpus = process.env.PITWALL_CORPUS;
const rounds = process.env.PITWALL_ROUNDS ?? join(corpus ?? "", "rounds");

export function requireCorpus() {
  if (corpus !== undefined) return;
  console.error(
    "skipped: `PITWALL_CORPUS` names no folder of published rounds; see bench/logs-corpus.js",
  );
  process.exit(0);
}

/** Archives contain the round's folder or only its contents. */
export function roundFolder(round) {
  const folder = join(rounds, round);
  const inner = join(folder, round);
  return existsSync(inner) ? inner : folder;
}

export function findLogs(folder) {
  const logs = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) logs.push(...findLogs(path));
    else if (/^result_.*\.txt$/.test(entry.name)) logs.push(path);
  }
  return logs.toSorted((a, b) => (a < b ? -1 : 1));
}

const dataFolder = new URL("../data/rules/", import.meta.url);

function readEdition(id) {
  return ruleEdition.parse(JSON.parse(readFileSync(new URL(`${id}.json`, dataFolder), "utf8")));
}

const compiled = new Map();

/** An edition as in the current official checker, or as of the round. */
export function loadEdition(id, { asPublished = false } = {}) {
  const name = `${id} ${asPublished}`;
  if (!compiled.has(name)) {
    const edition = readEdition(id);
    const borrowed = borrowedEditions(edition).map(readEdition);
    const file = JSON.parse(readFileSync(new URL("as-published.json", dataFolder), "utf8"));
    const { amendments } = ruleAmendments.parse(file);
    compiled.set(
      name,
      compileEdition(edition, asPublished ? { borrowed, asPublished: amendments } : { borrowed }),
    );
  }
  return compiled.get(name);
}

/** The edition for checking a round: `training_v5.0` → `training-5.0`. */
export function editionOf(round) {
  return round.replace("_v", "-");
}

/** Rows of a CSV file as objects; a quoted cell may hold commas, line ends and doubled quotes. */
export function readCsv(path) {
  const cell = /(?:"((?:[^"]|"")*)"|([^",\n\r]*))(,|\r?\n|$)/y;
  const text = readFileSync(path, "utf8");
  const rows = [];
  let row = [];
  while (cell.lastIndex < text.length) {
    const [, quoted, plain, end] = cell.exec(text) ?? [];
    row.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === ",") continue;
    rows.push(row);
    row = [];
  }
  const [names = [], ...rest] = rows;
  return rest.map((cells) => Object.fromEntries(names.map((name, index) => [name, cells[index]])));
}
