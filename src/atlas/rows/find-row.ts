import { editDistance, nearestWord } from "../../foundation/text/nearest-word.ts";
import type { ResultRow } from "../../schema/atlas/results/result-row.ts";
import { matchesGlob } from "../names/glob-pattern.ts";

export type RowSearch =
  | { kind: "found"; row: ResultRow }
  | { kind: "ambiguous"; rows: readonly ResultRow[] }
  | { kind: "unknown"; nearest: string | undefined };

/**
 * Finds a row by its id, by a unique part of the id (`Dell/XE9680x8/bert`, where `*` and `…` match anything), or by words
 * that all occur in the id or name the number and kind of accelerators: `v3.1 nvidia gpt3 10752`. If several rows match,
 * a row that matches whole folder names takes precedence.
 */
export function findRow(rows: readonly ResultRow[], text: string): RowSearch {
  const wanted = text.trim().replaceAll(/…|\.\.\./gu, "*");
  const exact = rows.find(({ rowId }) => rowId === wanted);
  if (exact !== undefined) return { kind: "found", row: exact };
  const words = wanted.split(/\s+/u).filter((word) => word !== "");
  if (words.length === 0) return { kind: "unknown", nearest: undefined };
  const whole = rows.filter((row) =>
    words.every((word) => hasFolders(row.rowId, word) || isItsSize(row, word)),
  );
  const fitting =
    whole.length > 0 ? whole : rows.filter((row) => words.every((word) => fits(row, word)));
  const [only] = fitting;
  if (only === undefined) return { kind: "unknown", nearest: nearestRow(rows, words) };
  return fitting.length === 1 ? { kind: "found", row: only } : { kind: "ambiguous", rows: fitting };
}

function fits(row: ResultRow, word: string): boolean {
  return matchesGlob(row.rowId, `*${word}*`) || row.accelerator === word || isItsSize(row, word);
}

/** `10752` and `10,752`. */
function isItsSize({ acceleratorCount }: ResultRow, word: string): boolean {
  return acceleratorCount !== undefined && word.replaceAll(",", "") === String(acceleratorCount);
}

/** Whether the part begins and ends at folder boundaries. */
function hasFolders(rowId: string, part: string): boolean {
  return matchesGlob(`/${rowId}/`, `*/${part}/*`);
}

/** For typos: the input with unknown words corrected, or else the row with the most similar ending. */
function nearestRow(rows: readonly ResultRow[], words: readonly string[]): string | undefined {
  const parts = [...new Set(rows.flatMap(({ rowId }) => rowId.split("/")))];
  const mended = words.map((word) =>
    rows.some((row) => fits(row, word)) ? word : nearestWord(word, parts),
  );
  const isMended = mended.some((word, index) => word !== words[index]);
  if (isMended && mended.every((word) => word !== undefined)) return mended.join(" ");
  const [pattern] = words;
  if (words.length === 1 && pattern?.includes("*") === true) return nearestOfPattern(rows, pattern);
  const typed = words.join("/");
  const depth = typed.split("/").length;
  const ends = new Map(
    rows.map(({ rowId }) => [rowId.split("/").slice(-depth).join("/"), rowId] as const),
  );
  const nearest = nearestWord(typed, [...ends.keys()]);
  return nearest === undefined ? undefined : ends.get(nearest);
}

/** The row that matches a pattern except for one folder, whose name is the most similar. */
function nearestOfPattern(rows: readonly ResultRow[], pattern: string): string | undefined {
  const folders = pattern.split("/");
  const ids = folders.flatMap((folder, index) => {
    const others = folders.with(index, "*").join("/");
    const fitting = rows.filter(({ rowId }) => hasFolders(rowId, others));
    const wanted = folder.replaceAll("*", "").toLowerCase();
    return fitting.map(({ rowId }) => {
      const name = rowId.split("/").at(index - folders.length) ?? "";
      const start = name.slice(0, wanted.length).toLowerCase();
      return { rowId, distance: editDistance(wanted, start) / Math.max(1, wanted.length) };
    });
  });
  const [nearest] = ids.toSorted((a, b) => a.distance - b.distance);
  return nearest !== undefined && nearest.distance <= 0.5 ? nearest.rowId : undefined;
}
