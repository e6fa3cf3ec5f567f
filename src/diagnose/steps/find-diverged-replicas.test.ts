import { describe, expect, test } from "vitest";
import type { StepSample } from "../../schema/run/measured/telemetry-sample.ts";
import { findDivergedReplicas } from "./find-diverged-replicas.ts";

/** Checksums of each rank after steps 10, 20, …, one sample for each. */
function ranksWith(...checksums: readonly string[]): Map<number, StepSample[]> {
  return new Map(
    checksums.map((text, rank) => [
      rank,
      text.split("").map((checksum, index): StepSample => ({
        kind: "step",
        timeMs: index * 1000,
        rank,
        step: (index + 1) * 10,
        samplesCount: 0,
        stepCount: 10,
        computeMs: 1,
        communicationMs: 1,
        dataWaitMs: 1,
        parameterChecksums: checksum === "-" ? [] : [{ step: (index + 1) * 10, checksum }],
      })),
    ]),
  );
}

describe("findDivergedReplicas", () => {
  test.each([
    {
      name: "names the rank whose parameters differ from those of most",
      given: ["abcd", "abxy", "abcd"],
      expected: [{ ranks: [1], step: 30, lastEqualStep: 20 }],
    },
    {
      name: "names several ranks",
      given: ["abc", "aby", "abz", "abc", "abc"],
      expected: [{ ranks: [1, 2], step: 30 }],
    },
    {
      name: "names no rank if as many agree on the one as on the other",
      given: ["abc", "abz"],
      expected: [{ ranks: [], step: 30 }],
    },
    { name: "finds nothing in equal replicas", given: ["abc", "abc", "abc"], expected: [] },
    {
      name: "takes parameters that were never equal for parts of a divided model",
      given: ["abc", "def", "ghi"],
      expected: [],
    },
    {
      name: "waits for all ranks that were compared before",
      given: ["abc", "ab-", "abz"],
      expected: [],
    },
    { name: "finds nothing without checksums", given: ["---", "---"], expected: [] },
  ])("$name", ({ given, expected }) => {
    const found = findDivergedReplicas(ranksWith(...given));
    expect(found === undefined ? [] : [found]).toMatchObject(expected);
  });
});
