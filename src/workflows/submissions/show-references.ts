import { nearestWord } from "../../foundation/text/nearest-word.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import type { EditionAssumption } from "../../schema/logs/edition-assumption.ts";
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
import type { RunStore } from "../../store/records/run-store.ts";
import { scoreSubmission } from "./score-submission.ts";
import { type RecordsToScore, recordsNamed, scoreRecords } from "./score-records.ts";

export interface ReferencesRequest {
  benchmark: string;
  /** Default: the round of the folder, otherwise the newest edition with references. */
  edition: string | undefined;
  /** What to compare with the references. Default: nothing. */
  compared?: ComparedLogs | undefined;
}

export type ComparedLogs =
  /** A folder or archive; if there is none, a run or series of the store. */
  | { kind: "named"; text: string; workingFolder: string; store: RunStore }
  | ({ kind: "records" } & Pick<RecordsToScore, "name" | "records">);

/**
 * Shows the reference convergence points of a benchmark and, if a folder is given, its results beside them.
 *
 * @throws UserError `unknown-benchmark`, `no-references`, `no-result-of-benchmark`; and what `scoreSubmission` throws
 */
export async function showReferences(
  request: ReferencesRequest,
  signal: AbortSignal,
): Promise<ReferenceCurve> {
  const { compared } = request;
  const records = await readReferenceConvergence();
  const benchmark = requireBenchmark(request.benchmark, records);
  const own = records.filter((record) => record.benchmark === benchmark);
  const editions = mlperfEditions.filter((each) => own.some(({ edition }) => edition === each));
  const requested = request.edition === undefined ? undefined : editionNamed(request.edition);
  const { results, assumptions } =
    compared === undefined ? noResults : await resultsOf(compared, requested, signal);
  const submitted = results.filter((result) => result.benchmark === benchmark);
  if (compared !== undefined) requireResults(submitted, { compared, benchmark });
  const edition = requested ?? submitted.at(-1)?.edition ?? editions.at(-1);
  const ofEdition = own.filter((record) => record.edition === edition);
  if (ofEdition.length === 0) {
    throw new UserError("no-references", `${edition} has no references of \`${benchmark}\``, {
      at: "--edition",
      hint: `editions with references of it: ${editions.join(", ")}`,
    });
  }
  const assumed = assumptions.find((each) => each.edition === edition);
  return {
    ...calculateReferenceCurve(ofEdition, benchmark),
    submitted: submitted
      .filter((result) => result.edition === edition)
      .flatMap((result) => placeBesideReference(result) ?? []),
    editions,
    ...(assumed === undefined ? {} : { assumedEdition: assumed }),
  };
}

interface ComparedResults {
  results: readonly BenchmarkResult[];
  assumptions: readonly EditionAssumption[];
}

const noResults: ComparedResults = { results: [], assumptions: [] };

/** The benchmarks that `pitwall rcp` accepts, in alphabetical order. */
export async function benchmarksWithReferences(): Promise<string[]> {
  const records = await readReferenceConvergence();
  return [...new Set(records.map(({ benchmark }) => benchmark))].toSorted();
}

async function resultsOf(
  compared: ComparedLogs,
  edition: RecordsToScore["edition"],
  signal: AbortSignal,
): Promise<ComparedResults> {
  const recorded = compared.kind === "records" ? compared : await recordsNamed(compared);
  if (recorded !== undefined) {
    const { result, assumption } = await scoreRecords({ ...recorded, edition }, signal);
    return { results: [result], assumptions: assumption === undefined ? [] : [assumption] };
  }
  if (compared.kind === "records") return noResults;
  const { text, workingFolder } = compared;
  const results: BenchmarkResult[] = [];
  let assumptions: readonly EditionAssumption[] = [];
  for await (const event of scoreSubmission({ folders: [text], workingFolder, edition }, signal)) {
    if (event.kind === "found") ({ assumptions } = event);
    if (event.kind === "scored") results.push(event.result);
  }
  return { results, assumptions };
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
  { compared, benchmark }: { compared: ComparedLogs; benchmark: string },
): void {
  if (results.length > 0) return;
  const name = compared.kind === "records" ? compared.name : compared.text;
  throw new UserError("no-result-of-benchmark", `no logs of \`${benchmark}\` in \`${name}\``, {
    hint: `\`pitwall score ${name}\` lists its results`,
  });
}
