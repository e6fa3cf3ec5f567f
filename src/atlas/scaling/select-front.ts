import type { Measure, MeasuredRow } from "../../schema/atlas/answers/figures.ts";
import type { ParetoFront } from "../../schema/atlas/answers/pareto.ts";
import { underNewestRules } from "../rounds/newest-rules.ts";
import { withoutRepeats } from "../rows/repeated-rows.ts";
import { paretoFront } from "./pareto-front.ts";

/** The Pareto front of the results under the newest rules among these, and own results; repeats count once. */
export function selectFront(
  found: readonly MeasuredRow[],
  objectives: readonly Measure[],
): ParetoFront {
  const isNewest = underNewestRules(found.map(({ row }) => row));
  const alike = found.filter(({ row }) => isNewest(row));
  const single = new Set(withoutRepeats(alike.map(({ row }) => row)).map(({ rowId }) => rowId));
  return paretoFront(
    alike.filter(({ row }) => single.has(row.rowId)),
    objectives,
  );
}
