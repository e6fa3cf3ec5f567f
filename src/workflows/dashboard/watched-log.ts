import { join } from "node:path";
import { OutputScanner } from "../../mllog/output/scan-output.ts";
import type { RunRequest } from "../../schema/run/run-request.ts";
import { metadataNumber } from "../../score/read-event.ts";
import { ThinnedSeries } from "../../score/thinned-series.ts";
import { RunTracker, type TrackNews } from "../../score/track-run.ts";
import { LogIndex } from "../../store/records/log-lines.ts";
import { logFile } from "../../store/records/record-files.ts";
import { FollowedFile } from "../../store/samples/follow-file.ts";
import { LiveRules } from "../read-run/check-run-live.ts";
import { compileMetric } from "../launch/plan-series.ts";

const bytesInOneGo = 4 << 20;
const mostPoints = 200_000;
const sparkPoints = 60;

/** A number that the program logged, and when: milliseconds since the epoch. */
export interface LoggedPoint {
  timeMs: number;
  samplesCount: number | undefined;
  value: number;
}

/** The log of one run, read as it grows: where the run stands, how it obeys the rules, and where its lines are. */
export class WatchedLog {
  readonly path: string;
  index = new LogIndex();
  tracker: RunTracker;
  rules: LiveRules;
  /** Loss and throughput as logged, where telemetry has none. */
  readonly points: { loss: LoggedPoint[]; samplesPerSecond: LoggedPoint[] } = {
    loss: [],
    samplesPerSecond: [],
  };
  /** The loss, thinned to what a sparkline shows. */
  spark = new ThinnedSeries(sparkPoints);
  readonly #request: RunRequest;
  #scanner: OutputScanner;
  #file: FollowedFile;
  #newestMs = 0;

  constructor(request: RunRequest, directory: string) {
    this.path = join(directory, logFile);
    this.#request = request;
    this.tracker = new RunTracker(request.target);
    this.rules = new LiveRules({ request });
    this.#scanner = scannerOf(request);
    this.#file = this.#open();
  }

  /** The first of the samples in an epoch, where the log says how many there are. */
  get samplesPerEpoch(): number | undefined {
    return this.#samplesPerEpoch;
  }
  #samplesPerEpoch: number | undefined;

  /** Reads what is new, giving way to other work now and then. */
  async readOn(buffer: Uint8Array): Promise<void> {
    for (;;) {
      const followed = this.#file.readOn(buffer, bytesInOneGo);
      if (followed.kind === "replaced") this.#startAgain();
      else if (followed.kind !== "read" || followed.byteCount < bytesInOneGo) return;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #startAgain(): void {
    this.index = new LogIndex();
    this.tracker = new RunTracker(this.#request.target);
    this.rules = new LiveRules({ request: this.#request });
    this.spark = new ThinnedSeries(sparkPoints);
    this.points.loss.length = 0;
    this.points.samplesPerSecond.length = 0;
    this.#scanner = scannerOf(this.#request);
    this.#file = this.#open();
  }

  #open(): FollowedFile {
    return new FollowedFile(this.path, (bytes, start, end, cutBytes) =>
      this.#take(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start), cutBytes),
    );
  }

  #take(bytes: Buffer, cutBytes: number): void {
    const text = bytes.toString("latin1");
    this.index.take(bytes, text, cutBytes);
    // The rules keep pieces until they are loaded, and this memory is used again.
    this.rules.log(Buffer.from(bytes), text);
    for (const seen of this.#scanner.scan(text, this.#newestMs)) {
      if (seen.kind === "event") {
        this.#newestMs = Math.max(this.#newestMs, seen.event.timeMs);
        if (seen.event.key === "train_samples" && typeof seen.event.value === "number")
          this.#samplesPerEpoch ??= seen.event.value;
      }
      const arrivalMs = seen.kind === "event" ? seen.event.timeMs : this.#newestMs;
      this.#note(this.tracker.observe({ ...seen, arrivalMs }));
      if (seen.kind === "event" && seen.event.key === "tracked_stats") {
        this.#keepPoint(arrivalMs, metadataNumber(seen.event, "samples_count"));
      } else if (seen.kind === "metric") this.#keepPoint(arrivalMs, undefined);
    }
  }

  #note(news: readonly TrackNews[]): void {
    for (const change of news) {
      if (change.kind !== "evaluation") continue;
      const { epochNum, samplesCount } = change.evaluation;
      if (epochNum !== undefined && epochNum > 0 && samplesCount !== undefined)
        this.#samplesPerEpoch ??= samplesCount / epochNum;
    }
  }

  #keepPoint(timeMs: number, samplesCount: number | undefined): void {
    const { latest } = this.tracker.run;
    const lossName = [...latest.keys()].find((name) => /loss/iu.test(name));
    const loss = lossName === undefined ? undefined : latest.get(lossName);
    const rate = latest.get("throughput");
    if (loss !== undefined) {
      this.spark.push(loss);
      keep(this.points.loss, { timeMs, samplesCount, value: loss });
    }
    if (rate !== undefined)
      keep(this.points.samplesPerSecond, { timeMs, samplesCount, value: rate });
  }
}

function keep(points: LoggedPoint[], point: LoggedPoint): void {
  if (point.timeMs > 0 && points.length < mostPoints) points.push(point);
}

/**
 * A log holds an MLLOG line of ours for each value of the target's metric; reading the program's own line as well would
 * count it twice. Other metrics, and the samples, stand in the program's lines alone.
 */
function scannerOf({ reading, target }: RunRequest): OutputScanner {
  const { metrics, samplesPattern } = reading;
  return new OutputScanner({
    metrics: metrics
      .filter(({ metric }) => metric !== target?.metric)
      .map(({ pattern }) => compileMetric(pattern, "--metric")),
    samples: samplesPattern === undefined ? undefined : compileMetric(samplesPattern, "--samples"),
  });
}
