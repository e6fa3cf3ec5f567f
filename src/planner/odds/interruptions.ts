/** What stops a training that uses all of its accelerators at once. */
export interface InterruptionRisk {
  acceleratorCount: number;
  /** Unplanned interruptions per accelerator and hour; the median over published clusters. */
  failuresPerAcceleratorHour: number;
  /** Standard deviation of the natural logarithm of that rate between clusters. */
  failureRateLogSpread: number;
  /** From an interruption until training continues from the last checkpoint. */
  restartMs: number;
  /** How long one checkpoint stops the training. */
  checkpointMs: number;
  /** For spot instances. */
  spot?: SpotRisk | undefined;
}

export interface SpotRisk {
  instanceCount: number;
  /** Interruptions per instance and hour, smallest and largest of the published band. */
  lowPerInstanceHour: number;
  highPerInstanceHour: number;
  /** Until a replacement runs, in addition to the restart. */
  replacementMs: number;
}

const hourMs = 3_600_000;

/** Interruptions per millisecond of the whole machine, at the median failure rate and the middle of the spot band. */
export function interruptionRate(risk: InterruptionRisk): number {
  return failureRate(risk) + spotRate(risk.spot);
}

export function failureRate({
  acceleratorCount,
  failuresPerAcceleratorHour,
}: InterruptionRisk): number {
  return (acceleratorCount * failuresPerAcceleratorHour) / hourMs;
}

/** The geometric mean of the band. */
export function spotRate(spot: SpotRisk | undefined): number {
  if (spot === undefined) return 0;
  const { instanceCount, lowPerInstanceHour: low, highPerInstanceHour: high } = spot;
  return (instanceCount * Math.sqrt(low * high)) / hourMs;
}

/**
 * The time between checkpoints that loses least to writing them and to repeated work: sqrt(2 x checkpoint time x mean time
 * between interruptions). Not shorter than a checkpoint takes.
 *
 * @param ratePerMs of interruptions
 * @see Young 1974, https://doi.org/10.1145/361147.361115; Daly 2006, https://doi.org/10.1016/j.future.2004.11.016
 */
export function checkpointIntervalMs(ratePerMs: number, checkpointMs: number): number {
  if (ratePerMs <= 0) return Number.POSITIVE_INFINITY;
  return Math.max(checkpointMs, Math.sqrt((2 * checkpointMs) / ratePerMs));
}

/**
 * The share of the time that trains, 0 to 1: the rest writes checkpoints, restarts, and repeats lost work. 0 if
 * interruptions come faster than work.
 */
export function expectedGoodput(risk: InterruptionRisk): number {
  const rate = interruptionRate(risk);
  const interval = checkpointIntervalMs(rate, risk.checkpointMs);
  if (!Number.isFinite(interval)) return 1;
  const writing = risk.checkpointMs / (interval + risk.checkpointMs);
  const losing =
    failureRate(risk) * (risk.restartMs + interval / 2) +
    spotRate(risk.spot) * (risk.restartMs + (risk.spot?.replacementMs ?? 0) + interval / 2);
  return Math.max(0, (1 - writing) * (1 - losing));
}
