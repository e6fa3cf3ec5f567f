import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Joins the four tables of a round without logs (results.csv, systems.csv, scaling.csv, official_scores.csv) to the CSV
 * table that `pitwall import --format round-table` reads.
 *
 * @param {string} folder with the four tables
 * @param {string} round `v6.0`
 */
export function mergeRoundTables(folder, round) {
  const read = (file) => parseCsv(readFileSync(join(folder, file), "utf8"));
  const systems = byKey(read("systems.csv"), (line) => [line.submitter, line.system]);
  const factors = byKey(read("scaling.csv"), resultKey);
  const scores = byKey(read("official_scores.csv"), (line) => [
    line.submitter,
    line.system_stem,
    line.benchmark,
  ]);
  const lines = read("results.csv").map((result) => {
    const key = JSON.stringify(resultKey(result));
    const score = scores.get(key);
    return Object.assign(
      { round },
      runsOf(result),
      systemOf(systems.get(JSON.stringify([result.submitter, result.system]))),
      scoreOf(score),
      { scaling_factor: factors.get(key)?.scaling_factor ?? score?.rcp_scaling_factor ?? "" },
    );
  });
  const columns = Object.keys(lines[0] ?? {});
  return [columns, ...lines.map((line) => columns.map((column) => line[column]))]
    .map((cells) => `${cells.map(csvCell).join(",")}\n`)
    .join("");
}

const runsOf = (result) => ({
  submitter: result.submitter,
  system: result.system,
  benchmark: result.benchmark,
  nodes: result.nodes,
  accelerators: result.accelerators,
  accelerator_model: result.accelerator_model,
  run_count: result.run_count,
  fastest_seconds: result.fastest_run_s,
  middle_seconds: result.median_run_s,
  spread_over_middle: result.spread_over_median,
});

const systemOf = ({ division = "", status, system_name = "", framework = "" } = {}) => ({
  division,
  availability: availabilityOf(status),
  system_name,
  framework,
});

const scoreOf = ({ time_to_train = "", GBS = "", samples_to_converge = "", RCP = "" } = {}) => ({
  official_minutes: time_to_train,
  global_batch_size: GBS,
  samples_to_converge,
  rcp_test: RCP,
});

const resultKey = (line) => [line.submitter, line.system, line.benchmark];

function byKey(lines, keyOf) {
  return new Map(lines.map((line) => [JSON.stringify(keyOf(line)), line]));
}

function availabilityOf(status = "") {
  if (/cloud/i.test(status)) return "cloud";
  return /on-premise/i.test(status) ? "on-premise" : "";
}

function csvCell(text) {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Lines of a CSV text by column name; cells may be quoted. */
function parseCsv(text) {
  const rows = [[]];
  for (const [, quoted, plain, end] of text.matchAll(
    /(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r?\n|$)/g,
  )) {
    rows.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === "") break;
    if (end !== ",") rows.push([]);
  }
  const [head, ...body] = rows;
  return body
    .filter((cells) => cells.length === head.length)
    .map((cells) => Object.fromEntries(head.map((name, index) => [name, cells[index]])));
}
