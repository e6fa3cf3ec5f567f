import { z } from "zod";
import { raceReport } from "../run/race/race-report.ts";

/** GET /api/races: the newest first. GET /api/races/stream sends it as the event `races`, again after each change. */
export const raceListDocument = z.object({ races: z.array(raceReport) });
export type RaceListDocument = z.output<typeof raceListDocument>;

/** The quality of one run over its clock, at most 200 points. */
export const raceCurve = z.object({
  runId: z.string(),
  arm: z.number().int().positive(),
  /** Milliseconds since run_start. */
  clockMs: z.array(z.number()),
  value: z.array(z.number()),
});
export type RaceCurve = z.output<typeof raceCurve>;

/** GET /api/races/:id. GET /api/races/:id/stream sends it as the event `race`, again after each change. */
export const raceDocument = z.object({ report: raceReport, curves: z.array(raceCurve) });
export type RaceDocument = z.output<typeof raceDocument>;
