import { attemptKey } from "../../../schema/run/outcome/attempts.ts";
import type { LogSpan } from "../../../schema/run/events/log-source.ts";
import { parseLogSpans } from "../write/log-sources.ts";
import { openRecordFile } from "./open-record-file.ts";
import { logFile, logRanksFile } from "../record-files.ts";
import { LineScanner } from "./scan-lines.ts";

/** A line of a run's log with the rank that printed it; the rank is undefined if the record does not state it. */
export interface AttributedLine {
  /** From 1. */
  number: number;
  rank: number | undefined;
  text: string;
  /** Whether a new attempt of a restarted run begins here; such a line is from Pitwall. */
  startsAttempt: boolean;
}

/** The lines that the program of a run printed, in the order of arrival; without those that Pitwall added, except where an attempt begins. */
export async function* attributedLines(directory: string): AsyncGenerator<AttributedLine> {
  const spans = await readSpans(directory);
  const log = await openRecordFile(directory, logFile);
  if (log === undefined) return;
  const scanner = new LineScanner({ line: 1, byte: 0, from: 1 });
  let at = 0;
  try {
    for await (const piece of withLastLine(log.createReadStream({ autoClose: false }))) {
      for (const line of scanner.push(piece)) {
        while ((spans[at + 1]?.fromByte ?? Number.POSITIVE_INFINITY) <= line.startByte) at += 1;
        const attributed = attribute(line.bytes.toString("utf8"), spans[at]?.source);
        if (attributed !== undefined) yield { number: line.number, ...attributed };
      }
    }
  } finally {
    await log.close();
  }
}

const lineFeed = 0x0a;

/** A program that was killed leaves a last line without its end. */
async function* withLastLine(pieces: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
  let endsLine = true;
  for await (const piece of pieces) {
    if (!Buffer.isBuffer(piece)) continue;
    endsLine = piece.at(-1) === lineFeed;
    yield piece;
  }
  if (!endsLine) yield Buffer.from("\n");
}

async function readSpans(directory: string): Promise<readonly LogSpan[]> {
  const file = await openRecordFile(directory, logRanksFile);
  if (file === undefined) return [];
  try {
    return parseLogSpans(await file.readFile("utf8"));
  } finally {
    await file.close();
  }
}

function attribute(
  line: string,
  source: LogSpan["source"] | undefined,
): Omit<AttributedLine, "number"> | undefined {
  const text = line.replace(/\r$/u, "");
  const startsAttempt = text.startsWith(":::MLLOG") && text.includes(`"${attemptKey}"`);
  if (source?.by !== "pitwall") return { rank: source?.rank, text, startsAttempt };
  return startsAttempt ? { rank: undefined, text, startsAttempt } : undefined;
}
