import type { RunRequest } from "../../../schema/run/request/run-request.ts";
import type { PlacedReading } from "../../read-run/reader/file-values.ts";
import { outputPatterns } from "../../read-run/reader/output-patterns.ts";
import type { MetricFiles } from "./metric-files.ts";

/** The files that metrics are read from, as they are before the launch; undefined if the output is read. */
export async function openMetricFiles(
  { reading, startable, seed, target, furtherTargets = [] }: RunRequest,
  nowMs: () => number,
): Promise<MetricFiles | undefined> {
  if (reading.metricsFrom === undefined || startable.kind !== "command") return undefined;
  const { MetricFiles: Files } = await import("./metric-files.ts");
  const files = Files.beforeLaunch({
    paths: reading.metricsFrom.map((path) => path.replaceAll("{seed}", String(seed))),
    folder: startable.cwd,
    wanted: outputPatterns(reading, { isRecorded: false }).wanted,
    targetMetrics: [target, ...furtherTargets].flatMap((each) => each?.metric ?? []),
    nowMs,
  });
  await files.skipOldDatabases();
  return files;
}

/** The readings that remain after the program has ended. */
export async function lastReadings(
  files: MetricFiles | undefined,
  endedMs: number,
): Promise<Iterable<PlacedReading[]>> {
  await files?.settle();
  return files?.finish(endedMs) ?? [];
}

/** Consecutive readings of the same time. */
export function* groupedByTime(batches: Iterable<PlacedReading[]>): Generator<PlacedReading[]> {
  for (const batch of batches) {
    let from = 0;
    for (const [index, { placedMs }] of batch.entries()) {
      if (batch[index + 1]?.placedMs === placedMs) continue;
      yield batch.slice(from, index + 1);
      from = index + 1;
    }
  }
}
