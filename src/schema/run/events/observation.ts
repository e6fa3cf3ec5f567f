import type { LogEvent } from "../../logs/log-event.ts";

/** A value of a metric as a program printed it. */
export interface PrintedValue {
  metric: string;
  value: number;
  text: string;
  isPercent?: boolean;
  /** Why the value may have been misread; such a value decides nothing. */
  doubt?: "ambiguous-comma" | "several-names" | undefined;
  /** Of `9890/10000`: the second number. */
  outOf?: number | undefined;
  /** The rank that a launcher's label on the line names. */
  rank?: number | undefined;
  /** The program's own count of steps on the line, if steps are read. */
  step?: number | undefined;
  /** A carriage return made room for another state of the same line. */
  isRewritten?: boolean;
  /** The value describes a part of a pass over the data, such as one batch. */
  isPartOfPass?: boolean;
  /** The earlier values of the metric were probably of training data, and do not count. */
  withdrawsEarlier?: true;
}

/** When the run reached its targets, if it is read from a record that has no arrival time for the value. */
type ReachedMs = number | undefined;

/** Something seen of a run, with the launching host's time at which it was seen. */
export type Observation = {
  arrivalMs: number;
  /** The log states the time, so that a reader of the record has it too. */
  isTimed?: true;
} & (
  | { kind: "event"; event: LogEvent; reachedMs?: ReachedMs }
  | ({
      kind: "metric";
      /** The value of the evaluation during the run, if it is read from a record. */
      recordedValue?: number | undefined;
      reachedMs?: ReachedMs;
    } & PrintedValue)
  | { kind: "samples"; samplesCount: number }
  /** What the program's own clock shows. */
  | { kind: "program-clock"; programMs: number }
  | { kind: "clock-start"; by: "launch" | "pattern" }
);
