import { join } from "node:path";
import type { LifecycleEvent } from "../../../schema/run/events/lifecycle-event.ts";
import type { Observation } from "../../../schema/run/events/observation.ts";
import { metadataNumber } from "../../../score/tracking/read-event.ts";
import { ThinnedSeries } from "../../../score/tracking/thinned-series.ts";
import type { TrackUpdate } from "../../../score/tracking/tracked-run.ts";
import { LogIndex } from "../../../store/records/read/log-lines.ts";
import { logFile } from "../../../store/records/record-files.ts";
import type { RunRecord } from "../../../store/records/run-store.ts";
import { FollowedFile } from "../../../store/samples/follow-file.ts";
import { recordedEdition } from "../../read-run/verify/reread-run.ts";
import { RunReader } from "../../read-run/reader/run-reader.ts";

const maxReadBytes = 4 << 20;
const maxPoints = 200_000;
const sparkPoints = 60;

/** A number that the program logged, and when: milliseconds since the epoch. */
export interface LoggedPoint {
  timeMs: number;
  samplesCount: number | undefined;
  /** Of an imported log, if it states steps. */
  step: number | undefined;
  value: number;
}

/** The log of one run, read as it grows: the state of the run, the rules checklist, and the positions of its lines. */
export class WatchedLog {
  readonly path: string;
  index = new LogIndex();
  reader: RunReader;
  /** Loss and throughput from the log, used if telemetry has none. */
  readonly points: { loss: LoggedPoint[]; samplesPerSecond: LoggedPoint[] } = {
    loss: [],
    samplesPerSecond: [],
  };
  /** The loss, downsampled for a sparkline. */
  spark = new ThinnedSeries(sparkPoints);
  readonly #record: RunRecord;
  #events: readonly LifecycleEvent[] = [];
  #file: FollowedFile;

  constructor(record: RunRecord) {
    this.path = join(record.directory, logFile);
    this.#record = record;
    this.reader = this.#newReader();
    this.#file = this.#open();
  }

  /** Samples per epoch, if the log states it. */
  get samplesPerEpoch(): number | undefined {
    return this.#samplesPerEpoch;
  }
  #samplesPerEpoch: number | undefined;

  /**
   * Reads the new part of the log, and regularly yields to other work.
   *
   * @param events the run's events so far
   */
  async readOn(buffer: Uint8Array, events: readonly LifecycleEvent[]): Promise<void> {
    this.#events = events;
    this.reader.noteEvents(events);
    for (;;) {
      const followed = this.#file.readOn(buffer, maxReadBytes);
      if (followed.kind === "replaced") this.#restart();
      else if (followed.kind !== "read" || followed.byteCount < maxReadBytes) return;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #restart(): void {
    this.index = new LogIndex();
    this.reader = this.#newReader();
    this.reader.noteEvents(this.#events);
    this.spark = new ThinnedSeries(sparkPoints);
    this.points.loss.length = 0;
    this.points.samplesPerSecond.length = 0;
    this.#file = this.#open();
  }

  #newReader(): RunReader {
    return RunReader.ofRecord(this.#record.request, {
      edition: recordedEdition(this.#record),
      observe: (seen, updates) => this.#observe(seen, updates),
    });
  }

  #open(): FollowedFile {
    return new FollowedFile(this.path, (bytes, start, end, cutBytes) =>
      this.#take(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start), cutBytes),
    );
  }

  #take(bytes: Buffer, cutBytes: number): void {
    this.index.take(bytes, bytes.toString("latin1"), cutBytes);
    this.reader.take({ stream: "log", bytes });
  }

  #observe(seen: Observation, updates: readonly TrackUpdate[]): void {
    this.#noteEpochs(updates);
    if (seen.kind === "metric" && /loss|^throughput$/iu.test(seen.metric))
      this.#addPoint({ timeMs: seen.arrivalMs, samplesCount: undefined, step: seen.step });
    if (seen.kind !== "event") return;
    const { event, arrivalMs } = seen;
    if (event.key === "train_samples" && typeof event.value === "number")
      this.#samplesPerEpoch ??= event.value;
    if (event.key === "tracked_stats")
      this.#addPoint({
        timeMs: arrivalMs,
        samplesCount: metadataNumber(event, "samples_count"),
        step: undefined,
      });
  }

  #noteEpochs(updates: readonly TrackUpdate[]): void {
    for (const update of updates) {
      if (update.kind !== "evaluation") continue;
      const { epochNum, samplesCount } = update.evaluation;
      if (epochNum !== undefined && epochNum > 0 && samplesCount !== undefined)
        this.#samplesPerEpoch ??= samplesCount / epochNum;
    }
  }

  #addPoint(place: Omit<LoggedPoint, "value">): void {
    const { latest } = this.reader.run;
    const lossName = [...latest.keys()].find((name) => /loss/iu.test(name));
    const loss = lossName === undefined ? undefined : latest.get(lossName);
    const rate = latest.get("throughput");
    if (loss !== undefined) {
      this.spark.push(loss);
      addPoint(this.points.loss, { ...place, value: loss });
    }
    if (rate !== undefined) addPoint(this.points.samplesPerSecond, { ...place, value: rate });
  }
}

function addPoint(points: LoggedPoint[], point: LoggedPoint): void {
  if (point.timeMs > 0 && points.length < maxPoints) points.push(point);
}
