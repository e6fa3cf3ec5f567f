import type { Finding } from "../../schema/run/findings/finding.ts";
import { CsvValuesReader } from "../csv/csv-values-reader.ts";
import { JsonDocumentReader } from "../json/json-document-reader.ts";
import { JsonLinesReader } from "../json/json-lines-reader.ts";
import type { LoggedValue, ReadingEnd } from "../logged-value.ts";
import { TensorboardReader } from "../tensorboard/tensorboard-reader.ts";
import type { WantedReadings } from "../text/metrics/wanted-metric.ts";
import { type ValueFormat, valueFormat } from "../values/open-value-reader.ts";
import { WandbReader } from "../wandb/wandb-reader.ts";
import { FileNames } from "./file-names.ts";
import type { FileReading } from "./file-reading.ts";
import { RequestedValues } from "./requested-values.ts";
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
  readonly #readings: RequestedValues;

  constructor(format: ValueFormat, values: ValuesReader, names: FileNames) {
    this.format = format;
    this.#values = values;
    this.#names = names;
    this.#readings = new RequestedValues(names);
  }

  get names(): ReadonlySet<string> {
    return this.#names.names;
  }

  get longerNames(): ReadonlyMap<string, ReadonlySet<string>> {
    return this.#names.longerNames;
  }

  push(bytes: Uint8Array): FileReading[] {
    return this.#readings.of(this.#values.push(bytes));
  }

  finish(): FileReading[] {
    return this.#readings.of(this.#values.finish?.() ?? []);
  }

  end(): ReadingEnd {
    return this.#values.end();
  }

  findings(path: string): Finding[] {
    const values = this.#values;
    const ofNames = this.#names.findings();
    if (!(values instanceof CsvValuesReader)) return ofNames;
    const [change] = values.headerChanges;
    const { unevenRows } = values;
    return [
      ...ofNames,
      ...(change === undefined ? [] : [headerChanged(path, change)]),
      ...(unevenRows === undefined
        ? []
        : [{ rule: "metrics-rows-uneven" as const, path, ...unevenRows }]),
    ];
  }
}

function headerChanged(
  path: string,
  { added, removed }: { added: readonly string[]; removed: readonly string[] },
): Finding {
  return { rule: "metrics-header-changed", path, added: [...added], removed: [...removed] };
}
