// How often a run is wrongly said to level off below a value that it reached later:
//   npm run build && node bench/plateau.js
// Takes every published curve of quality whose last value is its best as a run to that value, and asks after each
// evaluation before it, as `pitwall run` does. Takes about 15 seconds.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { findPlateau } from "../build/planner/forecast/find-plateau.js";

const results = fileURLToPath(new URL("../data/results", import.meta.url));
// DuckDB and Pitwall compress tables with gzip, which hyparquet leaves to its caller.
const compressors = { GZIP: (bytes) => gunzipSync(bytes) };
const found = { runs: 0, prefixes: 0, wrongRuns: 0, wrongPrefixes: 0 };
for (const round of readdirSync(results).filter((name) => name.startsWith("mlperf-"))) {
  const file = await asyncBufferFromFile(join(results, round, "curves.parquet"));
  const lines = await parquetReadObjects({ file, compressors });
  const curves = new Map();
  for (const { rowId, run, series, clockMs, value } of lines) {
    if (series !== "quality") continue;
    const key = `${rowId} ${run}`;
    if (!curves.has(key)) curves.set(key, []);
    curves.get(key).push({ clockMs, value });
  }
  for (const points of curves.values()) countWrong(points);
  console.log(round, JSON.stringify(found));
}

function countWrong(points) {
  const first = points[0].value;
  const last = points.at(-1).value;
  const direction = last >= first ? "at-least" : "at-most";
  const isBest = points
    .slice(0, -1)
    .every(({ value }) => (direction === "at-least" ? value < last : value > last));
  // The engine gives no answer for fewer evaluations.
  if (!isBest || points.length < 16) return;
  const target = { metric: "quality", direction, value: last };
  found.runs += 1;
  let wrong = 0;
  for (let count = 15; count < points.length; count++) {
    found.prefixes += 1;
    if (findPlateau(points.slice(0, count), target) !== undefined) wrong += 1;
  }
  found.wrongPrefixes += wrong;
  if (wrong > 0) found.wrongRuns += 1;
}
