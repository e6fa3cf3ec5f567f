/** One field of a protobuf message; nested messages and strings are `bytes`. */
export type ProtobufField = { number: number } & (
  | { kind: "varint"; value: bigint }
  | { kind: "fixed64"; bytes: Uint8Array }
  | { kind: "fixed32"; bytes: Uint8Array }
  | { kind: "bytes"; bytes: Uint8Array }
);

/**
 * The fields of a message in order, by number. Ends at the first field that is cut off or has an
 * unknown wire type: the fields before it are valid.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export function* protobufFields(message: Uint8Array): Generator<ProtobufField> {
  let at = 0;
  while (at < message.length) {
    const tag = readVarint(message, at);
    if (tag === undefined) return;
    const number = Number(tag.value >> 3n);
    const body = readBody(message, tag.end, Number(tag.value & 7n));
    if (body === undefined) return;
    yield { number, ...body.field };
    at = body.end;
  }
}

type FieldBody =
  | { kind: "varint"; value: bigint }
  | { kind: "fixed64" | "fixed32" | "bytes"; bytes: Uint8Array };

function readBody(
  message: Uint8Array,
  at: number,
  wireType: number,
): { field: FieldBody; end: number } | undefined {
  if (wireType === 0) {
    const varint = readVarint(message, at);
    if (varint === undefined) return undefined;
    return { field: { kind: "varint", value: varint.value }, end: varint.end };
  }
  if (wireType === 1) return fixed(message, at, "fixed64");
  if (wireType === 5) return fixed(message, at, "fixed32");
  if (wireType !== 2) return undefined;
  const length = readVarint(message, at);
  if (length === undefined || length.value > BigInt(message.length - length.end)) return undefined;
  const end = length.end + Number(length.value);
  return { field: { kind: "bytes", bytes: message.subarray(length.end, end) }, end };
}

function fixed(
  message: Uint8Array,
  at: number,
  kind: "fixed64" | "fixed32",
): { field: FieldBody; end: number } | undefined {
  const end = at + (kind === "fixed64" ? 8 : 4);
  if (end > message.length) return undefined;
  return { field: { kind, bytes: message.subarray(at, end) }, end };
}

/** At most ten bytes, seven bits each, the lowest first. */
function readVarint(message: Uint8Array, from: number): { value: bigint; end: number } | undefined {
  let value = 0n;
  for (let index = 0; index < 10; index++) {
    const byte = message[from + index];
    if (byte === undefined) return undefined;
    value |= BigInt(byte & 0x7f) << BigInt(7 * index);
    if (byte < 0x80) return { value: BigInt.asUintN(64, value), end: from + index + 1 };
  }
  return undefined;
}

/** A varint as a signed 64-bit integer, in the range that numbers hold exactly. */
export function signedNumber(value: bigint): number {
  return Number(BigInt.asIntN(64, value));
}

/** A little-endian double of a `fixed64` field. */
export function doubleOf(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getFloat64(0, true);
}

/** A little-endian float of a `fixed32` field. */
export function floatOf(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getFloat32(0, true);
}
