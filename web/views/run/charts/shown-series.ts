import type { SeriesBuckets, XAxis } from "../../../../src/schema/dashboard/run-series.ts";

/** Series by name, with their x axis. */
export interface PlacedSeries {
  xAxis: XAxis;
  byName: ReadonlyMap<string, SeriesBuckets>;
}
