import type { LogEvent } from "../logs/log-event.ts";

/** Something seen of a run, with the launching host's time at which it was seen. */
export type Observation = { arrivalMs: number } & (
  | { kind: "event"; event: LogEvent }
  | { kind: "metric"; metric: string; value: number; text: string }
  | { kind: "samples"; samplesCount: number }
  | { kind: "clock-start"; by: "launch" | "pattern" }
);
