import { utf8Decoder } from "../../foundation/bytes/utf8.ts";
import type { LoggedValue, ReadingEnd } from "../logged-value.ts";
import { inOrderOfTime } from "./order-of-values.ts";

/** Maximum number of characters read from a line. */
const maximumLineLength = 1 << 16;

/** What one metric file of an MLflow file store contains. */
export interface MetricFile {
  values: LoggedValue[];
  end: ReadingEnd;
}

/**
 * Reads one metric of one run of an MLflow file store: `<milliseconds> <value> <step>` per line. Newer versions append
 * further columns, which are skipped. A last line without a line end is not read: its number may be cut short.
 *
 * @see mlflow/store/tracking/file_store.py
 */
export function readMetricFile(metric: string, text: string): MetricFile {
  const lines = text.split("\n");
  const open = lines.pop() ?? "";
  const values = lines.flatMap((line) => valueOf(metric, line) ?? []);
  return {
    values: inOrderOfTime(values),
    end: open === "" ? { kind: "complete" } : { kind: "partial", byteCount: open.length },
  };
}

/** Reads a file of one metric while it grows; see `readMetricFile`. */
export class MetricFileLines {
  readonly #metric: string;
  readonly #decoder = utf8Decoder();
  #open = "";

  constructor(metric: string) {
    this.#metric = metric;
  }

  /** Takes the next bytes of the file; returns the values of all complete lines. */
  push(bytes: Uint8Array): LoggedValue[] {
    const lines = (this.#open + this.#decoder.decode(bytes, { stream: true })).split("\n");
    this.#open = (lines.pop() ?? "").slice(0, maximumLineLength);
    return lines.flatMap((line) => valueOf(this.#metric, line) ?? []);
  }
}

function valueOf(metric: string, line: string): LoggedValue | undefined {
  const [time = "", value = "", step = "0"] = line.trim().split(" ");
  const number = numberOf(value);
  if (!/^\d+$/u.test(time) || number === undefined || !/^-?\d+$/u.test(step)) return undefined;
  return { metric, value: number, step: Number(step), timeMs: Number(time) };
}

const notFinite: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  "-inf": Number.NEGATIVE_INFINITY,
};

/** A float as Python prints it. */
function numberOf(text: string): number | undefined {
  const special = notFinite[text.toLowerCase()];
  if (special !== undefined) return special;
  return /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/u.test(text) ? Number(text) : undefined;
}
