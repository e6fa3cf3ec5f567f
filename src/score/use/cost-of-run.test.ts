import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cost, type Price } from "../../schema/run/request/price.ts";
import { costOfRun } from "./cost-of-run.ts";

const perNode: Price = { usdPerHour: 12, per: "node", source: "--price", date: "2026-01-12" };
const perAccelerator: Price = { ...perNode, usdPerHour: 2, per: "accelerator" };
const hourMs = 3_600_000;
const launchTarget = { kind: "local" } as const;

describe("costOfRun", () => {
  test.each([
    {
      name: "a price per node ignores accelerators",
      price: perNode,
      nodes: 2,
      accelerators: 8,
      unitCount: 2,
      billedUsd: 24,
    },
    {
      name: "a price per accelerator counts all of them",
      price: perAccelerator,
      nodes: 2,
      accelerators: 8,
      unitCount: 16,
      billedUsd: 32,
    },
    {
      name: "a node without accelerators counts as one",
      price: perAccelerator,
      nodes: 3,
      accelerators: 0,
      unitCount: 3,
      billedUsd: 6,
    },
  ])("$name", ({ price, nodes, accelerators, unitCount, billedUsd }) => {
    const system = { number_of_nodes: nodes, accelerators_per_node: accelerators };
    const result = costOfRun({
      billedMs: hourMs,
      trainingMs: hourMs / 2,
      price,
      launchTarget,
      system,
    });
    expect(result).toEqual({
      kind: "priced",
      billedUsd,
      trainingUsd: billedUsd / 2,
      price,
      unitCount,
    });
    expect(cost.safeParse(result).success).toBe(true);
  });

  test("bills idle spare nodes of a Slurm job like the others, and says what they cost", () => {
    const system = { number_of_nodes: 3, accelerators_per_node: 8 };
    const withSpare = {
      kind: "slurm",
      nodes: 3,
      spareNodes: 1,
      ranks: { perHost: 1, starter: "direct" },
    } as const;
    for (const { price, unitCount, billedUsd } of [
      { price: perNode, unitCount: 4, billedUsd: 48 },
      { price: perAccelerator, unitCount: 32, billedUsd: 64 },
    ])
      expect(
        costOfRun({
          billedMs: hourMs,
          trainingMs: undefined,
          price,
          launchTarget: withSpare,
          system,
        }),
      ).toEqual({ kind: "priced", billedUsd, spareUsd: billedUsd / 4, price, unitCount });
  });

  test("has no training cost if the clock never started", () => {
    const system = { number_of_nodes: 1, accelerators_per_node: 0 };
    const result = costOfRun({
      billedMs: 1000,
      trainingMs: undefined,
      price: perNode,
      launchTarget,
      system,
    });
    expect(result).not.toHaveProperty("trainingUsd");
  });

  test("reports a missing price", () => {
    const system = { number_of_nodes: 1, accelerators_per_node: 0 };
    expect(
      costOfRun({ billedMs: 1000, trainingMs: 500, price: undefined, launchTarget, system }),
    ).toMatchObject({
      kind: "unpriced",
    });
  });

  test("never costs more for training than for the whole run, or for one machine than for two", () => {
    const ms = fc.double({ min: 0, max: 1e12, noNaN: true });
    fc.assert(
      fc.property(
        ms,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 1, max: 1000 }),
        (billedMs, share, nodes) => {
          const bill = (count: number) =>
            costOfRun({
              billedMs,
              trainingMs: billedMs * share,
              price: perAccelerator,
              launchTarget,
              system: { number_of_nodes: count, accelerators_per_node: 8 },
            });
          const [one, two] = [bill(nodes), bill(nodes + 1)];
          if (one.kind !== "priced" || two.kind !== "priced") throw new Error("unpriced");
          expect(one.trainingUsd ?? 0).toBeLessThanOrEqual(one.billedUsd);
          expect(one.billedUsd).toBeLessThanOrEqual(two.billedUsd);
        },
      ),
    );
  });
});
