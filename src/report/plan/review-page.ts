import {
  formatCount,
  formatDuration,
  formatSignificant,
  formatUsd,
} from "../../foundation/numbers/units.ts";
import type {
  GapPart,
  ReviewedChange,
  ReviewedField,
  ReviewedFigure,
  StepShare,
  TrainingReview,
} from "../../schema/plan/training-review.ts";
import { type FittedColumn, fitTable } from "../fitted-table.ts";
import type { Paint } from "../paint.ts";
import { countOf } from "../wording.ts";
import { chanceText, kwhText, priceText } from "./plan-wording.ts";
import { gapPartLabels, originLabels, stepShareLabels } from "./review-wording.ts";

interface ReviewLook {
  width: number;
  paint: Paint;
}

/** A finished training beside its prediction: layout, figures, where the difference is, and what to change. */
export function reviewPage(review: TrainingReview, { width, paint }: ReviewLook): string {
  return [
    [paint.strong(headline(review)), paint.faint(sourceText(review))],
    layoutLines(review),
    figureLines(review, width),
    gapLines(review, { width, paint }),
    shareLines(review, width),
    changeLines(review, paint),
    unknownLines(review),
    review.notes.map((note) => paint.faint(note)),
  ]
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

function headline({
  goal,
  accelerator,
  count,
  figures,
  outcome,
  gap,
  published,
}: TrainingReview): string {
  const { predicted, got, low, high } = figures.trainMs;
  const where =
    count === undefined ? "" : ` on ${formatCount(count)} ${accelerator ?? "accelerators"}`;
  const took = outcome === "reached" ? "to its target in" : "trained for";
  const time = `${goal}${where} ${took} ${formatDuration(got ?? 0)}`;
  if (predicted === undefined) return `${time}; nothing to compare it with.`;
  const hasModel = figures.stepTimeMs.predicted !== undefined;
  const predictions = [
    ...(hasModel ? [`${rangedText({ predicted, low, high })} by the model`] : []),
    ...(published === undefined
      ? []
      : [
          `${rangedText({ ...published, predicted: published.trainMs })} by other published results`,
        ]),
  ];
  const usd = gap?.totalUsd;
  const priced =
    usd === undefined
      ? ""
      : ` It cost ${formatUsd(Math.abs(usd))} ${usd < 0 ? "less" : "more"} than predicted.`;
  return `${time}. Predicted: ${predictions.join(", ")}.${priced}`;
}

function rangedText({ predicted = 0, low, high }: ReviewedFigure): string {
  const time = formatDuration(predicted);
  if (low === undefined || high === undefined) return time;
  return `${time} (${formatDuration(low)} to ${formatDuration(high)})`;
}

function sourceText({ source, seeds }: TrainingReview): string {
  if (seeds === undefined) return source;
  const { count, reachedCount, fastestMs, medianMs, slowestMs } = seeds;
  return `${source}, the middle of ${count} seeds, of which ${reachedCount} reached the target: ${formatDuration(fastestMs)} to ${formatDuration(slowestMs)}, median ${formatDuration(medianMs)}`;
}

/** Values by where they are from. */
function layoutLines({ fields, inference }: TrainingReview): string[] {
  const origins = [...new Set(fields.map(({ origin }) => origin))];
  const lines = origins.map((origin) => {
    const own = fields.filter((field) => field.origin === origin);
    const values = own.map(fieldText);
    return `${originLabels[origin].padEnd(labelWidth)} ${values.join(", ")}`;
  });
  if (inference === undefined) return lines;
  const { triedCount, asLikelyCount } = inference;
  if (triedCount === 1)
    return [...lines, `${"".padEnd(labelWidth)} the only layout that agrees with the rest`];
  const others =
    asLikelyCount === 0
      ? "no other is as likely"
      : `${countOf(asLikelyCount, "other")} as likely, with ${fields.flatMap(otherText).join("; ")}`;
  return [...lines, `${"".padEnd(labelWidth)} of ${countOf(triedCount, "layout")}; ${others}`];
}

const labelWidth = 11;

function fieldText({ field, value }: ReviewedField): string {
  const name = fieldLabels.get(field) ?? field;
  const text = /^\d+$/u.test(value) ? formatCount(Number(value)) : value;
  return `${name}${name === "" ? "" : " "}${text}`;
}

function otherText({ field, otherValues = [] }: ReviewedField): string[] {
  if (otherValues.length === 0) return [];
  return [fieldText({ field, value: otherValues.join(" or "), origin: "inferred" })];
}

const fieldLabels: ReadonlyMap<string, string> = new Map([
  ["model", ""],
  ["accelerator", ""],
  ["count", "count"],
  ["globalBatch", "batch"],
  ["microBatch", "micro batch"],
  ["accumulation", "gradient accumulation"],
  ["precision", ""],
  ["framework", ""],
]);

interface FigureRow {
  name: string;
  figure: ReviewedFigure;
  text: (value: number) => string;
}

function figureLines(
  { figures, stepTimeP95Ms, published, price }: TrainingReview,
  width: number,
): string[] {
  const all: FigureRow[] = [
    { name: "step", figure: figures.stepTimeMs, text: formatDuration },
    { name: "samples", figure: figures.samples, text: formatCount },
    { name: "training", figure: figures.trainMs, text: formatDuration },
    { name: "initialization", figure: figures.initMs, text: formatDuration },
    { name: "paid time", figure: figures.paidMs, text: formatDuration },
    { name: "cost", figure: figures.usd, text: formatUsd },
    { name: "energy", figure: figures.kwh, text: energyText },
  ];
  const rows = all.filter(({ figure }) => (figure.got ?? figure.predicted) !== undefined);
  const columns: FittedColumn<FigureRow>[] = [
    { head: "", align: "left", cell: ({ name }) => name },
    {
      head: "predicted",
      align: "right",
      cell: ({ figure, text }) => valueText(figure.predicted, text),
    },
    { head: "80 % interval", align: "left", cell: rangeText, dropAt: 2 },
    { head: "got", align: "right", cell: ({ figure, text }) => valueText(figure.got, text) },
    { head: "ratio", align: "right", cell: ({ figure }) => ratioText(figure), dropAt: 1 },
  ];
  const notes = [
    ...(stepTimeP95Ms === undefined
      ? []
      : [`95 % of steps took up to ${formatDuration(stepTimeP95Ms)}`]),
    ...(price === undefined ? [] : [`price: ${priceText(price)} per accelerator`]),
    ...(published === undefined ? [] : [`nearest published result: ${published.text}`]),
  ];
  return [...fitTable(columns, rows, width), ...notes];
}

function energyText(kwh: number): string {
  return `${kwhText(kwh)} kWh`;
}

function valueText(value: number | undefined, text: (value: number) => string): string {
  return value === undefined ? "" : text(value);
}

function rangeText({ figure: { low, high }, text }: FigureRow): string {
  return low === undefined || high === undefined ? "" : `${text(low)} to ${text(high)}`;
}

function ratioText({ predicted, got }: ReviewedFigure): string {
  return predicted === undefined || got === undefined || predicted === 0
    ? ""
    : `${(got / predicted).toFixed(2)}x`;
}

/** Parts below this share of the whole are not listed. */
const smallPart = 0.002;

function gapLines({ gap, figures }: TrainingReview, { width, paint }: ReviewLook): string[] {
  if (gap === undefined) return [];
  const paidMs = figures.paidMs.got ?? 0;
  const shown = gap.parts.filter(
    ({ gapMs, part }) => Math.abs(gapMs) > smallPart * paidMs || part === "not-explained",
  );
  const hidden = gap.parts.filter((part) => !shown.includes(part));
  const hiddenMs = hidden.reduce((sum, { gapMs }) => sum + gapMs, 0);
  const rest = shown.map((part) =>
    part.part === "not-explained"
      ? Object.assign({}, part, { gapMs: part.gapMs + hiddenMs, ...usdWith(part, hidden) })
      : part,
  );
  const total: GapPart = {
    part: "not-explained",
    gapMs: gap.totalMs,
    evidence: "remainder",
    text: "",
    ...(gap.totalUsd === undefined ? {} : { gapUsd: gap.totalUsd }),
  };
  const hasUsd = gap.totalUsd !== undefined;
  const columns: FittedColumn<GapPart>[] = [
    {
      head: "longer than predicted",
      align: "left",
      cell: (part) => (part === total ? "total" : gapPartLabels[part.part]),
    },
    { head: "minutes", align: "decimal", cell: ({ gapMs }) => signedMinutes(gapMs) },
    ...(hasUsd
      ? [
          {
            head: "dollars",
            align: "decimal" as const,
            cell: ({ gapUsd }: GapPart) => signedUsd(gapUsd ?? 0),
          },
        ]
      : []),
    { head: "known by", align: "left", cell: knownBy, dropAt: 1 },
  ];
  const [head = "", ...lines] = fitTable(columns, [...rest, total], width);
  const texts = shown
    .filter(({ part }) => part !== "not-explained")
    .map((part) => `  ${gapPartLabels[part.part]}: ${part.text}`);
  return [paint.faint(head), ...lines, "", ...texts.map((text) => paint.faint(text))];
}

function usdWith({ gapUsd }: GapPart, hidden: readonly GapPart[]): { gapUsd?: number } {
  if (gapUsd === undefined) return {};
  return { gapUsd: hidden.reduce((sum, one) => sum + (one.gapUsd ?? 0), gapUsd) };
}

function knownBy({ evidence, text }: GapPart): string {
  switch (evidence) {
    case "measured":
      return "the log";
    case "against an assumption":
      return "the log, against an assumption";
    case "reference":
      return "reference points";
    case "remainder":
      return text === "" ? "" : "remainder";
  }
}

function shareLines({ stepShares }: TrainingReview, width: number): string[] {
  if (stepShares.length === 0) return [];
  const columns: FittedColumn<StepShare>[] = [
    { head: "steps go to, by the model", align: "left", cell: ({ part }) => stepShareLabels[part] },
    { head: "minutes", align: "decimal", cell: ({ ms }) => minutesText(ms) },
    ...(stepShares.some(({ usd }) => usd !== undefined)
      ? [
          {
            head: "dollars",
            align: "decimal" as const,
            cell: ({ usd }: StepShare) => formatUsd(usd ?? 0),
          },
        ]
      : []),
    { head: "share", align: "right", cell: ({ fraction }) => `${(100 * fraction).toFixed(1)} %` },
  ];
  return fitTable(columns, stepShares, width);
}

function changeLines({ changes, figures, gap }: TrainingReview, paint: Paint): string[] {
  if (gap === undefined || figures.stepTimeMs.predicted === undefined)
    return changes.length === 0 ? [] : [paint.strong("to change"), ...changes.flatMap(changeText)];
  if (changes.length === 0) return ["no change found that gains 1 % or more"];
  const head = `largest expected gains, with their 80 % intervals`;
  return [paint.strong(head), ...changes.flatMap(changeText)];
}

function changeText(change: ReviewedChange, index: number): string[] {
  const { text, gainMs, lowMs, highMs, gainUsd, lowUsd, highUsd } = change;
  const minutes = `${signedMinutes(-gainMs)} min (${signedMinutes(-highMs)} to ${signedMinutes(-lowMs)})`;
  const dollars =
    gainUsd === undefined
      ? ""
      : `, ${signedUsd(-gainUsd)} (${signedUsd(-(highUsd ?? gainUsd))} to ${signedUsd(-(lowUsd ?? gainUsd))})`;
  const memory =
    change.memoryBytesPerAccelerator === undefined
      ? ""
      : `; fits: ${formatSignificant(change.memoryBytesPerAccelerator / 1e9, 3)} GB`;
  const chance =
    change.basis === "measured" || change.kind === "count"
      ? ""
      : `; gains with ${chanceText(change.probability)}`;
  return [
    `${index + 1}. ${text}`,
    `   ${minutes}${dollars}${chance}${memory}; by ${basisText(change)}`,
  ];
}

function basisText({ basis, kind }: ReviewedChange): string {
  switch (basis) {
    case "model":
      return "the model";
    case "reference":
      return "reference points and the model";
    case "measured":
      return kind === "evaluation" ? "the log" : "the log; the interval is from least to all of it";
  }
}

function unknownLines({ unknown }: TrainingReview): string[] {
  return unknown.map(({ what, input }) => `not shown by the log: ${what}; needs ${input}`);
}

function minutesText(ms: number): string {
  const minutes = Math.abs(ms) / 60_000;
  if (minutes > 99.95) return formatCount(minutes);
  // Of short trainings, and of parts near nothing.
  return minutes > 0.095 || minutes < 1e-5 ? minutes.toFixed(2) : formatSignificant(minutes, 2);
}

function signedMinutes(ms: number): string {
  const text = minutesText(ms);
  return `${ms < 0 && text !== "0.00" ? "-" : "+"}${text}`;
}

/** Sums of parts that cancel leave less than this. */
const noUsd = 1e-6;

function signedUsd(usd: number): string {
  const size = Math.abs(usd) < noUsd ? 0 : Math.abs(usd);
  return `${usd < 0 && size > 0 ? "-" : "+"}${formatUsd(size)}`;
}
