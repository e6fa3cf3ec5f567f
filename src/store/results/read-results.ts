import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { errorCode, errorMessage } from "../../foundation/error-code.ts";
import { type ResultRow, resultRow } from "../../schema/atlas/result-row.ts";
import { type ResultRun, resultRun } from "../../schema/atlas/result-run.ts";
import type { ResultsProblem } from "../../schema/atlas/results-problem.ts";
import { type RoundManifest, roundManifest } from "../../schema/atlas/round-manifest.ts";
import { type RunCurve, runCurve } from "../../schema/atlas/run-curve.ts";
import { z } from "zod";
import { type TableLine, type TableReading, unpackTable } from "./parquet-file.ts";
import { curveColumns, rowColumns, runColumns } from "./result-tables.ts";
import { roundFolderName, shippedResultsFolder } from "./results-folders.ts";

/** Every result that is kept, and what could not be read. */
export interface ResultCollection {
  /** Sorted by `rowId` within each round. */
  rows: ResultRow[];
  manifests: RoundManifest[];
  problems: ResultsProblem[];
}

const shipped = [shippedResultsFolder];

/**
 * Reads all rows of the rounds in the folders. A row that is in several counts as the last one has it. What cannot be
 * read becomes a problem and hides nothing else.
 */
export async function readResultRows(
  folders: readonly string[] = shipped,
): Promise<ResultCollection> {
  const problems: ResultsProblem[] = [];
  const file = "rows.parquet";
  const manifests: RoundManifest[] = [];
  const rows = new Map<string, ResultRow>();
  for (const round of await findRounds(folders, problems)) {
    const lines = await readTable(round, file, { columns: rowColumns }, problems);
    if (lines === undefined) continue;
    const read = lines.filter(isResultRow);
    if (read.length < lines.length) {
      const reason = `${lines.length - read.length} rows are not of the kind that this version reads`;
      problems.push({ kind: "file-unreadable", folder: round.folder, file, reason });
      continue;
    }
    manifests.push(round.manifest);
    for (const row of read) rows.set(row.rowId, row);
  }
  return { rows: [...rows.values()], manifests, problems };
}

/** Where the files of a round are, for tools that read Parquet themselves. Absolute paths. */
export interface RoundFiles {
  manifest: RoundManifest;
  rows: string;
  runs: string;
  curves: string;
}

/** Finds the rounds in the folders, by their manifests; a round may be in several. Their files are not opened. */
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

/** Runs or curves of one result, and why there are none, if something is wrong with their file. */
export interface RowReading<Noun> {
  items: Noun[];
  problems: ResultsProblem[];
}

/** Reads the runs of one result; none for a row that is in no folder. */
export async function readResultRuns(
  rowId: string,
  folders: readonly string[] = shipped,
): Promise<RowReading<ResultRun>> {
  return readOfRow(
    { rowId, folders, file: "runs.parquet" },
    { columns: runColumns, where: { rowId } },
    (lines, place) => parseLines(lines, resultRun, place),
  );
}

/**
 * Reads the curves of one result, or of one of its runs.
 *
 * @param run as `ResultRun` names it; default all
 */
export async function readRunCurves(
  rowId: string,
  { run, folders = shipped }: { run?: string | undefined; folders?: readonly string[] } = {},
): Promise<RowReading<RunCurve>> {
  return readOfRow(
    { rowId, folders, file: "curves.parquet" },
    { columns: curveColumns, where: { rowId, ...(run === undefined ? {} : { run }) } },
    (lines, place) => parseLines(joinPoints(lines), runCurve, place),
  );
}

/** Runs and curves of some results, by `rowId`. */
export interface ResultDetails {
  runs: ReadonlyMap<string, ResultRun[]>;
  curves: ReadonlyMap<string, RunCurve[]>;
  problems: ResultsProblem[];
}

