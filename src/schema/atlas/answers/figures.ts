import type { ResultRow } from "../results/result-row.ts";

/** The measures for ranking results: the whole system, one accelerator, a dollar, a kilowatt-hour. */
export const measures = ["system", "chip", "dollar", "kwh"] as const;
export type Measure = (typeof measures)[number];

/** The price of one accelerator-hour in US dollars, and its source. */
export interface AcceleratorPrice {
  /** Name in accelerators.json. */
  accelerator: string;
  usdPerHour: number;
  /** The minimum and maximum of the prices that this one is computed from. */
  lowUsdPerHour: number;
  highUsdPerHour: number;
  /** The providers whose prices were used. */
  providers: readonly string[];
  /** The newest day among them: `2025-12`. */
  date: string;
  source: string;
  origin: "catalogue" | "given";
}

/**
 * A figure of one training, or why there is none. `stated`: the source itself says so; `computed`: follows from the time
 * and a known count or price; `estimated`: from a formula where a meter would be better.
 */
export type Figure =
  | { kind: "known"; value: number; label: FigureLabel }
  | { kind: "unknown"; reason: FigureGap };

export type FigureLabel = "measured" | "stated" | "computed" | "estimated";

/** A measure whose figures have several labels among some results, and how many results have each. */
export interface MixedLabels {
  measure: Measure;
  labels: readonly { label: FigureLabel; count: number }[];
}

/** Why a row has no such figure. */
export type FigureGap = "no-score" | "no-accelerators" | "no-price" | "no-power";

/** The four figures of a result, of one training each (weak scaling: of one of the trainings). */
export interface Figures {
  /** Milliseconds: the official score (weak scaling: until all trainings are done). */
  system: Figure;
  /** Milliseconds times accelerators. */
  chip: Figure;
  /** US dollars. */
  dollar: Figure;
  /** Joules. */
  kwh: Figure;
}

/** A result with its figures and the price used for its cost. */
export interface MeasuredRow {
  row: ResultRow;
  figures: Figures;
  rates: Rates;
  /** Absent if the accelerator has no price or the source states the cost. */
  price: AcceleratorPrice | undefined;
  /** Watts per accelerator used for estimated energy. */
  powerLimitWatts: number | undefined;
}

/** Further figures of a result; absent if unknown. */
export interface Rates {
  /** From the fastest to the slowest run, relative to the median run. */
  spread?: number | undefined;
  /** Of the whole system, in the `samplesUnit` of the row. */
  samplesPerSecond?: number | undefined;
  /** With the label of `kwh`. */
  joulesPerSample?: number | undefined;
  /** Weak scaling only. */
  modelsPerMinute?: number | undefined;
}

/** The names of the rates on the command line. */
export const rateFields = {
  spread: "spread",
  "samples-per-second": "samplesPerSecond",
  "joules-per-sample": "joulesPerSample",
  "models-per-minute": "modelsPerMinute",
} as const satisfies Record<string, keyof Rates>;
export type RateName = keyof typeof rateFields;
export const rateNames = [
  "spread",
  "samples-per-second",
  "joules-per-sample",
  "models-per-minute",
] as const satisfies RateName[];
