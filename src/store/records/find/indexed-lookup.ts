import type { RunRequest } from "../../../schema/run/request/run-request.ts";
import type { RunResult } from "../../../schema/run/outcome/run-result.ts";
import type { RecordFiles } from "../record-files.ts";
import { RunIndex, runIndexFile, signOfRecord, type IndexEntry } from "./run-index.ts";
import { headOf, type RunHead, type RunLookup } from "./run-lookup.ts";
import { runState } from "../run-state.ts";
import type { RunSummary } from "../run-store.ts";

/** A record from the index, or from reading its files. */
type Found =
  | { kind: "indexed"; runId: string; entry: IndexEntry }
  | { kind: "read"; runId: string; summary: RunSummary };

/** Looks up records in the home's index; reads the files of records that have no current index entry. */
export function indexedLookup(home: string, files: RecordFiles, nowMs: () => number): RunLookup {
  return {
    runIds: () => files.runIds(),
    heads: async (runIds) => (await lookUp({ home, files, nowMs }, runIds)).map(headOfFound),
    summaries: async (runIds) => {
      const found = await lookUp({ home, files, nowMs }, runIds);
      return Promise.all(found.map((each) => summaryOf(files, each)));
    },
  };
}

async function lookUp(
  { home, files, nowMs }: { home: string; files: RecordFiles; nowMs: () => number },
  runIds: readonly string[],
): Promise<Found[]> {
  const index = await RunIndex.open(home, runIndexFile);
  const known = new Map<string, IndexEntry>();
  const signs = new Map<string, string>();
  for (const runId of runIds) {
    const sign = signOfRecord(files.directory(runId));
    if (sign === undefined) continue;
    signs.set(runId, sign);
    const entry = index.find(runId, sign);
    if (entry !== undefined) known.set(runId, entry);
  }
  const read = await readOthers(
    files,
    runIds.filter((runId) => !known.has(runId)),
  );
  const fresh = [...read.values()].flatMap((run) => {
    const sign = signs.get(run.runId);
    return run.kind === "readable" && sign !== undefined ? [entryOf(run, sign)] : [];
  });
  if (fresh.length > 0) await index.add(fresh, { runIds: await files.runIds(), nowMs: nowMs() });
  return runIds.map((runId): Found => {
    const entry = known.get(runId);
    if (entry !== undefined) return { kind: "indexed", runId, entry };
    const summary = read.get(runId);
    if (summary === undefined) throw new Error(`${runId} is neither indexed nor read`);
    return { kind: "read", runId, summary };
  });
}

/** The schemas are loaded only if a record must be read. */
async function readOthers(
  files: RecordFiles,
  runIds: readonly string[],
): Promise<Map<string, RunSummary>> {
  if (runIds.length === 0) return new Map();
  const { readSummaries } = await import("../read/read-summaries.ts");
  const summaries = await readSummaries(files, runIds);
  return new Map(summaries.map((summary) => [summary.runId, summary]));
}

function entryOf(run: Extract<RunSummary, { kind: "readable" }>, sign: string): IndexEntry {
  const { request, result } = run;
  const resultText = result === undefined ? "" : JSON.stringify(result);
  return { sign, head: headOf(run), texts: [JSON.stringify(request), resultText] };
}

function headOfFound(found: Found): RunHead {
  return found.kind === "indexed" ? found.entry.head : headOf(found.summary);
}

async function summaryOf(files: RecordFiles, found: Found): Promise<RunSummary> {
  if (found.kind === "read") return found.summary;
  const { runId, entry } = found;
  const [requestText, resultText] = entry.texts;
  // Written by `JSON.stringify` from values that the schemas accepted; the file signature shows that it is still
  // current.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- checking it again takes longer than reading the record
  const request = JSON.parse(requestText) as RunRequest;
  const result =
    resultText === ""
      ? undefined
      : // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as for the request
        (JSON.parse(resultText) as RunResult);
  return {
    kind: "readable",
    runId,
    directory: files.directory(runId),
    state: await runState(request, result),
    request,
    result,
  };
}
