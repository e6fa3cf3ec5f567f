import {
  metricSeries,
  type SeriesBuckets,
  type XAxis,
} from "../../../src/schema/dashboard/run-series.ts";
import { machineSeries } from "../../charts/run/machine-chart.ts";
import { stepParts } from "../../charts/run/step-time-chart.ts";

/** The series that the page shows. */
export const streamedSeries: readonly string[] = [
  "quality",
  "loss",
  "samplesPerSecond",
  ...stepParts,
  "powerWatts",
  "energyJoules",
  ...machineSeries,
  ...metricSeries,
];

/** Series by name, with their x axis. */
export interface PlacedSeries {
  xAxis: XAxis;
  byName: ReadonlyMap<string, SeriesBuckets>;
}
