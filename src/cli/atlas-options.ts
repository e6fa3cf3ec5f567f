import type { ResultFilter } from "../atlas/rows/filter-results.ts";
import type { OptionTable } from "./command-table.ts";

/** Filters for results. They mean the same in every atlas command. */
export const filterOptions = {
  benchmark: {
    takes: "text",
    placeholder: "name",
    group: "Selection",
    help: "bert, 'llama*', bert,resnet: patterns, several with commas, capitals do not matter",
  },
  round: { takes: "text", placeholder: "name", group: "Selection", help: "v5.0, 'v4.*'" },
  submitter: {
    takes: "text",
    placeholder: "name",
    group: "Selection",
    help: "nvidia, also where it submitted with others",
  },
  system: { takes: "text", placeholder: "name", group: "Selection", help: "'*gb200*'" },
  accelerator: {
    takes: "text",
    placeholder: "name",
    group: "Selection",
    help: "h100 (the family), h100-sxm, or as published",
  },
  division: {
    takes: "choice",
    choices: ["closed", "open"],
    group: "Selection",
    help: "only results of this division",
  },
  availability: {
    takes: "text",
    placeholder: "name",
    group: "Selection",
    help: "cloud, on-premise, preview, rdi: how the system was offered",
  },
  suite: {
    takes: "text",
    placeholder: "name",
    group: "Selection",
    help: "mlperf-training, mlperf-hpc, dawnbench, nanogpt-speedrun, own",
  },
  minAccelerators: {
    takes: "number",
    placeholder: "count",
    minimum: 1,
    group: "Selection",
    help: "only systems with so many accelerators or more",
  },
  maxAccelerators: {
    takes: "number",
    placeholder: "count",
    minimum: 1,
    group: "Selection",
    help: "only systems with so many accelerators or fewer",
  },
} as const satisfies OptionTable;

/** The `--prices` option. */
export const pricesOption = {
  prices: {
    takes: "text",
    placeholder: "file.yaml",
    group: "Figures",
    help: "your own prices, dollars per hour of one accelerator: `h100-sxm: 2.50`",
  },
} as const satisfies OptionTable;

/** Selects the filter options from a command's options. */
export function filterOf(options: ResultFilter): ResultFilter {
  const { benchmark, round, submitter, system, accelerator, division, availability, suite } =
    options;
  const { minAccelerators, maxAccelerators } = options;
  return {
    benchmark,
    round,
    submitter,
    system,
    accelerator,
    division,
    availability,
    suite,
    minAccelerators,
    maxAccelerators,
  };
}
