// Compares Pitwall's scores with those of the official summarizer and RCP checker by cell, and with results.csv.
//   npm run build && PITWALL_CORPUS=… node bench/score-agreement.js [round…]
// PITWALL_CORPUS names a folder with rounds/<round>/, official/<round>.*.csv and results.csv (see bench/logs-corpus.js).
// Exit code 1 if a score, an RCP outcome or a factor differs.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { scoreSubmission } from "../build/workflows/submissions/score-submission.js";
import { officialVerdict } from "../build/report/logs/official-csv.js";
import { corpus, readCsv, requireCorpus, roundFolder } from "./logs-corpus.js";

/** The reasons for differences in a cell of the summary, by what is known of the result. */
function explanationOf(label, result) {
  if (result === undefined && label.endsWith(":rcp_scaling_factor"))
    return "the folder holds a scaling.json and no logs";
  const isUnconverged = result?.runs.some(({ convergence }) => convergence === undefined);
  if (isUnconverged && label.endsWith(":samples_to_converge"))
    return "officially a run that did not converge counts as 1e9";
  return undefined;
}

requireCorpus();
const asked = process.argv.slice(2);
const published = readCsv(join(corpus, "results.csv"));
const rounds = asked.length > 0 ? asked : [...new Set(published.map((row) => row.round))];
let differences = 0;
const isShowing = process.env.PITWALL_QUIET === undefined;

const columns = [
  "round",
  "results",
  "cells",
  "factors",
  "GBS, samples",
  "energy",
  "weak",
  "RCP outcome",
  "RCP factor",
  "results.csv",
  "accelerators",
  "nodes",
  "CPU s",
];
const widths = [15, 8, 10, 10, 13, 8, 8, 12, 12, 12, 13, 10, 6];
console.log(columns.map((name, index) => name.padStart(widths[index])).join(" "));
for (const round of rounds) await compareRound(round);
process.exitCode = differences === 0 ? 0 : 1;

async function compareRound(round) {
  const folder = roundFolder(round);
  if (!existsSync(folder)) {
    console.log(`${round.padStart(15)} skipped: no logs in ${folder}`);
    return;
  }
  const before = process.cpuUsage();
  const results = await scoreAll(folder, "checker");
  const spent = process.cpuUsage(before);
  const byVerdict = { checker: results };
  for (const verdict of ["as-published", "status"])
    if (isDisputed(round, byVerdict)) byVerdict[verdict] = await scoreAll(folder, verdict);
  const tallies = [
    compareSummary(round, results),
    compareDetails(round, results, "rcp_scaling_factor", (result) => result.committedScalingFactor),
    compareBatches(round, results),
    compareDetails(round, results, "Energy", energyOf),
    compareWeak(round, results),
    ...compareConvergence(round, results),
    ...compareResults(round, byVerdict),
  ];
  const cells = [
    round,
    `${results.length}`,
    ...tallies.map((tally) => (tally.all === 0 ? "-" : `${tally.equal}/${tally.all}`)),
    ((spent.user + spent.system) / 1e6).toFixed(1),
  ];
  console.log(cells.map((cell, index) => cell.padStart(widths[index])).join(" "));
}

async function scoreAll(folder, verdict) {
  const results = [];
  const request = { folders: [folder], workingFolder: "/", verdict };
  for await (const event of scoreSubmission(request, new AbortController().signal))
    if (event.kind === "scored") results.push(event.result);
  return results;
}

function officialFile(round, kind) {
  const path = join(corpus, "official", `${round}.${kind}.csv`);
  return existsSync(path) ? readCsv(path) : [];
}

/** Official rows identify a system by the file that they link to. */
function rowsBySystem(round, kind) {
  const rows = officialFile(round, kind);
  return rows.map((row) => {
    const link = /systems\/(.*)\.json$/.exec(row.details_url);
    const isRepeated = rows.some((other) => other !== row && other.details_url === row.details_url);
    return { row, system: link?.[1], submitter: row.submitter, isRepeated };
  });
}

/** Several results if an organization submitted a system more than once under different names of its folder. */
function findResults(results, { system, submitter }, benchmark, scalingKind) {
  return results.filter(
    (result) =>
      result.system.folder === system &&
      result.system.submitter === submitter &&
      result.subfolder === undefined &&
      result.scalingKind === scalingKind &&
      nameOf(result) === benchmark,
  );
}

function nameOf({ benchmarkFolder, benchmark }) {
  if (benchmarkFolder === undefined) return benchmark;
  return benchmarkFolder === "mask" ? "maskrcnn" : benchmarkFolder;
}

function compareSummary(round, results) {
  const tally = { all: 0, equal: 0 };
  for (const each of rowsBySystem(round, "summary")) {
    const names = Object.keys(each.row).filter((name) => isBenchmarkColumn(name));
    for (const benchmark of names) {
      const found = findResults(results, each, benchmark, "strong");
      // Another row of the same system may have this score.
      if (each.row[benchmark] === "" && each.isRepeated) continue;
      const label = `${round} ${each.system} ${benchmark} score`;
      compareAny(tally, label, each.row[benchmark], found, ({ score }) =>
        score.kind === "scored" ? score.scoreMs / 60_000 : undefined,
      );
    }
  }
  return tally;
}

function isBenchmarkColumn(name) {
  return !/^(division|availability|submitter|system|number_of_nodes|host_|accelerator|framework|notes|private_id|details_url|code_url)/.test(
    name,
  );
}

