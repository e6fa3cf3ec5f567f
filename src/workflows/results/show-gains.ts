import { checkClaim } from "../../atlas/rounds/check-claim.ts";
import { gainsOverRounds } from "../../atlas/rounds/gains-over-rounds.ts";
import { compareRoundNames } from "../../atlas/rows/sort-results.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import type { CheckedClaim } from "../../schema/atlas/answers/claim.ts";
import type { Gains } from "../../schema/atlas/answers/gains.ts";
import type { ResultRow } from "../../schema/atlas/results/result-row.ts";
import type { ResultsProblem } from "../../schema/atlas/results/results-problem.ts";
import { readBenchmarkFacts, readClaims } from "../../store/catalogue/read-atlas-tables.ts";
import { type AtlasRequest, loadAtlas } from "./load-atlas.ts";
import { selectResults } from "../../atlas/rows/select-results.ts";
import type { ResultFilter } from "../../atlas/rows/filter-results.ts";

export interface GainsRequest extends AtlasRequest {
  filter: ResultFilter;
  /** First and last round; default: all rounds. */
  from?: string | undefined;
  to?: string | undefined;
  per: Gains["per"];
}

/**
 * The gain of the best result of each round over that of the first round.
 *
 * @throws UserError `one-benchmark-needed`, `unknown-round`, `too-few-rounds`, and what `selectResults` throws
 */
export async function showGains(
  request: GainsRequest,
): Promise<{ gains: Gains; problems: readonly ResultsProblem[] }> {
  const { filter, from, to, per } = request;
  const atlas = await loadAtlas(request);
  for (const round of [from, to])
    if (round !== undefined) selectResults(atlas.rows, { round }, atlas.groups);
  const found = selectResults(atlas.rows, filter, atlas.groups);
  const suites = new Set(found.map(({ suite }) => suite));
  const benchmarks = new Set(found.map(({ benchmark }) => benchmark));
  if (benchmarks.size > 1 || suites.size > 1)
    throw new UserError(
      "one-benchmark-needed",
      "`pitwall gains` requires a single benchmark of a single suite",
      {
        saw: [...(benchmarks.size > 1 ? benchmarks : suites)].join(", "),
        hint: `select one: \`--benchmark ${[...benchmarks][0] ?? ""}\`, \`--suite ${[...suites][0] ?? ""}\``,
      },
    );
  const inside = found.filter(
    ({ round }) =>
      (from === undefined || compareRoundNames(round, roundName(from)) >= 0) &&
      (to === undefined || compareRoundNames(round, roundName(to)) <= 0),
  );
  const outcome = gainsOverRounds(inside, atlas.groups, per);
  if (outcome.kind === "gains") {
    const successor = await successorOf(outcome.gains, atlas.rows);
    const gains = { ...outcome.gains, ...(successor === undefined ? {} : { successor }) };
    return { gains, problems: atlas.problems };
  }
  throw new UserError("too-few-rounds", "a gain requires results from two rounds", {
    saw: outcome.rounds.length === 0 ? "none" : `only ${outcome.rounds.join(", ")}`,
    hint: "widen `--from` and `--to`, or remove filters",
  });
}

/** The benchmark that replaced the one of the gains, if it has results. */
async function successorOf(
  { benchmark, steps }: Gains,
  rows: readonly ResultRow[],
): Promise<Gains["successor"]> {
  const suite = steps[0]?.row.suite;
  const facts = await readBenchmarkFacts();
  const name = facts.find((one) => one.suite === suite && one.benchmark === benchmark)?.successor;
  const rounds = rows
    .filter((row) => row.suite === suite && row.benchmark === name)
    .map(({ round }) => round)
    .toSorted(compareRoundNames);
  const [firstRound] = rounds;
  return name === undefined || firstRound === undefined
    ? undefined
    : { benchmark: name, firstRound };
}

/** Public claims compared with the stored results. */
export async function checkClaims(
  request: AtlasRequest,
): Promise<{ claims: CheckedClaim[]; problems: readonly ResultsProblem[] }> {
  const [atlas, claims] = await Promise.all([loadAtlas(request), readClaims()]);
  return {
    claims: claims.map((claim) => checkClaim(claim, atlas.rows, atlas.groups)),
    problems: atlas.problems,
  };
}

/** `5.0` is `v5.0`. */
function roundName(text: string): string {
  return /^\d/u.test(text) ? `v${text}` : text;
}
