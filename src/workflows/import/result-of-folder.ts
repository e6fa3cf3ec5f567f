import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OwnResult } from "../../atlas/rows/own-row.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import { readResultRows, readResultRuns, readRunCurves } from "../../store/results/read-results.ts";
import { importResults } from "./import-results.ts";

/**
 * The single result in a folder of logs, scored and read as by an import, without storing it.
 *
 * @throws UserError `folder-holds-several`, and what `importResults` throws
 */
export async function resultOfFolder(path: string, signal: AbortSignal): Promise<OwnResult> {
  const into = await mkdtemp(join(tmpdir(), "pitwall-compare-"));
  try {
    const imports = importResults(
      { sources: [path], into, isFromRepository: false, importedBy: "pitwall compare" },
      signal,
    );
    for await (const event of imports) if (event.kind === "imported") continue;
    const { rows } = await readResultRows([into]);
    const [row] = rows;
    if (row === undefined || rows.length > 1)
      throw new UserError("folder-holds-several", `\`${path}\` contains ${rows.length} results`, {
        saw: rows
          .slice(0, 5)
          .map(({ rowId }) => rowId)
          .join("\n"),
        hint: "specify the folder with the logs of one benchmark: <organization>/results/<system>/<benchmark>",
      });
    const [runs, curves] = await Promise.all([
      readResultRuns(row.rowId, [into]),
      readRunCurves(row.rowId, { folders: [into] }),
    ]);
    // A user's logs of a published system must not share that system's row.
    const rowId = `logs/${row.rowId.split("/").slice(2).join("/")}`;
    const own = <Thing extends { rowId: string }>(thing: Thing): Thing => ({ ...thing, rowId });
    return {
      row: { ...own(row), source: path },
      runs: runs.items.map(own),
      curves: curves.items.map(own),
      target: undefined,
    };
  } finally {
    await rm(into, { recursive: true, force: true });
  }
}
