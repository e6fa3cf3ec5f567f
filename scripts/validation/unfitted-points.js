// Predicts published measurements that nothing was fitted to: scripts/measurements/unfitted.
import { readdirSync, readFileSync } from "node:fs";
import { predictLine } from "../../build/workflows/plan/predict-layouts.js";
import { refusalOf } from "../measurements/build-measurement.js";
import { convertLayoutRow } from "../measurements/convert-layout-row.js";
import { readCsv } from "../measurements/read-csv.js";

const folder = new URL("../measurements/unfitted/", import.meta.url);

/** Measurements of each table, `{ table, line, measured }`; rows that a layout cannot describe are left out. */
export function unfittedMeasurements() {
  return readdirSync(folder).flatMap((name) => {
    const table = name.slice("layouts-".length, -".csv".length);
    return readCsv(readFileSync(new URL(name, folder), "utf8")).flatMap((row) => {
      try {
        return [{ table, ...convertLayoutRow(row) }];
      } catch (error) {
        refusalOf(error);
        return [];
      }
    });
  });
}

/**
 * @param data what `loadPlannerData` gives
 * @returns points with `ratio` (predicted over measured), `isInside` and `width`; and `unpredicted` measurements with the error
 */
export function unfittedPoints(data) {
  const points = [];
  const unpredicted = [];
  for (const measurement of unfittedMeasurements()) {
    const answer = predictLine(measurement.line, data);
    const problem =
      answer.kind === "error" ? answer.error.message : answer.fits ? undefined : "does not fit";
    const { table, heldOutGroup } = measurement;
    if (problem !== undefined)
      unpredicted.push({ measurement: { id: table, heldOutGroup }, problem });
    if (answer.kind === "error") continue;
    const { low, high } = answer.intervalMs;
    const { stepTimeMs } = measurement.measured;
    points.push({
      table,
      ratio: answer.stepTimeMs / stepTimeMs,
      isInside: low <= stepTimeMs && stepTimeMs <= high,
      width: (high - low) / answer.stepTimeMs,
    });
  }
  return { points, unpredicted };
}
