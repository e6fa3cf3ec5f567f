import { z } from "zod";

const ratio = z.number().positive();
const range = z.strictObject({ low: ratio, high: ratio, points: z.number().int().nonnegative() });

/** What was fitted to published results for one model of layers. */
export const layerModelFit = z.strictObject({
  /** `resnet-50`. */
  model: z.string(),
  /** Of MLPerf Training: `resnet`. */
  benchmark: z.string(),
  /** Share of the roofline that is reached on each accelerator. */
  efficiencies: z.record(
    z.string(),
    z.strictObject({ value: ratio, points: z.number().int().positive() }),
  ),
  /** The median of `efficiencies`, for accelerators without results. */
  usualEfficiency: ratio,
  /** Rows of a matrix product, batch included, that reach half of the efficiency. */
  halfRows: z.number().nonnegative(),
  /** Share of the gradient exchange that nothing hides. */
  exposedExchange: z.number().min(0).max(1),
  /** Per step: launches and synchronization. */
  hostMs: z.number().nonnegative(),
  /** Slowdown for each doubling of the accelerators. */
  straggling: z.number().nonnegative(),
  /** Measured over predicted of results that were held out: 80 % are inside. */
  interval: range,
  /** The same for an accelerator without results in the fit. */
  unseenInterval: range,
  points: z.number().int().positive(),
  meanError: z.number(),
  heldOutMeanError: z.number(),
  unseenMeanError: z.number(),
});
export type LayerModelFit = z.output<typeof layerModelFit>;

/** `data/planner/layer-models.json`. */
export const layerCalibration = z.strictObject({
  fittedOn: z.string(),
  source: z.string(),
  entries: z.array(layerModelFit),
});
export type LayerCalibration = z.output<typeof layerCalibration>;
