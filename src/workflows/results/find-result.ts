import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { findRow } from "../../atlas/rows/find-row.ts";
import type { OwnResult } from "../../atlas/rows/own-row.ts";
import { errorCode } from "../../foundation/errors/error-code.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import type { ResultRow } from "../../schema/atlas/results/result-row.ts";
import type { RunStore } from "../../store/records/run-store.ts";
import { readResultRuns, readRunCurves } from "../../store/results/read-results.ts";
import type { Atlas } from "./load-atlas.ts";
import { ownResults } from "./own-results.ts";
import { resultOfFolder } from "../import/result-of-folder.ts";

/** The sources that named results are looked up in. */
export interface ResultSearch {
  atlas: Atlas;
  store: RunStore;
  cwd: string;
  signal: AbortSignal;
}

/**
 * Resolves the name of a result: a folder of logs, a published row by an unambiguous part of its id, an own run or series, or
 * `last`; with its runs and curves.
 *
 * @throws UserError `unknown-result`, `ambiguous-result`, `run-not-finished`, and what `resultOfFolder` throws
 */
export async function findResult(name: string, search: ResultSearch): Promise<OwnResult> {
  const { atlas, cwd, signal } = search;
  const folder = resolve(cwd, name);
  if (await isFolder(folder)) return resultOfFolder(folder, signal);
  const found = findRow(atlas.rows, name);
  switch (found.kind) {
    case "found":
      return publishedResult(found.row, atlas);
    case "ambiguous":
      throw new UserError("ambiguous-result", `\`${name}\` matches ${found.rows.length} results`, {
        saw: found.rows
          .slice(0, 8)
          .map(({ rowId }) => rowId)
          .join("\n"),
        hint: "specify more of its path, for example `v5.0/Dell/XE9680x8/bert`; `*` matches anything",
      });
    case "unknown":
      return ownResult(name, search, found.nearest);
  }
}

async function publishedResult(row: ResultRow, { folders }: Atlas): Promise<OwnResult> {
  const [runs, curves] = await Promise.all([
    readResultRuns(row.rowId, folders),
    readRunCurves(row.rowId, { folders }),
  ]);
  return { row, runs: runs.items, curves: curves.items, target: undefined };
}

async function ownResult(
  name: string,
  { atlas, store }: ResultSearch,
  nearest: string | undefined,
): Promise<OwnResult> {
  const meant = await store.resolve(name.replace(/^own\//u, ""));
  if (meant.kind === "run" || meant.kind === "series") {
    const all = await ownResults(store, atlas.accelerators);
    const own = all.find(({ row }) => row.rowId === `own/${meant.seriesId}`);
    if (own !== undefined) return own;
    throw new UserError("run-not-finished", `\`${name}\` has no finished run yet`, {
      hint: `\`pitwall show ${name}\` shows its progress`,
    });
  }
  if (meant.kind === "ambiguous")
    throw new UserError("ambiguous-result", `\`${name}\` matches several runs`, {
      saw: meant.candidates.slice(0, 5).join("\n"),
      hint: "specify more of the name, or `last`",
    });
  const own = meant.nearest === undefined ? undefined : meant.nearest;
  throw new UserError("unknown-result", `unknown result \`${name}\``, {
    hint:
      nearest === undefined && own === undefined
        ? "`pitwall results` lists them; identify one by round, submitter, system and benchmark: `v5.0/Dell/XE9680x8/bert`"
        : `did you mean \`${nearest ?? own ?? ""}\`?`,
  });
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return false;
  }
}
