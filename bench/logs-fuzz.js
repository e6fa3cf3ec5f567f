// Fuzzes the reader and the rules with broken logs: they must not throw and must take linear time per line.
//   npm run build && node bench/logs-fuzz.js [lines, default 5000000] [seed, default 1]
// Every line is a published one with a few bytes changed. Lines are read in random chunks, and each is read a
// second time separately, with the same result. Then adversarial texts are read at doubling lengths.
import { readFileSync } from "node:fs";
import { createLogReader } from "../build/mllog/log-reader.js";
import { parseLine } from "../build/mllog/parse-line.js";
import { parseLog } from "../build/mllog/parse-log.js";
import { findLogs, loadEdition } from "./logs-corpus.js";

const [wanted = "5000000", seed = "1"] = process.argv.slice(2);
const lineTotal = Number(wanted);
const fixtures = new URL("../tests/fixtures/logs/", import.meta.url).pathname;
const originals = findLogs(fixtures).flatMap((path) =>
  readFileSync(path, "latin1")
    .split(/\r\n|\n|\r/)
    .filter(Boolean),
);
const editions = ["training-0.6", "training-0.7", "training-3.1", "training-5.0", "hpc-3.0"].map(
  (id) => loadEdition(id),
);
const splinters = [
  '"',
  "\\",
  "{",
  "}",
  "[",
  "]",
  ":",
  ",",
  ":::MLL",
  ":::MLLOG ",
  ":::MLPv0.5.0 ",
  "NaN",
  "-",
  "1e9",
  "null",
  "\t",
  "\x00",
  "\x85",
  "\xff",
  '"value": ',
];

let state = Number(seed) >>> 0;
/** Mulberry32: a whole number below `bound`. */
function random(bound) {
  state = (state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
}

function mutate(line) {
  let text = line;
  for (let changes = 1 + random(4); changes > 0; changes--) {
    const at = random(text.length + 1);
    const to = at + random(8);
    const kind = random(6);
    if (kind === 0) text = text.slice(0, at) + text.slice(to);
    else if (kind === 1)
      text = text.slice(0, at) + splinters[random(splinters.length)] + text.slice(at);
    else if (kind === 2)
      text = text.slice(0, at) + String.fromCharCode(random(256)) + text.slice(at + 1);
    else if (kind === 3) text = text.slice(0, at);
    else if (kind === 4)
      text = text.slice(0, at) + originals[random(originals.length)].slice(random(200));
    else text = text.slice(0, at) + text.slice(at, to).repeat(2) + text.slice(to);
  }
  // An empty line between \r and \n would not count as a line.
  return text.replaceAll(/[\r\n]/g, " ") || " ";
}

function sameReading(line, alone) {
  if (line === undefined || alone.kind === "other")
    return line === undefined && alone.kind === "other";
  if (line.kind !== alone.kind) return false;
  return line.kind === "event"
    ? JSON.stringify(line.event) === JSON.stringify(alone.event)
    : line.reason === alone.reason && line.dialect === alone.dialect;
}

const counts = {
  lines: 0,
  event: 0,
  unreadable: 0,
  other: 0,
  different: 0,
  pass: 0,
  fail: 0,
  crash: 0,
};
const startedCpu = process.cpuUsage();
while (counts.lines < lineTotal) {
  const texts = Array.from({ length: 200 }, () => mutate(originals[random(originals.length)]));
  const ends = ["\n", "\r\n", "\r"];
  const log = Buffer.from(texts.map((text) => text + ends[random(3)]).join(""), "latin1");
  const reader = createLogReader();
  const lines = [];
  for (let at = 0; at < log.length;) {
    const size = 1 + random(random(20) === 0 ? 8 : 20_000);
    lines.push(...reader.push(log.subarray(at, at + size)));
    at += size;
  }
  lines.push(...reader.end());
  const byNumber = new Map(lines.map((line) => [line.lineNumber, line]));
  for (const [index, text] of texts.entries()) {
    const alone = parseLine(text);
    counts[alone.kind]++;
    if (sameReading(byNumber.get(index + 1), alone)) continue;
    counts.different++;
    if (counts.different <= 10) console.log(`differs: ${JSON.stringify(text)}`);
  }
  for (const edition of editions) {
    const checking = edition.start();
    for (const line of lines) checking.push(line);
    counts[checking.finish().verdict]++;
  }
  counts.lines += texts.length;
}
const used = process.cpuUsage(startedCpu);
console.log(JSON.stringify(counts), `${((used.user + used.system) / 1e6).toFixed(0)} CPU-seconds`);

/** Texts that are slow for parsers with backtracking. */
const slowTexts = {
  quotes: (length) => `:::MLLOG {"a": ${'"'.repeat(length)}`,
  "escaped quotes, and NaN": (length) => `:::MLLOG NaN "${'\\"'.repeat(length / 2)}`,
  "open lists": (length) => `:::MLLOG ${"[".repeat(length)}`,
  "open lists, and NaN": (length) => `:::MLLOG NaN ${"[".repeat(length)}`,
  digits: (length) => `:::MLLOG {"time_ms": "${"1".repeat(length)}x", "key": 1}`,
  "many values": (length) =>
    `:::MLLOG {"time_ms": 1, "key": "a", "metadata": {"value": 1.0}, "value": [${'{"value": 1},'.repeat(length / 13)}1]}`,
  blanks: (length) => `:::MLLOG ${" ".repeat(length)}x`,
  tokens: (length) => ":::MLLOG ".repeat(length / 9),
  colons: (length) => ":".repeat(length),
  "v0.6 blanks": (length) => `:::MLL 1 a:${" ".repeat(length)}`,
  "v0.6 points": (length) => `:::MLL ${"1.".repeat(length / 2)} a: {}`,
  "v0.5 parentheses": (length) => `:::MLPv0.5.0 a 1 (${":1".repeat(length / 2)}`,
  "v0.5 brackets": (length) => `:::MLPv0.5.0 ${"a 1 (".repeat(length / 5)}`,
  NaN: (length) => `:::MLLOG [${"NaN,".repeat(length / 4)}1]`,
  "line ends": (length) => "\r".repeat(length),
};

function readSeconds(text) {
  const log = Buffer.from(text, "latin1");
  const best = Math.min(
    ...[1, 2, 3].map(() => {
      const before = process.cpuUsage();
      parseLog(log);
      parseLine(text);
      const { user, system } = process.cpuUsage(before);
      return user + system;
    }),
  );
  return best / 1e6;
}

console.log("\ntext                       CPU-seconds at 0.5, 1, 2 MB");
let superLinear = 0;
for (const [name, make] of Object.entries(slowTexts)) {
  const seconds = [500_000, 1_000_000, 2_000_000].map((length) => readSeconds(make(length)));
  // Fails if four times the text takes more than eight times as long, above a minimum time.
  const isSlow = seconds[2] > 0.2 && seconds[2] > 8 * seconds[0];
  if (isSlow) superLinear++;
  console.log(
    `${name.padEnd(25)}${seconds.map((each) => each.toFixed(3).padStart(9)).join("")}${isSlow ? "  more than linear" : ""}`,
  );
}
process.exitCode = counts.different === 0 && superLinear === 0 ? 0 : 1;
