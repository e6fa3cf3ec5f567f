import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parsePickle } from "./parse-pickle.ts";

/** As Python prints them: `python3 -c "import pickle; print(pickle.dumps(value, 2).hex())"`. */
const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"));

describe("parsePickle", () => {
  test.each([
    {
      name: "a dictionary",
      pickle: "80027d710058010000006171014b01732e",
      value: new Map([["a", 1]]),
    },
    { name: "a list", pickle: "80025d71002888894e4dff00652e", value: [true, false, null, 255] },
    { name: "a negative number", pickle: "80024affffffff2e", value: -1 },
    {
      name: "a long number",
      pickle: "80028a080080e92f2e3969182e",
      value: 1_759_000_000_000_000_000,
    },
    {
      name: "a tuple",
      pickle: "800258010000003071005802000000706771018671022e",
      value: ["0", "pg"],
    },
  ])("reads $name", ({ pickle, value }) => {
    expect(parsePickle(hex(pickle))).toEqual({ kind: "read", value });
  });

  test.each([
    { name: "an imported name", pickle: "800263706f7369780a73797374656d0a71002e" },
    { name: "a call", pickle: "80025d5d522e" },
    { name: "a persistent id", pickle: "80025d512e" },
    { name: "an instance", pickle: "8002285d6f2e" },
    { name: "protocol 4's global", pickle: "80048c05706f736978948c0673797374656d9493942e" },
  ])("refuses $name", ({ pickle }) => {
    expect(parsePickle(hex(pickle))).toMatchObject({
      kind: "refused",
      reason: expect.stringMatching(/^opcode 0x[0-9a-f]+ is not allowed$/u),
    });
  });

  test("refuses a pickle that is cut off", () => {
    expect(parsePickle(hex("80027d"))).toEqual({
      kind: "refused",
      reason: "the pickle is cut off",
    });
  });

  test("never throws", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(["read", "refused"]).toContain(parsePickle(bytes).kind);
      }),
    );
  });
});
