import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seededRandom, type SeededRandom } from "../../foundation/numbers/seeded-random.ts";
import { compareArms, type RunPair } from "./compare-arms.ts";

function pairsOf(first: readonly number[], other: readonly (number | undefined)[]): RunPair[] {
  return first.map((firstMs, index) => ({ firstMs, otherMs: other[index] }));
}

describe("compareArms", () => {
  test("calls an arm faster whose runs are faster with every seed", () => {
    const compared = compareArms(
      pairsOf([100, 120, 90, 110, 105, 95, 99], [50, 61, 44, 55, 53, 48, 50]),
    );
    expect(compared.verdict).toEqual({ kind: "faster" });
    expect(compared.ratio).toBeCloseTo(0.5, 1);
    expect(compared.interval?.high).toBeLessThan(1);
    // Of 128 assignments of signs, two are as extreme.
    expect(compared.test?.pValue).toBe(2 / 128);
  });

  test("needs six pairs, however different the arms are", () => {
    const five = compareArms(pairsOf([100, 120, 90, 110, 105], [10, 12, 9, 11, 10]));
    expect(five.verdict).toEqual({ kind: "too-few-runs", moreRuns: 1 });
    expect(five.interval).toBeUndefined();
    expect(five.lowestPair).toBeCloseTo(10 / 105, 9);
    expect(compareArms(pairsOf([100], [10])).verdict).toEqual({
      kind: "too-few-runs",
      moreRuns: 5,
    });
  });

  test("is undecided where the interval holds 1, and estimates how many more runs would decide", () => {
    const compared = compareArms(
      pairsOf([100, 100, 100, 100, 100, 100], [80, 125, 90, 120, 85, 82]),
    );
    expect(compared.interval?.low).toBeLessThan(1);
    expect(compared.interval?.high).toBeGreaterThan(1);
    expect(compared.verdict.kind).toBe("too-few-runs");
  });

  test("says that equal arms show no difference", () => {
    const times = [100, 101, 99, 100, 102, 98];
    expect(compareArms(pairsOf(times, times))).toMatchObject({
      ratio: 1,
      verdict: { kind: "no-difference-seen" },
    });
  });

  test("counts a run that missed as slower than all", () => {
    const misses = Array.from({ length: 8 }, () => undefined);
    const compared = compareArms(pairsOf([100, 101, 99, 100, 98, 103, 100, 97], misses));
    expect(compared.verdict).toEqual({ kind: "slower" });
    // An infinite ratio is absent.
    expect(compared.ratio).toBeUndefined();
    expect(compared.estimator).toBe("median");
    const back = compareArms(
      [100, 101, 99, 100, 98, 103].map((otherMs) => ({ firstMs: undefined, otherMs })),
    );
    expect(back).toMatchObject({ ratio: 0, verdict: { kind: "faster" } });
  });

  test("takes the median of the pairs where one run missed", () => {
    const mixed = compareArms(pairsOf([100, 100, 100], [90, 91, undefined]));
    expect(mixed).toMatchObject({ estimator: "median", pairCount: 3 });
    expect(mixed.ratio).toBeCloseTo(0.91);
    const opposite = compareArms([
      { firstMs: 100, otherMs: undefined },
      { firstMs: undefined, otherMs: 100 },
    ]);
    expect(opposite.ratio).toBe(1);
  });

  test("leaves out pairs in which both runs missed", () => {
    const both = { firstMs: undefined, otherMs: undefined };
    expect(compareArms([both, { firstMs: 100, otherMs: 50 }]).pairCount).toBe(1);
    expect(compareArms([both])).toEqual({ pairCount: 0, verdict: { kind: "nothing-to-compare" } });
  });

  test("gives the inverse ratio when the arms change places", () => {
    const time = fc.option(fc.double({ min: 1, max: 1e6, noNaN: true }), { nil: undefined });
    const times = fc.array(fc.tuple(time, time), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(times, (rows) => {
        const there = compareArms(rows.map(([firstMs, otherMs]) => ({ firstMs, otherMs })));
        const back = compareArms(rows.map(([otherMs, firstMs]) => ({ firstMs, otherMs })));
        const [log, inverse] = [there, back].map(({ ratio = Infinity }) => Math.log(ratio));
        expect(log).toBeCloseTo(-(inverse ?? 0), 6);
        expect(there.test?.pValue).toBe(back.test?.pValue);
        expect(there.pairCount).toBe(back.pairCount);
      }),
      { numRuns: 20 },
    );
  });
});

/** Log ratios of simulated races, with a true center of zero. */
const shapes: Readonly<Record<string, (random: SeededRandom) => number>> = {
  normal: (random) => 0.2 * random.normal(),
  "times in steps of an evaluation interval": (random) => 0.1 * Math.round(2 * random.normal()),
  "long tails": (random) =>
    random.uniform() < 0.9 ? 0.1 * random.normal() : 0.6 * random.normal(),
  // Each time is lognormal or exponential: the difference of two Gumbel variables.
  "skewed times": (random) =>
    0.2 * (Math.log(-Math.log(1 - random.uniform())) - Math.log(-Math.log(1 - random.uniform()))),
};

