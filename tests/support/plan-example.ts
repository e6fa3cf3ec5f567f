import {
  choosePlan,
  searchPlan,
  type PlanOutcome,
  type PlanSpace,
  type PlanWishes,
} from "../../src/planner/search/plan-training.ts";
import { ownPrice } from "../../src/planner/search/price-offers.ts";
import type { Accelerator } from "../../src/schema/catalogue.ts";

export interface PlanRequest extends PlanSpace, PlanWishes {}

/** Plans a training: searches the space and chooses what meets the wishes. */
export function planTraining(request: PlanRequest): PlanOutcome {
  return choosePlan(searchPlan(request), request);
}

interface ExampleMachines {
  /** Samples per second of one accelerator, and dollars per hour; named `example-1`, `example-2`, … */
  machines: readonly (readonly [rate: number, usdPerHour: number])[];
  objective?: PlanRequest["objective"];
  limits?: PlanRequest["limits"];
  drawCount?: number;
  unpriced?: readonly string[];
}

const sampleCount = 1e7;

/** A plan over made-up machines of 1, 2, 4 or 8 accelerators, which scale with the power of 0.8 and hardly fail. */
export function planExample(example: ExampleMachines): PlanRequest {
  const { machines, objective = "balanced", limits = {}, drawCount = 500, unpriced = [] } = example;
  const rates = new Map(machines.map(([rate], index) => [nameOf(index), rate]));
  const origin = { source: "example", checkedOn: "2026-11-29", status: "assumed" } as const;
  return {
    machines: machines.map((_, index) => ({
      accelerator: acceleratorOf(nameOf(index)),
      counts: [1, 2, 4, 8],
    })),
    times: ({ name }, count) => ({
      kind: "estimates",
      estimates: [
        {
          basis: "model",
          trainMs: (1000 * sampleCount) / ((rates.get(name) ?? 1) * count ** 0.8),
          timeLogSpread: 0,
          seedLogSpread: 0,
          layout: { globalBatch: 64, source: "example" },
          limitedBy: "gemm",
        },
      ],
    }),
    prices: new Map(
      machines
        .map(([, usd], index) => [nameOf(index), [ownPrice(usd, "example")]] as const)
        .filter(([name]) => !unpriced.includes(name)),
    ),
    interruptions: {
      failures: [{ cluster: "example", interruptions: 1e-9, accelerators: 1, days: 1, ...origin }],
      restart: { minutes: 1, ...origin },
      checkpoint: {
        bytesPerParameter: 14,
        bytesPerSecondPerAccelerator: 1e9,
        minimumSeconds: 1,
        ...origin,
      },
      spot: [],
      spotReplacement: { minutes: 1, ...origin },
      start: { seconds: 0, secondsPerDoubling: 0, ...origin },
      evaluation: { fraction: 0, ...origin },
    },
    energy: {
      accelerator: {
        idleFraction: 0.1,
        busyFraction: 0.5,
        fractionPerMfu: 0.5,
        defaultFraction: 0.8,
        ...origin,
      },
      hosts: [{ prefix: "", wattsPerAccelerator: 100, source: "example", status: "assumed" }],
      network: { wattsPerGbps: 0.1, ...origin },
    },
    region: {
      region: "example",
      provider: "example",
      carbonKgPerKwh: 0.4,
      carbonSource: "example",
      pue: 1.2,
      pueSource: "example",
      checkedOn: "2026-11-29",
      status: "assumed",
    },
    queueMs: 0,
    limits,
    objective,
    seed: "1",
    drawCount,
  };
}

function nameOf(index: number): string {
  return `example-${index + 1}`;
}

function acceleratorOf(name: string): Accelerator {
  return {
    name,
    vendor: "example",
    year: 2026,
    peakFlopPerSecond: { bf16: 1e15 },
    memoryBytes: 80e9,
    memoryBytesPerSecond: 3e12,
    scaleUpCount: 8,
    networkBytesPerSecond: 50e9,
    powerLimitWatts: 700,
    aliases: [],
    status: "listed",
    source: "example",
  };
}
