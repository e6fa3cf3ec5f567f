const lineFeed = 10;
const carriageReturn = 13;
/** A longer line is emitted in pieces. */
const longestHeldBytes = 1 << 20;
/** Small pieces of a line are joined at this number. */
const mostPieces = 64;

/** The beginning of a line whose end has not arrived yet. */
interface OpenLine {
  pieces: Buffer[];
  byteCount: number;
}

/**
 * Divides the byte streams of several sources into blocks of whole lines. Blocks written in sequence
 * never mix the lines of two sources.
 *
 * A line ends with `\n`, `\r\n` or, for progress bars, `\r`; all bytes are preserved. A line of more
 * than 1 MiB is emitted in pieces; only between these may output of another source follow.
 */
export class LineSplitter {
  readonly #openLines = new Map<string, OpenLine>();

  /** Adds the next bytes of a source. Returns the blocks that are now complete, in order. */
  push(source: string, bytes: Uint8Array): Buffer[] {
    const chunk = asBuffer(bytes);
    const open = this.#openLine(source);
    const blocks: Buffer[] = [];
    // A \r at the end of the last chunk was buffered, because a \n might follow.
    if (endsInReturn(open) && chunk[0] !== lineFeed && chunk.length > 0) blocks.push(take(open));
    const end = endOfLastLine(chunk);
    let start = 0;
    if (end > 0 && open.byteCount > 0) {
      start = Math.min(chunk.indexOf(lineFeed) + 1 || end, end);
      hold(open, chunk.subarray(0, start));
      blocks.push(take(open));
    }
    if (end > start) blocks.push(chunk.subarray(start, end));
    hold(open, chunk.subarray(end));
    if (open.byteCount > longestHeldBytes) blocks.push(take(open));
    return blocks;
  }

  /**
   * The source has ended: returns its last line if it has no line end. The caller must end that line
   * before writing anything after it.
   */
  finish(source: string): Buffer[] {
    const open = this.#openLine(source);
    this.#openLines.delete(source);
    return open.byteCount > 0 ? [take(open)] : [];
  }

  #openLine(source: string): OpenLine {
    const known = this.#openLines.get(source);
    if (known !== undefined) return known;
    const open = { pieces: [], byteCount: 0 };
    this.#openLines.set(source, open);
    return open;
  }
}

/** Index after the last line end. A `\r` as the last byte may be half of a `\r\n` and does not count. */
function endOfLastLine(chunk: Buffer): number {
  const behindFeed = chunk.lastIndexOf(lineFeed) + 1;
  const tail = chunk.subarray(behindFeed, -1);
  return behindFeed + tail.lastIndexOf(carriageReturn) + 1;
}

function endsInReturn(open: OpenLine): boolean {
  return open.pieces.at(-1)?.at(-1) === carriageReturn;
}

function hold(open: OpenLine, bytes: Buffer): void {
  if (bytes.length === 0) return;
  open.pieces.push(bytes);
  open.byteCount += bytes.length;
  if (open.pieces.length > mostPieces) open.pieces = [Buffer.concat(open.pieces)];
}

function take(open: OpenLine): Buffer {
  const [only] = open.pieces;
  const bytes = open.pieces.length === 1 && only !== undefined ? only : Buffer.concat(open.pieces);
  open.pieces = [];
  open.byteCount = 0;
  return bytes;
}

function asBuffer(bytes: Uint8Array): Buffer {
  if (Buffer.isBuffer(bytes)) return bytes;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