function options(seed: number, resampleCount = 1000) {
  return { seed, resampleCount };
}

const trueRatio = 1.25;

describe("the 95 % interval, in 2,000 simulated races", () => {
  const raceCount = 2000;
  const cases = Object.entries(shapes).flatMap(([shape, draw]) =>
    [6, 8, 10, 20].map((pairCount) => ({ name: `${shape}, ${pairCount} pairs`, draw, pairCount })),
  );
  const covered = new Map(cases.map(({ name }) => [name, 0]));
  let wrongCount = 0;
  const random = seededRandom("coverage");
  for (let race = 0; race < raceCount; race++) {
    const { name, draw, pairCount } = cases[race % cases.length] ?? {
      name: "",
      draw: () => 0,
      pairCount: 6,
    };
    const compared = compareArms(simulatedPairs(draw, pairCount, random), options(race));
    const { low = Infinity, high = Infinity } = compared.interval ?? {};
    if (low <= trueRatio && high >= trueRatio) covered.set(name, (covered.get(name) ?? 0) + 1);
    if (compared.verdict.kind === "faster") wrongCount += 1;
  }

  test("covers the true ratio in 93 to 97 % of all races", () => {
    const total = [...covered.values()].reduce((sum, count) => sum + count, 0);
    expect(total / raceCount).toBeGreaterThan(0.93);
    expect(total / raceCount).toBeLessThan(0.97);
  });

  // Of 125 races, 95 % are 118.8 with a standard deviation of 2.4.
  test.each(cases)("covers it in most races: $name", ({ name }) => {
    expect(covered.get(name)).toBeGreaterThan(110);
  });

  test("rarely calls the slower arm faster", () => {
    expect(wrongCount / raceCount).toBeLessThan(0.035);
  });

  test("rarely calls one of two equal arms faster or slower", () => {
    const equal = seededRandom("equal arms");
    let decided = 0;
    for (let race = 0; race < 600; race++) {
      const pairs = simulatedPairs(shapes["normal"] ?? (() => 0), 8, equal, 0);
      const { kind } = compareArms(pairs, options(race)).verdict;
      if (kind === "faster" || kind === "slower") decided += 1;
    }
    expect(decided / 600).toBeGreaterThan(0.03);
    expect(decided / 600).toBeLessThan(0.07);
  });

  test.each([6, 7, 12])("covers the true median where runs miss, with %d pairs", (pairCount) => {
    const missing = seededRandom("missed runs");
    let count = 0;
    for (let race = 0; race < 300; race++) {
      const pairs = Array.from({ length: pairCount }, () => ({
        firstMs: 1000,
        // One of ten runs misses, which moves the median of the ratio by the same share of ranks.
        otherMs: missing.uniform() < 0.1 ? undefined : 1000 * Math.exp(0.2 * missing.normal()),
      }));
      const { interval, estimator } = compareArms(pairs, options(race));
      // The 50th of 100 ranks is the 55.6th percentile of the runs that reach: 0.1397 standard deviations up.
      const truth = estimator === "median" ? Math.exp(0.2 * 0.1397) : 1;
      if ((interval?.low ?? 0) <= truth && (interval?.high ?? Infinity) >= truth) count += 1;
    }
    expect(count / 300).toBeGreaterThan(0.93);
    expect(count / 300).toBeLessThan(0.98);
  });
});

describe("the estimate of more runs", () => {
  test.each([
    { ratio: 1.1, spread: 0.15 },
    { ratio: 1.3, spread: 0.4 },
  ])("decides about 80 % of races: ratio $ratio, spread $spread", ({ ratio, spread }) => {
    const center = Math.log(ratio);
    // Six pairs with exactly this ratio and spread.
    const unit = Math.sqrt(6 / 5);
    const logs = [1, 1, 1, -1, -1, -1].map((sign) => center + (sign * spread) / unit);
    const { verdict } = compareArms(pairsOfLogs(logs));
    if (verdict.kind !== "too-few-runs") throw new Error(verdict.kind);
    const random = seededRandom("power");
    let decided = 0;
    for (let race = 0; race < 300; race++) {
      const draw = (source: SeededRandom): number => spread * source.normal();
      const pairs = simulatedPairs(draw, 6 + verdict.moreRuns, random, center);
      if (compareArms(pairs, options(race, 500)).verdict.kind === "slower") decided += 1;
    }
    expect(decided / 300).toBeGreaterThan(0.73);
    expect(decided / 300).toBeLessThan(0.87);
  });
});

function simulatedPairs(
  draw: (random: SeededRandom) => number,
  pairCount: number,
  random: SeededRandom,
  shift = Math.log(trueRatio),
): RunPair[] {
  return pairsOfLogs(Array.from({ length: pairCount }, () => shift + draw(random)));
}

function pairsOfLogs(logs: readonly number[]): RunPair[] {
  return logs.map((log) => ({ firstMs: 1000, otherMs: 1000 * Math.exp(log) }));
}
