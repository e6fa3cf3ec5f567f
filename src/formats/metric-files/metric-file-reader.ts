import type { Finding } from "../../schema/run/finding.ts";
import type { PrintedValue } from "../../schema/run/observation.ts";
import { CsvValuesReader } from "../csv/csv-values-reader.ts";
import { JsonDocumentReader } from "../json/json-document-reader.ts";
import { JsonLinesReader } from "../json/json-lines-reader.ts";
import type { LoggedValue, ReadingEnd } from "../logged-value.ts";
import { TensorboardReader } from "../tensorboard/tensorboard-reader.ts";
import type { WantedReadings } from "../text/wanted-metric.ts";
import { columnDurationMs } from "../text/read-duration.ts";
import { type ValueFormat, valueFormat } from "../values/open-value-reader.ts";
import { WandbReader } from "../wandb/wandb-reader.ts";
import { FileNames } from "./file-names.ts";
import type { FileReading } from "./file-reading.ts";
import { TextFileReader } from "./text-file-reader.ts";

/** Reads the requested values of one file of metrics. */
export interface MetricFileReader {
  format: ValueFormat;
  /** All names of numbers in the file so far. */
  names: ReadonlySet<string>;
  /** Longer names that end like a metric's, by metric. */
  longerNames: ReadonlyMap<string, ReadonlySet<string>>;
  push(bytes: Uint8Array): FileReading[];
  /** All bytes have been pushed. */
  finish(): FileReading[];
  end(): ReadingEnd;
  /** Doubts about how the file was read. @param path for the findings */
  findings(path: string): Finding[];
}

/** Opens the reader for a file by its name and first bytes. @param folder see `FileNames` */
export function openMetricFile(
  { name, folder }: { name: string; folder: string | undefined },
  firstBytes: Uint8Array,
  wanted: WantedReadings,
): MetricFileReader {
  const format = valueFormat(name, firstBytes);
  const names = new FileNames(wanted, folder);
  switch (format) {
    case "text":
      return new TextFileReader(wanted);
    case "csv":
      return new ValueFileReader(format, new CsvValuesReader(), names);
    case "json-document":
      return new ValueFileReader(format, new JsonDocumentReader(), names);
    case "json-lines":
      return new ValueFileReader(format, new JsonLinesReader(), names);
    case "tensorboard":
      return new ValueFileReader(format, new TensorboardReader(), names);
    case "wandb":
      return new ValueFileReader(format, new WandbReader(), names);
  }
}

interface ValuesReader {
  push(bytes: Uint8Array): LoggedValue[];
  finish?(): LoggedValue[];
  end(): ReadingEnd;
}

/** Reads a file that gives each value with its name. */
class ValueFileReader implements MetricFileReader {
  readonly format: ValueFormat;
  readonly #values: ValuesReader;
  readonly #names: FileNames;

  constructor(format: ValueFormat, values: ValuesReader, names: FileNames) {
    this.format = format;
    this.#values = values;
    this.#names = names;
  }

  get names(): ReadonlySet<string> {
    return this.#names.names;
  }

  get longerNames(): ReadonlyMap<string, ReadonlySet<string>> {
    return this.#names.longerNames;
  }

  push(bytes: Uint8Array): FileReading[] {
    return this.#readingsOf(this.#values.push(bytes));
  }

  finish(): FileReading[] {
    return this.#readingsOf(this.#values.finish?.() ?? []);
  }

  end(): ReadingEnd {
    return this.#values.end();
  }

  findings(path: string): Finding[] {
    const values = this.#values;
    if (!(values instanceof CsvValuesReader)) return [];
    const [change] = values.headerChanges;
    const { unevenRows } = values;
    return [
      ...(change === undefined ? [] : [headerChanged(path, change)]),
      ...(unevenRows === undefined
        ? []
        : [{ rule: "metrics-rows-uneven" as const, path, ...unevenRows }]),
    ];
  }

  /** Consecutive values of one step and time are one reading. */
  #readingsOf(values: readonly LoggedValue[]): FileReading[] {
    const readings: FileReading[] = [];
    let row: LoggedValue[] = [];
    for (const value of values) {
      const [first] = row;
      const isSameRow =
        first?.step === value.step &&
        first?.timeMs === value.timeMs &&
        row.every(({ metric }) => metric !== value.metric);
      if (first !== undefined && !isSameRow) {
        readings.push(...this.#readingOf(row));
        row = [];
      }
      // Most columns of wide tables are not requested.
      const isUsed = this.#isUsed(value.metric);
      if (row.length === 0 || isUsed) row.push(value);
    }
    return [...readings, ...this.#readingOf(row)];
  }

  #isUsed(name: string): boolean {
    const { metrics, isSamples, isClock } = this.#names.useOf(name);
    return metrics.length > 0 || isSamples || isClock;
  }

  /** Nothing if the row has no requested value. */
  #readingOf(row: readonly LoggedValue[]): FileReading[] {
    const [first] = row;
    if (first === undefined) return [];
    const metrics = row.flatMap((value) =>
      this.#names.useOf(value.metric).metrics.map((metric) => printedValue(metric, value)),
    );
    const finite = row.filter(({ value }) => Number.isFinite(value));
    const samplesCount = finite.find(({ metric }) => this.#names.useOf(metric).isSamples)?.value;
    const clock = finite.find(({ metric }) => this.#names.useOf(metric).isClock);
    const clockMs =
      clock === undefined ? undefined : columnDurationMs(clock.value, clock.unitMs, clock.metric);
    const isUsed = metrics.length > 0 || samplesCount !== undefined || clockMs !== undefined;
    const { step, timeMs } = first;
    return isUsed ? [{ step, timeMs, metrics, samplesCount, clockMs }] : [];
  }
}

function headerChanged(
  path: string,
  { added, removed }: { added: readonly string[]; removed: readonly string[] },
): Finding {
  return { rule: "metrics-header-changed", path, added: [...added], removed: [...removed] };
}

function printedValue(metric: string, { value, isPercent }: LoggedValue): PrintedValue {
  const text = `${value}${isPercent === true ? "%" : ""}`;
  return { metric, value, text, ...(isPercent === true ? { isPercent } : {}) };
}
