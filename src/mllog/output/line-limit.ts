import type { Finding } from "../../schema/run/findings/finding.ts";

/** A piece of a run's log: whole lines, or part of a line that is too long to wait for. */
export interface LogBlock {
  /** Who wrote it; a source that stopped within a line continues that line in its next block. */
  source: string;
  bytes: Uint8Array;
  /** The same, decoded in any way that keeps ASCII. */
  text: string;
}

/** What patterns may look at. */
interface SearchedText {
  text: string;
  /** How many characters at the start of the block were left out, as they continue a line. */
  restLength: number;
}

/** Cuts the lines of a log to what patterns may look at, and counts how many were longer. */
export class LineLimit {
  readonly #mostBytes: number;
  /** Bytes so far of each source's unfinished line. */
  readonly #openBytes = new Map<string, number>();
  #cutCount = 0;
  #longestBytes = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  cut(block: LogBlock): SearchedText {
    const { source, bytes, text } = block;
    const isWhole = text.endsWith("\n") || text.endsWith("\r");
    if (isWhole && bytes.length <= this.#mostBytes && !this.#openBytes.has(source))
      return { text, restLength: 0 };
    return this.#cutLines(block);
  }

  /** One finding for all lines that were cut. */
  findings(): Finding[] {
    const open = [...this.#openBytes.values()].filter((bytes) => bytes > this.#mostBytes);
    const count = this.#cutCount + open.length;
    if (count === 0) return [];
    const longestBytes = Math.max(this.#longestBytes, ...open);
    return [{ rule: "long-lines-cut", count, longestBytes, keptBytes: this.#mostBytes }];
  }

  #cutLines({ source, bytes, text }: LogBlock): SearchedText {
    const bytesPerCharacter = bytes.length / Math.max(1, text.length);
    const kept: string[] = [];
    let openBytes = this.#openBytes.get(source);
    let restLength = 0;
    let start = 0;
    for (const { end, next } of linesOf(text)) {
      if (openBytes === undefined)
        kept.push(text.slice(start, Math.min(end, start + this.#mostBytes)));
      else restLength = end;
      const lineBytes = (openBytes ?? 0) + Math.round((end - start) * bytesPerCharacter);
      openBytes = end === next ? lineBytes : undefined;
      if (openBytes === undefined) this.#close(lineBytes);
      start = next;
    }
    if (openBytes === undefined) this.#openBytes.delete(source);
    else this.#openBytes.set(source, openBytes);
    return { text: kept.join("\n"), restLength };
  }

  #close(lineBytes: number): void {
    if (lineBytes <= this.#mostBytes) return;
    this.#cutCount += 1;
    this.#longestBytes = Math.max(this.#longestBytes, lineBytes);
  }
}

/** Where each line ends and where the next begins; both are the same for a last line without its end. */
function* linesOf(text: string): Generator<{ end: number; next: number }> {
  for (const { index, 0: lineEnd } of text.matchAll(/\r\n|\n|\r/gu))
    yield { end: index, next: index + lineEnd.length };
  if (text.length > 0 && !/[\r\n]$/u.test(text.slice(-1)))
    yield { end: text.length, next: text.length };
}
