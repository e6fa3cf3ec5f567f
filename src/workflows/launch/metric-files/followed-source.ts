import { basename } from "node:path";
import { type FileReading, readingKey } from "../../../formats/metric-files/file-reading.ts";
import {
  type MetricFileReader,
  openMetricFile,
} from "../../../formats/metric-files/metric-file-reader.ts";
import type { ReadingEnd } from "../../../formats/logged-value.ts";
import type { WantedReadings } from "../../../formats/text/metrics/wanted-metric.ts";
import type { Finding } from "../../../schema/run/findings/finding.ts";
import { isDatabaseHeader } from "../../../store/mlflow/database-state.ts";
import { FollowedFile, type FilePiece } from "../../../store/metric-files/followed-file.ts";
import { describeRefusal } from "../../../store/open-file.ts";
import type { PlacedReading } from "../../read-run/reader/file-values.ts";
import type { FoundFile, MetricSource, ReadPass } from "./metric-source.ts";
import { type ReadMoment, ReadingTimes } from "./reading-times.ts";
import type { ValueHistory } from "./value-history.ts";

/** One file that the program writes, from its content before the launch to its end. */
export class FollowedSource implements MetricSource {
  /** Whether the run changed it. */
  isChanged = false;
  /** Whether it existed before the launch. */
  isOld = false;
  reader: MetricFileReader | undefined;
  readonly #found: FoundFile;
  readonly #wanted: WantedReadings;
  readonly #file: FollowedFile;
  readonly #history: ValueHistory;
  readonly #times = new ReadingTimes();
  readonly #targetMetrics: readonly string[];
  /** Bytes of the current content that were there before the launch. */
  #oldBytes = 0;
  /** Readings from before the launch that the content begins with. */
  #oldCount = 0;
  /** Readings from before the launch, while the file only grows. */
  #oldKeys: readonly number[] = [];
  #index = 0;
  #isRewritten = false;
  /** The moment of the newest bytes. */
  #moment: ReadMoment | undefined;
  #refusal: string | undefined;
  /** The file was created after this pass began; the next one opens it as a database. */
  #isDatabase = false;

  constructor(
    found: FoundFile,
    {
      wanted,
      history,
      targetMetrics,
    }: { wanted: WantedReadings; history: ValueHistory; targetMetrics: readonly string[] },
  ) {
    this.#found = found;
    this.#wanted = wanted;
    this.#history = history;
    this.#targetMetrics = targetMetrics;
    this.#file = new FollowedFile(found.absolutePath);
  }

