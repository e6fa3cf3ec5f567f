import type { LaunchConfiguration } from "../../schema/atlas/results/launch-configuration.ts";
import type { ResultRow } from "../../schema/atlas/results/result-row.ts";
import type { RunSize } from "../../schema/atlas/results/run-size.ts";
import type { Accelerator } from "../../schema/catalogue.ts";
import type { BenchmarkResult } from "../../schema/logs/submission.ts";
import { nameAccelerator } from "../names/name-accelerator.ts";
import { findConfiguration } from "./find-configuration.ts";

export interface HardwareTables {
  accelerators: readonly Accelerator[];
  configurations: readonly LaunchConfiguration[];
  runSizes: readonly RunSize[];
}

type HardwareFields = Pick<
  ResultRow,
  | "nodeCount"
  | "acceleratorCount"
  | "processorCount"
  | "accelerator"
  | "acceleratorFamily"
  | "acceleratorAsPublished"
  | "tensorParallel"
  | "pipelineParallel"
  | "contextParallel"
  | "expertParallel"
  | "precision"
  | "layoutSource"
>;

/** What a result ran on: counts, the accelerator's name, and how the model was split over the accelerators. */
export function hardwareOfResult(
  result: BenchmarkResult,
  { rowId, systemFolder }: { rowId: string; systemFolder: string },
  { accelerators, configurations, runSizes }: HardwareTables,
): { fields: HardwareFields; note: string | undefined } {
  const { system, edition, benchmark, globalBatchSize } = result;
  const size = runSizes.find((one) => one.rowId === rowId);
  const counts = countsOf(result, size);
  const { precision, ...degrees } = findConfiguration(
    { edition, submitter: system.organisation, benchmark, globalBatchSize, ...counts },
    configurations,
  );
  const named = nameAccelerator(
    system.acceleratorModelName,
    `${system.systemName ?? ""} ${systemFolder}`,
    accelerators,
  );
  const isWithoutAccelerators = counts.acceleratorCount === undefined && named === undefined;
  return {
    fields: {
      ...degrees,
      ...counts,
      processorCount: isWithoutAccelerators ? processorsOf(result) : undefined,
      accelerator: named?.name,
      acceleratorFamily: named?.family,
      acceleratorAsPublished: system.acceleratorModelName,
      precision,
      layoutSource: Object.keys(degrees).length > 0 ? "configuration" : undefined,
    },
    note: size === undefined ? clusterNote(result) : sizeNote(result, size),
  };
}

interface Counts {
  nodeCount: number | undefined;
  acceleratorCount: number | undefined;
}

function countsOf({ system, weak }: BenchmarkResult, size: RunSize | undefined): Counts {
  if (size !== undefined)
    return {
      nodeCount: size.nodeCount,
      acceleratorCount: size.nodeCount * size.acceleratorsPerNode,
    };
  const whole = weak?.kind === "scored" ? weak.acceleratorCount : undefined;
  return {
    nodeCount: positive(system.nodeCount),
    acceleratorCount: positive(system.acceleratorCount ?? whole),
  };
}

/** Round 0.5 has the processors of a node only in the system's name: `8-nodes 2x Intel(R) Xeon(R) …`. */
function processorsOf({ system }: BenchmarkResult): number | undefined {
  const inName = /\b(\d+)x (?:intel|amd)\b/i.exec(system.systemName ?? "")?.[1];
  const perNode = system.hostProcessorsPerNode ?? (inName === undefined ? 0 : Number(inName));
  return positive(perNode * (system.nodeCount ?? 0));
}

/** Entries of round 0.5 describe the cluster. For TPUs, the name has the size of the slice. */
function clusterNote({ system, edition }: BenchmarkResult): string | undefined {
  const { countsFrom, nodeCount = 1, acceleratorModelName = "" } = system;
  const isCertain = nodeCount === 1 || /^tpu/i.test(acceleratorModelName);
  return countsFrom !== "entry-file" || edition !== "training-0.5" || isCertain
    ? undefined
    : "counts are the cluster's, as entry.json has them; a run may have used fewer";
}

function sizeNote({ system }: BenchmarkResult, { nodeCount, source }: RunSize): string {
  return `${nodeCount} of the ${system.nodeCount ?? "cluster's"} nodes in entry.json were used: ${source}`;
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value : undefined;
}
