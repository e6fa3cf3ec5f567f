import { UserError } from "../../foundation/errors/user-error.ts";
import { describeRound } from "../../atlas/rounds/describe-round.ts";
import { type ContentsContext, contentsOfResult } from "../../atlas/rows/contents-of-result.ts";
import { markRepeats } from "../../atlas/rows/repeated-rows.ts";
import { samplesCountsOf } from "../../atlas/rows/samples-count.ts";
import { samplesScalesOf } from "../../atlas/rows/samples-scale.ts";
import type { ImportOrigin } from "../../schema/atlas/results/import-origin.ts";
import { type RoundContents, roundOf } from "../../schema/atlas/rounds/round-contents.ts";
import type { RoundManifest } from "../../schema/atlas/rounds/round-manifest.ts";
import { roundNamed } from "../../schema/logs/edition-name.ts";
import {
  benchmarkNamed,
  isMlperfBenchmark,
  type MlperfEdition,
} from "../../schema/logs/mlperf-round.ts";
import type { ResultFolder } from "../../schema/logs/result-folder.ts";
import { readReferenceConvergence } from "../../store/catalogue/read-score-data.ts";
import { readResultTables } from "../../store/results/naming-tables.ts";
import { readResultRows } from "../../store/results/read-results.ts";
import { shippedResultsFolder } from "../../store/results/results-folders.ts";
import { writeResults } from "../../store/results/write-results.ts";
import { planScore, type PlannedResult } from "../submissions/plan-score.ts";
import { type ScoredResult, scoreResults } from "../submissions/score-results.ts";
import { detectSource, type DetectedSource } from "./detect-source.ts";
import { type OpenSource, openResultSources, type SourceEvent } from "./open-result-sources.ts";
import { readResultsFile } from "./read-results-file.ts";

export interface ImportRequest {
  /** Folders and archives of rounds, organizations or systems, and tables of results. */
  sources: readonly string[];
  /** The name of the sources' format. Default: detected for each. */
  format?: string | undefined;
  /** The folder that holds a folder for each round. */
  into: string;
  /** `training-5.1`. Default: derived from the path of each result. */
  edition?: string | undefined;
  /** Whether the sources are copies of the rounds' public repositories: links of their results then point there. */
  isFromRepository: boolean;
  /** `pitwall 0.1.0`. */
  importedBy: string;
}

/** Events while rounds are imported. */
export type ImportEvent =
  | { kind: "unpacking"; archive: string }
  | Extract<SourceEvent, { kind: "unpacked" }>
  | { kind: "found"; resultCount: number; logCount: number }
  | { kind: "logs-read"; logCount: number }
  | { kind: "imported"; folder: string; manifest: RoundManifest };

/**
 * Converts published rounds into rows, runs and curves on disk. A round is written completely or not at all, and replaces
 * any earlier import of the same round.
 *
 * @throws UserError `source-missing`, `format-unknown`, `archive-…`, `table-…`, `not-a-submission`, `edition-unknown`
 */
export async function* importResults(
  request: ImportRequest,
  signal: AbortSignal,
): AsyncGenerator<ImportEvent> {
  const detected: DetectedSource[] = [];
  for (const path of request.sources) detected.push(await detectSource(path, request.format));
  const ofLogs: DetectedSource[] = [];
  const tables: RoundContents[] = [];
  for (const source of detected) {
    const { read } = source.format;
    switch (read.gives) {
      case "logs":
        ofLogs.push(source);
        break;
      case "results":
        tables.push(await readResultsFile(source.path, await read.load()));
    }
  }
  if (ofLogs.length > 0) yield* importLogs(request, ofLogs, signal);
  for (const table of tables) {
    const written = await writeResults(request.into, table, request.importedBy);
    yield { kind: "imported", ...written };
  }
}

