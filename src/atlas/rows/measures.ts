import type {
  AcceleratorPrice,
  Figure,
  FigureGap,
  FigureLabel,
  Figures,
  Measure,
  MeasuredRow,
  MixedLabels,
} from "../../schema/atlas/answers/figures.ts";
import type { ResultRow } from "../../schema/atlas/results/result-row.ts";
import { ratesOf } from "./rates.ts";

/** The inputs for measuring rows, keyed by the accelerator name in the catalog. */
export interface MeasuringRod {
  prices: ReadonlyMap<string, AcceleratorPrice>;
  powerLimitWatts: ReadonlyMap<string, number>;
}

/**
 * A row's figures: its time; time times accelerators; hours times accelerators times price; and the measured energy
 * or else `accelerators x power limit x time`, which assumes full power and ignores everything but the accelerators.
 *
 * Weak scaling trains many models at once; the last three figures are then per model.
 */
export function measureRow(row: ResultRow, rod: MeasuringRod): MeasuredRow {
  const { accelerator, scoreMs, acceleratorCount, modelCount = 1 } = row;
  const price = lookUp(rod.prices, accelerator);
  const powerLimitWatts = lookUp(rod.powerLimitWatts, accelerator);
  const system = known(scoreMs, "computed", "no-score");
  const chip = times(system, scaled(acceleratorCount, 1 / modelCount), {
    label: "computed",
    missing: "no-accelerators",
  });
  const priced = times(chip, scaled(price?.usdPerHour, 1 / 3_600_000), {
    label: "computed",
    missing: "no-price",
  });
  const atLimit = times(chip, scaled(powerLimitWatts, 1 / 1000), {
    label: "estimated",
    missing: "no-power",
  });
  const dollar = statedOr(row.statedCostUsd, "stated", priced);
  const kwh = statedOr(row.energyJoules, row.energyLabel ?? "measured", atLimit);
  const figures = { system, chip, dollar, kwh };
  return {
    row,
    figures,
    rates: ratesOf(row, figures),
    price: dollar === priced && priced.kind === "known" ? price : undefined,
    powerLimitWatts: kwh === atLimit && atLimit.kind === "known" ? powerLimitWatts : undefined,
  };
}

/** The value of a figure, or undefined. */
export function valueOf(figures: Figures, measure: Measure): number | undefined {
  const figure = figures[measure];
  return figure.kind === "known" ? figure.value : undefined;
}

/** Labels of one measure that are from different sources, so their values are never ranked against each other. */
export function labelOf(figures: Figures, measure: Measure): FigureLabel | undefined {
  const figure = figures[measure];
  return figure.kind === "known" ? figure.label : undefined;
}

/** Measures with more than one label among the rows, with the number of rows of each. */
export function mixedLabelsOf(
  rows: readonly MeasuredRow[],
  measures: readonly Measure[],
): MixedLabels[] {
  return measures.flatMap((measure) => {
    const counts = new Map<FigureLabel, number>();
    for (const { figures } of rows) {
      const label = labelOf(figures, measure);
      if (label !== undefined) counts.set(label, (counts.get(label) ?? 0) + 1);
    }
    const labels = [...counts].map(([label, count]) => ({ label, count }));
    return labels.length < 2 ? [] : [{ measure, labels }];
  });
}

function lookUp<Thing>(
  things: ReadonlyMap<string, Thing>,
  accelerator: string | undefined,
): Thing | undefined {
  return accelerator === undefined ? undefined : things.get(accelerator);
}

function scaled(rate: number | undefined, factor: number): number | undefined {
  return rate === undefined ? undefined : rate * factor;
}

function known(value: number | undefined, label: FigureLabel, reason: FigureGap): Figure {
  return value === undefined ? { kind: "unknown", reason } : { kind: "known", value, label };
}

/** A figure times a rate; an unknown figure gives an unknown product. */
function times(
  figure: Figure,
  rate: number | undefined,
  { label, missing }: { label: FigureLabel; missing: FigureGap },
): Figure {
  if (figure.kind === "unknown") return figure;
  return known(scaled(rate, figure.value), label, missing);
}

/** Values stated by the source take precedence. */
function statedOr(value: number | undefined, label: FigureLabel, otherwise: Figure): Figure {
  return value === undefined ? otherwise : { kind: "known", value, label };
}
