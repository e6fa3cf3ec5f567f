// Compares Pitwall's verdicts with those of the official checker, by round and by key.
//   npm run build && PITWALL_CORPUS=… node bench/logs-agreement.js [round…]
// Exit code 1 if a verdict or a set of failing keys differs.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseLog } from "../build/mllog/parse-log.js";
import {
  corpus,
  editionOf,
  loadEdition,
  readCsv,
  requireCorpus,
  roundFolder,
} from "./logs-corpus.js";
import { mutateLog } from "./logs-mutate.js";

requireCorpus();
const wanted = process.argv.slice(2);
let differences = 0;

const files = readdirSync(join(corpus, "official")).filter((name) =>
  name.endsWith(".verdicts.csv"),
);
console.log(
  "round                              logs  verdict equal   keys equal    pass  fail crash",
);
for (const name of files.toSorted()) {
  const asPublished = name.includes(".tagged.");
  const round = name.replace(/(\.tagged)?\.verdicts\.csv$/, "");
  if (wanted.length > 0 && !wanted.includes(round)) continue;
  compareRound(round, { asPublished, rows: readCsv(join(corpus, "official", name)) });
}
if (wanted.length === 0) compareCases();
process.exitCode = differences === 0 ? 0 : 1;

function compareRound(round, { asPublished, rows }) {
  const tally = { logs: 0, verdict: 0, keys: 0, pass: 0, fail: 0, crash: 0 };
  const edition = loadEdition(editionOf(round), { asPublished });
  for (const row of rows) {
    const path = join(roundFolder(round), row.log);
    if (!existsSync(path)) continue;
    const ours = check(edition, parseLog(readFileSync(path)).lines);
    tally.logs++;
    tally[ours.verdict]++;
    const sameVerdict = ours.verdict === row.verdict;
    // The official checker reports no keys if it crashes.
    const sameKeys =
      sameVerdict && (row.verdict === "crash" || ours.failingKeys.join(";") === row.failing_keys);
    if (sameVerdict) tally.verdict++;
    if (sameKeys) tally.keys++;
    if (!sameKeys) report(row.log, row.verdict, row.failing_keys, ours);
  }
  const label = asPublished ? `${round} (as published)` : round;
  const { logs, verdict, keys, pass, fail, crash } = tally;
  console.log(
    label.padEnd(34) +
      `${logs}`.padStart(5) +
      share(verdict, logs).padStart(15) +
      share(keys, logs).padStart(13) +
      `${pass}`.padStart(8) +
      `${fail}`.padStart(6) +
      `${crash}`.padStart(6),
  );
}

function compareCases() {
  const path = join(corpus, "cases", "mutations.jsonl");
  const cases = readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  let equal = 0;
  for (const each of cases) {
    const base = join(roundFolder(each.round), each.base.replace(`${each.round}/`, ""));
    const text = mutateLog(readFileSync(base, "latin1"), each.mutation);
    const ours = check(loadEdition(each.edition), parseLog(Buffer.from(text, "latin1")).lines);
    const keys = [
      ...each.officialFailingKeys,
      ...each.officialOtherFailures.flatMap(keyOfOther),
    ].toSorted((a, b) => (a < b ? -1 : 1));
    const isSame =
      ours.verdict === each.officialVerdict &&
      ours.failingKeys.join(";") === [...new Set(keys)].join(";");
    if (isSame) equal++;
    else
      report(
        `${each.base} ${JSON.stringify(each.mutation).slice(0, 200)}`,
        each.officialVerdict,
        keys.join(";"),
        ours,
      );
  }
  console.log(`changed logs: ${equal} of ${cases.length} equal`);
}

function keyOfOther(failure) {
  if (failure === "end") return ["END"];
  if (failure.startsWith("never:")) return [failure.slice("never:".length)];
  return failure.startsWith("one-of:")
    ? [failure.slice("one-of:".length).replaceAll(",", "|")]
    : [];
}

function check(edition, lines) {
  const checking = edition.start();
  for (const line of lines) checking.push(line);
  return checking.finish();
}

function report(log, verdict, keys, ours) {
  differences++;
  console.log(
    `  differs: ${log}\n    official ${verdict} ${keys}\n    ours     ${ours.verdict} ${ours.failingKeys.join(";")}`,
  );
}

function share(part, whole) {
  return whole === 0 ? "-" : `${((100 * part) / whole).toFixed(2)} %`;
}
