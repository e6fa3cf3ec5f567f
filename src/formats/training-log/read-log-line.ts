import { LineTables } from "../text/line-tables.ts";
import type { NamedNumber } from "../text/named-number.ts";
import { withoutRankLabel } from "../text/rank-prefix.ts";
import { readPairs } from "../text/read-pairs.ts";
import { SourceEcho } from "../text/source-echo.ts";
import { visibleText } from "../text/visible-text.ts";

/** Maximum number of characters read from a line. */
export const maximumLineLength = 1 << 20;

/** A line of a training's log, read. */
export interface LogTextLine {
  /** Visible text, without a rank label. */
  text: string;
  numbers: readonly NamedNumber[];
}

/** Reads the lines of a log in order: the numbers of each line with their names. */
export class LogLineReader {
  readonly #tables = new LineTables();
  readonly #echo = new SourceEcho();

  /** Undefined for echoed source code and tracebacks. */
  read(rawLine: string): LogTextLine | undefined {
    const { text } = withoutRankLabel(visibleText(rawLine.slice(0, maximumLineLength)));
    if (this.#echo.kindOf(text) !== "output") return undefined;
    return { text, numbers: this.#tables.read(text) ?? readPairs(text) };
  }
}
