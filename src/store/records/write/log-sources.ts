import { logSpan, type LogSpan } from "../../../schema/run/events/log-source.ts";

/** Reads log-ranks.jsonl; stops at the first line that is not an entry, such as a torn last one. */
export function parseLogSpans(text: string): LogSpan[] {
  const spans: LogSpan[] = [];
  for (const line of text.split("\n").slice(0, -1)) {
    const span = parseSpan(line);
    if (span === undefined || span.fromByte < (spans.at(-1)?.fromByte ?? 0)) return spans;
    spans.push(span);
  }
  return spans;
}

/** The parts of a log written by one rank. */
export async function* bytesOfRank(
  log: AsyncIterable<Uint8Array>,
  spans: readonly LogSpan[],
  rank: number,
): AsyncGenerator<Uint8Array> {
  const parts = partsOfRank(spans, rank);
  let chunkStart = 0;
  let next = 0;
  for await (const chunk of log) {
    const chunkEnd = chunkStart + chunk.length;
    for (let part = parts[next]; part !== undefined && part.from < chunkEnd; part = parts[next]) {
      yield chunk.subarray(Math.max(0, part.from - chunkStart), part.to - chunkStart);
      if (part.to > chunkEnd) break;
      next += 1;
    }
    chunkStart = chunkEnd;
  }
}

function partsOfRank(spans: readonly LogSpan[], rank: number): { from: number; to: number }[] {
  return spans.flatMap(({ fromByte, source }, index) => {
    if (source.by !== "rank" || source.rank !== rank) return [];
    return [{ from: fromByte, to: spans[index + 1]?.fromByte ?? Number.POSITIVE_INFINITY }];
  });
}

function parseSpan(line: string): LogSpan | undefined {
  try {
    return logSpan.safeParse(JSON.parse(line)).data;
  } catch {
    // Not JSON: the line was cut off by a kill.
    return undefined;
  }
}
