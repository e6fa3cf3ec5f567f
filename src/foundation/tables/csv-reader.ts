/**
 * Reads CSV (RFC 4180) in pieces. Lines may end in LF or CRLF; empty lines are skipped. Quotes inside a cell that does
 * not start with one are part of its text.
 */
export class CsvReader {
  #cells: string[] = [];
  #cell = "";
  #state: "start" | "plain" | "quoted" | "quote-in-quoted" = "start";
  readonly #delimiter: string;

  /** @param delimiter one character; default: a comma */
  constructor(delimiter = ",") {
    this.#delimiter = delimiter;
  }

  /** Whether the text so far ends inside a quoted cell. */
  get isInQuotes(): boolean {
    return this.#state === "quoted";
  }

  /** Returns the lines that the text completes. */
  push(text: string): string[][] {
    const lines: string[][] = [];
    for (const character of text) {
      const line = this.#read(character);
      if (line !== undefined) lines.push(line);
    }
    return lines;
  }

  /** Returns a last line without a line end. */
  end(): string[][] {
    const line = this.#endLine();
    return line === undefined ? [] : [line];
  }

  #read(character: string): string[] | undefined {
    if (this.#state === "quoted") {
      if (character === '"') this.#state = "quote-in-quoted";
      else this.#cell += character;
      return undefined;
    }
    if (character === "\n") return this.#endLine();
    if (character === this.#delimiter) this.#endCell();
    else if (character === '"' && this.#state === "start") this.#state = "quoted";
    else if (character === '"' && this.#state === "quote-in-quoted") {
      this.#cell += character;
      this.#state = "quoted";
    } else {
      this.#cell += character;
      this.#state = "plain";
    }
    return undefined;
  }

  #endCell(): void {
    this.#cells.push(this.#cell);
    this.#cell = "";
    this.#state = "start";
  }

  #endLine(): string[] | undefined {
    if (this.#cell.endsWith("\r")) this.#cell = this.#cell.slice(0, -1);
    const isEmpty =
      this.#cells.length === 0 && this.#cell === "" && this.#state !== "quote-in-quoted";
    this.#endCell();
    const cells = this.#cells;
    this.#cells = [];
    return isEmpty ? undefined : cells;
  }
}
