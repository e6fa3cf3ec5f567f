/**
 * How far a prediction is from the closest measurement, from the same layout to none that tells anything. `scaled`: the
 * layout was measured on another number of accelerators. `setting`: only other models were measured, but on such a machine,
 * with such software and layouts.
 */
export const intervalReaches = ["scaled", "beside", "near", "far", "setting", "beyond"] as const;
export type IntervalReach = (typeof intervalReaches)[number];
