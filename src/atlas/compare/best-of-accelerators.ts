import type { Measure, MeasuredRow } from "../../schema/atlas/answers/figures.ts";
import { sortKeyOf, sortResults } from "../rows/sort-results.ts";

/**
 * The best result of each list, all under the newest rules under which each list has results; lists without common rules keep
 * their own newest. Results without the figure and of weak scaling do not count.
 *
 * @returns undefined for a list without such a result
 */
export function bestOfEach(
  lists: readonly (readonly MeasuredRow[])[],
  per: Measure,
): readonly (MeasuredRow | undefined)[] {
  const counted = lists.map((rows) =>
    rows.filter(({ row, figures }) => row.scaling !== "weak" && figures[per].kind === "known"),
  );
  const groups = counted.map((rows) => new Set(rows.map(({ row }) => row.compatibilityGroup)));
  const common = [...(groups[0] ?? [])].filter((group) => groups.every((one) => one.has(group)));
  return counted.map((rows, index) => {
    const group = Math.max(...(common.length > 0 ? common : (groups[index] ?? [])));
    const alike = rows.filter(({ row }) => row.compatibilityGroup === group);
    return sortResults(alike, sortKeyOf[per])[0];
  });
}
