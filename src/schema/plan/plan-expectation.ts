import { z } from "zod";
import { appliedCalibration } from "./applied-calibration.ts";
import { planBases, plannedEnergy, plannedLayout, plannedPrice } from "./run-plan.ts";
import { stepParts } from "./step-prediction.ts";

const amount = z.number().nonnegative();
const fraction = z.number().min(0).max(1);

/** A predicted amount: the median, and the 10th and 90th percentile where a spread is known. */
export const expectedAmount = z.strictObject({
  p10: amount.optional(),
  p50: amount,
  p90: amount.optional(),
});
export type ExpectedAmount = z.output<typeof expectedAmount>;

/** The `plan` section of a workload file, which the record of a run keeps: what a plan expects of it. */
export const planExpectation = z
  .strictObject({
    goal: z.string().describe("What is trained: `llama31-8b on 100 B tokens`"),
    subject: z.string().describe("The benchmark or the model; calibration is learned by it"),
    plannedOn: z.string().describe("Day of the plan: `2026-11-29`"),
    accelerator: z.string().describe("Name in the catalog"),
    count: z.number().int().positive().describe("Number of accelerators"),
    basis: z
      .enum(planBases)
      .describe("What the time is based on: published results of the benchmark, or the model"),
    trainMs: expectedAmount.describe(
      "Time to train, from the start of the clock to the target, with interruptions and checkpoints",
    ),
    timeMs: expectedAmount.describe("From the request to the end: with initialization and queue"),
    startMs: expectedAmount.describe("Initialization and compilation before the training"),
    queueMs: amount.optional().describe("Waiting for the machine"),
    evaluationMs: expectedAmount.optional().describe("Part of `trainMs` that evaluations take"),
    stepTimeMs: expectedAmount.optional().describe("Time of one step, without evaluations"),
    breakdown: stepParts.optional().describe("Where the time of a step goes"),
    samples: expectedAmount
      .extend({ basis: z.string() })
      .optional()
      .describe("Training samples to the target"),
    usd: expectedAmount.optional().describe("Cost in US dollars"),
    energyKwh: expectedAmount.optional().describe("Energy, cooling included"),
    energy: plannedEnergy.optional().describe("Energy by term, at the expected time"),
    goodput: fraction.optional().describe("Share of the paid time that trains"),
    price: plannedPrice.optional(),
    layout: plannedLayout.optional(),
    evidence: z.string().optional().describe("The published measurement that is closest"),
    calibration: appliedCalibration.optional(),
  })
  .describe("What a plan expects of the run");
export type PlanExpectation = z.output<typeof planExpectation>;
