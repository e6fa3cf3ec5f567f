const lineFeed = 10;
const carriageReturn = 13;
/** A line may be this long before it is passed on in pieces. */
const longestHeldBytes = 1 << 20;
/** Tiny pieces of a line are joined when there are this many. */
const mostPieces = 64;

/** The beginning of a line whose end has not come yet. */
interface OpenLine {
  pieces: Buffer[];
  byteCount: number;
}

/**
 * Cuts the byte streams of several sources into blocks of whole lines. Blocks can be written one
 * after the other, and no source ever breaks into another's line.
 *
 * A line ends with `\n`, `\r\n` or, as progress bars have it, `\r`; all bytes are kept as they are.
 * A line of more than 1 MiB is passed on in pieces, and only there may another source come between.
 */
export class LineSplitter {
  readonly #openLines = new Map<string, OpenLine>();

  /** Takes the next bytes of a source; gives the blocks that are whole now, to be kept in order. */
  push(source: string, bytes: Uint8Array): Buffer[] {
    const chunk = asBuffer(bytes);
    const open = this.#openLine(source);
    const blocks: Buffer[] = [];
    // A \r at the very end of a chunk waited to see whether a \n follows.
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
   * The source has ended: gives its last line, if that came without an end. Whoever writes
   * something behind it ends the line first.
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

/** Index behind the last line end; a `\r` as the very last byte may be half of a `\r\n` and is none. */
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
