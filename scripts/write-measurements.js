// Converts published tables of training speed and memory to data/planner/measurements.jsonl, and prints per table how
// many rows were converted; rows that cannot be are printed with the reason.
//   npm run measurements -- <folder with megatron_sc21_table1.csv, nvidia_dgxc.csv, ...>
// The tables in scripts/measurements/published are read as well. To add a measurement, add a row to one of them.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { publishedMeasurement } from "../build/schema/plan/published-measurement.js";
import { refusalOf } from "./measurements/build-measurement.js";
import { convertDgxc } from "./measurements/convert-dgxc.js";
import {
  convertKorthikanti,
  convertKorthikantiMemory,
} from "./measurements/convert-korthikanti.js";
import { convertLayoutRow } from "./measurements/convert-layout-row.js";
import { convertMaxtext } from "./measurements/convert-maxtext.js";
import { convertMegatronBridge } from "./measurements/convert-megatron-bridge.js";
import { convertMosaicml } from "./measurements/convert-mosaicml.js";
import { convertNemo } from "./measurements/convert-nemo.js";
import { convertSc21 } from "./measurements/convert-sc21.js";
import { convertSimumax } from "./measurements/convert-simumax.js";
import { readCsv } from "./measurements/read-csv.js";

const folder = process.argv[2];
if (folder === undefined || !existsSync(folder)) {
  console.error("usage: npm run measurements -- <folder with the published tables as CSV>");
  process.exit(2);
}
const published = fileURLToPath(new URL("measurements/published/", import.meta.url));
const own = readdirSync(published)
  .filter((name) => name.startsWith("layouts-"))
  .map((name) => [
    name.slice("layouts-".length, -".csv".length),
    `${published}${name}`,
    convertLayoutRow,
  ]);

const tables = [
  ["megatron-sc21", `${folder}/megatron_sc21_table1.csv`, convertSc21],
  ["korthikanti", `${folder}/korthikanti_table5.csv`, convertKorthikanti],
  ["korthikanti-memory", `${folder}/korthikanti_memory.csv`, convertKorthikantiMemory],
  ["nvidia-dgxc", `${folder}/nvidia_dgxc.csv`, convertDgxc],
  ["megatron-bridge", `${folder}/nvidia_megatron_bridge.csv`, convertMegatronBridge],
  ["megatron-bridge", `${published}megatron-bridge.csv`, convertMegatronBridge],
  ["nemo-24.12", `${folder}/nvidia_nemo_2412_h100_fp8.csv`, convertNemo],
  ["mosaicml-mpt", `${folder}/mosaicml_mpt.csv`, convertMosaicml],
  ["mosaicml-mpt", `${published}mosaicml-mpt.csv`, convertMosaicml],
  ["maxtext-tpu", `${folder}/maxtext_tpu.csv`, convertMaxtext],
  ["maxtext-tpu", `${published}maxtext-tpu.csv`, convertMaxtext],
  ["simumax-b200", `${folder}/simumax_b200.csv`, convertSimumax],
  ...own,
];

const seen = new Set();
const lines = [];
const summary = new Map();
for (const [table, path, convert] of tables) {
  const counts = summary.get(table) ?? { rows: 0, converted: 0, refused: new Map() };
  summary.set(table, counts);
  for (const [index, row] of readCsv(readFileSync(path, "utf8")).entries()) {
    counts.rows += 1;
    for (const measurement of convertRow(convert, row)) {
      if ("refused" in measurement) refuse(counts, measurement.refused, index);
      else keep({ table, ...measurement }, counts, index);
    }
  }
}

function convertRow(convert, row) {
  try {
    return [convert(row)].flat();
  } catch (error) {
    return [{ refused: refusalOf(error) }];
  }
}

function keep(measurement, counts, index) {
  // Several releases repeat the figures of an earlier one.
  const { software: _, ...layout } = measurement.line.layout;
  const same = JSON.stringify([{ ...measurement.line, layout }, measurement.measured]);
  if (seen.has(same)) {
    refuse(counts, "same layout and figures as an earlier row", index);
    return;
  }
  const id = `${measurement.table}-${String(++counts.converted).padStart(3, "0")}`;
  seen.add(same);
  const entry = { id, ...measurement };
  publishedMeasurement.parse(entry);
  lines.push(JSON.stringify(entry));
}

function refuse({ refused }, reason, index) {
  refused.set(reason, [...(refused.get(reason) ?? []), index + 1]);
}

const file = new URL("../data/planner/measurements.jsonl", import.meta.url);
writeFileSync(file, `${lines.join("\n")}\n`);
for (const [table, { rows, converted, refused }] of summary) {
  console.log(`${table}: ${rows} rows, ${converted} measurements`);
  for (const [reason, where] of refused)
    console.log(`  refused: ${reason} (rows ${where.join(", ")})`);
}
console.log(`${lines.length} measurements in data/planner/measurements.jsonl`);
