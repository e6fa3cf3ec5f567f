import { formatCount } from "../../foundation/numbers/units.ts";
import type { Figures, Measure } from "../../schema/atlas/answers/figures.ts";
import type { FrontMember, LeftOut, ParetoFront } from "../../schema/atlas/answers/pareto.ts";
import type { Paint } from "../paint.ts";
import { countOf } from "../wording.ts";
import { type FittedColumn, fitTable } from "../fitted-table.ts";
import {
  acceleratorText,
  bestWords,
  costLabelText,
  energyNote,
  figureText,
  gapText,
  measureHeads,
  mixedLabelNotes,
  middleRunNote,
  noFigure,
  priceNotes,
  termsText,
  weakNote,
} from "./wording.ts";

/** The Pareto front: its members, the number of candidates, and the sources of the figures. */
export function paretoTable(
  front: ParetoFront,
  { benchmark, width, paint }: { benchmark: string; width: number; paint: Paint },
): string {
  const { objectives, members, candidateCount, mixedLabels } = front;
  const [head = "", ...lines] = fitTable(paretoColumns(front), members, width);
  return [
    `${paint.strong(benchmark)}   ${members.length} Pareto-optimal of ${countOf(candidateCount, "result")} in ${objectives.map((measure) => measureHeads[measure]).join(", ")}`,
    ...mixedLabelNotes(mixedLabels).map((note) => `${paint.warn("mixed")}: ${note}`),
    "",
    paint.faint(head),
    ...lines,
    ...paretoNotes(front).map((note, index) => `${index === 0 ? "\n" : ""}${paint.faint(note)}`),
    "",
    `next: ${paint.name(`pitwall results --benchmark ${benchmark} --per ${objectives.at(1) ?? "dollar"}`)}   all results, sorted`,
  ].join("\n");
}

/** Why results are excluded, and the sources of the figures. */
export function paretoNotes({ objectives, members, leftOut }: ParetoFront): string[] {
  const rows = members.map(({ measured }) => measured);
  const energy = objectives.includes("kwh") ? energyNote(rows) : undefined;
  const weak = weakNote(rows);
  const middleRuns = middleRunNote(rows);
  return [
    ...(middleRuns === undefined ? [] : [middleRuns]),
    ...leftOut.map(leftOutText),
    ...(objectives.includes("dollar") ? priceNotes(rows).map((note) => `price ${note}`) : []),
    ...(energy === undefined ? [] : [energy]),
    ...(weak === undefined ? [] : [weak]),
  ];
}

const shownAccelerators = 4;

function leftOutText({ measure, reason, count, accelerators }: LeftOut): string {
  const text = `${countOf(count, "result")} excluded, no ${measureHeads[measure]}: ${gapText(reason)}`;
  const [first] = accelerators;
  if (first === undefined || (reason !== "no-price" && reason !== "no-power")) return text;
  const more = accelerators.length - shownAccelerators;
  const names = `${accelerators.slice(0, shownAccelerators).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  const hint =
    reason === "no-price" ? `; give one with --price ${first}=<$/h per accelerator>` : "";
  return `${text} (${names})${hint}`;
}

export function paretoColumns({
  objectives,
  mixedLabels,
}: Pick<ParetoFront, "objectives" | "mixedLabels">): FittedColumn<FrontMember>[] {
  const mixed = new Set(mixedLabels.map(({ measure }) => measure));
  return [
    ...objectives.map((measure): FittedColumn<FrontMember> => ({
      head: measureHeads[measure],
      align: "decimal",
      cell: ({ measured }) => figureText(measured, measure),
    })),
    ...(mixed.has("dollar")
      ? [
          {
            head: "cost",
            align: "left" as const,
            cell: ({ measured }: FrontMember) => costLabelText(measured.figures),
          },
        ]
      : []),
    {
      head: "chips",
      align: "right",
      cell: ({ measured: { row } }) =>
        row.acceleratorCount === undefined ? noFigure : formatCount(row.acceleratorCount),
    },
    {
      head: "kind",
      align: "left",
      cell: ({ measured }) => acceleratorText(measured.row),
      shrinkTo: 8,
    },
    {
      head: "submitter",
      align: "left",
      cell: ({ measured }) => measured.row.submitter,
      shrinkTo: 6,
      dropAt: 1,
    },
    { head: "round", align: "left", cell: ({ measured }) => measured.row.round, dropAt: 2 },
    {
      head: "terms",
      align: "left",
      cell: ({ measured }) => termsText(measured.row),
      shrinkTo: 14,
      dropAt: 2,
    },
    { head: "wins by", align: "left", cell: (member) => winText(member, mixed), dropAt: 3 },
  ];
}

function winText({ wins, tradeOff, measured }: FrontMember, mixed: ReadonlySet<Measure>): string {
  const word = (measure: Measure): string =>
    mixed.has(measure)
      ? `${bestWords[measure]} (${labelOf(measured.figures, measure)})`
      : bestWords[measure];
  if (wins.length > 0) return wins.map(word).join(", ");
  if (tradeOff === undefined) return "Pareto-optimal";
  const { best, within } = tradeOff;
  const amount = figureText(measured, within);
  const limit =
    within === "dollar"
      ? amount.replace(/^[*~]*/u, (marks) => `${marks}$`)
      : `${amount} ${measureHeads[within]}`;
  return `${word(best)} up to ${limit}`;
}

function labelOf(figures: Figures, measure: Measure): string {
  const figure = figures[measure];
  return figure.kind === "known" ? figure.label : "";
}
