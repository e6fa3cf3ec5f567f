import {
  metricSeries,
  type SeriesBuckets,
  type XAxis,
} from "../../../src/schema/dashboard/run-series.ts";
import { machineSeries } from "../../charts/run/machine-chart.ts";
import { networkSeries } from "../../charts/run/network-chart.ts";
import { stepParts, stepPhases } from "../../charts/run/step-time-chart.ts";

/** The series that the page shows. */
export const streamedSeries: readonly string[] = [
  "quality",
  "loss",
  "samplesPerSecond",
  ...new Set([...stepParts, ...stepPhases]),
  "powerWatts",
  "energyJoules",
  ...machineSeries,
  ...networkSeries,
  ...metricSeries,
];

/** Series by name, with their x axis. */
export interface PlacedSeries {
  xAxis: XAxis;
  byName: ReadonlyMap<string, SeriesBuckets>;
}
