// Measures the speed of reading and checking every log of a round on one core.
//   npm run build && node bench/logs.js <folder of logs> <edition> [repeats]
// For example the complete v5.0 round: node bench/logs.js rounds/training_v5.0.complete training-5.0
// Counts CPU-seconds (user and system), which other work on the machine disturbs less than wall time. Logs are in
// memory before the clock starts, and go through the reader in pieces of 64 KiB, as from a file. The first round is
// also reported separately: in the first parsing round, the JIT is not warm and line caches are empty.
import { readFileSync } from "node:fs";
import { createLogReader } from "../build/mllog/log-reader.js";
import { findLogs, loadEdition } from "./logs-corpus.js";

const [folder, editionId, repeats = "5"] = process.argv.slice(2);
if (folder === undefined || editionId === undefined) {
  console.error(
    "error[arguments-missing]: a folder of logs and an edition are needed\n\nhint: node bench/logs.js <folder> training-5.0",
  );
  process.exit(2);
}

const pieceBytes = 64 * 1024;
const edition = loadEdition(editionId);
const logs = findLogs(folder).map((path) => readFileSync(path));
const megabytes = logs.reduce((sum, log) => sum + log.length, 0) / 1e6;

function measure(work) {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  const cpuSeconds = (user + system) / 1e6;
  return { result, cpuSeconds, megabytesPerSecond: megabytes / cpuSeconds };
}

function readAll(onLines) {
  let lineCount = 0;
  for (const log of logs) {
    const reader = createLogReader();
    const { push, finish } = onLines();
    for (let at = 0; at < log.length; at += pieceBytes)
      push(reader.push(log.subarray(at, at + pieceBytes)));
    push(reader.end());
    finish();
    lineCount += reader.lineCount();
  }
  return lineCount;
}

function parseOnly() {
  let events = 0;
  const lines = readAll(() => ({ push: (found) => (events += found.length), finish() {} }));
  return { lines, events };
}

function parseAndCheck() {
  const verdicts = { pass: 0, fail: 0, crash: 0 };
  readAll(() => {
    const checking = edition.start();
    return {
      push: (found) => found.forEach((line) => checking.push(line)),
      finish: () => verdicts[checking.finish().verdict]++,
    };
  });
  return verdicts;
}

console.log(`${logs.length} logs, ${megabytes.toFixed(1)} MB`);
for (const [name, work] of Object.entries({
  "parse only": parseOnly,
  "parse and check": parseAndCheck,
})) {
  const rounds = Array.from({ length: Number(repeats) }, () => measure(work));
  const inTurn = rounds.map((round) => round.megabytesPerSecond);
  const speeds = inTurn.toSorted((a, b) => a - b);
  const median = speeds[speeds.length >> 1];
  console.log(
    `${name.padEnd(16)} median ${median.toFixed(0)} MB/s, range ${speeds[0].toFixed(0)} … ${speeds.at(-1).toFixed(0)} over ${speeds.length}, first ${inTurn[0].toFixed(0)}  ${JSON.stringify(rounds[0].result)}`,
  );
}
