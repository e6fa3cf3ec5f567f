/** What an archive's entries are handed to, in their order. */
export interface ArchiveSink {
  /**
   * Begins a file, and ends the one before.
   *
   * @param bytes as its header says
   * @returns whether its bytes are wanted
   */
  begin(name: string, bytes: number): boolean;
  write(bytes: Uint8Array): void;
  end(): void;
  /** A link, device or the like. */
  skipLink(): void;
}

/**
 * Limits of an archive that is imported; the largest shipped round has 2,208 runs. An archive beyond one of
 * them is refused before a file is written.
 */
export const archiveLimits = {
  /** Entries of any kind. */
  entries: 1_000_000,
  /** Files that an import reads. */
  files: 200_000,
  /** Bytes of those files together. */
  bytes: 16e9,
  /** Unpacked bytes to packed bytes, of archives that unpack to more than `ratioFromBytes`. */
  ratio: 200,
  ratioFromBytes: 64e6,
} as const;

/** Limits of one entry's name; an entry beyond them is skipped and reported. */
const nameLimits = { pathBytes: 1024, partBytes: 255, depth: 32 } as const;

/** An entry that was not unpacked, and why. */
export interface SkippedEntry {
  /** Control characters are escaped, and a long name is cut. */
  name: string;
  reason: string;
}

/** What to do with an entry, by its name. */
export type EntryPlace =
  | { kind: "wanted"; path: string; parts: readonly string[] }
  | { kind: "not-wanted" }
  | { kind: "skipped"; entry: SkippedEntry }
  /** It names a file outside the folder that the archive is unpacked into. */
  | { kind: "escapes" };

/** Which files of an archive are written, by their path in it. */
export type WantedFiles = (path: string) => boolean;

/** @param isWanted default: the files that an import reads */
export function placeOfEntry(name: string, isWanted: WantedFiles = isImported): EntryPlace {
  const parts = name.split(/[/\\]/).filter((part) => part !== "" && part !== ".");
  const leads = /^[/\\]|^[a-zA-Z]:/.test(name) || parts.includes("..") || name.includes("\0");
  if (leads || parts.length === 0) return { kind: "escapes" };
  const path = parts.join("/");
  if (!isWanted(path)) return { kind: "not-wanted" };
  const reason = nameFault(path, parts);
  if (reason !== undefined) return { kind: "skipped", entry: { name: shownName(name), reason } };
  return { kind: "wanted", path, parts };
}

/** A name from outside, safe to print. */
export function shownName(name: string): string {
  const escaped = name.replaceAll(/[\p{Cc}\p{Cf}]/gu, (character) =>
    JSON.stringify(character).length > 3
      ? JSON.stringify(character).slice(1, -1)
      : `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
  );
  return escaped.length > 120 ? `${escaped.slice(0, 60)}…${escaped.slice(-59)}` : escaped;
}

function nameFault(path: string, parts: readonly string[]): string | undefined {
  if (/[\p{Cc}\p{Cf}]/u.test(path)) return "its name contains control characters";
  if (parts.length > nameLimits.depth)
    return `it is ${parts.length} folders deep; the limit is ${nameLimits.depth}`;
  if (parts.some((part) => Buffer.byteLength(part) > nameLimits.partBytes))
    return `its name has a part of more than ${nameLimits.partBytes} bytes`;
  if (Buffer.byteLength(path) > nameLimits.pathBytes)
    return `its name has more than ${nameLimits.pathBytes} bytes`;
  return undefined;
}

/** Logs, what describes systems, scaling factors, requests to the checker, and power logs. */
function isImported(path: string): boolean {
  return (
    /(?:^|\/)(?:[^/]*result_[^/]*\.txt|entry\.json|scaling\.json|package_checker_params)$/.test(
      path,
    ) ||
    /(?:^|\/)systems\/[^/]+\.json$/.test(path) ||
    /\/power\/.+\.txt$/.test(path)
  );
}
