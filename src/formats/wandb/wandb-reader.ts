import { utf8Decoder } from "../../foundation/bytes/utf8.ts";
import { type ProtobufField, protobufFields, signedNumber } from "../binary/protobuf-fields.ts";
import type { LoggedValue, ReadingEnd } from "../logged-value.ts";
import { WandbLogRecords } from "./log-records.ts";
import { readConfig } from "./read-config.ts";

const utf8 = utf8Decoder();

/** Metadata of a run. */
export interface WandbRunFacts {
  runId: string | undefined;
  name: string | undefined;
  project: string | undefined;
  /** The group of runs that the program named. */
  group: string | undefined;
  host: string | undefined;
  /** Settings that the program logged. */
  config: Map<string, string>;
  /** Milliseconds since the epoch. */
  startMs: number | undefined;
  exitCode: number | undefined;
}

/**
 * Reads the history of an offline W&B run (`run-<id>.wandb`) while it grows.
 *
 * @see wandb/proto/wandb_internal.proto of the wandb client
 */
export class WandbReader {
  readonly facts: WandbRunFacts = {
    runId: undefined,
    name: undefined,
    project: undefined,
    group: undefined,
    host: undefined,
    config: new Map(),
    startMs: undefined,
    exitCode: undefined,
  };
  readonly #records = new WandbLogRecords();

  /** Takes the next bytes of the file; returns the values of all complete records. */
  push(piece: Uint8Array): LoggedValue[] {
    return this.#records.push(piece).flatMap((record) => this.#read(record));
  }

  end(): ReadingEnd {
    return this.#records.end();
  }

  /** Of a Record: 2 history, 5 config, 17 run, 18 exit. */
  #read(record: Uint8Array): LoggedValue[] {
    const values: LoggedValue[] = [];
    for (const field of protobufFields(record)) {
      if (field.kind !== "bytes") continue;
      if (field.number === 2) values.push(...historyOf(field.bytes));
      else if (field.number === 5) readConfig(field.bytes, this.facts.config);
      else if (field.number === 17) this.#readRun(field.bytes);
      else if (field.number === 18) this.#readExit(field.bytes);
    }
    return values;
  }

  #readRun(run: Uint8Array): void {
    for (const field of protobufFields(run)) {
      if (field.kind !== "bytes") continue;
      if (field.number === 1) this.facts.runId = utf8.decode(field.bytes);
      else if (field.number === 3) this.facts.project = utf8.decode(field.bytes);
      else if (field.number === 4) readConfig(field.bytes, this.facts.config);
      else if (field.number === 6) this.facts.group = utf8.decode(field.bytes);
      else if (field.number === 8) this.facts.name = utf8.decode(field.bytes);
      else if (field.number === 13) this.facts.host = utf8.decode(field.bytes);
      else if (field.number === 17) this.facts.startMs ??= timestampMs(field.bytes);
    }
  }

  // Protobuf omits zeros: a record without the field has exit code 0.
  #readExit(exit: Uint8Array): void {
    this.facts.exitCode = 0;
    for (const field of protobufFields(exit)) {
      if (field.number === 1 && field.kind === "varint")
        this.facts.exitCode = signedNumber(field.value);
    }
  }
}

/** Of a HistoryRecord: 1 items, 2 step. */
function historyOf(history: Uint8Array): LoggedValue[] {
  const items = new Map<string, number>();
  let step: number | undefined;
  for (const field of protobufFields(history)) {
    if (field.kind !== "bytes") continue;
    if (field.number === 1) {
      const item = itemOf(field.bytes);
      if (item !== undefined) items.set(item.name, item.value);
    } else if (field.number === 2) step = stepOf(field.bytes);
  }
  const seconds = items.get("_timestamp");
  const timeMs = seconds === undefined ? undefined : seconds * 1000;
  const values: LoggedValue[] = [];
  for (const [metric, value] of items) {
    if (!metric.startsWith("_"))
      values.push({ metric, value, step: items.get("_step") ?? step, timeMs });
  }
  return values;
}

/** Of a HistoryItem: 1 key, 2 parts of a nested key, 16 the value as JSON. */
function itemOf(item: Uint8Array): { name: string; value: number } | undefined {
  let key = "";
  const nested: string[] = [];
  let json = "";
  for (const field of protobufFields(item)) {
    if (field.kind !== "bytes") continue;
    if (field.number === 1) key = utf8.decode(field.bytes);
    else if (field.number === 2) nested.push(utf8.decode(field.bytes));
    else if (field.number === 16) json = utf8.decode(field.bytes);
  }
  const value = numberOf(json);
  if (value === undefined) return undefined;
  return { name: key === "" ? nested.join(".") : key, value };
}

/** A JSON number, or `NaN` or `Infinity` as Python writes them, with or without quotes. */
function numberOf(json: string): number | undefined {
  const bare = json.replaceAll('"', "");
  if (/^-?(?:NaN|Infinity)$/u.test(bare)) return Number(bare);
  return /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/u.test(json) ? Number(json) : undefined;
}

/** Of a Timestamp: 1 seconds since the epoch, 2 nanoseconds. */
function timestampMs(timestamp: Uint8Array): number | undefined {
  let seconds: number | undefined;
  let nanoseconds = 0;
  for (const field of protobufFields(timestamp)) {
    if (field.kind !== "varint") continue;
    if (field.number === 1) seconds = signedNumber(field.value);
    else if (field.number === 2) nanoseconds = signedNumber(field.value);
  }
  return seconds === undefined ? undefined : seconds * 1000 + nanoseconds / 1e6;
}

function stepOf(step: Uint8Array): number {
  const field = [...protobufFields(step)].find(
    (field): field is ProtobufField & { kind: "varint" } =>
      field.number === 1 && field.kind === "varint",
  );
  return field === undefined ? 0 : signedNumber(field.value);
}
