/** What is known about the moment at which Slurm started a job; milliseconds since the epoch. */
interface KnownTimes {
  submittedMs: number;
  /** When Slurm was last asked and the job still waited. */
  waitedAtMs: number | undefined;
  /** When Slurm was asked and the job ran. */
  seenMs: number;
  /** The start that Slurm reports: in whole seconds, rounded down, by the clock of its controller. */
  startMs: number | undefined;
  /** The first line of the job's script, by the clock of the first node. */
  scriptMs: number | undefined;
}

/**
 * When a job was launched, to a fraction of a second. That is the start of its script if it agrees with everything else. Otherwise it is
 * the earliest possible moment, for example where a node prepares itself for minutes before the script, or its clock is wrong.
 */
export function launchTime(known: KnownTimes): number {
  const { submittedMs, waitedAtMs = submittedMs, seenMs, startMs, scriptMs } = known;
  const earliestMs = Math.min(seenMs, Math.max(submittedMs, waitedAtMs, startMs ?? submittedMs));
  const latestMs = Math.min(seenMs, startMs === undefined ? seenMs : startMs + 1000);
  if (scriptMs === undefined || scriptMs < earliestMs || scriptMs > latestMs) return earliestMs;
  return scriptMs;
}
