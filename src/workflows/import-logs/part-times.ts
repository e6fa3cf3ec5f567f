import type { LogParts } from "../../formats/training-log/training-parts.ts";
import type { TextScan } from "./scan-text.ts";

/** When one training of a log began and ended, milliseconds since the epoch. */
export interface PartTime {
  launchedMs: number;
  endedMs: number;
  /** What a clock without dates shows at the launch. */
  zeroMs: number;
  /** Whether the training begins at the end of the one before, because the log has no line of its beginning. */
  followsOther: boolean;
}

/** What the clock of a training showed. */
interface PartClock {
  isAbsolute: boolean;
  firstMs: number | undefined;
  newestMs: number | undefined;
}

/** @param changedMs when the file was last changed: the end of the last training, if the log has no dates */
export function partTimes({ trainings, parts }: TextScan, changedMs: number): PartTime[] {
  const clocks = trainings.map(({ clock }) => clock);
  const isOneClock = continuesOverParts(clocks);
  // Trainings without dates follow each other without a pause.
  let endedMs = changedMs;
  const times: PartTime[] = [];
  for (const [index, clock] of [...clocks.entries()].toReversed()) {
    const before = clocks[index - 1];
    const time = clock.isAbsolute
      ? datedTime(clock, lacksStart(parts, index) ? before : undefined)
      : undatedTime(clock, { endedMs, zeroMs: isOneClock ? (before?.newestMs ?? 0) : 0 });
    endedMs = time.launchedMs;
    times.push(time);
  }
  return times.toReversed();
}

function lacksStart(parts: LogParts, index: number): boolean {
  return parts.kind === "consecutive" && parts.parts[index]?.startsAtValue === true;
}

/** @param before the training before, if this one begins at its end */
function datedTime(
  { firstMs = 0, newestMs = 0 }: PartClock,
  before: PartClock | undefined,
): PartTime {
  const followedMs = before?.newestMs;
  return {
    launchedMs: Math.round(Math.min(firstMs, followedMs ?? firstMs)),
    endedMs: Math.round(newestMs),
    zeroMs: 0,
    followsOther: followedMs !== undefined,
  };
}

function undatedTime(
  { newestMs = 0 }: PartClock,
  { endedMs, zeroMs }: { endedMs: number; zeroMs: number },
): PartTime {
  const durationMs = Math.max(0, newestMs - zeroMs);
  const launchedMs = Math.round(Math.max(0, endedMs - durationMs));
  return {
    launchedMs,
    endedMs: Math.round(launchedMs + durationMs),
    zeroMs,
    followsOther: false,
  };
}

/**
 * Whether one clock counts through all trainings of a log: each begins after the end of the one before, and the
 * trainings are of more similar length that way than if each of them starts from zero.
 */
function continuesOverParts(clocks: readonly PartClock[]): boolean {
  const [first, ...later] = clocks;
  const firstMs = first?.newestMs;
  if (firstMs === undefined || firstMs <= 0 || later.length === 0) return false;
  let spread = 0;
  let beforeMs = firstMs;
  for (const { firstMs: startMs, newestMs } of later) {
    if (startMs === undefined || newestMs === undefined || startMs < beforeMs) return false;
    const ownMs = newestMs - beforeMs;
    if (ownMs <= 0) return false;
    spread += Math.abs(Math.log(ownMs / firstMs)) - Math.abs(Math.log(newestMs / firstMs));
    beforeMs = newestMs;
  }
  return spread < 0;
}
