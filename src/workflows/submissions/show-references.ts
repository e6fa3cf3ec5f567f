import { nearestWord } from "../../foundation/nearest-word.ts";
import { UserError } from "../../foundation/user-error.ts";
import { editionNamed } from "../../schema/logs/edition-name.ts";
import {
  benchmarkNamed,
  isMlperfBenchmark,
  mlperfEditions,
} from "../../schema/logs/mlperf-round.ts";
import type { ReferenceConvergence } from "../../schema/logs/reference-convergence.ts";
import type { ReferenceCurve } from "../../schema/logs/reference-curve.ts";
import type { BenchmarkResult } from "../../schema/logs/submission.ts";
import {
  calculateReferenceCurve,
  placeBesideReference,
} from "../../score/mlperf/reference-curve.ts";
import { readReferenceConvergence } from "../../store/catalogue/read-score-data.ts";
import { scoreSubmission } from "./score-submission.ts";

export interface ReferencesRequest {
  benchmark: string;
  /** Default: the round of the folder, otherwise the newest edition with references. */
  edition: string | undefined;
  /** Logs to compare with the references. */
  folder: string | undefined;
  workingFolder: string;
}

/**
 * Shows the reference convergence points of a benchmark and, if a folder is given, its results beside them.
 *
 * @throws UserError `unknown-benchmark`, `no-references`, `no-result-of-benchmark`; and what `scoreSubmission` throws
 */
export async function showReferences(
  request: ReferencesRequest,
  signal: AbortSignal,
): Promise<ReferenceCurve> {
  const { folder, workingFolder } = request;
  const records = await readReferenceConvergence();
  const benchmark = requireBenchmark(request.benchmark, records);
  const own = records.filter((record) => record.benchmark === benchmark);
  const editions = mlperfEditions.filter((each) => own.some(({ edition }) => edition === each));
  const requested = request.edition === undefined ? undefined : editionNamed(request.edition);
  const results: BenchmarkResult[] = [];
  if (folder !== undefined) {
    const scored = { folders: [folder], workingFolder, edition: requested };
    for await (const event of scoreSubmission(scored, signal))
      if (event.kind === "scored" && event.result.benchmark === benchmark)
        results.push(event.result);
    requireResults(results, { folder, benchmark });
  }
  const edition = requested ?? results.at(-1)?.edition ?? editions.at(-1);
  const ofEdition = own.filter((record) => record.edition === edition);
  if (ofEdition.length === 0) {
    throw new UserError("no-references", `${edition} has no references of \`${benchmark}\``, {
      at: "--edition",
      hint: `editions with references of it: ${editions.join(", ")}`,
    });
  }
  return {
    ...calculateReferenceCurve(ofEdition, benchmark),
    submitted: results
      .filter((result) => result.edition === edition)
      .flatMap((result) => placeBesideReference(result) ?? []),
    editions,
  };
}

function requireBenchmark(text: string, records: readonly ReferenceConvergence[]) {
  const known = [...new Set(records.map(({ benchmark }) => benchmark))].toSorted();
  const name = benchmarkNamed(text);
  if (isMlperfBenchmark(name) && known.includes(name)) return name;
  const nearest = nearestWord(name, known);
  throw new UserError("unknown-benchmark", `no references of a benchmark \`${text}\``, {
    hint:
      nearest === undefined ? `benchmarks: ${known.join(", ")}` : `did you mean \`${nearest}\`?`,
  });
}

function requireResults(
  results: readonly BenchmarkResult[],
  { folder, benchmark }: { folder: string; benchmark: string },
): void {
  if (results.length > 0) return;
  throw new UserError("no-result-of-benchmark", `no logs of \`${benchmark}\` in \`${folder}\``, {
    hint: `\`pitwall score ${folder}\` lists its results`,
  });
}
