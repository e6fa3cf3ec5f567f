import { z } from "zod";
import type { RunLabels } from "./run-labels.ts";

/** A change of a run's labels after it was started: a line of labels.jsonl. Later lines take precedence. */
export const labelChange = z.strictObject({
  /** Milliseconds since the epoch. */
  timeMs: z.number(),
  /** New or changed tags; the value is empty for a tag that is a single word. */
  tags: z.record(z.string(), z.string()).optional(),
  /** Keys of removed tags. */
  removedTags: z.array(z.string()).optional(),
  /** The new note; empty to remove it. */
  note: z.string().optional(),
  /** Lists leave archived runs out. */
  isArchived: z.boolean().optional(),
});
export type LabelChange = z.output<typeof labelChange>;

/** The labels after changes; undefined if none are left. */
export function changedLabels(
  labels: RunLabels | undefined,
  changes: readonly LabelChange[],
): RunLabels | undefined {
  const { name, note, isArchived } = labels ?? {};
  return withoutEmpty({
    name,
    tags: changedTags(labels?.tags ?? {}, changes),
    note: changes.findLast((change) => change.note !== undefined)?.note ?? note,
    isArchived:
      changes.findLast((change) => change.isArchived !== undefined)?.isArchived ?? isArchived,
  });
}

function changedTags(
  before: Readonly<Record<string, string>>,
  changes: readonly LabelChange[],
): Record<string, string> {
  const tags = new Map(Object.entries(before));
  for (const change of changes) {
    for (const [key, value] of Object.entries(change.tags ?? {})) tags.set(key, value);
    for (const key of change.removedTags ?? []) tags.delete(key);
  }
  return Object.fromEntries(tags);
}

interface PossibleLabels {
  name: string | undefined;
  tags: Record<string, string>;
  note: string | undefined;
  isArchived: boolean | undefined;
}

function withoutEmpty({ name, tags, note, isArchived }: PossibleLabels): RunLabels | undefined {
  const all: RunLabels = {
    ...(name === undefined ? {} : { name }),
    ...(Object.keys(tags).length === 0 ? {} : { tags }),
    ...(note === undefined || note === "" ? {} : { note }),
    ...(isArchived === true ? { isArchived } : {}),
  };
  return Object.keys(all).length === 0 ? undefined : all;
}
