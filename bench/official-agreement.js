// Compares Pitwall's verdicts with those of a locally installed official checker on randomly drawn logs.
//   npm run build && node bench/official-agreement.js <folder of rounds> [--logs 200] [--seed 1] [--python …]
// Rounds are folders such as `training_v5.0`. Exit code 1 if anything differs.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { findLogs, loadEdition } from "./logs-corpus.js";
import { drawLogs } from "./official/draw-logs.js";
import { findOfficialTool, startOfficialChecker } from "./official/official-tool.js";
import { checkWithOurs } from "./official/our-checker.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    python: { type: "string", default: process.env.PITWALL_PYTHON ?? "python3" },
    logs: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
  },
});
const [folder] = positionals;
if (folder === undefined) {
  console.error(
    "error[folder-missing]: name the folder that holds the rounds\n\nhint: node bench/official-agreement.js <folder>",
  );
  process.exit(2);
}

const tool = findOfficialTool(values.python);
if (tool !== undefined) {
  console.log(
    `official: mlperf-logging ${tool.version}; ${values.logs} logs a round, seed ${values.seed}`,
  );
  console.log("round                     rules           logs   equal   pass   fail  crash");
  for (const round of readdirSync(folder).toSorted()) await compareRound(round);
}

async function compareRound(round) {
  const [, usage, version] = /^(training|hpc)_v(\d+\.\d+)/.exec(round) ?? [];
  if (usage === undefined) return;
  if (Number(version) < (usage === "hpc" ? 1 : 0.6)) {
    console.log(`${round.padEnd(26)}skipped: there are no rules for this round`);
    return;
  }
  const edition = `${usage}-${version}`;
  const paths = drawLogs(findLogs(join(folder, round)), Number(values.logs), Number(values.seed));
  const official = startOfficialChecker(tool, edition);
  const theirs = await official.check(paths);
  official.end();
  const ours = checkWithOurs(loadEdition(edition), paths);
  const differing = paths.flatMap((path, index) =>
    ours.verdicts[index] === theirs.verdicts[index]
      ? []
      : [`  ${path}\n    official ${theirs.verdicts[index]}, ours ${ours.verdicts[index]}`],
  );
  const counts = ["pass", "fail", "crash"].map((verdict) =>
    String(theirs.verdicts.filter((each) => each === verdict).length).padStart(7),
  );
  console.log(
    `${round.padEnd(26)}${edition.padEnd(14)}${String(paths.length).padStart(6)}${String(paths.length - differing.length).padStart(8)}${counts.join("")}`,
  );
  for (const line of differing) console.log(line);
  if (differing.length > 0) process.exitCode = 1;
}
