import { formatCount, formatSignificant } from "../../foundation/units.ts";
import type { CheckedClaim, Claim } from "../../schema/atlas/claim.ts";
import type { Gains, GainStep } from "../../schema/atlas/gains.ts";
import type { Paint } from "../paint.ts";
import { type FittedColumn, fitTable } from "./fitted-table.ts";
import { acceleratorText, noFigure, numberText } from "./wording.ts";

/** What a benchmark gained over the rounds, against Moore's law, and where the rules changed on the way. */
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
  const warning = isComparable ? "" : `   ${paint.warn("the rules changed on the way")}`;
  return `${paint.strong(benchmark)}   ${paint.strong(`${ratioText(totalGain)}x`)} ${span}, ${what}${warning}`;
}

function changeLines({ steps, withinLastGroup }: Gains, paint: Paint): string[] {
  const changes = steps.flatMap(({ round, change }) =>
    change.kind === "none"
      ? []
      : [
          `${paint.warn("! not comparable")} across ${round}, by the compatibility table: ${change.reason}`,
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
    per === "system" ? [" --per chip", "the same per chip"] : ["", "the same by whole systems"];
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
      cell: ({ mooreGain }) => (mooreGain === undefined ? noFigure : `${ratioText(mooreGain)}x`),
    },
    {
      head: "chips",
      align: "right",
      cell: ({ row }) =>
        row.acceleratorCount === undefined ? noFigure : formatCount(row.acceleratorCount),
    },
    { head: "kind", align: "left", cell: ({ row }) => acceleratorText(row), shrinkTo: 8 },
    { head: "submitter", align: "left", cell: ({ row }) => row.submitter, shrinkTo: 8 },
    { head: "terms", align: "left", cell: ({ row }) => row.availability ?? "", dropAt: 3 },
    { head: "", align: "left", cell: ({ change }) => (change.kind === "none" ? "" : "!") },
  ];
}

function mooreLines({ days, mooreGain, totalGain, doublingMonths }: Gains): string[] {
  if (days === undefined || mooreGain === undefined)
    return ["against Moore's law: a day of publication is not on record"];
  const years = formatSignificant(days / 365.2425, 2);
  const doubling =
    doublingMonths === undefined
      ? ""
      : `; a doubling took ${formatSignificant(doublingMonths, 2)} months`;
  return [
    `Moore's law, x2 every 24 months, gives ${ratioText(mooreGain)}x in these ${years} years: ${ratioText(totalGain / mooreGain)} times that${doubling}`,
  ];
}

/** A gain of systems holds the growth of systems. */
function sizeLines({ per, steps }: Gains): string[] {
  const before = steps[0]?.row.acceleratorCount;
  const after = steps.at(-1)?.row.acceleratorCount;
  if (per === "chip" || before === undefined || after === undefined || before === after) return [];
  return [
    `the systems grew ${ratioText(after / before)} times, from ${formatCount(before)} to ${formatCount(after)} accelerators`,
  ];
}

function ratioText(ratio: number): string {
  return ratio >= 100 ? formatCount(ratio) : formatSignificant(ratio, 3);
}

/** Claims beside what the results on record say. */
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
      ? paint.warn(`not on record: ${found.missing}`)
      : found.kind === "agrees"
        ? agreementText(claim, figure(found.value), paint)
        : paint.bad(`the rows say ${figure(found.value)}, not ${figure(claim.value)}`);
  return [
    `${paint.strong(claim.says)}: ${verdict}`,
    ...(groupChange === undefined ? [] : [`  not comparable by the table: ${groupChange}`]),
    ...claim.caveats.map((caveat) => `  ${caveat}`),
    ...(found.kind === "no-results" ? [] : found.rowIds.map((rowId) => paint.faint(`  ${rowId}`))),
    paint.faint(
      `  said by: ${claim.source}${claim.status === "listed" ? "" : " (wording recalled)"}`,
    ),
  ].join("\n");
}

/** What rests on a figure that is not on record is no agreement of the rows. */
function agreementText({ check }: Claim, value: string, paint: Paint): string {
  if (check.kind !== "gain-from-stated") return paint.good(`the rows say ${value}`);
  return paint.warn(
    `${value} if ${check.benchmark} once took ${formatSignificant(check.statedMinutes, 3)} min, which no row says`,
  );
}
