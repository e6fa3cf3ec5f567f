import { UserError } from "../../foundation/errors/user-error.ts";
import type { LabelChange } from "../../schema/run/request/label-change.ts";
import type { RunLabels } from "../../schema/run/request/run-labels.ts";
import { parseTag } from "../../schema/run/request/tag-text.ts";
import type { RunStore } from "../../store/records/run-store.ts";
import { checkedNote, tagInvalid, tagsOf } from "../launch/prepare/labels-of-call.ts";
import { ambiguousRun, openRecord, unknownRun } from "../read-run/show-run.ts";

/** A change as it is typed. */
export interface TypedLabelChange {
  /** `key=value` or a single word. */
  tags?: readonly string[] | undefined;
  removedTags?: readonly string[] | undefined;
  note?: string | undefined;
  isArchived?: boolean | undefined;
}

export interface LabeledRun {
  runId: string;
  labels: RunLabels | undefined;
}

/**
 * Changes the labels of runs: each text names a run or a series, whose runs all change.
 *
 * @throws UserError `tag-invalid`, `note-too-long`, `nothing-to-change`, `unknown-run`, `ambiguous-run`, `record-broken`
 */
export async function labelRuns(
  texts: readonly string[],
  typed: TypedLabelChange,
  { store, nowMs }: { store: RunStore; nowMs: number },
): Promise<LabeledRun[]> {
  const change = checkedChange(typed, nowMs);
  const runIds = new Set<string>();
  for (const text of texts) for (const runId of await runsNamed(text, store)) runIds.add(runId);
  const labeled: LabeledRun[] = [];
  for (const runId of runIds) labeled.push(await labelRun(runId, change, store));
  return labeled;
}

/**
 * The change with valid tags and a valid note.
 *
 * @throws UserError `tag-invalid`, `note-too-long`, `nothing-to-change`
 */
export function checkedChange(typed: TypedLabelChange, timeMs: number): LabelChange {
  const { tags = [], removedTags = [], isArchived } = typed;
  const note = typed.note === undefined ? undefined : (checkedNote(typed.note) ?? "");
  const hasChange = tags.length + removedTags.length > 0 || note !== undefined;
  if (!hasChange && isArchived === undefined) {
    throw new UserError("nothing-to-change", "no change of the labels is given", {
      hint: "use `--tag`, `--remove-tag`, `--note`, `--archive` or `--unarchive`",
    });
  }
  return {
    timeMs,
    ...(tags.length === 0 ? {} : { tags: tagsOf(tags) }),
    ...(removedTags.length === 0 ? {} : { removedTags: removedTags.map(keyOf) }),
    ...(note === undefined ? {} : { note }),
    ...(isArchived === undefined ? {} : { isArchived }),
  };
}

/** Changes the labels of one run. @returns the labels after the change */
export async function labelRun(
  runId: string,
  change: LabelChange,
  store: RunStore,
): Promise<LabeledRun> {
  await store.label(runId, change);
  const { request } = await openRecord(store, runId);
  return { runId, labels: request.labels };
}

function keyOf(text: string): string {
  const tag = parseTag(text);
  if (tag === undefined) throw tagInvalid(text);
  return tag.key;
}

async function runsNamed(text: string, store: RunStore): Promise<readonly string[]> {
  const meant = await store.resolve(text);
  switch (meant.kind) {
    case "run":
      // A record that cannot be read has no labels to change.
      return [(await openRecord(store, meant.runId)).runId];
    case "series":
      return meant.runIds;
    case "ambiguous":
      throw ambiguousRun(text, meant.candidates);
    case "unknown":
      throw unknownRun(text, meant);
  }
}
