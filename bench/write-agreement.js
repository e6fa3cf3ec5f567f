// Writes the table of all rounds in docs/agreement.md from the output of the two agreement scripts.
//   node bench/logs-agreement.js > logs.txt; node bench/score-agreement.js > scores.txt
//   node bench/write-agreement.js logs.txt scores.txt
import { readFileSync, writeFileSync } from "node:fs";

const [logsFile, scoresFile] = process.argv.slice(2);
const verdicts = new Map(
  readLines(
    logsFile,
    /^(?<round>\S+_v[\d.]+)(?<then> \(as published\))? +(?<logs>\d+) +(?<verdict>[\d.]+ %) +(?<keys>[\d.]+ %)/,
  ).map((row) => [row.round + (row.then ?? ""), row]),
);
const scores = readLines(
  scoresFile,
  /^ *(?<round>\S+_v[\d.]+) +(?<results>\d+) +(?<cells>\S+) +(?<factors>\S+) +(?<samples>\S+) +(?<energy>\S+) +(?<weak>\S+) +(?<rcp>\S+) +(?<rcpFactor>\S+) +(?<rows>\S+) /,
);
const rounds = scores.toSorted((a, b) => rankOf(a.round) - rankOf(b.round));
const heads = [
  "round",
  "logs",
  "verdicts",
  "failing keys",
  "as published",
  "scores",
  "RCP",
  "energy",
  "rows",
];
const lines = rounds.map((score) => {
  const today = verdicts.get(score.round);
  const then = verdicts.get(`${score.round} (as published)`);
  return [
    score.round.replace("_", " "),
    today?.logs ?? "–",
    equalOf(today?.verdict, today?.logs),
    equalOf(today?.keys, today?.logs),
    then === undefined ? "–" : equalOf(then.keys, then.logs),
    joined(score.cells, score.weak),
    plain(score.rcp),
    plain(score.energy),
    plain(score.rows),
  ];
});
const table = [heads, ["---", ...heads.slice(1).map(() => "---:")], ...lines].map(
  (cells) => `| ${cells.join(" | ")} |`,
);
const page = new URL("../docs/agreement.md", import.meta.url);
const text = readFileSync(page, "utf8");
const [start, end] = ["<!-- all rounds -->\n", "<!-- end of all rounds -->"];
const before = text.slice(0, text.indexOf(start) + start.length);
writeFileSync(page, `${before}\n${table.join("\n")}\n\n${text.slice(text.indexOf(end))}`);
console.log(`docs/agreement.md: ${lines.length} rounds`);

function readLines(file, pattern) {
  return readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line) => pattern.exec(line)?.groups ?? []);
}

function rankOf(round) {
  const [, usage, version] = /^(\w+)_v([\d.]+)/.exec(round);
  return (usage === "hpc" ? 100 : 0) + Number(version);
}

/** `100.00 %` of 1,090 logs → `1090/1090`. */
function equalOf(share, logs) {
  if (share === undefined) return "–";
  return `${Math.round((Number.parseFloat(share) / 100) * Number(logs))}/${logs}`;
}

/** The official tables have no such cell. */
function plain(cell) {
  return cell === "-" ? "–" : cell;
}

/** Cells of the table of strong scaling and of weak scaling, together. */
function joined(...cells) {
  const pairs = cells.filter((cell) => cell !== "-").map((cell) => cell.split("/").map(Number));
  if (pairs.length === 0) return "–";
  const sum = (at) => pairs.reduce((total, pair) => total + pair[at], 0);
  return `${sum(0)}/${sum(1)}`;
}
