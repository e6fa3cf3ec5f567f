// Writes data/configurations.json from a table of launch configurations of published rounds:
//   node scripts/write-configurations.js <configs.csv>
// Columns: round, submitter, benchmark, nodes, gpus_per_node, tp, pp, cp, ep, fp8, fp4, gbs_calc; one line per file.
import { readFileSync, writeFileSync } from "node:fs";

const [file] = process.argv.slice(2);
if (file === undefined)
  throw new Error("usage: node scripts/write-configurations.js <configs.csv>");
const [head, ...lines] = readFileSync(file, "utf8").trim().split(/\r?\n/);
const names = head.split(",");
const entries = new Set();
for (const line of lines) {
  // Only the path can be quoted; it is the last column and is not used.
  const cells = line.split(",");
  const cell = (name) => cells[names.indexOf(name)] ?? "";
  const count = (name) => (/^[1-9]\d*$/.test(cell(name)) ? Number(cell(name)) : undefined);
  const entry = {
    edition: cell("round").replace("_v", "-"),
    submitter: cell("submitter"),
    benchmark: cell("benchmark"),
    nodeCount: count("nodes"),
    acceleratorsPerNode: count("gpus_per_node"),
    globalBatchSize: count("gbs_calc"),
    tensorParallel: count("tp"),
    pipelineParallel: count("pp"),
    contextParallel: count("cp"),
    expertParallel: count("ep"),
    precision: cell("fp4") === "True" ? "fp4" : cell("fp8") === "True" ? "fp8" : undefined,
  };
  entries.add(JSON.stringify(entry));
}
// An empty configuration still counts: it prevents another one's values from being used for all.
const bySystem = new Map();
for (const text of entries) {
  const { edition, submitter, benchmark, nodeCount } = JSON.parse(text);
  const key = [edition, submitter, benchmark, nodeCount].join("/");
  bySystem.set(key, [...(bySystem.get(key) ?? []), text]);
}
const saysMore = (text) => /Parallel"|"precision"/.test(text);
const kept = [...bySystem.values()].filter((texts) => texts.some(saysMore)).flat();
const source =
  "launch configuration files (config_*.sh, *.yaml) in the submitters' folders of mlcommons/training_results_v*";
writeFileSync(
  new URL("../data/configurations.json", import.meta.url),
  `{\n  "source": ${JSON.stringify(source)},\n  "entries": [\n${kept.map((text) => `    ${text}`).join(",\n")}\n  ]\n}\n`,
);
