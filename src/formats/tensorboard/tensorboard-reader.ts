import { utf8Decoder } from "../../foundation/bytes/utf8.ts";
import { GrowingBytes } from "../binary/growing-bytes.ts";
import {
  doubleOf,
  floatOf,
  type ProtobufField,
  protobufFields,
  signedNumber,
} from "../binary/protobuf-fields.ts";
import type { LoggedValue, ReadingEnd } from "../logged-value.ts";
import { messageFields, sessionSettings } from "./session-settings.ts";

/** Length (8 bytes) and its checksum (4 bytes) come before each record, a checksum after it. */
const headerBytes = 12;
const footerBytes = 4;
/** Maximum length of a record, large enough for images. A longer one means that the bytes are not events. */
const maximumRecordBytes = 1 << 30;

const utf8 = utf8Decoder();

/**
 * Reads the scalars of a TensorBoard event file while it grows. Other records (images,
 * histograms, text) are discarded. Checksums are not verified: invalid lengths are detected without
 * them.
 *
 * Values are 32-bit floats in these files: 0.1 is read as 0.10000000149.
 *
 * @see tensorflow/core/util/event.proto and lib/io/record_writer of TensorFlow
 */
export class TensorboardReader {
  /** Settings that the program logged for the HParams tab. */
  readonly settings = new Map<string, string>();
  readonly #bytes = new GrowingBytes();
  #corrupt: { atByte: number; reason: string } | undefined;

  /** Takes the next bytes of the file; returns the values of all complete records. */
  push(piece: Uint8Array): LoggedValue[] {
    this.#bytes.push(piece);
    const values: LoggedValue[] = [];
    for (;;) {
      const record = this.#nextRecord();
      if (record === undefined) return values;
      values.push(...scalarsOf(record, this.settings));
    }
  }

  end(): ReadingEnd {
    if (this.#corrupt !== undefined) return { kind: "corrupt", ...this.#corrupt };
    const byteCount = this.#bytes.length;
    return byteCount === 0 ? { kind: "complete" } : { kind: "partial", byteCount };
  }

  #nextRecord(): Uint8Array | undefined {
    if (this.#corrupt !== undefined) return undefined;
    const header = this.#bytes.peek(headerBytes);
    if (header === undefined) return undefined;
    const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
    const length = view.getBigUint64(0, true);
    if (length > BigInt(maximumRecordBytes)) {
      this.#corrupt = {
        atByte: this.#bytes.takenCount,
        reason: `a record of ${length} bytes is longer than any event`,
      };
      return undefined;
    }
    const byteCount = Number(length);
    const whole = this.#bytes.take(headerBytes + byteCount + footerBytes);
    return whole?.subarray(headerBytes, headerBytes + byteCount);
  }
}

/** Of an Event: 1 wall time in seconds, 2 step, 5 summary. */
function scalarsOf(event: Uint8Array, settings: Map<string, string>): LoggedValue[] {
  let seconds: number | undefined;
  let step = 0;
  const summaries: Uint8Array[] = [];
  for (const field of protobufFields(event)) {
    if (field.number === 1 && field.kind === "fixed64") seconds = doubleOf(field.bytes);
    else if (field.number === 2 && field.kind === "varint") step = signedNumber(field.value);
    else if (field.number === 5 && field.kind === "bytes") summaries.push(field.bytes);
  }
  const timeMs = seconds === undefined ? undefined : seconds * 1000;
  return summaries.flatMap((summary) =>
    [...protobufFields(summary)].flatMap((field) => {
      if (field.number !== 1 || field.kind !== "bytes") return [];
      for (const [name, text] of settingsOf(field.bytes)) settings.set(name, text);
      const scalar = scalarOf(field.bytes);
      return scalar === undefined ? [] : [{ ...scalar, step, timeMs }];
    }),
  );
}

/** Of a Summary.Value: 1 tag, 2 simple value, 8 tensor. */
function scalarOf(value: Uint8Array): { metric: string; value: number } | undefined {
  let metric: string | undefined;
  let number: number | undefined;
  for (const field of protobufFields(value)) {
    if (field.number === 1 && field.kind === "bytes") metric = utf8.decode(field.bytes);
    else if (field.number === 2 && field.kind === "fixed32") number = floatOf(field.bytes);
    else if (field.number === 8 && field.kind === "bytes") number ??= tensorScalar(field.bytes);
  }
  if (metric === undefined || number === undefined || metric.startsWith(hparamsTag))
    return undefined;
  return { metric, value: number };
}

/** The tags of the HParams plugin, whose values mean nothing. */
const hparamsTag = "_hparams_/";

/** Of a Summary.Value: 9 metadata, its 1 plugin data, its 1 plugin name and 2 content. */
function* settingsOf(value: Uint8Array): Generator<[string, string]> {
  for (const metadata of messageFields(value, 9))
    for (const plugin of messageFields(metadata, 1)) {
      const [name] = messageFields(plugin, 1);
      if (name === undefined || utf8.decode(name) !== "hparams") continue;
      for (const content of messageFields(plugin, 2)) yield* sessionSettings(content);
    }
}

const floatType = 1n;
const doubleType = 2n;

/** A tensor of one float or double, as TensorFlow 2, JAX and Keras write scalars; undefined for any other. */
function tensorScalar(tensor: Uint8Array): number | undefined {
  const fields = [...protobufFields(tensor)];
  const type = fields.find(({ number }) => number === 1);
  if (type?.kind !== "varint") return undefined;
  const isFloat = type.value === floatType;
  if (!isFloat && type.value !== doubleType) return undefined;
  const width = isFloat ? 4 : 8;
  // 4 holds the raw content; 5 and 6 are the packed lists of floats and doubles.
  const listNumber = isFloat ? 5 : 6;
  const holder = fields.find((field) => isScalarHolder(field, listNumber, width));
  if (holder === undefined || holder.kind === "varint") return undefined;
  return isFloat ? floatOf(holder.bytes) : doubleOf(holder.bytes);
}

function isScalarHolder(field: ProtobufField, listNumber: number, width: number): boolean {
  if (field.kind === "varint" || field.bytes.length !== width) return false;
  return field.number === listNumber || (field.number === 4 && field.kind === "bytes");
}