async function* importLogs(
  request: ImportRequest,
  sources: readonly DetectedSource[],
  signal: AbortSignal,
): AsyncGenerator<ImportEvent> {
  const opened: OpenSource[] = [];
  try {
    for await (const event of openResultSources(sources, signal)) {
      if (event.kind === "opened") opened.push(event.source);
      else yield event;
    }
    const folders = opened.map(({ folder }) => folder);
    const origin: ImportOrigin = request.isFromRepository
      ? { kind: "repository" }
      : { kind: "local", paths: sources.map(({ path }) => path) };
    yield* importFolders(request, { folders, origin }, signal);
  } finally {
    for (const source of opened) await source.close();
  }
}

/** What is imported stays: a round is not assumed for it. */
function requireStatedRounds(planned: readonly PlannedResult[]): void {
  const unknown = planned.find(({ assumption }) => assumption !== undefined);
  if (unknown?.assumption === undefined) return;
  const { edition, benchmark, editions } = unknown.assumption;
  throw new UserError("edition-unknown", "cannot determine the round from the path or the logs", {
    at: unknown.folder.path,
    saw: `benchmark \`${benchmark}\` is in ${editions.join(", ")}`,
    hint: `select the round: by the date of the logs it is \`--edition ${edition}\``,
  });
}

async function* importFolders(
  { edition, into, importedBy }: ImportRequest,
  { folders, origin }: { folders: readonly string[]; origin: ImportOrigin },
  signal: AbortSignal,
): AsyncGenerator<ImportEvent> {
  const planned = await planScore(folders, edition === undefined ? undefined : roundNamed(edition));
  requireStatedRounds(planned);
  const logCount = planned.reduce((sum, { folder }) => sum + folder.logs.length, 0);
  yield { kind: "found", resultCount: planned.length, logCount };
  const tables = await readResultTables();
  const references = await readReferenceConvergence();
  for (const id of new Set(planned.map((one) => one.edition))) {
    const counts = samplesCountsOf(id, references);
    const scaleOf = samplesScalesOf(id, references, tables.compatibility);
    const ofRound = planned.filter((one) => one.edition === id);
    const results = ofRound.filter(({ folder }) => !isSetAside(folder));
    const setAside = ofRound.filter(({ folder }) => isSetAside(folder));
    // The rules of round 0.6 fail all logs by Google, although their results were published.
    const verdict = id === "training-0.6" ? "status" : "as-published";
    for await (const event of scoreResults(
      { results, verdict, counts, trainSamplesUse: "instead-of-placeholders" },
      signal,
    )) {
      if (event.kind === "logs-read") yield { kind: "logs-read", logCount: event.logCount };
      if (event.kind !== "scored") continue;
      signal.throwIfAborted();
      const context = { tables, counts, scaleOf, origin, setAside };
      const round = contentsOfRound(id, event.results, context);
      const others = (await readResultRows([shippedResultsFolder, into])).rows;
      const marked = { ...round, rows: markRepeats(round.rows, others) };
      yield { kind: "imported", ...(await writeResults(into, marked, importedBy)) };
    }
  }
}

/** HPC's `pruned_results` has runs that were taken out of a result; Habana's BERT of round 1.0 is below `resnet`. */
function isSetAside({ subfolder }: ResultFolder): boolean {
  return subfolder !== undefined && !isMlperfBenchmark(benchmarkNamed(subfolder));
}

function contentsOfRound(
  edition: MlperfEdition,
  scored: readonly ScoredResult[],
  { setAside, ...context }: ContentsContext & { setAside: readonly PlannedResult[] },
): RoundContents {
  const contents = scored.map(({ planned, result, traces }) =>
    contentsOfResult({ ...planned, result, traces }, context),
  );
  const { origin, tables } = context;
  const results = scored.map(({ result }) => result);
  const logCount = [...scored.map(({ planned }) => planned), ...setAside].reduce(
    (sum, { folder }) => sum + folder.logs.length,
    0,
  );
  return roundOf(
    describeRound(
      edition,
      { results, setAside: setAside.map(({ folder }) => folder.shownAs), logCount, origin },
      tables.rounds,
    ),
    contents,
  );
}
