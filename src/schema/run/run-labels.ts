import { z } from "zod";

/** How a user names and describes a run; no part of what it trains. */
export const runLabels = z.strictObject({
  /** The name of a built-in workload's runs in lists; that of a program is in `startable`. */
  name: z.string().optional(),
  /** By key; the value is empty for a tag that is a single word. */
  tags: z.record(z.string(), z.string()).optional(),
  note: z.string().optional(),
});
export type RunLabels = z.output<typeof runLabels>;

/** The name of a run in lists. */
export function runName({
  labels,
  startable,
}: {
  labels?: RunLabels | undefined;
  startable: { name: string };
}): string {
  return labels?.name ?? startable.name;
}

/** A tag as it is typed: `lr=0.1`, or `baseline`. */
export interface Tag {
  key: string;
  /** Undefined for a single word. */
  value: string | undefined;
}

const tagText = /^(?<key>[\p{L}\p{N}_][\p{L}\p{N}_.:/-]{0,63})(?:=(?<value>\P{Cc}{0,256}))?$/u;

/** Reads `key=value` or a single word; undefined for anything else. */
export function parseTag(text: string): Tag | undefined {
  const groups = tagText.exec(text)?.groups;
  if (groups?.["key"] === undefined) return undefined;
  return { key: groups["key"], value: groups["value"] };
}

/** In the form that `parseTag` reads. */
export function formatTag([key, value]: readonly [string, string]): string {
  return value === "" ? key : `${key}=${value}`;
}
