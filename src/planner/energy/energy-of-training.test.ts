import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planExample } from "../../../tests/support/plan-example.ts";
import { energyOfTraining } from "./energy-of-training.ts";

const { machines, energy: table, region } = planExample({ machines: [[1, 1]] });
const [machine] = machines;
if (machine === undefined) throw new Error("the example has a machine");
const { accelerator } = machine;
const day = { accelerator, acceleratorCount: 16, timeMs: 86_400_000, mfu: 0.4, region, table };

describe("energyOfTraining", () => {
  test("adds up its terms", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4096 }),
        fc.integer({ min: 1, max: 1e9 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (acceleratorCount, timeMs, mfu) => {
          const found = energyOfTraining({ ...day, acceleratorCount, timeMs, mfu });
          if (found === undefined) throw new Error("the power limit is known");
          const { kwh, acceleratorKwh, hostKwh, networkKwh, coolingKwh } = found;
          expect(acceleratorKwh + hostKwh + networkKwh + coolingKwh).toBeCloseTo(kwh, 6);
          expect(kwh).toBeGreaterThan(0);
        },
      ),
    );
  });

  test("takes the power limit at its utilization, for the whole time", () => {
    const watts = 700 * (0.1 + 0.9 * (0.5 + 0.5 * 0.4));
    expect(energyOfTraining(day)?.acceleratorKwh).toBeCloseTo((16 * 24 * watts) / 1000, 6);
  });

  test("has no network term within one scale-up domain", () => {
    expect(energyOfTraining({ ...day, acceleratorCount: 8 })?.networkKwh).toBe(0);
    expect(energyOfTraining(day)?.networkKwh).toBeGreaterThan(0);
  });

  test("is unknown without a power limit", () => {
    const { powerLimitWatts: _, ...unknown } = accelerator;
    expect(energyOfTraining({ ...day, accelerator: unknown })).toBeUndefined();
  });
});
