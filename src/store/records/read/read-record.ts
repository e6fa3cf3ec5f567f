import { join } from "node:path";
import type { z } from "zod";
import { errorMessage } from "../../../foundation/errors/error-code.ts";
import { UserError } from "../../../foundation/errors/user-error.ts";
import { changedLabels, labelChange } from "../../../schema/run/request/label-change.ts";
import { type RunRequest, runRequest } from "../../../schema/run/request/run-request.ts";
import { runResult } from "../../../schema/run/outcome/run-result.ts";
import { telemetrySample } from "../../../schema/run/measured/telemetry-sample.ts";
import { readEventHistory } from "./read-event-history.ts";
import { recordSignature } from "../../../schema/run/record-signature.ts";
import { bytesOfRank, parseLogSpans } from "../write/log-sources.ts";
import {
  eventsFile,
  labelsFile,
  logFile,
  logRanksFile,
  requestFile,
  resultFile,
  samplesDirectory,
  signatureFile,
  type RecordFiles,
} from "../record-files.ts";
import type {
  EventHistory,
  OpenOutcome,
  RunSummary,
  SampleFile,
  SignatureFile,
} from "../run-store.ts";
import { runState } from "../run-state.ts";
import { verifyRecord } from "./verify-record.ts";

/** Reads run.json and result.json of a run. Never throws: a record that cannot be read is broken. */
export async function readSummary(files: RecordFiles, runId: string): Promise<RunSummary> {
  const directory = files.directory(runId);
  const request = await readNoun(files, { runId, fileName: requestFile, schema: runRequest });
  if (request.kind === "missing") {
    return { kind: "broken", runId, directory, reason: "run.json is missing" };
  }
  if (request.kind === "unreadable") return { kind: "broken", runId, directory, ...request.why };
  if (request.noun.runId !== runId) {
    const reason = `its run.json belongs to \`${request.noun.runId}\``;
    return { kind: "broken", runId, directory, reason };
  }
  const labelled = await withChangedLabels(files, request.noun);
  const result = await readNoun(files, { runId, fileName: resultFile, schema: runResult });
  if (result.kind === "unreadable") return { kind: "broken", runId, directory, ...result.why };
  const found = result.kind === "read" ? result.noun : undefined;
  const state = await runState(request.noun, found);
  return { kind: "readable", runId, directory, state, request: labelled, result: found };
}

/** The request with the labels as they are now. Lines that are no changes are ignored: one may be cut off. */
async function withChangedLabels(files: RecordFiles, request: RunRequest): Promise<RunRequest> {
  if (!files.has(request.runId, labelsFile)) return request;
  const { labels: before, ...rest } = request;
  const text = await files.readText(request.runId, labelsFile).catch((error: unknown) => {
    // A labels.jsonl that is not a regular file has no changes.
    if (error instanceof UserError) return undefined;
    throw error;
  });
  if (text === undefined) return request;
  const changes = text.split("\n").flatMap((line) => parseLine(line, labelChange) ?? []);
  const labels = changedLabels(before, changes);
  return labels === undefined ? rest : { ...rest, labels };
}

/** Opens one record for reading. */
export async function openRecord(files: RecordFiles, runId: string): Promise<OpenOutcome> {
  if (!(await files.exists(runId))) return { kind: "unknown", runId };
  const summary = await readSummary(files, runId);
  if (summary.kind === "broken") return summary;
  const { directory, state, request, result } = summary;
  const events = await readEvents(files, runId);
  if (events.kind === "unreadable") return { kind: "broken", runId, directory, ...events.why };
  const record = {
    runId,
    directory,
    logPath: join(directory, logFile),
    state,
    request,
    result,
    events: events.history,
    readLog: () => files.readBytes(runId, logFile),
    readLogOfRank: (rank: number) => readLogOfRank(files, runId, rank),
    readSamples: () => readSamples(files, runId),
    verify: () => verifyRecord(files, { runId, result, events: events.history }),
    readSignature: () => readSignature(files, runId),
  };
  return { kind: "opened", record };
}

