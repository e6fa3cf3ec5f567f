import type { Measure, MeasuredRow } from "./figures.ts";

/** The fastest result of a vendor at one system size. */
export interface ScaledResult {
  /** The maker of the accelerator. */
  vendor: string;
  measured: MeasuredRow;
  /** Measures in which no other result of the list is better. */
  bestIn: readonly Measure[];
}

/** The vendors compared at system sizes near a scale, and at the largest size of each. */
export interface BestAtScale {
  /** Accelerators. */
  scale: number;
  /** Sizes between `scale / nearFactor` and `scale * nearFactor` are near. */
  nearFactor: number;
  near: readonly ScaledResult[];
  largest: readonly ScaledResult[];
}
