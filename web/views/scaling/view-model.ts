import { selectScaling } from "../../../src/atlas/scaling/select-scaling.ts";
import { scalingColumns } from "../../../src/report/atlas/scaling-page.ts";
import type {
  ScalingReport,
  ScalingStudy,
} from "../../../src/schema/atlas/answers/scaling-study.ts";
import type { Atlas } from "../../live/atlas-documents.ts";
import { type AtlasView, chooseRows, commandFlags } from "../atlas/atlas-view.ts";

export type ScalingView =
  | { kind: "curves"; report: ScalingReport; curves: readonly ScalingStudy[] }
  | { kind: "none"; text: string }
  | { kind: "unknown"; message: string; hint: string };

/** What `pitwall scaling` finds with this filter: published results, by default of the closed division. */
export function scalingView({ rows, groups }: Atlas, view: AtlasView): ScalingView {
  const filter = { ...view.filter, division: view.filter.division ?? "closed" };
  const published = rows.filter(({ row }) => row.suite !== "own");
  const chosen = chooseRows(published, { ...view, filter }, groups);
  if (chosen.kind === "unknown") return chosen;
  const found = selectScaling(
    chosen.rows.map(({ row }) => row),
    { hasRound: filter.round !== undefined },
  );
  if (found.kind === "curves")
    return {
      kind: "curves",
      report: found.report,
      curves: [found.report, ...found.report.otherCurves],
    };
  return {
    kind: "none",
    text: `No accelerator and submitter has ${filter.division} ${view.benchmark} results of two sizes. Remove filters, or include more rounds.`,
  };
}

/** The command that prints the same curves. */
export function scalingCommand({ filter }: AtlasView): string {
  return `pitwall scaling ${commandFlags(filter).join(" ")}`;
}

/** The table of `pitwall scaling` for one curve, with all columns. */
export function curveTable({ points }: ScalingStudy): {
  columns: { head: string; isText: boolean }[];
  lines: { rowId: string; cells: string[] }[];
} {
  const columns = scalingColumns(points);
  return {
    columns: columns.map(({ head, align }) => ({ head, isText: align === "left" })),
    lines: points.map((point) => ({
      rowId: point.row.rowId,
      cells: columns.map((column) => column.cell(point)),
    })),
  };
}