function compareDetails(round, results, column, ours) {
  const tally = { all: 0, equal: 0 };
  for (const each of rowsBySystem(round, "summary_detailed")) {
    for (const name of Object.keys(each.row).filter((known) => known.endsWith(`:${column}`))) {
      const [benchmark] = name.split(":");
      const found = findResults(results, each, benchmark, "strong");
      if (each.row[name] === "" && found.length > 0 && column !== "Energy") continue;
      compareAny(tally, `${round} ${each.system} ${name}`, each.row[name], found, ours);
    }
  }
  return tally;
}

function energyOf(result) {
  return result.energy?.kind === "measured" ? result.energy.joules : undefined;
}

function compareBatches(round, results) {
  const tallies = [
    compareDetails(round, results, "GBS", (result) => result.globalBatchSize),
    compareDetails(round, results, "samples_to_converge", (result) => result.samplesToConverge),
  ];
  return { all: sum(tallies, "all"), equal: sum(tallies, "equal") };
}

function sum(tallies, name) {
  return tallies.reduce((total, tally) => total + tally[name], 0);
}

function compareWeak(round, results) {
  const tally = { all: 0, equal: 0 };
  for (const each of rowsBySystem(round, "summary_weak")) {
    for (const name of Object.keys(each.row).filter((known) => known.includes(":"))) {
      const [benchmark, figure] = name.split(":");
      const [weak] = findResults(results, each, benchmark, "weak").map((result) => result.weak);
      const ours =
        weak?.kind !== "scored"
          ? undefined
          : {
              number_of_models: weak.modelCount,
              instance_scale: weak.instanceScale,
              time_to_train_all: weak.timeToTrainAllMs / 60_000,
            }[figure];
      compare(tally, `${round} ${each.system} ${name}`, each.row[name], ours);
    }
  }
  return tally;
}

function compareConvergence(round, results) {
  const outcome = { all: 0, equal: 0 };
  const factor = { all: 0, equal: 0 };
  for (const row of officialFile(round, "rcp")) {
    const result = results.find((each) => each.folder === row.dir);
    const label = `${round} ${row.dir}`;
    const ours = result && officialVerdict(result.convergence);
    compareText(
      outcome,
      `${label} RCP`,
      `${row.pass} ${row.message}`,
      ours && `${ours.pass ? "True" : "False"} ${ours.message}`,
    );
    const official = row.norm_factor === "nan" ? "" : row.norm_factor;
    compare(factor, `${label} RCP factor`, official, ours?.factor);
  }
  return [outcome, factor];
}

function compareResults(round, byVerdict) {
  const scores = { all: 0, equal: 0 };
  const accelerators = { all: 0, equal: 0 };
  const nodes = { all: 0, equal: 0 };
  for (const row of published.filter((each) => each.round === round)) {
    const result = resultOfRow(row, byVerdict);
    const label = `${round} ${row.dir}`;
    compare(scores, `${label} in results.csv`, row.score_min, publishedScore(result, row));
    if (row.accelerators !== "")
      compare(
        accelerators,
        `${label} accelerators`,
        row.accelerators,
        result?.system.acceleratorCount,
      );
    if (row.nodes !== "") compare(nodes, `${label} nodes`, row.nodes, result?.system.nodeCount);
  }
  return [scores, accelerators, nodes];
}

/** results.csv contains the number of passed runs: a row is compared using the first verdict that passes as many. */
function resultOfRow(row, byVerdict) {
  const candidates = Object.values(byVerdict).map((results) =>
    results.find((each) => each.folder === row.dir),
  );
  return candidates.find((result) => passCount(result) === Number(row.n_pass)) ?? candidates[0];
}

function isDisputed(round, byVerdict) {
  return published.some(
    (row) => row.round === round && passCount(resultOfRow(row, byVerdict)) !== Number(row.n_pass),
  );
}

function passCount(result) {
  return result?.runs.filter(
    ({ fate }) => fate.kind !== "failed" || fate.failure.kind === "no-clock",
  ).length;
}

function publishedScore(result, row) {
  if (row.scaling.startsWith("weak"))
    return result?.weak?.kind === "scored" ? result.weak.timeToTrainAllMs / 60_000 : undefined;
  return result?.score.kind === "scored" ? result.score.scoreMs / 60_000 : undefined;
}

/** Compares a cell with the result among several that it describes: an equal one, if there is one. */
function compareAny(tally, label, official, results, ours) {
  const result = results.find((each) => isEqual(official, ours(each))) ?? results[0];
  compare(tally, label, official, result && ours(result), explanationOf(label, result));
}

/** An empty cell equals a missing one and is not counted. */
function compare(tally, label, official, ours, explanation) {
  if (official === "" && ours === undefined) return;
  tally.all++;
  if (isEqual(official, ours)) tally.equal++;
  else report(label, official, ours, explanation);
}

function isEqual(official, ours) {
  if (official === "" || ours === undefined) return official === "" && ours === undefined;
  const theirs = Number(official);
  return Math.abs(ours - theirs) <= Math.max(printedTo(official), 1e-6 * Math.abs(theirs));
}

/** Half a unit in the last printed digit: results.csv has six decimals. */
function printedTo(official) {
  return 0.5000001 * 10 ** -(official.split(".")[1] ?? "").length;
}

function compareText(tally, label, official, ours) {
  tally.all++;
  if (official === ours) tally.equal++;
  else report(label, official, ours);
}

function report(label, official, ours, reason) {
  if (reason !== undefined) {
    if (isShowing)
      console.log(`  explained: ${label}: official ${official}, ours ${ours ?? "none"}: ${reason}`);
    return;
  }
  differences++;
  if (isShowing)
    console.log(
      `  differs: ${label}: official ${official === "" ? "none" : official}, ours ${ours ?? "none"}`,
    );
}
