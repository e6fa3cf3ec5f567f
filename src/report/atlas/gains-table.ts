import { formatCount, formatSignificant } from "../../foundation/units.ts";
import type { CheckedClaim, Claim } from "../../schema/atlas/claim.ts";
import type { Gains, GainStep } from "../../schema/atlas/gains.ts";
import type { Paint } from "../paint.ts";
import { type FittedColumn, fitTable } from "../fitted-table.ts";
import { acceleratorText, noFigure, numberText } from "./wording.ts";

/** The speed-up of a benchmark over the rounds, compared with Moore's law, with rule changes marked. */
export function gainsTable(
  gains: Gains,
  { width, paint }: { width: number; paint: Paint },
): string {
  const [head = "", ...lines] = fitTable(gainColumns(gains), gains.steps, width);
  return [
    headline(gains, paint),
    "",
    paint.faint(head),
    ...lines,
    "",
    ...changeLines(gains, paint),
    ...mooreLines(gains),
    ...sizeLines(gains),
    ...gains.steps.flatMap(({ round, row }) =>
      row.note === undefined ? [] : [paint.faint(`${round}: ${row.note}`)],
    ),
    "",
    nextLine(gains, paint),
  ].join("\n");
}

function headline({ benchmark, steps, totalGain, per, isComparable }: Gains, paint: Paint): string {
  const span = `from ${steps[0]?.round ?? ""} to ${steps.at(-1)?.round ?? ""}`;
  const what = per === "system" ? "best system" : "best per chip";
  const warning = isComparable ? "" : `   ${paint.warn("the rules changed in between")}`;
  return `${paint.strong(benchmark)}   ${paint.strong(`${ratioText(totalGain)}x`)} ${span}, ${what}${warning}`;
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
  const { gain, from } = withinLastGroup;
  return [
    ...changes,
    `comparable: ${ratioText(gain)}x from ${from} to ${steps.at(-1)?.round ?? ""}`,
  ];
}

function nextLine({ benchmark, per }: Gains, paint: Paint): string {
  const [flag, does] =
    per === "system" ? [" --per chip", "the same per chip"] : ["", "the same for whole systems"];
  return `next: ${paint.name(`pitwall gains --benchmark ${benchmark}${flag}`)}   ${does}`;
}

function gainColumns({ per }: Gains): FittedColumn<GainStep>[] {
  return [
    { head: "round", align: "left", cell: ({ round }) => round },
    { head: "published", align: "left", cell: ({ publishedOn }) => publishedOn ?? "", dropAt: 2 },
    {
      head: per === "system" ? "minutes" : "chip-min",
      align: "decimal",
      cell: ({ value }) => numberText(value / 60_000),
    },
    { head: "gain", align: "decimal", cell: ({ gainOverFirst }) => `${ratioText(gainOverFirst)}x` },
    {
      head: "Moore",
      align: "decimal",
      dropAt: 1,
      cell: ({ mooreGain }) => (mooreGain === undefined ? noFigure : `${ratioText(mooreGain)}x`),
    },
    {
      head: "chips",
      align: "right",
      cell: ({ row }) =>
        row.acceleratorCount === undefined ? noFigure : formatCount(row.acceleratorCount),
    },
    { head: "kind", align: "left", cell: ({ row }) => acceleratorText(row), shrinkTo: 8 },
    { head: "submitter", align: "left", cell: ({ row }) => row.submitter, shrinkTo: 6 },
    { head: "terms", align: "left", cell: ({ row }) => row.availability ?? "", dropAt: 3 },
    { head: "", align: "left", cell: ({ change }) => (change.kind === "none" ? "" : "!") },
  ];
}

function mooreLines({ days, mooreGain, totalGain, doublingMonths }: Gains): string[] {
  if (days === undefined || mooreGain === undefined)
    return ["no comparison with Moore's law: a publication date is missing"];
  const years = formatSignificant(days / 365.2425, 2);
  const doubling =
    doublingMonths === undefined
      ? ""
      : `; doubling time ${formatSignificant(doublingMonths, 2)} months`;
  return [
    `Moore's law (2x every 24 months) predicts ${ratioText(mooreGain)}x in these ${years} years; the gain is ${ratioText(totalGain / mooreGain)} times that${doubling}`,
  ];
}

/** The gain of whole systems includes their growth, so print it. */
function sizeLines({ per, steps }: Gains): string[] {
  const before = steps[0]?.row.acceleratorCount;
  const after = steps.at(-1)?.row.acceleratorCount;
  if (per === "chip" || before === undefined || after === undefined || before === after) return [];
  return [
    `system size grew ${ratioText(after / before)}x, from ${formatCount(before)} to ${formatCount(after)} accelerators`,
  ];
}

function ratioText(ratio: number): string {
  return ratio >= 100 ? formatCount(ratio) : formatSignificant(ratio, 3);
}

/** Claims compared with the stored results. */
export function claimsText(claims: readonly CheckedClaim[], paint: Paint): string {
  return claims.map((claim) => claimBlock(claim, paint)).join("\n\n");
}

function claimBlock({ claim, found, groupChange }: CheckedClaim, paint: Paint): string {
  const { unit } = claim;
  const figure = (value: number): string =>
    unit === "accelerators"
      ? formatCount(value)
      : `${formatSignificant(value, 4)}${unit === "x" ? "x" : " min"}`;
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

/** A claim that depends on a stated figure without a result does not count as confirmed. */
function agreementText({ check }: Claim, value: string, paint: Paint): string {
  if (check.kind !== "gain-from-stated") return paint.good(`results give ${value}`);
  return paint.warn(
    `${value} if ${check.benchmark} took ${formatSignificant(check.statedMinutes, 3)} min, for which there is no result`,
  );
}
