import { utf8Decoder } from "../../foundation/utf8.ts";
import type { LoggedValue, ReadingEnd } from "../logged-value.ts";
import { LineTables } from "../text/line-tables.ts";
import type { NamedNumber } from "../text/named-number.ts";
import { withoutRankLabel } from "../text/rank-prefix.ts";
import { readPairs } from "../text/read-pairs.ts";
import { SourceEcho } from "../text/source-echo.ts";
import { visibleText } from "../text/visible-text.ts";
import { lineTimeMs } from "./line-time.ts";

/** Maximum number of characters read from a line. */
const maximumLineLength = 1 << 20;
const stepName = /^(?:global[_ ]?step|(?:completed )?step|iteration|iter|epoch)$/iu;

/** Reads every number that a training printed with a name from the lines of a text log. */
export class TrainingLogReader {
  readonly #decoder = utf8Decoder();
  readonly #tables = new LineTables();
  readonly #echo = new SourceEcho();
  #open = "";
  #newestMs: number | undefined;

  /** Takes the next bytes of the log; returns the values of all complete lines. */
  push(bytes: Uint8Array): LoggedValue[] {
    const lines = (this.#open + this.#decoder.decode(bytes, { stream: true })).split(/\r\n|\n|\r/u);
    this.#open = (lines.pop() ?? "").slice(0, maximumLineLength);
    return lines.flatMap((line) => this.#read(line));
  }

  /** Reads a last line without a line end. */
  finish(): LoggedValue[] {
    const line = this.#open + this.#decoder.decode();
    this.#open = "";
    return this.#read(line);
  }

  end(): ReadingEnd {
    return { kind: "complete" };
  }

  #read(rawLine: string): LoggedValue[] {
    const { text: line } = withoutRankLabel(visibleText(rawLine.slice(0, maximumLineLength)));
    if (this.#echo.kindOf(line) !== "output") return [];
    this.#newestMs = lineTimeMs(line) ?? this.#newestMs;
    const pairs = this.#tables.read(line) ?? readPairs(line);
    const step = pairs.find(({ name }) => stepName.test(name.trim()))?.number.value;
    return pairs.map((pair) => this.#valueOf(pair, step));
  }

  #valueOf({ name, number }: NamedNumber, step: number | undefined): LoggedValue {
    const factor = number.suffix?.kind === "count" ? number.suffix.factor : 1;
    return { metric: name, value: number.value * factor, step, timeMs: this.#newestMs };
  }
}
