// Rebuilds data/results from the published rounds:
//   npm run build && PITWALL_CORPUS=<folder> node scripts/build-results.js [round…]
// PITWALL_CORPUS is a folder with rounds/<round> (folders or archives: training_v5.0, hpc_v3.0.tar.zst), or with the
// rounds themselves, and optionally dawnbench.csv, modded_nanogpt_records.csv, and v6.0/ with the tables of a round
// whose logs are not available. Everything found is imported.
//   npm run build && node scripts/build-results.js --caches-only
// rebuilds each round's rows-cache.jsonl from its rows.parquet and does not need the published rounds.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { importResults } from "../build/workflows/import/import-results.js";
import { mergeRoundTables } from "./build-steps/merge-round-tables.js";
import { rewriteRowsCaches } from "../build/store/results/rewrite-rows-caches.js";

const into = fileURLToPath(new URL("../data/results", import.meta.url));
if (process.argv.includes("--caches-only")) {
  for (const path of await rewriteRowsCaches(into)) console.log(path);
  process.exit(0);
}
const corpus = process.env.PITWALL_CORPUS;
if (corpus === undefined || !existsSync(corpus)) {
  console.error("PITWALL_CORPUS names no folder of published rounds; see scripts/build-results.js");
  process.exit(2);
}
const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const importedBy = `pitwall ${version}`;
const asked = process.argv.slice(2);
const isAsked = (name) => asked.length === 0 || asked.some((word) => name.startsWith(word));
const roundsFolder = existsSync(join(corpus, "rounds")) ? join(corpus, "rounds") : corpus;

const found = new Map();
for (const name of readdirSync(roundsFolder).toSorted()) {
  const round = /^(?:training|hpc)(?:_results)?_v\d+\.\d+/.exec(name)?.[0];
  // If a round exists more than once, prefers a complete copy, then a folder, which is faster than an archive.
  if (round === undefined || !isAsked(round)) continue;
  const rank =
    (name.includes("complete") ? 2 : 0) + (/\.(?:tar|zst|tgz|gz|zip)$/.test(name) ? 0 : 1);
  if (rank >= (found.get(round)?.rank ?? 0))
    found.set(round, { rank, path: join(roundsFolder, name) });
}
const total = { bytes: 0 };
for (const { path } of found.values()) {
  const request = { sources: [path], into, isFromRepository: true, importedBy };
  for await (const event of importResults(request, new AbortController().signal))
    if (event.kind === "imported") tell(event);
}
const tables = ["dawnbench.csv", "modded_nanogpt_records.csv"].flatMap(
  (file) =>
    [join(corpus, file), join(corpus, "validation", file)].find(
      (path) => isAsked(file) && existsSync(path),
    ) ?? [],
);
const scratch = mkdtempSync(join(tmpdir(), "pitwall-results-"));
if (isAsked("training_v6.0") && existsSync(join(corpus, "v6.0", "results.csv"))) {
  const merged = join(scratch, "training-v6.0.csv");
  writeFileSync(merged, mergeRoundTables(join(corpus, "v6.0"), "v6.0"));
  tables.push(merged);
}
for await (const event of importResults(
  { sources: tables, into, importedBy },
  new AbortController().signal,
))
  if (event.kind === "imported") tell(event);
rmSync(scratch, { recursive: true });
console.log(`${(total.bytes / 1e6).toFixed(2)} MB in all`);

function tell({ folder, manifest }) {
  const bytes = Object.values(manifest.files).reduce((sum, file) => sum + file.bytes, 0);
  total.bytes += bytes;
  console.log(
    `${folder}: ${manifest.resultCount} results, ${manifest.runCount} runs, ${manifest.logCount} logs, ${(bytes / 1e6).toFixed(2)} MB`,
  );
  for (const sentence of manifest.missing) console.log(`  ${sentence}`);
}
