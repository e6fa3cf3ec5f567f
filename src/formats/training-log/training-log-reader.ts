import { utf8Decoder } from "../../foundation/utf8.ts";
import type { LoggedValue, ReadingEnd } from "../logged-value.ts";
import type { NamedNumber } from "../text/named-number.ts";
import { stepOfNumbers } from "../text/step-of-numbers.ts";
import { lineTimeMs } from "./line-time.ts";
import { LogLineReader, maximumLineLength } from "./read-log-line.ts";

/** Reads every number that a training printed with a name from the lines of a text log. */
export class TrainingLogReader {
  readonly #decoder = utf8Decoder();
  readonly #lines = new LogLineReader();
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
    const line = this.#lines.read(rawLine);
    if (line === undefined) return [];
    this.#newestMs = lineTimeMs(line.text) ?? this.#newestMs;
    const step = stepOfNumbers(line.numbers);
    return line.numbers.map((number) => this.#valueOf(number, step));
  }

  #valueOf({ name, number }: NamedNumber, step: number | undefined): LoggedValue {
    const factor = number.suffix?.kind === "count" ? number.suffix.factor : 1;
    return { metric: name, value: number.value * factor, step, timeMs: this.#newestMs };
  }
}
