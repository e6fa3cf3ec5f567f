import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planExample, planTraining } from "../../../tests/support/plan-example.ts";
import { dominates } from "./pareto-archive.ts";
import { choosePlan, searchPlan } from "./plan-training.ts";

function values(offer: {
  timeMs: { p50: number | null };
  usd?: { p50: number | null } | undefined;
  energy?: { kwh: number } | undefined;
}): number[] {
  return [offer.timeMs.p50, offer.usd?.p50, offer.energy?.kwh].map(
    (one) => one ?? Number.POSITIVE_INFINITY,
  );
}

describe("planTraining", () => {
  test("offers nothing that another offer dominates", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 10, max: 999 }), fc.integer({ min: 1, max: 99 })), {
          minLength: 1,
          maxLength: 5,
        }),
        (machines) => {
          const outcome = planTraining(planExample({ machines, drawCount: 200 }));
          if (outcome.kind !== "planned") throw new Error(outcome.kind);
          // Without any spread, the medians of the draws are the expected values.
          for (const one of outcome.front)
            for (const other of outcome.front) {
              const [a, b] = [values(one), values(other)].map((all) =>
                all.map((value) => Number(value.toPrecision(6))),
              );
              expect(dominates(a ?? [], b ?? [])).toBe(false);
            }
        },
      ),
    );
  });

  test("finds the cheapest, the fastest and the least energy that brute force finds", () => {
    const machines = [
      [100, 2],
      [150, 4],
      [400, 9],
    ] as const;
    const request = planExample({ machines, drawCount: 200 });
    const outcome = planTraining(request);
    if (outcome.kind !== "planned") throw new Error(outcome.kind);
    const all = machines.flatMap(([rate, usd], index) =>
      [1, 2, 4, 8].map((count) => {
        const machine = request.machines[index];
        if (machine === undefined) throw new Error("a machine is missing");
        const answer = request.times(machine.accelerator, count);
        const trainMs = answer.kind === "estimates" ? (answer.estimates[0]?.trainMs ?? 0) : 0;
        return { trainMs, usd: (trainMs / 3_600_000) * usd * count, rate };
      }),
    );
    const fastest = Math.min(...all.map(({ trainMs }) => trainMs));
    const cheapest = Math.min(...all.map(({ usd }) => usd));
    expect(Math.min(...outcome.front.map(({ trainMs }) => trainMs))).toBe(fastest);
    const found = Math.min(...outcome.front.map(({ usd }) => usd?.p50 ?? Number.NaN));
    expect(found / cheapest).toBeCloseTo(1, 1);
    expect(outcome.consideredCount).toBe(all.length);
  });

  test.each([
    { name: "recommends the fastest", objective: "time", expected: 8 },
    { name: "recommends the cheapest", objective: "cost", expected: 1 },
    { name: "weighs time against cost", objective: "balanced", expected: 8 },
  ] as const)("$name", ({ objective, expected }) => {
    const outcome = planTraining(planExample({ machines: [[100, 2]], objective }));
    if (outcome.kind !== "planned") throw new Error(outcome.kind);
    expect(outcome.front[outcome.recommended]?.count).toBe(expected);
  });

  test.each([
    {
      name: "names the cheapest where the budget is too small",
      limits: { budgetUsd: 0.001 },
      expected: "over-budget",
    },
    {
      name: "names the fastest where the deadline is too early",
      limits: { deadlineMs: 1 },
      expected: "after-deadline",
    },
    {
      name: "names the least where the energy is too small",
      limits: { maxEnergyKwh: 1e-6 },
      expected: "over-energy",
    },
  ])("$name", ({ limits, expected }) => {
    expect(planTraining(planExample({ machines: [[100, 2]], limits })).kind).toBe(expected);
  });

  test("says that limits cannot be met together, with the closest offers", () => {
    const machines = [[100, 2]] as const;
    const outcome = planTraining(planExample({ machines }));
    if (outcome.kind !== "planned") throw new Error(outcome.kind);
    const [fastest, cheapest] = [outcome.front[0], outcome.front.at(-1)];
    const limits = {
      deadlineMs: (fastest?.timeMs.p50 ?? 0) * 1.1,
      budgetUsd: (cheapest?.usd?.p50 ?? 0) * 1.01,
    };
    expect(planTraining(planExample({ machines, limits }))).toMatchObject({
      kind: "not-together",
      cheapestInTime: { count: 8 },
      fastestInBudget: { count: 1 },
    });
  });

  test("says which accelerators have no price and which lose to which", () => {
    const outcome = planTraining(
      planExample({
        machines: [
          [100, 2],
          [50, 4],
        ],
        unpriced: ["example-2"],
      }),
    );
    if (outcome.kind !== "planned") throw new Error(outcome.kind);
    expect(outcome.losses).toMatchObject([{ accelerator: "example-2", reason: "no-price" }]);
    const beaten = planTraining(
      planExample({
        machines: [
          [100, 2],
          [50, 4],
        ],
      }),
    );
    if (beaten.kind !== "planned") throw new Error(beaten.kind);
    expect(beaten.losses).toMatchObject([{ accelerator: "example-2", reason: "dominated" }]);
    expect(beaten.losses[0]?.text).toMatch(/2\.00x the time.* of \d example-1/u);
  });

  test("leaves out machines of unknown energy under a limit of energy, and says so", () => {
    const request = planExample({ machines: [[100, 2]], limits: { maxEnergyKwh: 1e9 } });
    const machines = request.machines.map(({ accelerator, counts }) => {
      const { powerLimitWatts: _, ...rest } = accelerator;
      return { accelerator: rest, counts };
    });
    expect(planTraining(request).kind).toBe("planned");
    expect(planTraining({ ...request, machines })).toMatchObject({
      kind: "nothing",
      losses: machines.map(({ accelerator }) => ({
        accelerator: accelerator.name,
        reason: "no-power-limit",
      })),
    });
  });

  test("gives the same plan for the same seed", () => {
    const request = planExample({
      machines: [
        [100, 2],
        [50, 1],
      ],
    });
    expect(planTraining(request)).toEqual(planTraining(request));
  });

  test("gives the same plans from one search as from a search for each limit", () => {
    const machines = [
      [100, 2],
      [50, 1],
    ] as const;
    const searched = searchPlan(planExample({ machines }));
    for (const budgetUsd of [undefined, 80, 60, 1]) {
      const request = planExample({ machines, limits: { budgetUsd } });
      expect(choosePlan(searched, request)).toEqual(planTraining(request));
    }
  });
});
