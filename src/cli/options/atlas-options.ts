import { type ResultFilter, scoreFilters } from "../../atlas/rows/filter-results.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import type { OptionTable } from "../command-table.ts";

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
  accelerators: {
    takes: "number",
    placeholder: "count",
    minimum: 1,
    group: "Selection",
    help: "only systems with exactly this number of accelerators",
  },
  minAccelerators: {
    takes: "number",
    placeholder: "count",
    minimum: 1,
    group: "Selection",
    help: "only systems with at least this number of accelerators",
  },
  maxAccelerators: {
    takes: "number",
    placeholder: "count",
    minimum: 1,
    group: "Selection",
    help: "only systems with at most this number of accelerators",
  },
  scores: {
    takes: "choice",
    choices: scoreFilters,
    group: "Selection",
    help: "official: only scores by the rules, without rows that give a middle run instead (v6.0)",
  },
} as const satisfies OptionTable;

/** The options for the user's own prices. */
export const pricesOption = {
  price: {
    takes: "texts",
    placeholder: "name=dollars",
    group: "Figures",
    help: "your price in dollars per accelerator-hour, repeatable: h100-sxm=2.50",
  },
  prices: {
    takes: "text",
    placeholder: "file.yaml",
    group: "Figures",
    help: "a file of such prices: `h100-sxm: 2.50`",
  },
} as const satisfies OptionTable;

/**
 * Selects the filter options from a command's options.
 *
 * @throws UserError `option-unused` for an exact number of accelerators beside a range
 */
export function filterOf(
  options: Omit<ResultFilter, "scores"> & { readonly scores?: string | undefined },
): ResultFilter {
  const { benchmark, round, submitter, system, accelerator, division, availability, suite } =
    options;
  const { accelerators, minAccelerators, maxAccelerators, scores } = options;
  if (accelerators !== undefined && (minAccelerators ?? maxAccelerators) !== undefined)
    throw new UserError(
      "option-unused",
      "`--accelerators` cannot be combined with `--min-accelerators` or `--max-accelerators`",
      { at: "--accelerators", hint: "use one number, or a range" },
    );
  return {
    benchmark,
    round,
    submitter,
    system,
    accelerator,
    division,
    availability,
    suite,
    accelerators,
    minAccelerators,
    maxAccelerators,
    scores: scoreFilters.find((one) => one === scores),
  };
}
