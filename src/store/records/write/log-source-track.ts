import type { LogSource, LogSpan } from "../../../schema/run/events/log-source.ts";

/** Who wrote a line, and how many bytes were before it: entries are needed only where that changes. */
export class LogSourceTrack {
  #byteCount = 0;
  #last = "";

  /** Notes the next bytes of a log; gives the line of log-ranks.jsonl that they need, if any. */
  note(byteCount: number, source: LogSource | undefined): Buffer | undefined {
    const fromByte = this.#byteCount;
    this.#byteCount += byteCount;
    const key = source === undefined ? "" : JSON.stringify(source);
    if (source === undefined || key === this.#last) return undefined;
    this.#last = key;
    const span: LogSpan = { fromByte, source };
    return Buffer.from(`${JSON.stringify(span)}\n`);
  }
}
