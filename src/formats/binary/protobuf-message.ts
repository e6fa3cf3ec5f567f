import { utf8Bytes } from "../../foundation/bytes/utf8.ts";
import { joinBytes } from "./join-bytes.ts";

/**
 * Functions that encode the fields of a protobuf message. A message is the concatenation of its fields
 * (`joinBytes`); `protobufFields` reads it back.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */

/** An integer, Boolean or enumeration; negative numbers take ten bytes. */
export function integerField(number: number, value: number): Uint8Array {
  return joinBytes([varint(BigInt(number) << 3n), varint(BigInt(value))]);
}

export function doubleField(number: number, value: number): Uint8Array {
  const bytes = new Uint8Array(9);
  bytes[0] = (number << 3) | 1;
  new DataView(bytes.buffer).setFloat64(1, value, true);
  return bytes;
}

export function floatField(number: number, value: number): Uint8Array {
  const bytes = new Uint8Array(5);
  bytes[0] = (number << 3) | 5;
  new DataView(bytes.buffer).setFloat32(1, value, true);
  return bytes;
}

export function textField(number: number, text: string): Uint8Array {
  return bytesField(number, utf8Bytes(text));
}

/** A nested message, given by its fields. */
export function messageField(number: number, ...fields: readonly Uint8Array[]): Uint8Array {
  return bytesField(number, joinBytes(fields));
}

export function bytesField(number: number, bytes: Uint8Array): Uint8Array {
  return joinBytes([varint((BigInt(number) << 3n) | 2n), varint(BigInt(bytes.length)), bytes]);
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Uint8Array.from([...bytes, Number(rest)]);
}
