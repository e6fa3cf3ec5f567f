import { writeIds } from "../atlas/atlas-view.ts";
import type { ReceivedRun } from "./view-model.ts";

/** Where to go with the selected runs. Compare has one entry for each series, so it needs runs of two. */
export interface PickedLinks {
  overlay: string;
  compare: string | undefined;
}

/** The most runs that one chart shows. */
export const maxOverlaid = 20;

/** The entries of the addresses of Overlay and Compare; undefined without readable runs. */
export function pickedLinks(
  all: readonly ReceivedRun[],
  pickedIds: ReadonlySet<string>,
): PickedLinks | undefined {
  const items = all.flatMap(({ item }) =>
    item.kind === "readable" && pickedIds.has(item.runId) ? [item] : [],
  );
  if (items.length === 0) return undefined;
  const series = [...new Set(items.map(({ seriesId }) => `own/${seriesId}`))];
  return {
    overlay: writeIds(items.slice(0, maxOverlaid).map(({ runId }) => runId)),
    compare: series.length < 2 ? undefined : writeIds(series),
  };
}
