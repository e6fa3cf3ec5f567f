import { bestAtScale, commonScale } from "../../../src/atlas/compare/best-at-scale.ts";
import { formatCount } from "../../../src/foundation/numbers/units.ts";
import { bestWords } from "../../../src/report/atlas/wording.ts";
import type { BestAtScale, ScaledResult } from "../../../src/schema/atlas/answers/best-at-scale.ts";
import type { MeasuredRow } from "../../../src/schema/atlas/answers/figures.ts";
import type { Accelerator } from "../../../src/schema/catalogue.ts";
import { type AtlasView, commandFlags } from "./atlas-view.ts";

/** The vendors at a scale, and the scales that can be selected. */
export interface ScaleView {
  best: BestAtScale;
  /** The sizes of the systems, smallest first. */
  sizes: readonly number[];
  /** The command that prints the same table. */
  command: string;
}

/** The vendors at the scale of the view; undefined if no result counts. */
export function scaleView(
  rows: readonly MeasuredRow[],
  accelerators: readonly Accelerator[],
  view: AtlasView,
): ScaleView | undefined {
  const division = view.filter.division ?? "closed";
  const counted = rows.filter(({ row }) => row.suite !== "own" && row.division === division);
  const scale = view.scale ?? commonScale(counted, accelerators);
  if (scale === undefined) return undefined;
  const best = bestAtScale(counted, scale, accelerators);
  if (best.largest.length === 0) return undefined;
  const sizes = new Set(counted.flatMap(({ row }) => row.acceleratorCount ?? []));
  return {
    best,
    sizes: [...sizes.add(scale)].toSorted((a, b) => a - b),
    command: `pitwall results --at ${scale} ${commandFlags(view.filter).join(" ")}`,
  };
}

/** `near 64`, `largest`. */
export function scaleLines(best: BestAtScale): (ScaledResult & { place: string })[] {
  return [
    ...best.near.map((result) => ({ ...result, place: `near ${formatCount(best.scale)}` })),
    ...best.largest.map((result) => ({ ...result, place: "largest" })),
  ];
}

export function bestText({ bestIn }: ScaledResult): string {
  return bestIn.map((measure) => bestWords[measure]).join(", ");
}