  /** Whether files of this kind only grow. */
  get isAppendedOnly(): boolean {
    return /tfevents|\.wandb$/u.test(basename(this.#found.absolutePath));
  }

  /** Whether the file may not be read. */
  get isRefused(): boolean {
    return this.#refusal !== undefined;
  }

  /** Reads the content before the launch, which does not count. */
  readOld(): void {
    this.#file.stopIgnoring();
    const readings = [...this.#pieces()].flatMap(({ bytes, offset }) => this.#push(bytes, offset));
    if (this.reader?.format === "json-document") readings.push(...this.reader.finish());
    this.#oldKeys = readings.map((reading, index) => readingKey(reading, index));
    this.#history.addOld(this.#oldKeys);
    this.#oldCount = readings.length;
    this.#index = readings.length;
    this.#file.close();
  }

  /** Skips the content before the launch without reading it now. @returns its size */
  skipOld(): number | undefined {
    const byteCount = this.#file.ignoreUntilChange();
    this.isOld = byteCount !== undefined;
    return byteCount;
  }

  /** The new readings, a piece of the file at a time. */
  *read(pass: ReadPass): Generator<PlacedReading[]> {
    let held: FileReading[] = [];
    let hasNew = false;
    for (const { bytes, offset, writtenMs } of this.#pieces()) {
      this.#moment = { ...pass, writtenMs };
      this.isChanged = true;
      hasNew = true;
      const readings = this.#push(bytes, offset);
      if (this.#isHeldBack) held.push(...readings);
      else yield this.#placed(readings);
    }
    const isDocument = this.reader?.format === "json-document";
    if (isDocument ? hasNew : pass.isLast && this.isChanged)
      held = [...held, ...(this.reader?.finish() ?? [])];
    if (held.length > 0) yield this.#placed(this.#withoutOld(held));
  }

  /** @param time see `ReadingTimes` */
  findings(time: { launchedMs: number; isOver: boolean }): Finding[] {
    const { reader } = this;
    const { path } = this.#found;
    const refusal = this.#refusal;
    const end = reader?.end();
    return [
      ...(reader?.findings(path) ?? []),
      ...this.#times.findings(path, time),
      ...(this.isChanged && this.#oldCount > 0
        ? [{ rule: "metrics-file-continued" as const, path, count: this.#oldCount }]
        : []),
      ...(refusal === undefined ? [] : [unreadable(path, refusal)]),
      ...(this.isChanged && time.isOver && end !== undefined ? this.#damage(end) : []),
    ];
  }

  close(): void {
    this.#file.close();
  }

  #damage(end: ReadingEnd): Finding[] {
    switch (end.kind) {
      case "complete":
        return [];
      case "partial":
        // A last record that is cut off is usual where a program is stopped.
        return this.reader?.format === "json-document"
          ? [unreadable(this.#found.path, "it is not a complete JSON document")]
          : [];
      case "corrupt":
        return [unreadable(this.#found.path, `${end.reason}, at byte ${end.atByte}`)];
    }
  }

  /** Whether the new readings must be compared as a whole with those from before the launch. */
  get #isHeldBack(): boolean {
    return this.#oldKeys.length === 0 && this.#history.mayContinue;
  }

  *#pieces(): Generator<FilePiece & { kind: "bytes" }> {
    for (const piece of this.#file.pieces()) {
      switch (piece.kind) {
        case "refused":
          this.#refusal = describeRefusal(piece.refusal);
          break;
        case "start":
          this.#restart(piece);
          break;
        case "bytes":
          this.#refusal = undefined;
          yield piece;
      }
    }
  }

  #restart({ isRotated, oldBytes }: FilePiece & { kind: "start" }): void {
    this.#isRewritten = !isRotated && this.reader !== undefined;
    this.reader = undefined;
    this.#index = 0;
    this.#oldCount = 0;
    this.#oldKeys = [];
    this.#oldBytes = oldBytes;
    this.#file.rereadsChanges = false;
  }

  #push(bytes: Uint8Array, offset: number): FileReading[] {
    if (offset === 0) this.#isDatabase = isDatabaseHeader(bytes);
    if (this.#isDatabase) return [];
    this.reader ??= this.#open(bytes);
    const oldBytes = Math.min(Math.max(0, this.#oldBytes - offset), bytes.length);
    if (oldBytes > 0) {
      const old = this.reader.push(bytes.subarray(0, oldBytes));
      this.#oldCount += old.length;
      this.#index += old.length;
    }
    return oldBytes === bytes.length ? [] : this.reader.push(bytes.subarray(oldBytes));
  }

  #open(firstBytes: Uint8Array): MetricFileReader {
    const { absolutePath, folder } = this.#found;
    const reader = openMetricFile(
      { name: basename(absolutePath), folder },
      firstBytes,
      this.#wanted,
    );
    this.#file.rereadsChanges = reader.format === "json-document";
    return reader;
  }

  /** Drops the readings that the file repeats from before the launch. */
  #withoutOld(readings: readonly FileReading[]): FileReading[] {
    if (!this.#isHeldBack) return [...readings];
    const keys = readings.map((reading, index) => readingKey(reading, this.#index + index));
    this.#oldCount = this.#history.oldCountOf(keys);
    for (const key of keys.slice(0, this.#oldCount)) this.#history.add(key, { isRewritten: false });
    this.#index += this.#oldCount;
    return readings.slice(this.#oldCount);
  }

  #placed(readings: readonly FileReading[]): PlacedReading[] {
    const moment = this.#moment;
    if (moment === undefined) return [];
    // The file grew: what it held before the launch must not count if the file is rewritten later.
    for (const key of this.#oldKeys) this.#history.add(key, { isRewritten: false });
    this.#oldKeys = [];
    const isRewritten = this.#isRewritten || this.reader?.format === "json-document";
    const placed: PlacedReading[] = [];
    for (const reading of readings) {
      const key = readingKey(reading, this.#index);
      this.#index += 1;
      if (!this.#history.add(key, { isRewritten })) continue;
      placed.push({
        ...reading,
        path: this.#found.path,
        ...this.#times.place(reading.timeMs, moment),
      });
    }
    const untimed = placed.filter(({ timeFrom }) => timeFrom !== "file");
    const evaluationCount = untimed.filter(({ metrics }) =>
      metrics.some(({ metric }) => this.#targetMetrics.includes(metric)),
    ).length;
    this.#times.noteWrite(evaluationCount, untimed.at(-1)?.placedMs ?? 0);
    return placed;
  }
}

function unreadable(path: string, reason: string): Finding {
  return { rule: "metrics-file-unreadable", path, reason };
}
