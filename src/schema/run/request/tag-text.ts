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
