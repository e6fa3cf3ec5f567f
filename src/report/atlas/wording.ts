import { formatCount, formatSignificant, formatUsd } from "../../foundation/units.ts";
import type {
  AcceleratorPrice,
  Figure,
  FigureGap,
  Figures,
  Measure,
  MeasuredRow,
} from "../../schema/atlas/figures.ts";
import type { Availability, ResultRow } from "../../schema/atlas/result-row.ts";
import { countOf } from "../wording.ts";

/** Heads of the four figures, with their unit. */
export const measureHeads: Readonly<Record<Measure, string>> = {
  system: "minutes",
  chip: "chip-min",
  dollar: "$",
  kwh: "kWh",
};

/** What less of each is called. */
export const bestWords: Readonly<Record<Measure, string>> = {
  system: "fastest",
  chip: "fewest chip-minutes",
  dollar: "cheapest",
  kwh: "least energy",
};

/** Stands where there is no figure. */
export const noFigure = "-";

/** A figure in the unit of its head; `~` before an estimate. */
export function figureText(figures: Figures, measure: Measure): string {
  const figure = figures[measure];
  if (figure.kind === "unknown") return noFigure;
  return `${figure.label === "estimated" ? "~" : ""}${amountText(figure, measure)}`;
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

/** Four digits, and thousands in groups. */
export function numberText(value: number): string {
  return Math.abs(value) >= 9999.5 ? formatCount(value) : formatSignificant(value, 4);
}

const availabilityWords: Readonly<Record<Availability, string>> = {
  cloud: "cloud",
  "on-premise": "on-prem",
  preview: "preview",
  rdi: "rdi",
};

/** `closed, on-prem`; own runs are under no terms. */
export function termsText({ division, availability, suite }: ResultRow): string {
  if (suite === "own") return "own run";
  const words = [
    division,
    availability === undefined ? undefined : availabilityWords[availability],
  ];
  return words.filter((word) => word !== undefined).join(", ");
}

/** The catalogue name, else as published. */
export function acceleratorText({ accelerator, acceleratorAsPublished }: ResultRow): string {
  return accelerator ?? acceleratorAsPublished ?? "processors";
}

const gapWords: Readonly<Record<FigureGap, string>> = {
  "no-score": "no score",
  "no-accelerators": "no count of accelerators",
  "no-price": "nobody on record prices the accelerator",
  "no-power": "no power limit on record for the accelerator",
};

export function gapText(reason: FigureGap): string {
  return gapWords[reason];
}

/** What the dollars were drawn from: one line for each accelerator among the rows, the most frequent first. */
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

/** Why figures of a measure are missing among the rows, most frequent first. */
export function gapNotes(rows: readonly MeasuredRow[], measure: Measure): string[] {
  const gaps = new Map<FigureGap, MeasuredRow[]>();
  for (const measured of rows) {
    const figure = measured.figures[measure];
    if (figure.kind === "known") continue;
    if (figure.reason === "no-score" && measure !== "system") continue;
    gaps.set(figure.reason, [...(gaps.get(figure.reason) ?? []), measured]);
  }
  return [...gaps].map(([reason, lacking]) => {
    const names = [...new Set(lacking.map(({ row }) => acceleratorText(row)))];
    const shown = names.slice(0, 4).join(", ");
    const more = names.length > 4 ? ` and ${names.length - 4} more` : "";
    const whose = reason === "no-score" ? "" : ` (${shown}${more})`;
    return `no ${measureHeads[measure]} in ${countOf(lacking.length, "row")}: ${gapText(reason)}${whose}`;
  });
}

/** How energies without a meter were worked out. */
export function energyNote(rows: readonly MeasuredRow[]): string | undefined {
  if (!rows.some(({ powerLimitWatts }) => powerLimitWatts !== undefined)) return undefined;
  const isMeasured = rows.some(
    ({ figures: { kwh } }) => kwh.kind === "known" && kwh.label === "measured",
  );
  const others = isMeasured ? "; without ~ it is measured" : "";
  return `~ estimated: accelerators x power limit x time; hosts, network and cooling are not in it${others}`;
}
