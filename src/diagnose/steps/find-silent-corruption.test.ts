import { describe, expect, test } from "vitest";
import type { StepSample, VerifiedStep } from "../../schema/run/measured/telemetry-sample.ts";
import { findSilentCorruption } from "./find-silent-corruption.ts";

/** `=` equal, `t` and `p` transient and persistent in the computation, `r` received, `u` unknown where, `-` not verified. */
const resultsByLetter: Record<string, Omit<VerifiedStep, "step"> | undefined> = {
  "=": { outcome: "equal" },
  t: { outcome: "transient", where: "computation" },
  p: { outcome: "persistent", where: "computation" },
  r: { outcome: "transient", where: "after-exchange" },
  u: { outcome: "transient", where: "unknown" },
};

/** What each rank found in steps 10, 20, …, one letter for each. */
function ranksWith(...results: readonly string[]): Map<number, StepSample[]> {
  return new Map(
    results.map((text, rank) => [
      rank,
      text.split("").map((letter, index): StepSample => {
        const step = (index + 1) * 10;
        const found = resultsByLetter[letter];
        return {
          kind: "step",
          timeMs: index * 1000,
          rank,
          step,
          samplesCount: 0,
          stepCount: 10,
          computeMs: 1,
          communicationMs: 1,
          dataWaitMs: 1,
          verifiedSteps: found === undefined ? [] : [{ step, ...found }],
        };
      }),
    ]),
  );
}

describe("findSilentCorruption", () => {
  test.each([
    {
      name: "names the rank that computed a wrong gradient, not those that received it",
      given: ["===r=", "===t=", "===r=", "===r="],
      found: { ranks: [1], how: "transient", step: 40, equalSteps: 3, likelihood: 0.95 },
    },
    {
      name: "names one of two ranks whose computation differs each time",
      given: ["rrr", "ppp"],
      found: { ranks: [1], how: "persistent", step: 10, equalSteps: 0, likelihood: 0.7 },
    },
    {
      name: "names the only rank that received something else",
      given: ["====", "====", "===r"],
      found: { ranks: [2], how: "transient", step: 40 },
    },
    {
      name: "names no rank if all differ and nothing shows what each one sent",
      given: ["===u", "===u", "===u"],
      found: { ranks: [], how: "transient", step: 40, likelihood: 0.7 },
    },
    {
      name: "names a single rank after three steps with equal results",
      given: ["===p"],
      found: { ranks: [0], how: "persistent", equalSteps: 3, likelihood: 0.95 },
    },
    {
      name: "collects the ranks of later steps",
      given: ["====", "===t", "==t=", "====", "====", "===="],
      found: { ranks: [1, 2], step: 30 },
    },
  ])("$name", ({ given, found }) => {
    expect(findSilentCorruption(ranksWith(...given)).cause).toMatchObject(found);
  });

  test.each([
    { name: "all ranks differ from the first step on", given: ["pp", "pp", "pp"] },
    { name: "most ranks differ at some step", given: ["t=p=", "=t=t", "==t="] },
    {
      name: "a single rank differs before the program was seen to be deterministic",
      given: ["=p"],
    },
    { name: "both of two ranks differ", given: ["tp", "pt"] },
  ])("blames no hardware and calls the program not deterministic if $name", ({ given }) => {
    expect(findSilentCorruption(ranksWith(...given))).toEqual({ isDeterministic: false });
  });

  test("calls a program deterministic after three steps with equal results, not earlier", () => {
    expect(findSilentCorruption(ranksWith("===", "==="))).toEqual({ isDeterministic: true });
    expect(findSilentCorruption(ranksWith("==", "=="))).toEqual({});
    expect(findSilentCorruption(ranksWith("---", "---"))).toEqual({});
  });
});
