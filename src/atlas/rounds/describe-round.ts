import type { ImportOrigin } from "../../schema/atlas/results/import-origin.ts";
import type { PublishedRound } from "../../schema/atlas/rounds/published-round.ts";
import type { RoundDescription } from "../../schema/atlas/rounds/round-contents.ts";
import type { MlperfEdition } from "../../schema/logs/mlperf-round.ts";
import type { BenchmarkResult } from "../../schema/logs/submission.ts";
import { roundOfEdition } from "../rows/place-of-result.ts";
import { describeMissing } from "./describe-missing-logs.ts";

interface ImportedLogs {
  results: readonly BenchmarkResult[];
  /** Folders of runs that the submitters took out of a result, which are no results. */
  setAside: readonly string[];
  logCount: number;
  origin: ImportOrigin;
}

/** Describes an imported MLPerf round: its source, its changes, and its missing data. */
export function describeRound(
  edition: MlperfEdition,
  { results, setAside, logCount, origin }: ImportedLogs,
  rounds: readonly PublishedRound[],
): RoundDescription {
  const { suite, round } = roundOfEdition(edition);
  const published = rounds.find((one) => one.suite === suite && one.round === round);
  return {
    suite,
    round,
    publishedOn: published?.publishedOn,
    ...sourceOf(origin, published),
    changes:
      "Each result became one row and each log one run; evaluations, loss, step times and throughput were thinned, and names of accelerators and benchmarks made uniform beside the published ones. No score was changed.",
    logCount,
    missing: describeMissing(results, { setAside, logCount, published }),
  };
}

/** Local files are not attributed to the repository: they may be another version or unpublished results. */
function sourceOf(
  origin: ImportOrigin,
  published: PublishedRound | undefined,
): Pick<RoundDescription, "sourceRepository" | "licence"> {
  switch (origin.kind) {
    case "local":
      return { sourceRepository: `local: ${origin.paths.join(", ")}`, licence: "unknown" };
    case "repository":
      return {
        sourceRepository: published?.repository ?? "unknown",
        licence: published?.licence ?? "unknown",
      };
  }
}
