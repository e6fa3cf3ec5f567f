import { utf8Decoder } from "../../foundation/bytes/utf8.ts";
import type { Finding } from "../../schema/run/findings/finding.ts";
import type { ReadingEnd } from "../logged-value.ts";
import { MetricReader } from "../text/metrics/metric-reader.ts";
import type { WantedReadings } from "../text/metrics/wanted-metric.ts";
import type { FileReading } from "./file-reading.ts";

/** Maximum number of characters read from a line. */
const maximumLineLength = 1 << 20;

/** Reads a text log as if the program printed it: by name and by pattern. */
export class TextFileReader {
  readonly format = "text" as const;
  /** The reader of lines suggests names itself. */
  readonly longerNames = new Map<string, Set<string>>();
  readonly #decoder = utf8Decoder();
  readonly #lines: MetricReader;
  #open = "";

  constructor(wanted: WantedReadings) {
    this.#lines = new MetricReader(wanted);
  }

  get names(): ReadonlySet<string> {
    return this.#lines.names;
  }

  push(bytes: Uint8Array): FileReading[] {
    const text = this.#open + this.#decoder.decode(bytes, { stream: true });
    const lines = text.split(/\r\n|\n|\r(?=.)/u);
    this.#open = (lines.pop() ?? "").slice(0, maximumLineLength);
    return lines.flatMap((line) => this.#read(line));
  }

  finish(): FileReading[] {
    const line = this.#open + this.#decoder.decode();
    this.#open = "";
    return this.#read(line);
  }

  end(): ReadingEnd {
    return { kind: "complete" };
  }

  findings(): Finding[] {
    return this.#lines.findings();
  }

  #read(line: string): FileReading[] {
    if (!this.#lines.mayHold(line)) return [];
    const { metrics, samplesCount, clockMs } = this.#lines.read(line.slice(0, maximumLineLength));
    const isUsed = metrics.length > 0 || samplesCount !== undefined || clockMs !== undefined;
    return isUsed ? [{ step: undefined, timeMs: undefined, metrics, samplesCount, clockMs }] : [];
  }
}
