import { LogLineReader, type LogTextLine } from "../../formats/training-log/read-log-line.ts";
import { LineSplitter } from "../../launch/line-splitter.ts";
import { readPieces } from "../../store/results/read-pieces.ts";

/** A line of a log file. */
export interface FileLine {
  /** With its line end. Valid until the next line is read. */
  bytes: Uint8Array;
  /** Without the line end; of a progress bar, what it showed last. */
  text: string;
  /** Undefined for echoed source code and tracebacks. */
  line: LogTextLine | undefined;
}

/**
 * Reads the lines of a text log in order.
 *
 * @param see called with all bytes of the file
 * @throws UserError `file-unreadable`
 */
export async function* logLines(
  path: string,
  see?: (bytes: Uint8Array) => void,
): AsyncGenerator<FileLine> {
  const reader = new LogLineReader();
  for await (const block of blocksOf(path, see)) {
    for (const { bytes, text } of wholeLines(block)) yield { bytes, text, line: reader.read(text) };
  }
}

/** Blocks of whole lines. */
async function* blocksOf(path: string, see?: (bytes: Uint8Array) => void): AsyncGenerator<Buffer> {
  const splitter = new LineSplitter();
  for await (const bytes of readPieces(path)) {
    see?.(bytes);
    yield* splitter.push("log", bytes);
  }
  yield* splitter.finish("log");
}

const lineFeed = 10;

/** The lines of a block that end with a line feed; what a progress bar rewrote is part of its line. */
function* wholeLines(block: Buffer): Generator<{ bytes: Buffer; text: string }> {
  for (let start = 0; start < block.length;) {
    const found = block.indexOf(lineFeed, start);
    const end = found === -1 ? block.length : found + 1;
    const text = block.toString("utf8", start, end).replace(/[\r\n]+$/u, "");
    yield { bytes: block.subarray(start, end), text: text.slice(text.lastIndexOf("\r") + 1) };
    start = end;
  }
}
