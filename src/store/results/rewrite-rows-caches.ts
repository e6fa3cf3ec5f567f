import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ResultsProblem } from "../../schema/atlas/results/results-problem.ts";
import { writeAtomically } from "../write-atomically.ts";
import { findRounds } from "./find-rounds.ts";
import { unpackTable } from "./parquet-file.ts";
import { rowColumns } from "./result-tables.ts";
import { packRowsCache, rowsCacheName } from "./rows-cache.ts";

/**
 * Recreates the caches of all rounds in a folder from their rows.parquet, like an import does. Needed if this version
 * uses another cache format.
 *
 * @returns the paths written
 * @throws Error from the disk, or from the parser of a damaged file
 */
export async function rewriteRowsCaches(parent: string): Promise<string[]> {
  const problems: ResultsProblem[] = [];
  const written: string[] = [];
  for (const { folder } of await findRounds([parent], problems)) {
    const rows = await readFile(join(folder, "rows.parquet"));
    const sha256 = createHash("sha256").update(rows).digest("hex");
    const cache = packRowsCache(await unpackTable(rows, { columns: rowColumns }), sha256);
    if (cache === undefined) continue;
    const path = join(folder, rowsCacheName);
    await writeAtomically(path, cache);
    written.push(path);
  }
  return written;
}
