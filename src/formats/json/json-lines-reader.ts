import { utf8Decoder } from "../../foundation/bytes/utf8.ts";
import type { LoggedValue, ReadingEnd } from "../logged-value.ts";
import { sectionOfField } from "../text/sections/line-section.ts";
import { readDictionary } from "../text/pairs/read-dictionary.ts";
import { rowValues } from "../values/row-values.ts";

/** Maximum number of characters read from a line. */
const maximumLineLength = 1 << 20;

/** Reads a file with one JSON object or Python dictionary on each line while it grows. Other lines are skipped. */
export class JsonLinesReader {
  readonly #decoder = utf8Decoder();
  #open = "";

  /** Takes the next bytes of the file; returns the values of all complete lines. */
  push(bytes: Uint8Array): LoggedValue[] {
    const lines = (this.#open + this.#decoder.decode(bytes, { stream: true })).split("\n");
    this.#open = (lines.pop() ?? "").slice(0, maximumLineLength);
    return lines.flatMap((line) => readLine(line));
  }

  /** Reads a last line without a line end. */
  finish(): LoggedValue[] {
    const line = this.#open + this.#decoder.decode();
    this.#open = "";
    return readLine(line);
  }

  end(): ReadingEnd {
    return { kind: "complete" };
  }
}

function readLine(line: string): LoggedValue[] {
  const text = line.trim();
  const dictionary = text.startsWith("{") ? readDictionary(text, 0) : undefined;
  return dictionary === undefined ? [] : rowValues(dictionary.entries, sectionOfField(text));
}
