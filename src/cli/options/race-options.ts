import type { OptionTable } from "../command-table.ts";
import { rawCsvOption } from "../answers/raw-csv.ts";
import { runOptions } from "./run-options.ts";

export const raceFormats = ["table", "csv", "json", "md"] as const;

/** A race has no run that continues another one. */
const { continues: _, ...ofEachRun } = runOptions;

/** The flags of `pitwall race`: those of `run`, and those of the race itself. */
export const raceOptions = {
  ...ofEachRun,
  set: {
    takes: "texts",
    placeholder: "k=a,b",
    group: "Race",
    help: 'values to race, with `{k}` in the one command: `lr=0.1,0.2`; `workers=1,2` for a built-in workload; quote values with commas or blanks: `b="0.9,0.95",0.9`; several give all combinations',
  },
  runs: {
    takes: "number",
    placeholder: "count",
    minimum: 1,
    group: "Race",
    help: "runs of each arm, with the same seeds; with `--until`, the minimum [10; with `--until`, 6]",
  },
  until: {
    takes: "text",
    placeholder: "5%",
    group: "Race",
    help: "run until all 95 % intervals are within this much of their ratios",
  },
  maxRuns: {
    takes: "number",
    placeholder: "count",
    minimum: 2,
    group: "Race",
    help: "with `--until`, most runs of each arm [50]",
  },
  keepGoing: {
    takes: "nothing",
    group: "Race",
    help: "keep an arm whose runs fail, instead of dropping it after two that fail in the same way",
  },
  resume: {
    takes: "text",
    placeholder: "race",
    group: "Race",
    help: "run the remaining runs of an interrupted race",
  },
  show: {
    takes: "text",
    placeholder: "race",
    group: "Race",
    help: "show a race on record, or `last`, and run nothing",
  },
  format: {
    takes: "choice",
    choices: raceFormats,
    default: "table",
    group: "Output",
    help: "how the result is written",
  },
  ...rawCsvOption,
} as const satisfies OptionTable;
