// Runs with real faults, performed by `bench/record-faults.js`: what their records show, with what was injected.
import { readFileSync } from "node:fs";
import { eighthFolders } from "../faults/eighth-folders.js";
import { fifthFolders } from "../faults/fifth-folders.js";
import { fourthFolders } from "../faults/fourth-folders.js";
import { ninthFolders } from "../faults/ninth-folders.js";
import { tenthFolders } from "../faults/tenth-folders.js";
import { eleventhFolders } from "../faults/eleventh-folders.js";
import { seventhFolders } from "../faults/seventh-folders.js";
import { sixthFolders } from "../faults/sixth-folders.js";
import { withDiagnosis } from "./folder-cases.js";

export function realCases(name = "real-runs") {
  const kind = name === "real-runs" ? "real runs" : "unseen runs";
  return readLines(name).map((recorded) => caseOf(recorded, kind));
}

function caseOf({ about, target, expected, facts }, kind) {
  const { lines, events, steps, stacks, dumps, ...known } = facts;
  return {
    source: `${kind}, ${target}`,
    expected,
    about,
    ...known,
    lines: lines.map(([number, rank, text]) => ({ number, rank: rank ?? undefined, text })),
    events: events.map(([timeMs, event]) => Object.assign({ timeMs }, event)),
    steps: new Map(
      steps.map(([rank, samples]) => [rank, samples.map((each) => sample(rank, each))]),
    ),
    readDumps: dumps.map((dump) => Object.assign(dump, { statuses: new Map(dump.statuses) })),
    stacks,
  };
}

/** Folders of files belong to later sets only. */
const foldersOfSets = {
  fourth: fourthFolders,
  fifth: fifthFolders,
  sixth: sixthFolders,
  seventh: seventhFolders,
  eighth: eighthFolders,
  ninth: ninthFolders,
  tenth: tenthFolders,
  eleventh: eleventhFolders,
};
const runsOfSets = {
  first: "unseen-runs",
  second: "unseen-second-runs",
  third: "unseen-third-runs",
  fourth: "unseen-fourth-runs",
  ninth: "unseen-ninth-runs",
};

/** Sets of runs of programs that the diagnosis had not seen: `cases`, and what was answered before anything was changed for them. */
export async function unseenSets() {
  const names = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
  ];
  return Promise.all(
    names.map(async (name) => {
      const runs = runsOfSets[name] === undefined ? [] : realCases(runsOfSets[name]);
      const folders = await Promise.all((foldersOfSets[name] ?? []).map(withDiagnosis));
      const first = readLines(name === "first" ? "unseen-first" : `unseen-${name}-first`);
      return { name, cases: [...runs, ...folders], first };
    }),
  );
}

function readLines(name) {
  const text = readFileSync(new URL(`./${name}.jsonl`, import.meta.url), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

const sampleFields =
  "timeMs step stepCount computeMs dataWaitMs communicationMs loss nonFiniteLoss parameterChecksums forwardMs backwardMs optimizerMs".split(
    " ",
  );

function sample(rank, values) {
  const known = sampleFields.flatMap((name, index) =>
    values[index] === undefined || values[index] === null ? [] : [[name, values[index]]],
  );
  return { kind: "step", rank, samplesCount: 0, ...Object.fromEntries(known) };
}
