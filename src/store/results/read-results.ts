import { join } from "node:path";
import type { ResultRow } from "../../schema/atlas/results/result-row.ts";
import type { ResultRun } from "../../schema/atlas/results/result-run.ts";
import type { ResultsProblem } from "../../schema/atlas/results/results-problem.ts";
import type { RoundManifest } from "../../schema/atlas/rounds/round-manifest.ts";
import type { RunCurve } from "../../schema/atlas/results/run-curve.ts";
import { findRounds, type RoundFolder } from "./find-rounds.ts";
import { joinPoints } from "./join-points.ts";
import type { TableLine, TableReading } from "./parquet-file.ts";
import { readRows, readTable } from "./read-table.ts";
import { curveColumns, runColumns } from "./result-tables.ts";
import { roundFolderName, shippedResultsFolder } from "./results-folders.ts";

/** All stored results, and the problems found while reading. */
export interface ResultCollection {
  /** Sorted by `rowId` within each round. */
  rows: ResultRow[];
  manifests: RoundManifest[];
  problems: ResultsProblem[];
}

const shipped = [shippedResultsFolder];

/**
 * Reads all rows of the rounds in the folders. If several folders contain a row, the last one wins. Unreadable data is
 * reported as a problem and does not affect other data.
 */
export async function readResultRows(
  folders: readonly string[] = shipped,
): Promise<ResultCollection> {
  const problems: ResultsProblem[] = [];
  const rounds = await findRounds(folders, problems);
  const read = await Promise.all(
    rounds.map(async (round) => {
      const found: ResultsProblem[] = [];
      return { round, rows: await readRows(round, found), found };
    }),
  );
  const manifests: RoundManifest[] = [];
  const rows = new Map<string, ResultRow>();
  for (const { round, rows: ofRound, found } of read) {
    problems.push(...found);
    if (ofRound !== undefined) manifests.push(round.manifest);
    for (const row of ofRound ?? []) rows.set(row.rowId, row);
  }
  return { rows: [...rows.values()], manifests, problems };
}

/** Reads one result from its round without reading other rounds; if several folders contain it, the last one wins. */
export async function readResultRow(
  rowId: string,
  folders: readonly string[] = shipped,
): Promise<ResultRow | undefined> {
  const problems: ResultsProblem[] = [];
  const rounds = await findRounds(folders, problems, roundFolderOf(rowId));
  for (const round of rounds.toReversed()) {
    const rows = await readRows(round, problems);
    const row = rows?.find((candidate) => candidate.rowId === rowId);
    if (row !== undefined) return row;
  }
  return undefined;
}

/** Absolute paths of the files of rounds, for tools that read Parquet directly. */
export interface RoundFiles {
  manifest: RoundManifest;
  rows: string;
  runs: string;
  curves: string;
}

/**
 * Finds the rounds in the folders by their manifests; several folders may contain the same round. Does not open their
 * data files.
 */
export async function findRoundFiles(
  folders: readonly string[] = shipped,
): Promise<{ rounds: RoundFiles[]; problems: ResultsProblem[] }> {
  const problems: ResultsProblem[] = [];
  const rounds = await findRounds(folders, problems);
  return {
    rounds: rounds.map(({ folder, manifest }) => ({
      manifest,
      rows: join(folder, "rows.parquet"),
      runs: join(folder, "runs.parquet"),
      curves: join(folder, "curves.parquet"),
    })),
    problems,
  };
}

/** Runs or curves of one result, and the problem with their file, if any. */
export interface RowReading<Noun> {
  items: Noun[];
  problems: ResultsProblem[];
}

/** Reads the runs of one result; empty if no folder contains the row. */
export async function readResultRuns(
  rowId: string,
  folders: readonly string[] = shipped,
): Promise<RowReading<ResultRun>> {
  return readOfRow(
    { rowId, folders, file: "runs.parquet" },
    { columns: runColumns, where: { rowId } },
    async (lines, source) => parseLines(lines, (await loadSchemas()).resultRun, source),
  );
}

/**
 * Reads the curves of one result, or of one of its runs.
 *
 * @param run the run name as in `ResultRun`; default: all runs
 */
