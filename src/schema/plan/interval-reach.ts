/** How far a prediction is from the closest measurement, from the same layout to none that tells anything. */
export const intervalReaches = ["beside", "near", "far", "beyond"] as const;
export type IntervalReach = (typeof intervalReaches)[number];
