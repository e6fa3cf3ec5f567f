import { LineFormReader, utf16Order } from "../../mllog/line-forms.ts";
import type { LogCause } from "../../schema/logs/log-cause.ts";
import type { LogVerdict } from "../../schema/logs/log-verdict.ts";
import { readLogFile } from "../../store/logs/read-log-file.ts";

/** Read again for causes: enough for the first lines of any log. */
const maximumBytes = 16 * 1024 * 1024;

/** Adds why lines of a log cannot be read, or are not as they were logged; for that, a doubtful file is read once more. */
export async function withFormCauses(
  verdict: LogVerdict,
  readPieces: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<LogVerdict> {
  if (!isDoubtful(verdict)) return verdict;
  const causes = await formCauses(readPieces());
  if (causes.length === 0) return verdict;
  const isRearranged = causes.some(({ cause }) => rearranged.has(cause));
  const others = verdict.causes.filter(({ cause }) => !(isRearranged && sequential.has(cause)));
  return { ...verdict, causes: [...causes, ...others] };
}

function isDoubtful({ findings, causes }: LogVerdict): boolean {
  return (
    findings.some((finding) => doubtful.has(finding.rule) || isAboutSequence(finding)) ||
    causes.some(({ cause }) => sequential.has(cause))
  );
}

/** Whether a line was expected after another, such as `run_stop` after `run_start`. */
function isAboutSequence(finding: LogVerdict["findings"][number]): boolean {
  return finding.rule === "check-failed" && finding.expected.includes("state.");
}

/** With these, the sequence of the lines says nothing about the programs that logged them. */
const rearranged: ReadonlySet<LogCause["cause"]> = new Set([
  "lines-repeated",
  "lines-out-of-order",
]);
/** What is concluded from the sequence of the lines. */
const sequential: ReadonlySet<LogCause["cause"]> = new Set([
  "several-attempts",
  "several-ranks",
  "target-after-stop",
]);

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
    const text = decoder.decode(bytes, { stream: true });
    if (encoding.length === 0) encoding = laterEncoding(bytes, reader.lineCount);
    reader.push(text);
    seenBytes += bytes.length;
    if (seenBytes >= maximumBytes) break;
  }
  return [...encoding, ...reader.finish()];
}

/** Lines in UTF-16 after others: each of their characters has a NUL byte, which text in UTF-8 has nowhere. */
function laterEncoding(bytes: Uint8Array, linesBefore: number): LogCause[] {
  const firstNul = bytes.indexOf(0);
  if (firstNul < 1) return [];
  const lineEnd = bytes.lastIndexOf(lineFeed, firstNul);
  const rest = bytes.subarray(lineEnd + 1);
  const order = utf16Order(rest.subarray(0, 512));
  if (order === undefined) return [];
  const fromLine = linesBefore + 1 + bytes.subarray(0, lineEnd + 1).filter(isLineFeed).length;
  return [{ cause: "utf-16", order, fromLine }];
}

const lineFeed = 0x0a;

function isLineFeed(byte: number): boolean {
  return byte === lineFeed;
}

const encodings = { "little-endian": "utf-16le", "big-endian": "utf-16be" } as const;
