/** One value of one metric, as a training logged it into a file. */
export interface LoggedValue {
  metric: string;
  value: number;
  /** The program's own count of steps; absent where the file has none. */
  step: number | undefined;
  /** Milliseconds since the epoch, by the clock of the machine that wrote it; absent where the file has none. */
  timeMs: number | undefined;
}

/** Why a file was not read to its end. */
export type ReadingEnd =
  /** All bytes so far are read. */
  | { kind: "complete" }
  /** The last record is not whole yet: the file is being written, or was cut off. */
  | { kind: "partial"; byteCount: number }
  /** Bytes that do not fit the format; nothing after them was read. */
  | { kind: "corrupt"; atByte: number; reason: string };
