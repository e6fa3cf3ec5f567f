// Compares Pitwall's verdicts and failing keys with those of a locally installed official checker on made logs of rounds 6.0
// and 6.1, and, if PITWALL_CORPUS is set, on logs of v5.1 under the rules of both.
//   npm run build && node bench/rules-agreement.js [--python …] [--logs 2000] [--mutations 500] [--seed 1] [--record <file>]
// A made log has up to six random changes; a mutation is one change to a log that passes. `--record` writes a selection of the
// mutations with the official answers. Exit code 1 if anything differs that docs/agreement.md does not explain.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { seededRandom } from "../build/foundation/numbers/seeded-random.js";
import { parseLog } from "../build/mllog/parse-log.js";
import { benchmarksOfEdition } from "../build/schema/logs/mlperf-round.js";
import { corpus, findLogs, loadEdition, roundFolder } from "./logs-corpus.js";
import { changeLog, changeNames } from "./official/change-log.js";
import { drawLogs } from "./official/draw-logs.js";
import { logText, makeLog } from "./official/made-logs.js";
import { findOfficialTool, startOfficialChecker } from "./official/official-tool.js";

const { values } = parseArgs({
  options: {
    python: { type: "string", default: process.env.PITWALL_PYTHON ?? "python3" },
    logs: { type: "string", default: "2000" },
    mutations: { type: "string", default: "500" },
    seed: { type: "string", default: "1" },
    record: { type: "string" },
  },
});
const editions = ["training-6.0", "training-6.1"];
const tables = new Map(
  editions.map((edition) => [
    edition,
    JSON.parse(readFileSync(new URL(`../data/rules/${edition}.json`, import.meta.url), "utf8")),
  ]),
);
const tool = findOfficialTool(values.python);
if (tool !== undefined) await compareAll();

async function compareAll() {
  console.log(`official: mlperf-logging ${tool.version}; seed ${values.seed}`);
  console.log(
    "rules          logs                        count  verdict equal  keys equal   pass  fail crash",
  );
  const random = seededRandom(values.seed);
  const recorded = [];
  for (const edition of editions) {
    const half = (text) => Math.round(Number(text) / editions.length);
    await compare(edition, "unchanged", passingLogs(edition).map(asLog));
    const mutations = repeat(half(values.mutations), (at) => mutatedLog(edition, random, at));
    const answers = await compare(edition, "with one change", mutations);
    recorded.push(...select(edition, mutations, answers));
    await compare(
      edition,
      "with up to six changes",
      repeat(half(values.logs), () => madeLog(edition, random)),
    );
    if (corpus !== undefined) await compare(edition, "of v5.1", publishedLogs());
    if (corpus !== undefined)
      await compare(
        edition,
        "of v5.1, changed",
        publishedLogs().map((log) => changed(log, random)),
      );
  }
  if (values.record !== undefined)
    writeFileSync(values.record, gzipSync(recorded.map((each) => JSON.stringify(each)).join("\n")));
}

function passingLogs(edition) {
  return benchmarksOfEdition(edition).flatMap((benchmark) =>
    ["closed", "open"].map((division) => ({
      what: `${division} ${benchmark}`,
      lines: makeLog(tables.get(edition), { benchmark, division }),
    })),
  );
}

function asLog({ what, lines }) {
  return { what, text: logText(lines) };
}

function mutatedLog(edition, random, at) {
  const bases = passingLogs(edition);
  const { what, lines } = bases[at % bases.length];
  const name = changeNames[random.below(changeNames.length)];
  return asLog({ what: `${what}, ${name}`, lines: changeLog(lines, random, name) });
}

function madeLog(edition, random) {
  const bases = passingLogs(edition);
  let { what, lines } = bases[random.below(bases.length)];
  for (let count = random.below(7); count > 0; count--) lines = changeLog(lines, random);
  return asLog({ what, lines });
}

/** Up to 300 logs of v5.1, each reduced to its MLPerf lines. */
function publishedLogs() {
  const paths = drawLogs(findLogs(roundFolder("training_v5.1")), 300, Number(values.seed));
  return paths.map((path) => ({ what: path, text: readFileSync(path, "latin1") }));
}

function changed({ what, text }, random) {
  const lines = text.split(/\r?\n/).filter((line) => line.includes(":::MLLOG "));
  const at = random.below(lines.length);
  const other = lines[random.below(lines.length)];
  const edits = [
    [],
    [lines[at], lines[at]],
    [lines[at].slice(0, random.below(lines[at].length))],
    [other],
    [lines[at], other],
    [lines[at].replace(/"value": [^,]*/, '"value": 3')],
    [lines[at].replace(/"samples_count"/, '"sample_count"')],
  ];
  const edit = edits[random.below(edits.length)];
  return { what, text: [...lines.slice(0, at), ...edit, ...lines.slice(at + 1)].join("\n") };
}

async function compare(edition, label, logs) {
  const folder = mkdtempSync(join(tmpdir(), "pitwall-rules-"));
  const official = startOfficialChecker(tool, edition);
  try {
    const paths = logs.map(({ text }, index) => {
      const path = join(folder, `result_${index}.txt`);
      writeFileSync(path, text, "latin1");
      return path;
    });
    const theirs = await official.check(paths);
    report(edition, label, logs, theirs);
    return theirs;
  } finally {
    official.end();
    rmSync(folder, { recursive: true });
  }
}

function report(edition, label, logs, theirs) {
  const rules = loadEdition(edition);
  let [verdicts, keys, explained] = [0, 0, 0];
  const differing = [];
  for (const [index, log] of logs.entries()) {
    const ours = check(rules, log.text);
    const verdict = theirs.verdicts[index];
    const theirKeys = theirs.failingKeys[index].join(";");
    const sameVerdict = ours.verdict === verdict;
    // The official checker reports no keys if it crashes.
    const sameKeys =
      sameVerdict && (verdict === "crash" || ours.failingKeys.join(";") === theirKeys);
    if (sameVerdict) verdicts++;
    if (sameKeys) keys++;
    else if (isExplained(log.text)) explained++;
    else
      differing.push(
        `  ${log.what}\n    official ${verdict} ${theirKeys}\n    ours     ${ours.verdict} ${ours.failingKeys.join(";")}`,
      );
  }
  const counts = ["pass", "fail", "crash"].map((verdict) =>
    String(theirs.verdicts.filter((each) => each === verdict).length).padStart(6),
  );
  console.log(
    `${edition.padEnd(14)} ${label.padEnd(25)}${String(logs.length).padStart(8)}${String(verdicts).padStart(15)}${String(keys).padStart(12)} ${counts.join("")}${explained === 0 ? "" : `   ${explained} explained`}`,
  );
  for (const line of differing.slice(0, 20)) console.log(line);
  if (differing.length > 0) process.exitCode = 1;
}

/** The official checker cannot print a failure of these: a root of a negative number is complex. */
function isExplained(text) {
  return /"qwen35_397b_grpo"/.test(text) && /"global_batch_size", ?"value": ?-/.test(text);
}

function check(rules, text) {
  const checking = rules.start();
  for (const line of parseLog(Buffer.from(text, "latin1")).lines) checking.push(line);
  return checking.finish();
}

/** Every sixth mutation. */
function select(edition, logs, { verdicts, failingKeys }) {
  return logs.flatMap(({ what, text }, index) =>
    index % 6 === 0
      ? [{ edition, what, verdict: verdicts[index], failingKeys: failingKeys[index], text }]
      : [],
  );
}

function repeat(count, make) {
  return Array.from({ length: count }, (_, index) => make(index));
}
