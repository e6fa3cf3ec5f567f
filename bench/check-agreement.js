// Compares `pitwall check` with the official checker: verdict, failing keys and time to train of
// every log. Also checks that one thread and two threads give the same output.
//   npm run build && PITWALL_CORPUS=… node bench/check-agreement.js [round…]
// Exit code 1 if anything differs.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { checkLogs } from "../build/workflows/check/check-logs.js";
import { corpus, editionOf, readCsv, requireCorpus, roundFolder } from "./logs-corpus.js";

requireCorpus();
const wanted = process.argv.slice(2);
let differences = 0;

console.log("round                              logs  verdict   keys   time to train   threads");
for (const name of readdirSync(join(corpus, "official")).toSorted()) {
  if (!name.endsWith(".verdicts.csv")) continue;
  const asPublished = name.includes(".tagged.");
  const round = name.replace(/(\.tagged)?\.verdicts\.csv$/, "");
  if (wanted.length > 0 && !wanted.includes(round)) continue;
  if (existsSync(roundFolder(round))) {
    const rows = readCsv(join(corpus, "official", name));
    await compareRound(round, { asPublished, rows });
  }
}
process.exitCode = differences === 0 ? 0 : 1;

async function compareRound(round, { asPublished, rows }) {
  const ours = await check(round, { asPublished, threadCount: 2 });
  const alone = await check(round, { asPublished, threadCount: 1 });
  const byPath = new Map(ours.logs.map((log) => [log.path, log]));
  const equal = { verdict: 0, keys: 0, time: 0 };
  for (const row of rows) {
    const log = byPath.get(row.log);
    const same = compare(log, row, round);
    for (const what of Object.keys(equal)) equal[what] += same[what] ? 1 : 0;
    if (Object.values(same).includes(false)) report(row, log);
  }
  const isSame = JSON.stringify(ours) === JSON.stringify(alone);
  if (!isSame || ours.logs.length !== rows.length) differences++;
  const label = asPublished ? `${round} (as published)` : round;
  console.log(
    `${label.padEnd(34)}${String(rows.length).padStart(5)}${String(equal.verdict).padStart(9)}${String(equal.keys).padStart(7)}${String(equal.time).padStart(16)}   ${isSame ? "same" : "DIFFERENT"}`,
  );
  if (ours.logs.length !== rows.length) console.log(`  we found ${ours.logs.length} logs`);
  const odd = ours.packages.flatMap(({ findings }) => findings.map(({ rule }) => rule));
  const text = [...new Set(odd)]
    .map((rule) => `${rule} ${odd.filter((each) => each === rule).length}`)
    .join(", ");
  if (text !== "") console.log(`  packages: ${text}`);
}

function compare(log, row, round) {
  const crashes = row.verdict === "crash";
  return {
    verdict: log?.verdict === (crashes ? "fail" : row.verdict),
    // The official checker reports no keys if it crashes.
    keys: crashes || log?.failingKeys.join(";") === row.failing_keys,
    time: isSameTime(log?.timeToTrainMs, row.ttt_ms, round),
  };
}

async function check(round, { asPublished, threadCount }) {
  const request = {
    paths: [roundFolder(round)],
    workingFolder: "/",
    edition: editionOf(round),
    asPublished,
    threadCount,
  };
  for await (const event of checkLogs(request, new AbortController().signal)) {
    if (event.kind === "finished") return event.report;
  }
  throw new Error("no report");
}

/** The official times of round 0.6 are in seconds, with floating-point rounding errors. */
function isSameTime(ours, official, round) {
  if (official === "" || ours === undefined) return official === "" && ours === undefined;
  const officialMs = Number(official) * (round.endsWith("v0.6") ? 1000 : 1);
  return Math.abs(ours - officialMs) < 0.01;
}

function report(row, log) {
  differences++;
  if (differences > 40) return;
  console.log(
    `  ${row.log}\n    official ${row.verdict} ${row.failing_keys} ${row.ttt_ms}\n    ours     ${log?.verdict} ${log?.failingKeys.join(";")} ${log?.timeToTrainMs}`,
  );
}
