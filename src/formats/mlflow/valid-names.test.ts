import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { validNames } from "./valid-names.ts";

describe("validNames", () => {
  test.each([
    { name: "keeps valid names", given: ["val/acc", "a b-c.d"], expected: ["val/acc", "a b-c.d"] },
    { name: "replaces other characters", given: ["acc@5", "é:1"], expected: ["acc_5", "__1"] },
    { name: "never leaves the folder", given: ["../../x", "/etc"], expected: ["_/_/x", "etc"] },
    { name: "keeps names apart", given: ["acc@", "acc#"], expected: ["acc_", "acc__1"] },
    { name: "makes no file a folder", given: ["loss", "loss/a"], expected: ["loss", "loss__a"] },
  ])("$name", ({ given, expected }) => {
    expect([...validNames(given).values()]).toEqual(expected);
  });

  test("gives valid and different names for any text", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ unit: "binary" })), (names) => {
        const valid = [...validNames(names).values()];
        expect(new Set(valid).size).toBe(names.length);
        for (const name of valid) expect(name).toMatch(/^[\w.\- ]+(?:\/[\w.\- ]+)*$/u);
      }),
    );
  });
});
