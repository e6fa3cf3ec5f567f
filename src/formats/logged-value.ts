import type { Section } from "./text/sections/line-section.ts";

/** One value of one metric, as a training logged it into a file. */
export interface LoggedValue {
  metric: string;
  value: number;
  /** The program's own count of steps; absent if the file has none. */
  step: number | undefined;
  /** Milliseconds since the epoch, by the clock of the machine that wrote it; absent if the file has none. */
  timeMs: number | undefined;
  /** The value was written with a percent sign. */
  isPercent?: true;
  /** The value was written with this unit of time, in milliseconds. */
  unitMs?: number;
  /** The data that the row says it is about, as in a column `split`. */
  section?: Section;
  /** The value does not count toward a target: it is of a batch of training data, or of a part of an evaluation. */
  isEvaluation?: false;
  /** The earlier values of the metric were probably of training data, and do not count. */
  withdrawsEarlier?: true;
}

/** Why reading of a file ended. */
export type ReadingEnd =
  /** All bytes so far have been read. */
  | { kind: "complete" }
  /** The last record is incomplete: the file is still being written, or was truncated. */
  | { kind: "partial"; byteCount: number }
  /** Bytes that do not fit the format; nothing after them was read. */
  | { kind: "corrupt"; atByte: number; reason: string };
