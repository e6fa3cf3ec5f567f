import { formatCount, formatSignificant, formatUsd } from "../../foundation/numbers/units.ts";
import type { CheckedClaim, Claim } from "../../schema/atlas/answers/claim.ts";
import type { Gains, GainStep } from "../../schema/atlas/answers/gains.ts";
import type { Paint } from "../paint.ts";
import { countOf } from "../wording.ts";
import { type FittedColumn, fitTable } from "../fitted-table.ts";
import { rowNotes } from "./row-notes.ts";
import { acceleratorText, middleRunMark, noFigure, numberText } from "./wording.ts";

/** The speed-up of a benchmark over the rounds, compared with Moore's law, with rule changes marked. */
export function gainsTable(
  gains: Gains,
  { width, paint }: { width: number; paint: Paint },
): string {
  const [head = "", ...lines] = fitTable(gainColumns(gains), gains.steps, width);
  const notes = [
    ...changeLines(gains, paint),
    ...basisLines(gains).map((line) => paint.warn(line)),
    ...mooreLines(gains),
    ...sizeLines(gains),
    ...(gains.weakCount === 0
      ? []
      : [
          `${countOf(gains.weakCount, "result")} of weak scaling excluded: many models are trained at once`,
        ]),
    ...gains.implausible.map(
      ({ rowId, gainOverPrevious }) =>
        `${paint.warn("implausible")}: ${rowId} would be ${ratioText(gainOverPrevious)}x the best per chip of the round before, so it is not used`,
    ),
    ...successorLines(gains),
    ...gains.steps.flatMap(({ round, row }) =>
      rowNotes(row).map((note) => paint.faint(`${round}: ${note}`)),
    ),
  ];
  return [
    headline(gains, paint),
    "",
    paint.faint(head),
    ...lines,
    ...(notes.length === 0 ? [] : ["", ...notes]),
    "",
    nextLine(gains, paint),
  ].join("\n");
}

function successorLines({ benchmark, successor }: Gains): string[] {
  return successor === undefined
    ? []
    : [
        `${successor.benchmark} replaced ${benchmark} in ${successor.firstRound}: pitwall gains --benchmark ${successor.benchmark}`,
      ];
}

function headline(gains: Gains, paint: Paint): string {
  const { benchmark, steps, totalGain, best, isComparable } = gains;
  const first = steps[0]?.round ?? "";
  const last = steps.at(-1)?.round ?? "";
  const warning = isComparable ? "" : `   ${paint.warn("the rules changed in between")}`;
  const bestText = `${paint.strong(`${ratioText(best.gain)}x`)} from ${first} to ${best.round}`;
  if (!isSlowerNow(gains))
    return `${paint.strong(benchmark)}   ${paint.strong(`${ratioText(totalGain)}x`)} from ${first} to ${last}, ${what(gains)}${warning}`;
  return `${paint.strong(benchmark)}   ${bestText}, ${what(gains)} so far; ${ratioText(totalGain)}x to ${last}, the last round${warning}`;
}

/** Whether the last round is slower than an earlier one. */
function isSlowerNow({ best, totalGain }: Gains): boolean {
  return best.gain > totalGain;
}

function what({ per, isSameHardware, steps }: Gains): string {
  const row = steps[0]?.row;
  if (isSameHardware && row !== undefined)
    return `unchanged hardware (${formatCount(row.acceleratorCount ?? 0)} ${acceleratorText(row)})`;
  return per === "system" ? "best system" : "best per chip";
}

/** Says so if middle runs are compared, because official scores are not on record for some round. */
export function basisLines({ basis, steps }: Pick<Gains, "basis" | "steps">): string[] {
  if (basis === "score") return [];
  const rounds = steps.flatMap(({ round, row }) => (row.scoreKind === "middle-run" ? round : []));
  return [
    `${middleRunMark} all rounds are compared by the middle run before scaling, because official scores of ${rounds.join(", ")} are not on record; --scores official leaves such results out`,
  ];
}

function changeLines({ steps, withinLastGroup }: Gains, paint: Paint): string[] {
  const changes = steps.flatMap(({ round, change }) =>
    change.kind === "none"
      ? []
      : [
          `${paint.warn("! not comparable")} across ${round}, according to the compatibility table: ${change.reason}`,
        ],
  );
  if (withinLastGroup === undefined) return changes;
  const { gain, from, best } = withinLastGroup;
  const bestText =
    best.gain > gain ? `${ratioText(best.gain)}x from ${from} to ${best.round}, and ` : "";
  return [
    ...changes,
    `comparable: ${bestText}${ratioText(gain)}x from ${from} to ${steps.at(-1)?.round ?? ""}`,
  ];
}

function nextLine({ benchmark, per }: Gains, paint: Paint): string {
  const [flag, does] =
    per === "system" ? [" --per chip", "the same per chip"] : ["", "the same for whole systems"];
  return `next: ${paint.name(`pitwall gains --benchmark ${benchmark}${flag}`)}   ${does}`;
}

