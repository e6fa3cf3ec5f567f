import { formatSignificant } from "../../foundation/numbers/units.ts";
import { type MeasuredRow, rateFields, type RateName } from "../../schema/atlas/answers/figures.ts";
import { middleRunMark, noFigure, numberText } from "./wording.ts";

/** Column headers of the rates, with their units. */
export const rateHeads: Readonly<Record<RateName, string>> = {
  spread: "spread %",
  "samples-per-second": "samples/s",
  "joules-per-sample": "J/sample",
  "models-per-minute": "models/min",
};

/** A rate in the unit of its header; `~` marks an estimate, and `*` one computed from a middle run. */
export function rateText({ row, figures, rates }: MeasuredRow, rate: RateName): string {
  const value = rates[rateFields[rate]];
  if (value === undefined) return noFigure;
  const isMiddleRun = rate !== "spread" && row.scoreKind === "middle-run";
  const isEstimate =
    rate === "joules-per-sample" &&
    figures.kwh.kind === "known" &&
    figures.kwh.label === "estimated";
  const text = rate === "spread" ? formatSignificant(value * 100, 3) : numberText(value);
  return `${isMiddleRun ? middleRunMark : ""}${isEstimate ? "~" : ""}${text}`;
}

/** What the rates mean, and the units of samples that are not samples. */
export function rateNotes(rows: readonly MeasuredRow[], shown: readonly RateName[]): string[] {
  const units = new Set(rows.flatMap(({ row }) => row.samplesUnit ?? []));
  units.delete("samples");
  const countsSamples = shown.includes("samples-per-second") || shown.includes("joules-per-sample");
  return [
    ...(shown.includes("spread")
      ? [
          "spread: from the fastest to the slowest run that reached the target, relative to the median run",
        ]
      : []),
    ...(countsSamples && units.size > 0
      ? [`a sample is counted in ${[...units].join(" or ")} where the logs count so`]
      : []),
  ];
}
