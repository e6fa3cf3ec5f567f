import { groupBy } from "../../foundation/collections/group-by.ts";
import { spellingOf } from "../../schema/accelerator-spelling.ts";
import type { ResultFolder } from "../../schema/logs/result-folder.ts";
import type { SubmissionItem } from "../../schema/logs/submission-item.ts";

/** A value of a `submission_…` key, and how many logs of one result have it. */
export interface LoggedName {
  key: string;
  value: string;
  logCount: number;
}

/** The names that the logs of a result state, and what describes its system. */
export interface SubmittedNames {
  place: string;
  logged: readonly LoggedName[];
  organisation: string;
  /** Whether `organisation` is the name of a submitter's folder. */
  isInSubmission: boolean;
  submitter: string | undefined;
  acceleratorModelName: string | undefined;
  nodeCount: number | undefined;
  acceleratorsPerNode: number | undefined;
}

export function submittedNames(
  { shownAs: place, organisation, isInSubmission, system: reading }: ResultFolder,
  logged: readonly LoggedName[],
): SubmittedNames {
  const system = reading.kind === "missing" ? undefined : reading.system;
  const { submitter, acceleratorModelName, nodeCount, acceleratorsPerNode } = system ?? {};
  const counts = { nodeCount, acceleratorsPerNode };
  const folder = { place, organisation, isInSubmission };
  return { ...folder, logged, submitter, acceleratorModelName, ...counts };
}

const placeholder = /PLACEHOLDER|\bTODO\b|^\s*<[^>]*>\s*$/u;

/**
 * Finds names in logs that are placeholders, differ within a result, or contradict the system description. The
 * official tools compare none of them, and accepted results contain such names.
 *
 * @param acceleratorNames of the catalog, to recognize an accelerator in the name of a platform
 */
export function compareSubmittedNames(
  names: SubmittedNames,
  acceleratorNames: readonly string[],
): SubmissionItem[] {
  const { place, logged } = names;
  const own = logged.filter(({ value }) => !placeholder.test(value));
  const problems: SubmissionItem["problem"][] = [
    ...[...groupBy(own, ({ key }) => key)].flatMap(([key, values]) =>
      values.length < 2 ? [] : [{ kind: "names-differ" as const, key, values }],
    ),
    ...submitterDiffers(names),
    ...organisationDiffers(names, own),
    ...acceleratorDiffers(names, own, acceleratorNames),
    ...countDiffers(names, own, acceleratorNames),
    ...logged
      .filter(({ value }) => placeholder.test(value))
      .map(({ key, value, logCount }) => ({ kind: "placeholder" as const, key, value, logCount })),
  ];
  return problems.map((problem) => ({ severity: "warning", foundBy: "pitwall", place, problem }));
}

function submitterDiffers({
  organisation,
  isInSubmission,
  submitter,
}: SubmittedNames): SubmissionItem["problem"][] {
  if (!isInSubmission || submitter === undefined) return [];
  if (isSame(organisation, submitter) || isSame(submitter, organisation)) return [];
  return [{ kind: "submitter-differs", folder: organisation, described: submitter }];
}

function organisationDiffers(
  { organisation, submitter }: SubmittedNames,
  logged: readonly LoggedName[],
): SubmissionItem["problem"][] {
  if (submitter === undefined) return [];
  return logged
    .filter(({ key, value }) => key === "submission_org" && !isSame(value, submitter, organisation))
    .map(({ value, logCount }) => ({
      kind: "organization-differs" as const,
      logged: value,
      described: submitter,
      logCount,
    }));
}

/** A partner among several, other word order, and other separators are the same organization. */
function isSame(logged: string, ...described: readonly string[]): boolean {
  const words = wordsOf(logged);
  return described.some((text) => {
    const others = wordsOf(text);
    const [one, other] = [words.join(""), others.join("")];
    const isPart = one.includes(other) || other.includes(one);
    return isPart || words.every((word) => others.includes(word));
  });
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

function acceleratorDiffers(
  { acceleratorModelName }: SubmittedNames,
  logged: readonly LoggedName[],
  acceleratorNames: readonly string[],
): SubmissionItem["problem"][] {
  const models = modelsOf(acceleratorNames);
  const described = namedModels(acceleratorModelName ?? "", models);
  if (acceleratorModelName === undefined || described.length === 0) return [];
  return logged
    .filter(({ key }) => key === "submission_platform")
    .flatMap(({ value, logCount }) => {
      const [model] = namedModels(value, models);
      if (model === undefined || described.includes(model)) return [];
      const platform = { logged: value, described: acceleratorModelName, logCount };
      return [{ kind: "accelerator-differs" as const, ...platform }];
    });
}

/** `dgxh100_n64` names 64 nodes; `8xH100` names 8 nodes, 8 accelerators of a node, or 8 of all. */
function countDiffers(
  { nodeCount, acceleratorsPerNode }: SubmittedNames,
  logged: readonly LoggedName[],
  acceleratorNames: readonly string[],
): SubmissionItem["problem"][] {
  if (nodeCount === undefined || acceleratorsPerNode === undefined) return [];
  const models = modelsOf(acceleratorNames).join("|");
  const ofAccelerators = new RegExp(
    String.raw`(?<![a-z\d])(\d+) ?x ?(?:nvidia |amd |instinct )*(?:${models})(?!\d)`,
    "iu",
  );
  const total = nodeCount * acceleratorsPerNode;
  return logged
    .filter(({ key }) => key === "submission_platform")
    .flatMap(({ value, logCount }) => {
      const nodes = Number(ofNodes.exec(value)?.[1] ?? nodeCount);
      const accelerators = Number(ofAccelerators.exec(value)?.[1] ?? total);
      const isKnown = [total, nodeCount, acceleratorsPerNode].includes(accelerators);
      if (nodes === nodeCount && isKnown) return [];
      const counts = { nodeCount, acceleratorsPerNode };
      return [{ kind: "count-differs" as const, logged: value, ...counts, logCount }];
    });
}

const ofNodes = /_n(\d+)(?=_|$)/u;

/** Models that a text can be searched for: `h100`, `gb200`, `mi300x`; not `a10` or `t4`, which other names contain. */
function modelsOf(acceleratorNames: readonly string[]): string[] {
  const models = acceleratorNames.map((name) => spellingOf(name).model);
  return [...new Set(models)].filter((model) => /^[a-z]{1,2}\d{3}x?$/u.test(model));
}

function namedModels(text: string, models: readonly string[]): string[] {
  const plain = text.toLowerCase();
  // `8xB200` is eight B200; `GB200` is not a B200.
  return models.filter((model) =>
    new RegExp(String.raw`(?:(?<![a-z])|(?<=\dx))${model}(?!\d)`, "u").test(plain),
  );
}
