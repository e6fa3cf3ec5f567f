import { formatDuration } from "../../../foundation/numbers/units.ts";
import type { RunPhase } from "../../../schema/run/findings/silence.ts";

/** An unexpected silence of a program in words; the event of a record and that of a live run have the same fields. */
export function silenceText(change: {
  phase: "started" | "ended";
  silentMs: number;
  periodMs?: number | undefined;
  idle?: true | undefined;
  during?: RunPhase | undefined;
}): string {
  const time = formatDuration(change.silentMs);
  if (change.phase === "ended") return `output again after ${time} without any`;
  const usual =
    change.periodMs === undefined ? "" : `; a step takes ${formatDuration(change.periodMs)}`;
  const idle = change.idle === true ? "; its processes use almost no CPU time" : "";
  const during = change.during === undefined ? "" : phases[change.during];
  return `no output for ${time}${during}${usual}${idle}`;
}

const phases: Record<RunPhase, string> = {
  start: " at the start",
  step: "",
  evaluation: " after a line about an evaluation",
  checkpoint: " after a line about a checkpoint",
};
