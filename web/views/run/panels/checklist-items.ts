import type { RunDetail } from "../../../../src/schema/dashboard/run-detail.ts";
import type { RunRules } from "../../../../src/schema/run/outcome/run-rules.ts";

type ChecklistItem = NonNullable<RunDetail["rules"]>["items"][number];

/** The items of a checklist. Once there is a verdict, those that it names are broken, and come first. */
export function checklistItems(
  items: readonly ChecklistItem[],
  verdict: Pick<RunRules, "failingKeys"> | undefined,
): readonly ChecklistItem[] {
  if (verdict === undefined) return items;
  const failing = new Set(verdict.failingKeys);
  const judged = items.map((item) =>
    item.state === "waiting" && failing.has(item.rule)
      ? { ...item, state: "broken" as const }
      : item,
  );
  const isBroken = ({ state }: ChecklistItem): boolean => state === "broken";
  return [...judged.filter(isBroken), ...judged.filter((item) => !isBroken(item))];
}
