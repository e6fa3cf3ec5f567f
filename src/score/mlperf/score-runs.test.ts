import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UserError } from "../../foundation/errors/user-error.ts";
import type { RunEnergy } from "../../schema/logs/submission.ts";
import { type RunToScore, samplesToConverge, scoreRuns } from "./score-runs.ts";

const minute = 60_000;

/** Creates runs from minutes; `undefined` is a run that did not converge. */
function runs(...minutes: (number | undefined)[]): RunToScore[] {
  return minutes.map((value, index) => ({
    runId: `result_${index}.txt`,
    timeToTrainMs: (value ?? 999) * minute,
    failure: value === undefined ? { kind: "not-converged", status: "aborted" } : undefined,
  }));
}

function fatesOf(scored: ReturnType<typeof scoreRuns>): string {
  return scored.runs.map(({ fate }) => fate.kind).join(" ");
}

describe("scoreRuns", () => {
  test.each([
    {
      name: "the score of three runs is the median",
      benchmark: "llama31_405b",
      minutes: [5, 1, 3],
      score: 3,
      fates: "slowest fastest counted",
    },
    {
      name: "the score of five runs uses the middle three",
      benchmark: "retinanet",
      minutes: [1, 2, 3, 4, 9],
      score: 3,
      fates: "fastest counted counted counted slowest",
    },
    {
      name: "a failed run ranks as slowest",
      benchmark: "retinanet",
      minutes: [2, undefined, 4, 3, 1],
      score: 3,
      fates: "counted failed counted counted fastest",
    },
  ])("$name", ({ benchmark, minutes, score, fates }) => {
    const scored = scoreRuns(runs(...minutes), { benchmark, edition: "training-5.0" });
    expect(scored.score).toMatchObject({ kind: "scored", scoreMs: score * minute });
    expect(fatesOf(scored)).toBe(fates);
  });

  test("unet3d drops four runs at each end and matches NVIDIA's published 768 H100 result of round 3.1", () => {
    const minutes = [
      0.79738,
      0.62165,
      0.87682,
      0.70493,
      undefined,
      0.59457,
      0.90463,
      undefined,
      0.93603,
      0.76328,
      0.54583,
      0.64335,
      0.72465,
      0.6585,
      0.73808,
      0.6814,
      1.06723,
      0.55,
      0.79422,
      0.65373,
      1.00402,
      0.8201,
      0.68468,
      0.6009,
      0.59548,
      1.29312,
      0.59972,
      undefined,
      0.63148,
      0.52,
      0.71007,
      1.00065,
      0.68675,
      0.64933,
      0.96835,
      1.08552,
      0.63638,
      0.5986,
      undefined,
      0.58743,
    ];
    const { score } = scoreRuns(runs(...minutes), { benchmark: "unet3d", edition: "training-3.1" });
    if (score.kind !== "scored") throw new Error(score.kind);
    // The four failed runs rank as the four slowest. The times above have five decimals.
    expect(score.scoreMs / minute).toBeCloseTo(0.772676, 5);
    expect(score.countedRuns).toBe(32);
    expect(score.spread).toMatchObject({ count: 36, maximum: 1.29312 * minute });
  });

  test.each([
    {
      name: "two failed runs if the limit is one",
      benchmark: "retinanet",
      minutes: [1, undefined, undefined, 2, 3],
      expected: { kind: "too-many-failed", failed: 2, allowed: 1 },
    },
    {
      name: "two runs",
      benchmark: "retinanet",
      minutes: [1, 2],
      expected: { kind: "too-few-runs", have: 2, need: 3 },
    },
    {
      name: "eight runs of unet3d",
      benchmark: "unet3d",
      minutes: [1, 2, 3, 4, 5, 6, 7, 8],
      expected: { kind: "too-few-runs", have: 8, need: 9 },
    },
    {
      name: "no runs",
      benchmark: "bert",
      minutes: [],
      expected: { kind: "too-few-runs", have: 0, need: 3 },
    },
  ])("has no score for $name", ({ benchmark, minutes, expected }) => {
    expect(scoreRuns(runs(...minutes), { benchmark, edition: "training-3.1" }).score).toEqual(
      expected,
    );
  });

  test("a run without start and stop times fails", () => {
    const [first, ...rest] = runs(1, 2, 3);
    const scored = scoreRuns([{ runId: first?.runId ?? "", timeToTrainMs: undefined }, ...rest], {
      benchmark: "gpt3",
      edition: "training-3.0",
    });
    expect(scored.runs[0]?.fate).toEqual({ kind: "failed", failure: { kind: "no-clock" } });
  });

  test("ncf in round 0.5 uses the first 50 converged runs, regardless of the number of failures", () => {
    const minutes = Array.from({ length: 100 }, (_, index) =>
      index % 3 === 0 ? undefined : index,
    );
    const scored = scoreRuns(runs(...minutes), { benchmark: "ncf", edition: "training-0.5" });
    const kinds = scored.runs.map(({ fate }) => fate.kind);
    expect(kinds.filter((kind) => kind === "counted")).toHaveLength(48);
    expect(kinds.filter((kind) => kind === "failed")).toHaveLength(34);
    expect(kinds.filter((kind) => kind === "not-needed")).toHaveLength(16);
    expect(scored.score.kind).toBe("scored");
  });

  test("the scaling factor applies to time and energy, but not to the spread", () => {
    const energy = (joules: number): RunEnergy => ({
      kind: "measured",
      joules,
      inRunJoules: undefined,
      switchJoules: 0,
      readingIntervalMs: 1000,
      metersEndedByLastReading: 0,
    });
    const measured = runs(1, 2, 3).map((run, index) =>
      Object.assign(run, { energy: energy(100 * (index + 1)) }),
    );
    const scored = scoreRuns(measured, {
      benchmark: "gpt3",
      edition: "training-3.0",
      scalingFactor: 1.5,
    });
    expect(scored.score).toMatchObject({
      scoreMs: 3 * minute,
      unscaledMs: 2 * minute,
      spread: { mean: 2 * minute },
    });
    expect(scored.energy).toMatchObject({ kind: "measured", joules: 300, spread: { mean: 200 } });
  });

  test("energy drops the runs dropped by time, not those with the highest energy", () => {
    const joules = [500, 10, 700];
    const measured = runs(1, 2, 3).map((run, index) =>
      Object.assign(run, {
        energy: {
          kind: "measured" as const,
          joules: joules[index] ?? 0,
          inRunJoules: undefined,
          switchJoules: 0,
          readingIntervalMs: 1000,
          metersEndedByLastReading: 1,
        },
      }),
    );
    const { energy } = scoreRuns(measured, { benchmark: "gpt3", edition: "training-4.0" });
    expect(energy).toMatchObject({ kind: "measured", joules: 10, runsEndedByLastReading: 1 });
  });

  test("energy is not scored if a counted run has no power logs", () => {
    const [first, second, third] = runs(1, 2, 3);
    if (first === undefined || second === undefined || third === undefined) throw new Error();
    const measured: RunToScore[] = [
      {
        ...first,
        energy: {
          kind: "measured",
          joules: 1,
          inRunJoules: undefined,
          switchJoules: 0,
          readingIntervalMs: 1000,
          metersEndedByLastReading: 0,
        },
      },
      { ...second, energy: { kind: "not-computable", reason: "no-node-log" } },
      third,
    ];
    expect(scoreRuns(measured, { benchmark: "gpt3", edition: "training-4.0" }).energy).toEqual({
      kind: "not-scored",
      reason: "no-node-log",
    });
  });

  test("an unknown benchmark throws an error that suggests the nearest name", () => {
    const call = () =>
      scoreRuns(runs(1, 2, 3), { benchmark: "retinanett", edition: "training-5.0" });
    expect(call).toThrow(UserError);
    expect(call).toThrow(
      expect.objectContaining({ code: "benchmark-unknown", hint: "did you mean `retinanet`?" }),
    );
  });

  test("the order of the runs does not matter", () => {
    const anyRuns = fc.array(fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined }), {
      maxLength: 15,
    });
    fc.assert(
      fc.property(anyRuns, fc.constantFrom("bert", "unet3d"), (minutes, benchmark) => {
        const options = { benchmark, edition: "training-3.1" };
        const forward = scoreRuns(runs(...minutes), options);
        const backward = scoreRuns(runs(...minutes).toReversed(), options);
        expect(summaryOf(backward)).toEqual(summaryOf(forward));
      }),
    );
  });
});

/** Floating-point sums can differ in the last bit if the order of addition changes. */
function summaryOf({ score, runs: rows }: ReturnType<typeof scoreRuns>) {
  const kinds = rows.map(({ fate }) => fate.kind).toSorted();
  return score.kind === "scored" ? [score.scoreMs.toFixed(3), ...kinds] : [score, ...kinds];
}

describe("samplesToConverge", () => {
  test("drops the minimum and maximum, and ranks an unconverged run as the maximum", () => {
    expect(samplesToConverge([5, 1, 3, 2, 9])).toBeCloseTo(10 / 3, 12);
    expect(samplesToConverge([5, undefined, 3, 2, 1])).toBeCloseTo(10 / 3, 12);
  });
  test("is undefined with two unconverged runs or with only two runs", () => {
    expect(samplesToConverge([1, undefined, 3, undefined])).toBeUndefined();
    expect(samplesToConverge([1, 2])).toBeUndefined();
  });
});
