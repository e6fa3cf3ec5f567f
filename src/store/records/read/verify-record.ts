import type { LifecycleEvent } from "../../../schema/run/events/lifecycle-event.ts";
import type { RunResult } from "../../../schema/run/outcome/run-result.ts";
import { fingerprint } from "./fingerprint-file.ts";
import { eventsFile, resultFile, type RecordFiles } from "../record-files.ts";
import type { EventHistory, FileDifference, Verification } from "../run-store.ts";

interface RecordToVerify {
  runId: string;
  result: RunResult | undefined;
  events: EventHistory;
}

const lineFeed = 10;

type Fingerprint = RunResult["files"][string];

/**
 * Compares a record's files with the fingerprints in result.json, and result.json with the closing
 * event: the last line of events.jsonl, after the part that the fingerprint in result.json covers.
 */
export async function verifyRecord(
  files: RecordFiles,
  { runId, result, events }: RecordToVerify,
): Promise<Verification> {
  const seal = events.events.map(sealIn).find((found) => found !== undefined);
  if (result === undefined) {
    if (seal === undefined) return { kind: "unfinished" };
    return { kind: "changed", differences: [{ kind: "missing", file: resultFile }] };
  }
  const present = new Set(await files.fileNames(runId));
  const differences: FileDifference[] = [];
  for (const [file, was] of Object.entries(result.files)) {
    if (!present.delete(file)) {
      differences.push({ kind: "missing", file });
      continue;
    }
    const is = await fingerprint(
      contentOf(files, { runId, file, isSealed: seal !== undefined, was }),
    );
    const difference = differenceOf(file, was, is);
    if (difference !== undefined) differences.push(difference);
  }
  for (const file of present) differences.push({ kind: "added", file });
  if (seal !== undefined) {
    const is = await fingerprint(files.readBytes(runId, resultFile));
    const difference = differenceOf(resultFile, seal.result, is);
    if (difference !== undefined) differences.push(difference);
  }
  if (differences.length > 0) return { kind: "changed", differences };
  return {
    kind: "unchanged",
    fileCount: Object.keys(result.files).length,
    closingSha256: seal === undefined ? undefined : events.lastLineSha256,
  };
}

function sealIn({ event }: LifecycleEvent): { result: Fingerprint } | undefined {
  return event.kind === "sealed" ? event : undefined;
}

function differenceOf(file: string, was: Fingerprint, is: Fingerprint): FileDifference | undefined {
  if (is.sha256 === was.sha256) return undefined;
  return { kind: "changed", file, wasBytes: was.bytes, isBytes: is.bytes };
}

/** A file's content; for events.jsonl, the content when result.json was written. */
function contentOf(
  files: RecordFiles,
  {
    runId,
    file,
    isSealed,
    was,
  }: { runId: string; file: string; isSealed: boolean; was: Fingerprint },
): AsyncIterable<Uint8Array> {
  const content = files.readBytes(runId, file);
  return file === eventsFile ? beforeClosing(content, was.bytes, isSealed) : content;
}

/**
 * The first bytes of events.jsonl, if only the closing event follows them (a complete line, or the
 * start of one that was cut off). Otherwise all of it.
 */
async function* beforeClosing(
  content: AsyncIterable<Uint8Array>,
  bytes: number,
  isSealed: boolean,
): AsyncGenerator<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of content) pieces.push(piece);
  const whole = Buffer.concat(pieces);
  const rest = whole.subarray(bytes);
  const endsAt = rest.indexOf(lineFeed);
  const isClosing = isSealed ? endsAt === rest.length - 1 : endsAt === -1;
  yield rest.length > 0 && isClosing ? whole.subarray(0, bytes) : whole;
}
