import type { LogClock } from "../../formats/training-log/log-clock.ts";
import { PartOfLine } from "../../formats/training-log/part-of-line.ts";
import type { LogParts } from "../../formats/training-log/training-parts.ts";
import { ClockFollower } from "./clock-follower.ts";
import { type FileLine, logLines } from "./log-lines.ts";
import type { TimedPiece } from "./loaded-training.ts";

interface DatedPart {
  parts: LogParts;
  /** Which of the trainings. */
  index: number;
  clock: LogClock;
  launchedMs: number;
  /** What a clock without dates shows at the launch. */
  zeroMs: number;
}

/** Pieces are joined up to this size, because each is one step of the reader. */
const maximumPieceBytes = 1 << 20;

/** The lines of one training of a log with their times, joined where the time does not change. */
export async function* datedLines(
  path: string,
  { parts, index, clock, launchedMs, zeroMs }: DatedPart,
): AsyncGenerator<TimedPiece> {
  const follower = new ClockFollower(clock);
  const now = (): number => {
    const { newestMs } = follower;
    if (newestMs === undefined) return launchedMs;
    if (clock.isAbsolute) return Math.round(Math.max(launchedMs, newestMs));
    return Math.round(launchedMs + Math.max(0, newestMs - zeroMs));
  };
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  let timeMs = now();
  for await (const { bytes, line } of partLines(path, { parts, index })) {
    if (line !== undefined) follower.read(line);
    const lineMs = now();
    if ((lineMs !== timeMs || heldBytes > maximumPieceBytes) && heldBytes > 0) {
      yield { bytes: Buffer.concat(held), timeMs };
      held = [];
      heldBytes = 0;
    }
    timeMs = lineMs;
    held.push(Buffer.from(bytes));
    heldBytes += bytes.length;
  }
  if (heldBytes > 0) yield { bytes: Buffer.concat(held), timeMs };
}

type PartLine = Pick<FileLine, "bytes" | "line">;

/** The lines of one training, after the header of the table that it begins in. */
async function* partLines(
  path: string,
  { parts, index }: Pick<DatedPart, "parts" | "index">,
): AsyncGenerator<PartLine> {
  const partOf = new PartOfLine(parts);
  let header: Uint8Array | undefined;
  let hasBegun = false;
  for await (const { bytes, line } of logLines(path)) {
    const part = partOf.next(line);
    if (part === index) {
      if (!hasBegun && header !== undefined) yield { bytes: header, line: undefined };
      hasBegun = true;
      yield { bytes, line };
    } else if (line?.inTable === "header") header = Buffer.from(bytes);
    if (part > index && parts.kind === "consecutive") return;
  }
}
