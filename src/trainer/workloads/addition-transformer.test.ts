import { beforeAll, describe, expect, test } from "vitest";
import { seededRandom } from "../../foundation/numbers/seeded-random.ts";
import { initialParameters } from "../replica.ts";
import { compileForward, type Forward, startTensorBackend } from "../tensor-backend.ts";
import { sumLength, tokenCount } from "./addition-sums.ts";
import { nextCharacterLogits, transformerParameters } from "./addition-transformer.ts";

const inputs = { tokens: { kind: "int32", shape: [1, sumLength] } } as const;
const weights = initialParameters(transformerParameters, 1);
let logitsOf: Forward<typeof inputs>;

beforeAll(async () => {
  await startTensorBackend();
  logitsOf = compileForward(
    { parameters: transformerParameters, inputs },
    (parameters, { tokens }) => nextCharacterLogits(parameters, tokens),
  );
});

describe("nextCharacterLogits", () => {
  test.each([...Array(sumLength).keys()])(
    "changing the character at position %i changes its own logits and none before it",
    (place) => {
      const tokens = randomTokens();
      const changed = tokens.with(place, ((tokens[place] ?? 0) + 5) % tokenCount);
      const before = logitsOf(weights, { tokens });
      const after = logitsOf(weights, { tokens: changed });
      const boundary = place * tokenCount;
      expect(after.subarray(0, boundary)).toEqual(before.subarray(0, boundary));
      const own = [boundary, boundary + tokenCount] as const;
      expect(after.subarray(...own)).not.toEqual(before.subarray(...own));
    },
  );

  test("depends on every earlier character at the last position", () => {
    const tokens = randomTokens();
    const last = (values: Float32Array) => values.subarray((sumLength - 1) * tokenCount);
    const before = last(logitsOf(weights, { tokens }));
    for (const place of tokens.keys()) {
      const changed = tokens.with(place, ((tokens[place] ?? 0) + 1) % tokenCount);
      expect(last(logitsOf(weights, { tokens: changed }))).not.toEqual(before);
    }
  });

  test("distinguishes the same characters in another order", () => {
    const tokens = randomTokens();
    const swapped = tokens.with(0, tokens[1] ?? 0).with(1, tokens[0] ?? 0);
    expect(swapped).not.toEqual(tokens);
    expect(logitsOf(weights, { tokens: swapped })).not.toEqual(logitsOf(weights, { tokens }));
  });

  test("starts close to a uniform prediction", () => {
    const logits = logitsOf(weights, { tokens: randomTokens() });
    expect(Math.max(...logits.map(Math.abs))).toBeLessThan(2.5);
  });
});

function randomTokens(): Int32Array {
  const random = seededRandom("tokens");
  return Int32Array.from({ length: sumLength }, () => random.below(tokenCount));
}