export async function readRunCurves(
  rowId: string,
  { run, folders = shipped }: { run?: string | undefined; folders?: readonly string[] } = {},
): Promise<RowReading<RunCurve>> {
  return readOfRow(
    { rowId, folders, file: "curves.parquet" },
    { columns: curveColumns, where: { rowId, ...(run === undefined ? {} : { run }) } },
    async (lines, source) => parseLines(joinPoints(lines), (await loadSchemas()).runCurve, source),
  );
}

/** Runs and curves of some results, by `rowId`. */
export interface ResultDetails {
  runs: ReadonlyMap<string, ResultRun[]>;
  curves: ReadonlyMap<string, RunCurve[]>;
  problems: ResultsProblem[];
}

/** Reads all runs and curves, one round at a time, in folder order. */
export async function* readDetails(
  folders: readonly string[] = shipped,
): AsyncGenerator<ResultDetails> {
  const { resultRun, runCurve } = await loadSchemas();
  const found: ResultsProblem[] = [];
  for (const round of await findRounds(folders, found)) {
    const problems = found.splice(0);
    const [runLines = [], curveLines = []] = [
      await readTable(round, "runs.parquet", { columns: runColumns }, problems),
      await readTable(round, "curves.parquet", { columns: curveColumns }, problems),
    ];
    const source = { round, problems };
    const runs = parseLines(runLines, resultRun, { ...source, file: "runs.parquet" }) ?? [];
    const curves =
      parseLines(joinPoints(curveLines), runCurve, { ...source, file: "curves.parquet" }) ?? [];
    yield {
      runs: byRow(runs),
      curves: byRow(curves),
      problems,
    };
  }
}

function byRow<Item extends { rowId: string }>(items: readonly Item[]): Map<string, Item[]> {
  const found = new Map<string, Item[]>();
  for (const item of items) {
    const own = found.get(item.rowId);
    if (own === undefined) found.set(item.rowId, [item]);
    else own.push(item);
  }
  return found;
}

interface LineSource {
  round: RoundFolder;
  file: string;
  problems: ResultsProblem[];
}

/** A row id starts with its suite and its round. */
function roundFolderOf(rowId: string): string {
  const [suite = "", round = ""] = rowId.split("/");
  return roundFolderName({ suite, round });
}

async function readOfRow<Noun>(
  { rowId, folders, file }: { rowId: string; folders: readonly string[]; file: string },
  wanted: TableReading,
  parse: (lines: readonly TableLine[], source: LineSource) => Promise<Noun[] | undefined>,
): Promise<RowReading<Noun>> {
  const problems: ResultsProblem[] = [];
  const rounds = await findRounds(folders, problems, roundFolderOf(rowId));
  for (const round of rounds.toReversed()) {
    const lines = await readTable(round, file, wanted, problems);
    const items = lines && (await parse(lines, { round, file, problems }));
    if (items !== undefined && items.length > 0) return { items, problems };
  }
  return { items: [], problems };
}

/** Loaded only to validate lines: loading the validator takes longer than reading every row. */
async function loadSchemas(): Promise<{
  resultRun: LineSchema<ResultRun>;
  runCurve: LineSchema<RunCurve>;
}> {
  const [{ resultRun }, { runCurve }] = await Promise.all([
    import("../../schema/atlas/results/result-run.ts"),
    import("../../schema/atlas/results/run-curve.ts"),
  ]);
  return { resultRun, runCurve };
}

interface LineSchema<Noun> {
  safeParse(line: unknown):
    | { success: true; data: Noun }
    | {
        success: false;
        error: { issues: readonly { path: readonly PropertyKey[]; message: string }[] };
      };
}

function parseLines<Noun>(
  lines: readonly TableLine[],
  schema: LineSchema<Noun>,
  { round, file, problems }: LineSource,
): Noun[] | undefined {
  const nouns: Noun[] = [];
  for (const line of lines) {
    const parsed = schema.safeParse(line);
    if (parsed.success) nouns.push(parsed.data);
    else {
      const [issue] = parsed.error.issues;
      const reason = `${issue?.path.map(String).join(".") ?? "line"}: ${issue?.message ?? "is invalid"}`;
      problems.push({ kind: "file-unreadable", folder: round.folder, file, reason });
      return undefined;
    }
  }
  return nouns;
}
