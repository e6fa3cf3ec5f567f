import { loggedMessage } from "../text/lines/log-message.ts";
import { LineTables } from "../text/tables/line-tables.ts";
import type { NamedNumber } from "../text/numbers/named-number.ts";
import { withoutRankLabel } from "../text/lines/rank-prefix.ts";
import { readPairs } from "../text/pairs/read-pairs.ts";
import { resumeLine } from "../text/sections/resumed-training.ts";
import { SourceEcho } from "../text/lines/source-echo.ts";
import { visibleText } from "../text/lines/visible-text.ts";
import { type NamedTime, namedTimes } from "./named-times.ts";

/** Maximum number of characters read from a line. */
export const maximumLineLength = 1 << 20;

/** A line of a training's log, read. */
export interface LogTextLine {
  /** From 1. */
  lineNumber: number;
  /** Visible text, without a rank label. */
  text: string;
  numbers: readonly NamedNumber[];
  /** Dates and durations that are not plain numbers of a unit. */
  times: readonly NamedTime[];
  /** In a rank label. */
  rank: number | undefined;
  /** The header of a table, or a row of it. */
  inTable: "header" | "row" | undefined;
  /** The line states that the program continues a training from a checkpoint. */
  statesResume: boolean;
}

/** Reads the lines of a log in order: the numbers of each line with their names. */
export class LogLineReader {
  readonly #tables = new LineTables();
  readonly #echo = new SourceEcho();
  #lineNumber = 0;

  /** Undefined for echoed source code and tracebacks. */
  read(rawLine: string): LogTextLine | undefined {
    this.#lineNumber += 1;
    const visible = visibleText(rawLine.slice(0, maximumLineLength));
    const { text, rank } = withoutRankLabel(loggedMessage(visible));
    if (this.#echo.kindOf(text) !== "output") return undefined;
    const cells = this.#tables.read(text);
    const numbers = cells ?? readPairs(text);
    return {
      lineNumber: this.#lineNumber,
      text,
      numbers,
      times: namedTimes(text, { numbers, texts: cells && this.#tables.texts }),
      rank,
      inTable: cells === undefined ? undefined : cells.length === 0 ? "header" : "row",
      statesResume: resumeLine(text) !== undefined,
    };
  }
}
