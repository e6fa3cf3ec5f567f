/** Receives the entries of an archive, in their order. */
export interface ArchiveSink {
  /**
   * Starts a file and ends the previous one.
   *
   * @param bytes the size in its header
   * @returns whether the caller should pass its content
   */
  begin(name: string, bytes: number): boolean;
  write(bytes: Uint8Array): void;
  end(): void;
  /** A link, device or similar. */
  skipLink(): void;
}

/**
 * Limits of an archive that is imported; the largest shipped round has 2,208 runs. An archive that exceeds a limit is
 * rejected before any file is written.
 */
export const archiveLimits = {
  /** Entries of any type. */
  entries: 1_000_000,
  /** Files that an import reads. */
  files: 200_000,
  /** Total bytes of those files. */
  bytes: 16e9,
  /** Ratio of unpacked to packed bytes, checked for archives that unpack to more than `ratioFromBytes`. */
  ratio: 200,
  ratioFromBytes: 64e6,
} as const;

/** Limits of an entry's name; an entry that exceeds one is skipped and reported. */
const nameLimits = { pathBytes: 1024, partBytes: 255, depth: 32 } as const;

/** An entry that was not unpacked, and the reason. */
export interface SkippedEntry {
  /** Control characters are escaped, and a long name is truncated. */
  name: string;
  reason: string;
}

/** How to handle an entry, by its name. */
export type EntryTarget =
  | { kind: "wanted"; path: string; parts: readonly string[] }
  | { kind: "not-wanted" }
  | { kind: "skipped"; entry: SkippedEntry }
  /** The name refers to a file outside the folder that the archive is unpacked into. */
  | { kind: "escapes" };

/** Selects the files of an archive to write, by their path in it. */
export type WantedFiles = (path: string) => boolean;

/** @param isWanted default: the files that an import reads */
export function targetOfEntry(name: string, isWanted: WantedFiles = isImported): EntryTarget {
  const parts = name.split(/[/\\]/).filter((part) => part !== "" && part !== ".");
  const leads = /^[/\\]|^[a-zA-Z]:/.test(name) || parts.includes("..") || name.includes("\0");
  if (leads || parts.length === 0) return { kind: "escapes" };
  const path = parts.join("/");
  if (!isWanted(path)) return { kind: "not-wanted" };
  const reason = nameFault(path, parts);
  if (reason !== undefined) return { kind: "skipped", entry: { name: shownName(name), reason } };
  return { kind: "wanted", path, parts };
}

/** An untrusted name, safe to print. */
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

/** Logs, system descriptions, scaling factors, checker requests, and power logs. */
function isImported(path: string): boolean {
  return (
    /(?:^|\/)(?:[^/]*result_[^/]*\.txt(?:\.gz)?|entry\.json|scaling\.json|package_checker_params)$/.test(
      path,
    ) ||
    /(?:^|\/)systems\/[^/]+\.json$/.test(path) ||
    /\/power\/.+\.txt$/.test(path)
  );
}
