import { type CsvOptions, csvText } from "../../foundation/tables/csv.ts";
import type { Figure, MeasuredRow } from "../../schema/atlas/answers/figures.ts";
import { resultRow } from "../../schema/atlas/results/result-row.ts";

/** A result and its figures as one flat object; the figures come after the fields of the row. */
export type ResultLine = Readonly<Record<string, string | number | undefined>>;

/** Fields added to those of the row. */
export const figureFields = [
  "acceleratorMs",
  "costUsd",
  "costLabel",
  "usdPerAcceleratorHour",
  "priceDate",
  "priceSource",
  "trainingJoules",
  "trainingJoulesLabel",
  "spread",
  "samplesPerSecond",
  "joulesPerSample",
] as const;

/** The columns of the CSV. */
export const resultFields: readonly string[] = [...Object.keys(resultRow.shape), ...figureFields];

/** In milliseconds, joules per training and US dollars, at full precision. */
export function resultLine({ row, figures, rates, price }: MeasuredRow): ResultLine {
  return {
    ...row,
    acceleratorMs: known(figures.chip)?.value,
    costUsd: known(figures.dollar)?.value,
    costLabel: known(figures.dollar)?.label,
    usdPerAcceleratorHour: price?.usdPerHour,
    priceDate: price?.date,
    priceSource: price?.source,
    trainingJoules: known(figures.kwh)?.value,
    trainingJoulesLabel: known(figures.kwh)?.label,
    spread: rates.spread,
    samplesPerSecond: rates.samplesPerSecond,
    joulesPerSample: rates.joulesPerSample,
  };
}

/** CSV with a header line; missing values are empty. */
export function resultsCsv(rows: readonly MeasuredRow[], options: CsvOptions = {}): string {
  const lines = rows.map((measured) => {
    const line = resultLine(measured);
    return resultFields.map((field) => line[field] ?? "");
  });
  return csvText([resultFields, ...lines], options);
}

function known(figure: Figure): Extract<Figure, { kind: "known" }> | undefined {
  return figure.kind === "known" ? figure : undefined;
}