async function* readLogOfRank(
  files: RecordFiles,
  runId: string,
  rank: number,
): AsyncGenerator<Uint8Array> {
  const log = files.readBytes(runId, logFile);
  const spans = await files.readText(runId, logRanksFile);
  if (spans !== undefined) yield* bytesOfRank(log, parseLogSpans(spans), rank);
  else if (rank === 0) yield* log;
}

type EventsReading =
  | { kind: "read"; history: EventHistory }
  | { kind: "unreadable"; why: { reason: string } };

async function readEvents(files: RecordFiles, runId: string): Promise<EventsReading> {
  try {
    const text = (await files.readText(runId, eventsFile)) ?? "";
    return { kind: "read", history: readEventHistory(text) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return unreadable(`its ${eventsFile} cannot be read: ${error.saw ?? error.message}`);
  }
}

/** The id in a folder's run.json; undefined if it cannot be read, which opening the record reports. */
export async function readRunId(files: RecordFiles): Promise<string | undefined> {
  const request = await readNoun(files, { runId: "", fileName: requestFile, schema: runRequest });
  return request.kind === "read" ? request.noun.runId : undefined;
}

async function readSamples(files: RecordFiles, runId: string): Promise<SampleFile[]> {
  const names = await files.fileNames(runId);
  const sampleFiles: SampleFile[] = [];
  for (const name of names.filter((name) => name.startsWith(`${samplesDirectory}/`))) {
    const fileStem = name.slice(samplesDirectory.length + 1, -".jsonl".length);
    const text = await readSampleText(files, runId, name);
    // A file that is not a regular file counts as one invalid line.
    if (text === undefined) {
      sampleFiles.push({ fileStem, samples: [], unreadableLineCount: 1 });
      continue;
    }
    const lines = text.split("\n");
    const written = lines.filter((line) => line !== "");
    const samples = written.flatMap((line) => parseLine(line, telemetrySample) ?? []);
    sampleFiles.push({ fileStem, samples, unreadableLineCount: written.length - samples.length });
  }
  return sampleFiles;
}

async function readSampleText(
  files: RecordFiles,
  runId: string,
  name: string,
): Promise<string | undefined> {
  try {
    return (await files.readText(runId, name)) ?? "";
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** Undefined for a line that was cut off by a kill, or that another program wrote. */
function parseLine<Noun>(line: string, schema: z.ZodType<Noun>): Noun | undefined {
  try {
    return schema.safeParse(JSON.parse(line)).data;
  } catch {
    // Not JSON.
    return undefined;
  }
}

async function readSignature(
  files: RecordFiles,
  runId: string,
): Promise<SignatureFile | undefined> {
  const wanted = { runId, fileName: signatureFile, schema: recordSignature };
  const found = await readNoun(files, wanted);
  switch (found.kind) {
    case "missing":
      return undefined;
    case "read":
      return { kind: "read", signature: found.noun };
    case "unreadable":
      return { kind: "unreadable", reason: found.why.reason };
  }
}

type Read<Noun> =
  | { kind: "read"; noun: Noun }
  | { kind: "missing" }
  | { kind: "unreadable"; why: { reason: string } };

async function readNoun<Noun>(
  files: RecordFiles,
  wanted: { runId: string; fileName: string; schema: z.ZodType<Noun> },
): Promise<Read<Noun>> {
  try {
    const text = await files.readText(wanted.runId, wanted.fileName);
    if (text === undefined) return { kind: "missing" };
    const parsed = wanted.schema.safeParse(JSON.parse(text));
    if (parsed.success) return { kind: "read", noun: parsed.data };
    const issue = parsed.error.issues[0];
    const where = issue === undefined ? "" : `: ${issue.path.join(".")}: ${issue.message}`;
    return unreadable(`its ${wanted.fileName} does not have the form of one${where}`);
  } catch (error) {
    // Invalid JSON or no read permission: the record is listed as broken.
    const reason = (error instanceof UserError ? error.saw : undefined) ?? errorMessage(error);
    return unreadable(`its ${wanted.fileName} cannot be read: ${reason}`);
  }
}

function unreadable(reason: string): { kind: "unreadable"; why: { reason: string } } {
  return { kind: "unreadable", why: { reason } };
}
