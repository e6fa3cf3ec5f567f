import { formatCount, formatSignificant, formatUsd } from "../../foundation/numbers/units.ts";
import type { BenchmarkAlias } from "../../schema/atlas/rounds/benchmark-alias.ts";
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
import type { Availability, ResultRow } from "../../schema/atlas/results/result-row.ts";
import { countOf } from "../wording.ts";

/** Column headers of the four figures, with their units. */
export const measureHeads: Readonly<Record<Measure, string>> = {
  system: "minutes",
  chip: "chip-min",
  dollar: "$",
  kwh: "kWh",
};

/** The word for the best value of each measure. */
export const bestWords: Readonly<Record<Measure, string>> = {
  system: "fastest",
  chip: "fewest chip-minutes",
  dollar: "cheapest",
  kwh: "lowest energy",
};

/** Printed in place of a missing figure. */
export const noFigure = "-";

/** Printed before figures that are computed from a middle run instead of a score. */
export const middleRunMark = "*";

/** A figure in the unit of its header, with the prefix `~` for estimates and `*` if it is from a middle run. */
export function figureText(
  { row, figures }: Pick<MeasuredRow, "row" | "figures">,
  measure: Measure,
): string {
  const figure = figures[measure];
  if (figure.kind === "unknown") return noFigure;
  const isFromTime = figure.label === "computed" || figure.label === "estimated";
  const mark = isFromTime && row.scoreKind === "middle-run" ? middleRunMark : "";
  return `${mark}${figure.label === "estimated" ? "~" : ""}${amountText(figure, measure)}`;
}

function amountText({ value }: Extract<Figure, { kind: "known" }>, measure: Measure): string {
  switch (measure) {
    case "system":
    case "chip":
      return numberText(value / 60_000);
    case "dollar":
      return formatUsd(value).slice(1);
    case "kwh":
      return numberText(value / 3.6e6);
  }
}

/** Four significant digits, with thousands separators. */
export function numberText(value: number): string {
  return Math.abs(value) >= 9999.5 ? formatCount(value) : formatSignificant(value, 4);
}

const availabilityWords: Readonly<Record<Availability, string>> = {
  cloud: "cloud",
  "on-premise": "on-prem",
  preview: "preview",
  rdi: "rdi",
};

/** `closed, on-prem`, `closed, weak, on-prem`, or `own run`. */
export function termsText({ division, availability, suite, scaling }: ResultRow): string {
  if (suite === "own") return "own run";
  const words = [
    division,
    scaling === "weak" ? "weak" : undefined,
    availability === undefined ? undefined : availabilityWords[availability],
  ];
  return words.filter((word) => word !== undefined).join(", ");
}

/** The round; `=` marks runs that another row has, too. */
export function roundText({ round, repeats }: ResultRow): string {
  return repeats === undefined ? round : `${round} =`;
}

/** The catalog name, the published name if the catalog has none, or the processors of a system without accelerators. */
export function acceleratorText(row: ResultRow): string {
  const { accelerator, acceleratorAsPublished = "", acceleratorCount, processorCount } = row;
  if (accelerator !== undefined) return accelerator;
  if (acceleratorAsPublished !== "" && !/^n\/?a$/iu.test(acceleratorAsPublished))
    return acceleratorAsPublished;
  if (acceleratorCount !== undefined || processorCount === undefined) return "processors";
  return countOf(processorCount, "processor");
}

const gapWords: Readonly<Record<FigureGap, string>> = {
  "no-score": "no score",
  "no-accelerators": "the number of accelerators is unknown",
  "no-price": "no price for the accelerator",
  "no-power": "no power limit for the accelerator",
};

export function gapText(reason: FigureGap): string {
  return gapWords[reason];
}

/** The prices used: one line per accelerator among the rows, most frequent first. */
export function priceNotes(rows: readonly MeasuredRow[]): string[] {
  const used = new Map<AcceleratorPrice, number>();
  for (const { price } of rows)
    if (price !== undefined) used.set(price, (used.get(price) ?? 0) + 1);
  const frequent = [...used.keys()].toSorted((a, b) => (used.get(b) ?? 0) - (used.get(a) ?? 0));
  return frequent.map(priceNote);
}

function priceNote(price: AcceleratorPrice): string {
  const { accelerator, usdPerHour, lowUsdPerHour, highUsdPerHour, providers, date } = price;
  const each = `${accelerator} ${formatUsd(usdPerHour)}/h`;
  if (price.origin === "given") {
    const by = providers.length === 0 ? "" : `, ${providers.join(", ")}`;
    return `${each}: ${price.source}${by}, ${date}`;
  }
  if (providers.length === 1) return `${each} on demand: ${providers.join(", ")}, as of ${date}`;
  return `${each} on demand: median of ${countOf(providers.length, "provider")}, ${formatUsd(lowUsdPerHour)} … ${formatUsd(highUsdPerHour)}, newest ${date}`;
}

