/**
 * How far a prediction is from the closest measurement, from the same layout to none that tells anything. `setting`: only
 * other models were measured, but on such a machine, with such software and layouts.
 */
export const intervalReaches = ["beside", "near", "far", "setting", "beyond"] as const;
export type IntervalReach = (typeof intervalReaches)[number];
