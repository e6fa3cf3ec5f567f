import fc from "fast-check";
import { expect, test } from "vitest";
import { Utf8Decoder } from "./utf8-decoder.ts";

test("Utf8Decoder returns the same text for any split of the bytes", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const decoder = new Utf8Decoder();
      const pieces = Array.from(new TextEncoder().encode(text), (byte) =>
        decoder.push(Uint8Array.of(byte)),
      );
      expect(pieces.join("") + decoder.end()).toBe(text.replace(/^\uFEFF/, ""));
    }),
  );
});
