import { LineFormReader, utf16Order } from "../../mllog/line-forms.ts";
import type { LogCause } from "../../schema/logs/log-cause.ts";
import type { LogVerdict } from "../../schema/logs/log-verdict.ts";
import { readLogFile } from "../../store/logs/read-log-file.ts";

/** Read again for causes: enough for the first lines of any log. */
const maximumBytes = 16 * 1024 * 1024;

/** Adds why lines of a failing log cannot be read; for that, its file is read once more. */
export async function withFormCauses(
  verdict: LogVerdict,
  readPieces: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<LogVerdict> {
  if (!verdict.findings.some(({ rule }) => doubtful.has(rule))) return verdict;
  const causes = await formCauses(readPieces());
  return causes.length === 0 ? verdict : { ...verdict, causes: [...causes, ...verdict.causes] };
}

/** Findings that unreadable lines may have. */
const doubtful: ReadonlySet<string> = new Set([
  "no-lines",
  "unreadable-lines",
  "file-not-text",
  "key-missing",
  "keys-missing",
]);

/** The bytes of a log, unpacked, up to the first error. */
export async function* bytesOfLog(path: string): AsyncGenerator<Uint8Array> {
  for await (const piece of readLogFile(path)) {
    if (piece.kind !== "bytes") return;
    yield piece.bytes;
  }
}

async function formCauses(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<LogCause[]> {
  const reader = new LineFormReader();
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let encoding: LogCause[] = [];
  let seenBytes = 0;
  for await (const bytes of pieces) {
    if (decoder === undefined) {
      const order = utf16Order(bytes);
      decoder = new TextDecoder(order === undefined ? "utf-8" : encodings[order]);
      encoding = order === undefined ? [] : [{ cause: "utf-16", order }];
    }
    reader.push(decoder.decode(bytes, { stream: true }));
    seenBytes += bytes.length;
    if (seenBytes >= maximumBytes) break;
  }
  return [...encoding, ...reader.finish()];
}

const encodings = { "little-endian": "utf-16le", "big-endian": "utf-16be" } as const;
