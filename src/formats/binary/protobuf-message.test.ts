import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { utf8Bytes } from "../../foundation/bytes/utf8.ts";
import { crc32c, maskedCrc32c } from "./crc32c.ts";
import { joinBytes } from "./join-bytes.ts";
import { doubleOf, floatOf, protobufFields, signedNumber } from "./protobuf-fields.ts";
import {
  bytesField,
  doubleField,
  floatField,
  integerField,
  messageField,
  textField,
} from "./protobuf-message.ts";

const anyNumber = fc.integer({ min: 1, max: 2000 });
const singleByteTag = fc.integer({ min: 1, max: 15 });

describe("fields of a protobuf message", () => {
  test("read back as written", () => {
    fc.assert(
      fc.property(anyNumber, fc.maxSafeInteger(), fc.uint8Array(), (number, value, bytes) => {
        const message = joinBytes([integerField(number, value), bytesField(number, bytes)]);
        const [integer, text] = [...protobufFields(message)];
        expect(integer?.kind === "varint" && signedNumber(integer.value)).toBe(value);
        expect(text).toEqual({ number, kind: "bytes", bytes });
      }),
    );
  });

  test("read back with the precision of their type", () => {
    fc.assert(
      fc.property(singleByteTag, fc.double(), (number, value) => {
        const message = joinBytes([doubleField(number, value), floatField(number, value)]);
        const [double, float] = [...protobufFields(message)];
        expect(double?.kind === "fixed64" && doubleOf(double.bytes)).toBe(value);
        expect(float?.kind === "fixed32" && floatOf(float.bytes)).toBe(Math.fround(value));
      }),
    );
  });

  test("nest", () => {
    const [field] = [...protobufFields(messageField(3, textField(1, "naïve"), textField(2, "")))];
    const inner = field?.kind === "bytes" ? [...protobufFields(field.bytes)] : [];
    expect(inner).toEqual([
      { number: 1, kind: "bytes", bytes: utf8Bytes("naïve") },
      { number: 2, kind: "bytes", bytes: new Uint8Array() },
    ]);
  });
});

describe("crc32c", () => {
  // RFC 3720, appendix B.4, and the check value of the polynomial.
  test("gives the published values", () => {
    expect(crc32c(utf8Bytes("123456789"))).toBe(0xe3_06_92_83);
    expect(crc32c(new Uint8Array(32))).toBe(0x8a_91_36_aa);
  });

  // The length of the first record that tensorboardX wrote, and its checksum.
  test("is masked as TFRecord masks it", () => {
    const length = Uint8Array.from([0x18, 0, 0, 0, 0, 0, 0, 0]);
    expect(maskedCrc32c(length)).toBe(0x22_4b_7f_a3);
  });
});
