import { describe, expect, test } from "vitest";
import type { EnergyReading } from "../../schema/run/measured/energy.ts";
import { leadingEnergy } from "./leading-energy.ts";

const cpu: EnergyReading = {
  kind: "estimated",
  joules: 84,
  formula: "a",
  covers: "processors",
  intervalMs: 10,
};
const memory: EnergyReading = { ...cpu, joules: 397, formula: "b", covers: "memory" };
const gpus: EnergyReading = {
  kind: "measured",
  joules: 1000,
  meter: "nvml",
  covers: "2 GPUs",
  intervalMs: 9,
};

describe("leadingEnergy", () => {
  test.each([
    { name: "has no energy without readings", readings: [], expected: undefined },
    {
      name: "adds up all estimates",
      readings: [cpu, memory],
      expected: { ...cpu, joules: 481, formula: "a; b", covers: "processors; memory" },
    },
    {
      name: "prefers meters, and never adds an estimate to them",
      readings: [cpu, gpus, memory],
      expected: gpus,
    },
    {
      name: "adds up all meters",
      readings: [gpus, { ...gpus, joules: 500, meter: "rapl", covers: "processors" }],
      expected: { ...gpus, joules: 1500, meter: "nvml; rapl", covers: "2 GPUs; processors" },
    },
  ])("$name", ({ readings, expected }) => {
    expect(leadingEnergy(readings)).toEqual(expected);
  });
});
