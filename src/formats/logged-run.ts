/** One training as a tracker recorded it, without its values. */
export interface LoggedRun {
  /** The tracker's id: text, even if it looks like a number. */
  runId: string;
  name: string | undefined;
  /** The tracker's grouping of runs, by name. */
  experiment: string | undefined;
  status: "running" | "scheduled" | "finished" | "failed" | "killed" | "unknown";
  /** Milliseconds since the epoch. */
  startMs: number | undefined;
  endMs: number | undefined;
  /** Settings that the program logged, as text. */
  parameters: ReadonlyMap<string, string>;
}
