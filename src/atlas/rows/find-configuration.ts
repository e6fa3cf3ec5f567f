import type { LaunchConfiguration } from "../../schema/atlas/results/launch-configuration.ts";

/** The known fields of a result before its configuration is looked up. */
export interface ConfiguredSystem {
  edition: string;
  submitter: string;
  benchmark: string;
  nodeCount: number | undefined;
  acceleratorCount: number | undefined;
  globalBatchSize: number | undefined;
}

/** The fields on which all configurations of a result agree. */
export type ModelSplit = Pick<
  LaunchConfiguration,
  "tensorParallel" | "pipelineParallel" | "contextParallel" | "expertParallel" | "precision"
>;

/**
 * Finds how a result's model was split over accelerators, from the configurations that its submitter published. A
 * submitter may have several for one benchmark and size; fields on which they differ are omitted.
 */
export function findConfiguration(
  system: ConfiguredSystem,
  configurations: readonly LaunchConfiguration[],
): ModelSplit {
  const fitting = configurations.filter((one) => fits(one, system));
  const sameBatch = fitting.filter((one) => one.globalBatchSize === system.globalBatchSize);
  const [first, ...others] = sameBatch.length > 0 ? sameBatch : fitting;
  if (first === undefined) return {};
  const agreed = splitFields.filter((field) => others.every((one) => one[field] === first[field]));
  return Object.fromEntries(
    agreed.flatMap((field) => (first[field] === undefined ? [] : [[field, first[field]]])),
  );
}

const splitFields = [
  "tensorParallel",
  "pipelineParallel",
  "contextParallel",
  "expertParallel",
  "precision",
] as const;

function fits(one: LaunchConfiguration, system: ConfiguredSystem): boolean {
  const { nodeCount, acceleratorCount } = system;
  const perNode =
    nodeCount === undefined || acceleratorCount === undefined
      ? undefined
      : acceleratorCount / nodeCount;
  return (
    one.edition === system.edition &&
    one.submitter === system.submitter &&
    one.benchmark === system.benchmark &&
    one.nodeCount !== undefined &&
    one.nodeCount === nodeCount &&
    (one.acceleratorsPerNode === undefined || one.acceleratorsPerNode === perNode)
  );
}
