import type {
  CountSource,
  RunDigest,
  SubmissionFinding,
  SubmittedSystem,
  SystemFile,
} from "../../schema/logs/submission.ts";
import type { ResultFolder } from "../../schema/logs/result-folder.ts";

/** Returns the system of a result from its description, with counts from the logs if the description lacks them. */
export function describeSystem(
  folder: ResultFolder,
  digests: readonly RunDigest[],
): SubmittedSystem {
  const { system: reading, organisation, systemFolder } = folder;
  const described = reading.kind === "missing" ? undefined : reading.system;
  const counts = countsOf(folder, described, digests);
  return {
    ...(described ?? nothingKnown),
    ...counts,
    folder: systemFolder,
    organisation,
  };
}

type Counts = Pick<
  SubmittedSystem,
  "nodeCount" | "acceleratorsPerNode" | "acceleratorCount" | "countsFrom"
>;

function countsOf(
  { system: reading, scalingKind }: ResultFolder,
  described: SystemFile | undefined,
  digests: readonly RunDigest[],
): Counts {
  if (described?.nodeCount !== undefined && reading.kind !== "missing") {
    const { nodeCount, acceleratorsPerNode } = described;
    const chips = reading.kind === "entry-file" ? chipsInName(described) : undefined;
    return {
      nodeCount,
      acceleratorsPerNode,
      acceleratorCount:
        chips ?? (acceleratorsPerNode === undefined ? undefined : nodeCount * acceleratorsPerNode),
      countsFrom: countSourceOf[reading.kind],
    };
  }
  const logged = digests.find((digest) => digest.nodeCount !== undefined);
  // In weak scaling, each model trains on a part of the system.
  if (logged?.nodeCount === undefined || scalingKind === "weak") return noCounts;
  const { nodeCount, acceleratorsPerNode } = logged;
  return {
    nodeCount,
    acceleratorsPerNode,
    acceleratorCount:
      acceleratorsPerNode === undefined ? undefined : nodeCount * acceleratorsPerNode,
    countsFrom: "log",
  };
}

const countSourceOf = {
  "system-file": "system-file",
  "entry-file": "entry-file",
  broken: "broken-system-file",
} as const satisfies Record<string, CountSource>;

const noCounts: Counts = {
  nodeCount: undefined,
  acceleratorsPerNode: undefined,
  acceleratorCount: undefined,
  countsFrom: undefined,
};

const nothingKnown: SystemFile = {
  submitter: undefined,
  division: undefined,
  availability: undefined,
  systemName: undefined,
  nodeCount: undefined,
  hostProcessorsPerNode: undefined,
  hostProcessorModelName: undefined,
  acceleratorsPerNode: undefined,
  acceleratorModelName: undefined,
  framework: undefined,
  hardwareNotes: undefined,
  softwareNotes: undefined,
};

/** TPU entries of round 0.5 list the cores of all nodes for each node. The name contains the cores of the slice. */
function chipsInName({ acceleratorModelName }: SystemFile): number | undefined {
  const cores = /^tpu\s?v\d-(\d+)$/i.exec(acceleratorModelName ?? "")?.[1];
  return cores === undefined ? undefined : Number(cores) / 2;
}

/** Fields that a description must contain. The official summary crashes without them. */
const neededFields = [
  "submitter",
  "division",
  "availability",
  "systemName",
  "nodeCount",
  "acceleratorsPerNode",
  "acceleratorModelName",
  "framework",
] as const;

const writtenAs: Record<(typeof neededFields)[number], string> = {
  submitter: "submitter",
  division: "division",
  availability: "status",
  systemName: "system_name",
  nodeCount: "number_of_nodes",
  acceleratorsPerNode: "accelerators_per_node",
  acceleratorModelName: "accelerator_model_name",
  framework: "framework",
};

export function systemFindings(
  { system: reading }: ResultFolder,
  { countsFrom }: SubmittedSystem,
): SubmissionFinding[] {
  const counts: SubmissionFinding[] =
    countsFrom === "broken-system-file" || countsFrom === "log"
      ? [{ rule: "counts-not-from-system-file", countsFrom }]
      : [];
  const { kind, path } = reading;
  if (kind === "missing") return [{ rule: "system-file-missing", path }, ...counts];
  if (kind === "broken")
    return [{ rule: "system-file-invalid", path, reason: reading.reason }, ...counts];
  const fields = neededFields
    .filter((field) => reading.system[field] === undefined)
    .map((field) => writtenAs[field]);
  const isComplete = fields.length === 0 || kind === "entry-file";
  return isComplete ? counts : [{ rule: "system-fields-missing", path, fields }, ...counts];
}