/** Why figures of a measure are missing among the rows. */
export function gapNotes(rows: readonly MeasuredRow[], measure: Measure): string[] {
  const gaps = new Map<FigureGap, MeasuredRow[]>();
  for (const measured of rows) {
    const figure = measured.figures[measure];
    if (figure.kind === "known") continue;
    if (figure.reason === "no-score" && measure !== "system") continue;
    gaps.set(figure.reason, [...(gaps.get(figure.reason) ?? []), measured]);
  }
  return [...gaps].map(([reason, missing]) => {
    const names = [...new Set(missing.map(({ row }) => acceleratorText(row)))];
    const shown = names.slice(0, 4).join(", ");
    const more = names.length > 4 ? ` and ${names.length - 4} more` : "";
    const details = reason === "no-score" ? "" : ` (${shown}${more})`;
    return `no ${measureHeads[measure]} in ${countOf(missing.length, "row")}: ${gapText(reason)}${details}`;
  });
}

/** The meaning of the mark `*` in a list that `--scores` does not filter, if any row needs it. */
export function middleRunMeaning(rows: readonly { row: ResultRow }[]): string | undefined {
  return rows.some(({ row }) => row.scoreKind === "middle-run")
    ? `${middleRunMark} middle run before scaling, because the official score is not on record`
    : undefined;
}

/** The meaning of the mark `*`, if any row needs it. */
export function middleRunNote(rows: readonly { row: ResultRow }[]): string | undefined {
  const count = rows.filter(({ row }) => row.scoreKind === "middle-run").length;
  if (count === 0) return undefined;
  const others = count < rows.length ? "; values without * are scores" : "";
  return `${middleRunMark} middle run before scaling, because the official score is not on record (${countOf(count, "row")})${others}; --scores official leaves them out`;
}

/** How energy was estimated for systems without a meter. */
export function energyNote(rows: readonly MeasuredRow[]): string | undefined {
  if (!rows.some(({ powerLimitWatts }) => powerLimitWatts !== undefined)) return undefined;
  const isMeasured = rows.some(
    ({ figures: { kwh } }) => kwh.kind === "known" && kwh.label === "measured",
  );
  const others = isMeasured ? "; values without ~ are measured" : "";
  return `~ estimated: accelerators x power limit x time, without hosts, network and cooling${others}`;
}

/** Which benchmark a name of the filter stands for. */
export function describeAlias({ kind, wanted, benchmark, rounds }: BenchmarkAlias): string {
  const [first = ""] = rounds;
  const when = rounds.length === 1 ? first : `${first} to ${rounds.at(-1) ?? ""}`;
  switch (kind) {
    case "shown":
      return `showing \`${benchmark}\`: \`${wanted}\` is another name of it in ${when}`;
    case "left-out":
      return `\`${wanted}\` of ${when} is another benchmark: \`--benchmark ${benchmark}\``;
  }
}

const labelNotes: Readonly<Record<FigureLabel, string>> = {
  measured: "measured",
  estimated: "estimated (~)",
  stated: "stated by its source, at prices of its time",
  computed: "computed from today's prices",
};

const measureWords: Readonly<Record<Measure, string>> = {
  system: "time",
  chip: "chip-minutes",
  dollar: "cost",
  kwh: "energy",
};

/** For each measure whose figures are from different sources: that they are not ranked against each other. */
export function mixedLabelNotes(mixed: readonly MixedLabels[]): string[] {
  return mixed.map(({ measure, labels }) => {
    const parts = labels.map(
      ({ label, count }) => `${labelNotes[label]} for ${formatCount(count)}`,
    );
    return `${measureWords[measure]} is ${parts.join(", ")} of these results; the kinds are not ranked against each other`;
  });
}

/** The origin of a cost, for tables in which it varies. */
export function costLabelText({ dollar }: Figures): string {
  return dollar.kind === "known" ? dollar.label : noFigure;
}

/** What the figures mean for HPC results that train many models at once. */
export function weakNote(rows: readonly MeasuredRow[]): string | undefined {
  if (!rows.some(({ row }) => row.scaling === "weak")) return undefined;
  return "weak: many models trained at once; minutes are until all are done, chip-min, $ and kWh are per model";
}

/** The time of a result in minutes; `*` marks a middle run, which is not a score. */
export function minutesText({ scoreMs, scoreKind }: ResultRow): string {
  if (scoreMs === undefined) return noFigure;
  return `${scoreKind === "middle-run" ? middleRunMark : ""}${numberText(scoreMs / 60_000)}`;
}
