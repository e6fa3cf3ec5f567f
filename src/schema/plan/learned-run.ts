import { z } from "zod";
import { planBases } from "./run-plan.ts";

const ratio = z.number().positive().optional();

/** A line of `plan-calibration.jsonl`: what one finished run says about its plan. */
export const learnedRun = z
  .strictObject({
    schemaVersion: z.literal(1),
    runId: z.string(),
    learnedOn: z.string().describe("Day: `2026-11-29`"),
    subject: z.string().describe("The benchmark or the model"),
    accelerator: z.string(),
    count: z.number().int().positive(),
    framework: z.string().optional().describe("Of the planned layout"),
    basis: z.enum(planBases),
    ratios: z
      .strictObject({ trainTime: ratio, stepTime: ratio, samples: ratio, start: ratio })
      .describe("Measured over what the planner alone predicted"),
  })
  .describe("What a finished run says about its plan");
export type LearnedRun = z.output<typeof learnedRun>;

/** Parts that plans learn from runs. */
export const learnedParts = ["trainTime", "stepTime", "samples", "start"] as const;
export type LearnedPart = (typeof learnedParts)[number];

/** The answer of `pitwall plan --calibrate`. */
export const calibrationAnswer = z.strictObject({
  /** The file of the runs, in the home. */
  path: z.string(),
  /** All runs that plans learn from now. */
  runs: z.array(learnedRun),
  /** Of the named runs, those that were learned from. */
  learned: z.array(z.string()),
  /** Of the named runs, those that say nothing about their plan, or only about some parts. */
  notLearned: z.array(z.strictObject({ runId: z.string(), reason: z.string() })),
  /** The factors that plans use now, for the accelerator, framework and subject of each run. */
  factors: z.array(
    z.strictObject({
      accelerator: z.string(),
      framework: z.string().optional(),
      subject: z.string(),
      trainTime: ratio,
      stepTime: ratio,
      samples: ratio,
      start: ratio,
      runCount: z.number().int().positive(),
    }),
  ),
});
export type CalibrationAnswer = z.output<typeof calibrationAnswer>;