function gainColumns(gains: Gains): FittedColumn<GainStep>[] {
  const { per, basis, steps, isSameHardware } = gains;
  const hasSlower = steps.some(({ gainOverFirst, bestGain }) => gainOverFirst < bestGain);
  const columns: (FittedColumn<GainStep> | undefined)[] = [
    { head: "round", align: "left", cell: ({ round }) => round },
    { head: "published", align: "left", cell: ({ publishedOn }) => publishedOn ?? "", dropAt: 3 },
    {
      head: per === "system" ? "minutes" : "chip-min",
      align: "decimal",
      cell: ({ value }) => `${basis === "score" ? "" : middleRunMark}${numberText(value / 60_000)}`,
    },
    { head: "gain", align: "decimal", cell: ({ gainOverFirst }) => `${ratioText(gainOverFirst)}x` },
    hasSlower
      ? { head: "best", align: "decimal", cell: ({ bestGain }) => `${ratioText(bestGain)}x` }
      : undefined,
    isSameHardware
      ? undefined
      : {
          head: "Moore",
          align: "decimal",
          dropAt: 2,
          cell: ({ mooreGain }) =>
            mooreGain === undefined ? noFigure : `${ratioText(mooreGain)}x`,
        },
    {
      head: "chips",
      align: "right",
      cell: ({ row }) =>
        row.acceleratorCount === undefined ? noFigure : formatCount(row.acceleratorCount),
    },
    { head: "kind", align: "left", cell: ({ row }) => acceleratorText(row), shrinkTo: 8 },
    { head: "submitter", align: "left", cell: ({ row }) => row.submitter, shrinkTo: 6, dropAt: 1 },
    { head: "terms", align: "left", cell: ({ row }) => row.availability ?? "", dropAt: 4 },
    { head: "", align: "left", cell: ({ change }) => (change.kind === "none" ? "" : "!") },
  ];
  return columns.filter((column) => column !== undefined);
}

/** Moore's law is about new hardware, so it says nothing about unchanged hardware. */
function mooreLines(gains: Gains): string[] {
  const { steps, best, totalGain, isSameHardware } = gains;
  if (isSameHardware) return [];
  const first = steps[0]?.round ?? "";
  const total = { ...gains, round: steps.at(-1)?.round ?? "", gain: totalGain };
  const spans = isSlowerNow(gains) ? [best, total] : [total];
  return spans.map((span) => mooreLine(first, span));
}

function mooreLine(
  first: string,
  { round, days, mooreGain, gain, doublingMonths }: Gains["best"],
): string {
  if (days === undefined || mooreGain === undefined)
    return "no comparison with Moore's law: a publication date is missing";
  const years = formatSignificant(days / 365.2425, 2);
  const doubling =
    doublingMonths === undefined
      ? ""
      : `; doubling time ${formatSignificant(doublingMonths, 2)} months`;
  return `Moore's law (2x every 24 months) predicts ${ratioText(mooreGain)}x in the ${years} years from ${first} to ${round}; the gain is ${ratioText(gain / mooreGain)} times that${doubling}`;
}

/** The gain of whole systems includes their growth, so print it. */
function sizeLines(gains: Gains): string[] {
  const { per, steps, best } = gains;
  if (per === "chip") return [];
  const bestStep = steps.find(({ round }) => round === best.round);
  const shown = [steps[0], isSlowerNow(gains) ? bestStep : undefined, steps.at(-1)].flatMap(
    (step) => (step?.row.acceleratorCount === undefined ? [] : [step]),
  );
  const counts = shown.map(({ row }) => row.acceleratorCount);
  if (shown.length < 2 || new Set(counts).size === 1) return [];
  const sizes = shown.map(
    ({ round, row }) => `${formatCount(row.acceleratorCount ?? 0)} (${round})`,
  );
  return [`system size: ${sizes.join(", ")} accelerators; \`--per chip\` leaves it out`];
}

function ratioText(ratio: number): string {
  return ratio >= 100 ? formatCount(ratio) : formatSignificant(ratio, 3);
}

/** Claims compared with the stored results. */
export function claimsText(claims: readonly CheckedClaim[], paint: Paint): string {
  return claims.map((claim) => claimBlock(claim, paint)).join("\n\n");
}

function claimBlock({ claim, found, groupChange }: CheckedClaim, paint: Paint): string {
  const figure = (value: number): string => claimFigure(value, claim.unit);
  const verdict =
    found.kind === "no-results"
      ? paint.warn(`no results: ${found.missing}`)
      : found.kind === "agrees"
        ? agreementText(claim, figure(found.value), paint)
        : paint.bad(`results give ${figure(found.value)}, not ${figure(claim.value)}`);
  return [
    `${paint.strong(claim.says)}: ${verdict}`,
    ...(groupChange === undefined
      ? []
      : [`  not comparable according to the compatibility table: ${groupChange}`]),
    ...claim.caveats.map((caveat) => `  ${caveat}`),
    ...(found.kind === "no-results" ? [] : found.rowIds.map((rowId) => paint.faint(`  ${rowId}`))),
    paint.faint(
      `  source: ${claim.source}${claim.status === "listed" ? "" : " (quoted from memory)"}`,
    ),
  ].join("\n");
}

function claimFigure(value: number, unit: Claim["unit"]): string {
  switch (unit) {
    case "accelerators":
      return formatCount(value);
    case "usd":
      return formatUsd(value);
    case "x":
      return `${formatSignificant(value, 4)}x`;
    case "min":
      return `${formatSignificant(value, 4)} min`;
  }
}

/** A claim that depends on a figure without a result does not count as confirmed. */
function agreementText({ check }: Claim, value: string, paint: Paint): string {
  switch (check.kind) {
    case "gain-from-stated":
      return paint.warn(
        `${value} if ${check.benchmark} took ${formatSignificant(check.statedMinutes, 3)} min, for which there is no result`,
      );
    case "cost-at-price":
      return paint.warn(
        `${value} if an accelerator-hour cost ${formatUsd(check.usdPerAcceleratorHour)}, which the result does not state`,
      );
    case "fastest":
    case "gain":
    case "result":
    case "largest":
      return paint.good(`results give ${value}`);
  }
}
