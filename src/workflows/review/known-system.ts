import { basename, dirname } from "node:path";
import { nameAccelerator } from "../../atlas/names/name-accelerator.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import type { Accelerator } from "../../schema/catalogue.ts";
import type { FactOrigin, StatedField, StatedValue } from "../../schema/plan/finished-training.ts";
import type { ReviewedField } from "../../schema/plan/training-review.ts";
import { findAccelerator } from "../../schema/find-accelerator.ts";
import type { PublishedRow } from "../../schema/plan/published-row.ts";
import { readSystem } from "../../store/logs/read-system.ts";
import type { FoundTraining } from "./finished-of-files.ts";
import { precisionNamed } from "../../planner/search/precision-named.ts";

/** What a training ran on, and what is published about it. */
export interface KnownSystem {
  accelerator: Accelerator | undefined;
  /** As the user or the log names it. */
  acceleratorText: string | undefined;
  count: number | undefined;
  fields: ReviewedField[];
  /** The published result of the same logs. */
  row: PublishedRow | undefined;
  published: Partial<Record<StatedField, StatedValue>>;
}

/** What the user states of a system. */
export interface StatedSystem {
  accelerator: string | undefined;
  count: number | undefined;
}

/**
 * Finds the accelerators of a training: as the user states them, else in the system file of a submission, in the run's
 * record, in the log, or in the published result of the same submitter, system and benchmark.
 *
 * @throws UserError `unknown-accelerator`
 */
export async function knownSystem(
  { training, path }: FoundTraining,
  stated: StatedSystem,
  { accelerators, rows }: { accelerators: readonly Accelerator[]; rows: readonly PublishedRow[] },
): Promise<KnownSystem> {
  const row = rowOf(path, training.startMs, rows);
  const file = path === undefined ? undefined : await systemFileOf(path);
  const platform = training.platform?.replace(/^\s*\d+\s*x\s*/iu, "");
  const texts: [string | undefined, FactOrigin][] = [
    [file?.accelerator, "system file"],
    [training.acceleratorText, "record"],
    [row?.accelerator, "published configuration"],
    [platform, "log"],
  ];
  const counted = training.stated.count;
  const counts: [number | undefined, FactOrigin][] = [
    [stated.count, "option"],
    [file?.count, "system file"],
    [numberOf(counted), counted?.origin ?? "log"],
    [row?.acceleratorCount, "published configuration"],
  ];
  const found = acceleratorOf(stated.accelerator, texts, accelerators);
  const [count, countOrigin] = counts.find(([value]) => value !== undefined) ?? [undefined, "log"];
  return {
    accelerator: found.accelerator,
    acceleratorText: found.text,
    count,
    fields: fieldsOf(found, count, countOrigin),
    row,
    published: row === undefined ? {} : splitOf(row),
  };
}

function fieldsOf(
  { accelerator, origin }: FoundAccelerator,
  count: number | undefined,
  countOrigin: FactOrigin,
): ReviewedField[] {
  const fields: ReviewedField[] = [];
  if (accelerator !== undefined)
    fields.push({ field: "accelerator", value: accelerator.name, origin });
  if (count !== undefined)
    fields.push({ field: "count", value: String(count), origin: countOrigin });
  return fields;
}

function numberOf(stated: StatedValue | undefined): number | undefined {
  return stated === undefined ? undefined : Number(stated.value);
}

interface FoundAccelerator {
  accelerator: Accelerator | undefined;
  text: string | undefined;
  origin: FactOrigin;
}

function acceleratorOf(
  option: string | undefined,
  texts: readonly (readonly [string | undefined, FactOrigin])[],
  accelerators: readonly Accelerator[],
): FoundAccelerator {
  if (option !== undefined)
    return { accelerator: optionAccelerator(option, accelerators), text: option, origin: "option" };
  for (const [text, origin] of texts) {
    if (text === undefined) continue;
    const named = nameAccelerator(text, "", accelerators);
    const accelerator = accelerators.find(({ name }) => name === named?.name);
    if (accelerator !== undefined) return { accelerator, text, origin };
  }
  const text = texts.find(([one]) => one !== undefined)?.[0];
  return { accelerator: undefined, text, origin: "log" };
}

function optionAccelerator(text: string, accelerators: readonly Accelerator[]): Accelerator {
  const found = findAccelerator(text, accelerators);
  if (found.kind === "found") return found.value;
  const named = nameAccelerator(text, "", accelerators);
  const known = accelerators.find(({ name }) => name === named?.name);
  if (known !== undefined) return known;
  const nearest = found.kind === "unknown" ? found.nearest : undefined;
  throw new UserError("unknown-accelerator", `unknown accelerator \`${text}\``, {
    at: "--accelerator",
    hint:
      nearest === undefined
        ? "for example h100-sxm, a100-sxm-80gb, mi300x"
        : `did you mean \`${nearest}\`?`,
  });
}

/** A log of a submission is in `<organization>/results/<system>/<benchmark>/`. */
async function systemFileOf(
  path: string,
): Promise<{ accelerator: string | undefined; count: number | undefined } | undefined> {
  const systemPath = dirname(dirname(path));
  const organisationPath = dirname(dirname(systemPath));
  const read = await readSystem({
    organisationPath,
    systemFolder: basename(systemPath),
    systemPath,
  });
  if (read.kind !== "system-file") return undefined;
  const { acceleratorModelName, nodeCount, acceleratorsPerNode } = read.system;
  const count =
    nodeCount === undefined || acceleratorsPerNode === undefined
      ? undefined
      : nodeCount * acceleratorsPerNode;
  return { accelerator: acceleratorModelName, count: count === 0 ? undefined : count };
}

/**
 * The published result whose folders are those of the log: rows are named after them. Submitters use a name in several
 * rounds, so it is the first one that was published after the training.
 */
function rowOf(
  path: string | undefined,
  startMs: number,
  rows: readonly PublishedRow[],
): PublishedRow | undefined {
  if (path === undefined) return undefined;
  const folder = dirname(path);
  const system = basename(dirname(folder));
  const organisation = basename(dirname(dirname(dirname(folder))));
  const ending = `/${organisation}/${system}/${basename(folder)}`;
  const day = new Date(startMs).toISOString().slice(0, 10);
  const [first] = rows
    .filter(({ rowId, publishedOn = "" }) => rowId.endsWith(ending) && publishedOn >= day)
    .toSorted((a, b) => ((a.publishedOn ?? "") < (b.publishedOn ?? "") ? -1 : 1));
  return first;
}

function splitOf(row: PublishedRow): Partial<Record<StatedField, StatedValue>> {
  const fields: Partial<Record<StatedField, StatedValue>> = {};
  const state = (field: StatedField, value: string | undefined): void => {
    if (value !== undefined) fields[field] = { value, origin: "published configuration" };
  };
  state("tp", row.tensorParallel?.toString());
  state("pp", row.pipelineParallel?.toString());
  state("cp", row.contextParallel?.toString());
  state("ep", row.expertParallel?.toString());
  state("precision", precisionNamed(row.precision));
  return fields;
}
