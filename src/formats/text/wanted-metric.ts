import type { LinearPattern } from "./linear-pattern.ts";

/** A metric to look for: by its name, or by a pattern whose first group is its number. */
export type WantedMetric = { metric: string } & (
  | { kind: "name" }
  | {
      kind: "pattern";
      /** As the user wrote it. */
      pattern: string;
      expression: Pick<LinearPattern, "find">;
      /** Text that every matching line contains; empty if there is none. */
      literal: string;
    }
);

/** The values to read. */
export interface WantedReadings {
  metrics: readonly WantedMetric[];
  /** Reads the training samples so far. */
  samples?: WantedMetric | undefined;
  /** Reads the program's own clock. */
  clock?: WantedMetric | undefined;
  /** Whether to read the count of steps with each metric. Default: no. */
  readsSteps?: boolean;
}

/** Matches text that may contain a requested value, a table header, source code or a traceback. */
export function needlesOf({ metrics, samples, clock }: WantedReadings): RegExp | undefined {
  const wanted = [...metrics, samples, clock].filter((each) => each !== undefined);
  if (wanted.some((each) => each.kind === "pattern" && each.literal === "")) return undefined;
  const parts = wanted.map((each) =>
    each.kind === "name"
      ? each.metric
          .trim()
          .split(/[\s_-]+/u)
          .map((word) => escaped(word))
          .join("[\\s_-]+")
      : escaped(each.literal),
  );
  // Escape sequences may occur between any two characters.
  const always = [
    "\u001B",
    "^import ",
    "^from ",
    "^def ",
    "^class ",
    "^#!",
    "Traceback \\(",
    "Warning: ",
    "\\*{3} ",
  ];
  return new RegExp([...parts, ...always].join("|"), "imu");
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/gu, String.raw`\$&`);
}
