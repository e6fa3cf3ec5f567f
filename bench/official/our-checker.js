// Runs Pitwall's checker on files sequentially in this process, like the official one.
import { readFileSync } from "node:fs";
import { createLogReader } from "../../build/mllog/log-reader.js";

const pieceBytes = 64 * 1024;

/** CPU-seconds of reading and checking, and a verdict, per log. */
export function checkWithOurs(edition, paths) {
  const cpuSeconds = [];
  const verdicts = [];
  for (const path of paths) {
    const before = process.cpuUsage();
    verdicts.push(verdictOf(edition, path));
    const { user, system } = process.cpuUsage(before);
    cpuSeconds.push((user + system) / 1e6);
  }
  return { cpuSeconds, verdicts };
}

function verdictOf(edition, path) {
  const bytes = readFileSync(path);
  const reader = createLogReader();
  const checking = edition.start();
  for (let at = 0; at < bytes.length; at += pieceBytes)
    for (const line of reader.push(bytes.subarray(at, at + pieceBytes))) checking.push(line);
  for (const line of reader.end()) checking.push(line);
  return checking.finish().verdict;
}