/** Reads all runs and curves there are, one round after the other, those of the first folder first. */
export async function* readDetails(
  folders: readonly string[] = shipped,
): AsyncGenerator<ResultDetails> {
  const found: ResultsProblem[] = [];
  for (const round of await findRounds(folders, found)) {
    const problems = found.splice(0);
    const [runLines = [], curveLines = []] = [
      await readTable(round, "runs.parquet", { columns: runColumns }, problems),
      await readTable(round, "curves.parquet", { columns: curveColumns }, problems),
    ];
    const place = { round, problems };
    const runs = parseLines(runLines, resultRun, { ...place, file: "runs.parquet" }) ?? [];
    const curves =
      parseLines(joinPoints(curveLines), runCurve, { ...place, file: "curves.parquet" }) ?? [];
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

interface RoundPlace {
  folder: string;
  manifest: RoundManifest;
}

interface LinePlace {
  round: RoundPlace;
  file: string;
  problems: ResultsProblem[];
}

async function readOfRow<Noun>(
  { rowId, folders, file }: { rowId: string; folders: readonly string[]; file: string },
  wanted: TableReading,
  parse: (lines: readonly TableLine[], place: LinePlace) => Noun[] | undefined,
): Promise<RowReading<Noun>> {
  const problems: ResultsProblem[] = [];
  const [suite = "", name = ""] = rowId.split("/");
  const wantedRound = roundFolderName({ suite, round: name });
  const rounds = await findRounds(folders, problems, wantedRound);
  for (const round of rounds.toReversed()) {
    const lines = await readTable(round, file, wanted, problems);
    const items = lines && parse(lines, { round, file, problems });
    if (items !== undefined && items.length > 0) return { items, problems };
  }
  return { items: [], problems };
}

/** The rounds in the folders that have a manifest, those of the first folder first. */
async function findRounds(
  folders: readonly string[],
  problems: ResultsProblem[],
  only?: string,
): Promise<RoundPlace[]> {
  const rounds: RoundPlace[] = [];
  for (const parent of folders) {
    const names = await listRounds(parent);
    for (const name of names.filter((name) => only === undefined || name === only)) {
      const folder = join(parent, name);
      const manifest = await readManifest(folder, problems);
      if (manifest !== undefined) rounds.push({ folder, manifest });
    }
  }
  return rounds;
}

/** Folders of rounds; drafts of imports that are under way, or were cut off, are not. */
async function listRounds(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && !/^\.|\.(?:draft|former)-\d+$/.test(entry.name))
      .map((entry) => entry.name)
      .toSorted();
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return [];
    throw error;
  }
}

async function readManifest(
  folder: string,
  problems: ResultsProblem[],
): Promise<RoundManifest | undefined> {
  let text: string;
  try {
    text = await readFile(join(folder, "manifest.json"), "utf8");
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    problems.push({ kind: "manifest-missing", folder });
    return undefined;
  }
  const parsed = roundManifest.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const reason =
    issue === undefined ? "it is no manifest" : `${issue.path.join(".")}: ${issue.message}`;
  problems.push({ kind: "manifest-invalid", folder, reason });
  return undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The schema says that nothing is no manifest.
    return undefined;
  }
}

async function readTable(
  { folder, manifest }: RoundPlace,
  file: string,
  wanted: TableReading,
  problems: ResultsProblem[],
): Promise<TableLine[] | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(join(folder, file));
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    problems.push({ kind: "file-missing", folder, file });
    return undefined;
  }
  if (createHash("sha256").update(bytes).digest("hex") !== manifest.files[file]?.sha256) {
    problems.push({ kind: "file-changed", folder, file });
    return undefined;
  }
  try {
    return await unpackTable(bytes, wanted);
  } catch (error) {
    // The parser throws what it stumbles over, as errors of all kinds.
    problems.push({ kind: "file-unreadable", folder, file, reason: errorMessage(error) });
    return undefined;
  }
}

const enums = Object.entries(resultRow.shape).flatMap(([name, field]) => {
  const inner = field instanceof z.ZodOptional ? field.unwrap() : field;
  return inner instanceof z.ZodEnum ? [{ name, values: new Set<unknown>(inner.options) }] : [];
});
const requiredColumns = Object.entries(rowColumns)
  .filter(([, { isRequired }]) => isRequired)
  .map(([name]) => name);

/**
 * Enough for rows whose file is, by its checksum, as this program wrote it, and whose columns have the right types: a
 * whole parse of every row would take most of the time that reading takes.
 */
function isResultRow(line: TableLine): line is ResultRow {
  return (
    requiredColumns.every((name) => line[name] !== undefined) &&
    enums.every(({ name, values }) => line[name] === undefined || values.has(line[name]))
  );
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
  { round, file, problems }: LinePlace,
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

interface OpenCurve extends Record<string, unknown> {
  clockMs: number[];
  value: number[];
  samples?: number[];
}

/** The points of a series stand together, in order of time; a series says its samples at each point, or at none. */
function joinPoints(lines: readonly TableLine[]): TableLine[] {
  const curves: OpenCurve[] = [];
  let current: OpenCurve | undefined;
  for (const line of lines) {
    const { rowId, run, series, metricName, pointCount, clockMs, value, samples } = line;
    const goesOn =
      current !== undefined &&
      current["rowId"] === rowId &&
      current["run"] === run &&
      current["series"] === series &&
      current["metricName"] === metricName;
    if (current === undefined || !goesOn) {
      current = { rowId, run, series, metricName, pointCount, clockMs: [], value: [] };
      curves.push(current);
    }
    current.clockMs.push(Number(clockMs));
    current.value.push(fromFloat(Number(value)));
    if (samples !== undefined) (current.samples ??= []).push(fromFloat(Number(samples)));
  }
  return curves;
}

/** A 32-bit float as the decimal number it was made of. */
function fromFloat(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(6));
}
