import type { Finding } from "../../../schema/run/findings/finding.ts";
import type { PlacedReading } from "../../read-run/reader/file-values.ts";

type UnusedReason = Extract<Finding, { rule: "metrics-file-times-unused" }>["reason"];

/** Times in a file may go back by this much: several threads write it. */
const backwardToleranceMs = 1000;
/** Evaluations that are later than this are reported. */
const reportedLateMs = 1000;

/** When data of a file was written and read, milliseconds since the epoch. */
export interface ReadMoment {
  launchedMs: number;
  /** When the file was looked at before; the data was written after it. */
  lookedMs: number;
  /** The time of the file's last modification, by the clock of its file system. */
  writtenMs: number;
  readMs: number;
}

/**
 * Assigns times to the readings of a file: the file's own where they are between launch and reading, else the time at
 * which the file was written, else the time of reading, which is late by up to the interval between reads.
 */
export class ReadingTimes {
  readonly #unused = new Map<UnusedReason, number>();
  #newestOwnMs = Number.NEGATIVE_INFINITY;
  /** The newest write with evaluations; `sinceMs` after the one before. */
  #write: {
    evaluationCount: number;
    placedMs: number | undefined;
    sinceMs: number | undefined;
  } = { evaluationCount: 0, placedMs: undefined, sinceMs: undefined };
  #late = { evaluationCount: 0, lateMs: 0 };

  /** @param ownMs the time that the file states */
  place(
    ownMs: number | undefined,
    moment: ReadMoment,
  ): Pick<PlacedReading, "placedMs" | "timeFrom"> {
    const { launchedMs, lookedMs, writtenMs, readMs } = moment;
    if (ownMs !== undefined && this.#isUsable(ownMs, moment))
      return { placedMs: Math.ceil(ownMs), timeFrom: "file" };
    // Another clock, or a file that was moved here: it was not written between two reads.
    const isWritten = writtenMs >= Math.max(lookedMs, launchedMs) && writtenMs <= readMs;
    return isWritten
      ? { placedMs: Math.ceil(writtenMs), timeFrom: "written" }
      : { placedMs: Math.ceil(readMs), timeFrom: "read" };
  }

  /** Notes evaluations that a write added without times: all but the last are late. */
  noteWrite(evaluationCount: number, placedMs: number): void {
    if (evaluationCount === 0) return;
    const { evaluationCount: before, placedMs: previousMs } = this.#write;
    if (previousMs === placedMs) {
      this.#write.evaluationCount = before + evaluationCount;
      return;
    }
    this.#endWrite();
    const sinceMs = previousMs === undefined ? undefined : placedMs - previousMs;
    this.#write = { evaluationCount, placedMs, sinceMs };
  }

  /** @param isOver the run has ended, so that a first write was the only one */
  findings(
    path: string,
    { launchedMs, isOver }: { launchedMs: number; isOver: boolean },
  ): Finding[] {
    if (isOver && this.#write.placedMs !== undefined) {
      this.#write.sinceMs ??= this.#write.placedMs - launchedMs;
      this.#endWrite();
    }
    const { evaluationCount, lateMs } = this.#late;
    const unused = [...this.#unused].map(([reason, count]): Finding => {
      return { rule: "metrics-file-times-unused", path, reason, count };
    });
    if (evaluationCount === 0) return unused;
    return [...unused, { rule: "metrics-file-late", path, evaluationCount, lateMs }];
  }

  #endWrite(): void {
    const { evaluationCount, sinceMs } = this.#write;
    if (evaluationCount < 2 || sinceMs === undefined || sinceMs < reportedLateMs) return;
    this.#late.evaluationCount += evaluationCount - 1;
    this.#late.lateMs = Math.max(this.#late.lateMs, sinceMs);
    this.#write.evaluationCount = 0;
  }

  #isUsable(ownMs: number, { launchedMs, readMs }: ReadMoment): boolean {
    const reason = this.#doubtOf(ownMs, launchedMs, readMs);
    if (reason === undefined) {
      this.#newestOwnMs = Math.max(this.#newestOwnMs, ownMs);
      return true;
    }
    this.#unused.set(reason, (this.#unused.get(reason) ?? 0) + 1);
    return false;
  }

  #doubtOf(ownMs: number, launchedMs: number, readMs: number): UnusedReason | undefined {
    if (!(ownMs >= launchedMs)) return "before-launch";
    if (ownMs > readMs) return "in-future";
    return ownMs < this.#newestOwnMs - backwardToleranceMs ? "backwards" : undefined;
  }
}
