import { valueOf } from "../../../src/atlas/rows/measures.ts";
import { selectFront } from "../../../src/atlas/scaling/select-front.ts";
import { paretoColumns } from "../../../src/report/atlas/pareto-table.ts";
import { figureText, measureHeads } from "../../../src/report/atlas/wording.ts";
import {
  measures,
  type Measure,
  type MeasuredRow,
} from "../../../src/schema/atlas/answers/figures.ts";
import type { ParetoFront } from "../../../src/schema/atlas/answers/pareto.ts";
import type { FrontPoint } from "../../charts/atlas/front-chart.ts";
import type { Atlas } from "../../live/atlas-documents.ts";
import { type AtlasView, chooseRows, commandFlags } from "../atlas/atlas-view.ts";
import { familyOf, frontObjectives, inUnit } from "../atlas/view-model.ts";

/** The objectives of the address, `per=system,dollar`; the default where it has fewer than two. */
export function readObjectives(text: string | undefined): readonly Measure[] {
  const words = (text ?? "").split(",");
  const chosen = measures.filter((measure) => words.includes(measure));
  return chosen.length < 2 ? frontObjectives : chosen;
}

/** The `per` entry of the address after a click on an objective; unchanged if fewer than two would remain. */
export function toggledObjective(chosen: readonly Measure[], measure: Measure): string {
  const next = measures.filter((one) => chosen.includes(one) !== (one === measure));
  return (next.length < 2 ? chosen : next).join(",");
}

export type ParetoView =
  | { kind: "front"; front: ParetoFront; points: FrontPoint[]; hasOwn: boolean }
  | { kind: "unknown"; message: string; hint: string };

/** The front of `pitwall pareto --own` with this filter. */
export function paretoView(
  { rows, groups }: Atlas,
  view: AtlasView,
  objectives: readonly Measure[],
): ParetoView {
  const chosen = chooseRows(rows, view, groups);
  if (chosen.kind === "unknown") return chosen;
  const front = selectFront(chosen.rows, objectives);
  const members = new Set(front.members.map(({ measured }) => measured.row.rowId));
  return {
    kind: "front",
    front,
    points: chosen.rows.flatMap((one) => pointOf(one, objectives, members) ?? []),
    hasOwn: chosen.rows.some(({ row }) => row.suite === "own"),
  };
}

/** The second objective is the x axis, the first the y axis. */
function pointOf(
  measured: MeasuredRow,
  [y = "system", x = "dollar"]: readonly Measure[],
  members: ReadonlySet<string>,
): FrontPoint | undefined {
  const values = [valueOf(measured.figures, x), valueOf(measured.figures, y)];
  const [across, up] = values;
  if (across === undefined || up === undefined || across <= 0 || up <= 0) return undefined;
  const { row } = measured;
  const figures = [y, x].map(
    (measure) => `${figureText(measured, measure)} ${measureHeads[measure]}`,
  );
  return {
    rowId: row.rowId,
    text: `${row.submitter} ${row.round}, ${figures.join(", ")}`,
    family: familyOf(row),
    x: inUnit(across, x),
    y: inUnit(up, y),
    isMember: members.has(row.rowId),
  };
}

/** The command that prints the same front. */
export function paretoCommand(
  { filter }: AtlasView,
  objectives: readonly Measure[],
  hasOwn: boolean,
): string {
  const isDefault = objectives.join() === frontObjectives.join();
  const flags = [
    ...commandFlags(filter),
    ...(isDefault ? [] : [`--per ${objectives.join(",")}`]),
    ...(hasOwn ? ["--own"] : []),
  ];
  return `pitwall pareto ${flags.join(" ")}`;
}

/** The table of `pitwall pareto`, with all columns. */
export function frontTable(front: ParetoFront): {
  columns: { head: string; isText: boolean }[];
  lines: { rowId: string; cells: string[] }[];
} {
  const columns = paretoColumns(front);
  return {
    columns: columns.map(({ head, align }) => ({ head, isText: align === "left" })),
    lines: front.members.map((member) => ({
      rowId: member.measured.row.rowId,
      cells: columns.map((column) => column.cell(member)),
    })),
  };
}
