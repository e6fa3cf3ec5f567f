import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { compareResults } from "../atlas/compare-results.ts";
import { findRow } from "../atlas/find-row.ts";
import { shortNames } from "../atlas/short-names.ts";
import { measureRow } from "../atlas/measures.ts";
import type { OwnResult } from "../atlas/own-row.ts";
import { errorCode } from "../foundation/error-code.ts";
import { UserError } from "../foundation/user-error.ts";
import type { Comparison, CompareSubject, CurveAxis } from "../schema/atlas/comparison.ts";
import type { ResultsProblem } from "../schema/atlas/results-problem.ts";
import type { RunStore } from "../store/run-store.ts";
import { readResultRuns, readRunCurves } from "../store/results/read-results.ts";
import { type Atlas, type AtlasRequest, loadAtlas } from "./load-atlas.ts";
import { ownResults } from "./own-results.ts";
import { resultOfFolder } from "./result-of-folder.ts";

export interface CompareRequest extends AtlasRequest {
  /** Rows, own runs, series, `last`, or folders of logs, as the user wrote them. */
  names: readonly string[];
  store: RunStore;
  cwd: string;
  axis: CurveAxis;
}

/**
 * Lays results side by side that the user named.
 *
 * @throws UserError `unknown-result`, `ambiguous-result`, `same-result-twice`, and what `resultOfFolder` throws
 */
export async function compareNamed(
  request: CompareRequest,
  signal: AbortSignal,
): Promise<{ comparison: Comparison; problems: readonly ResultsProblem[] }> {
  const atlas = await loadAtlas(request);
  const subjects: CompareSubject[] = [];
  for (const name of request.names) {
    const subject = await findSubject(name, { atlas, request, signal });
    const { rowId } = subject.measured.row;
    if (subjects.some(({ measured }) => measured.row.rowId === rowId))
      throw new UserError("same-result-twice", `\`${name}\` was named before`, { saw: rowId });
    subjects.push(subject);
  }
  return {
    comparison: compareResults(withShortNames(subjects), atlas.groups, request.axis),
    problems: atlas.problems,
  };
}

interface Search {
  atlas: Atlas;
  request: CompareRequest;
  signal: AbortSignal;
}

async function findSubject(name: string, search: Search): Promise<CompareSubject> {
  const { atlas, request, signal } = search;
  const folder = resolve(request.cwd, name);
  if (await isFolder(folder)) return subjectOf(await resultOfFolder(folder, signal), atlas);
  const found = findRow(atlas.rows, name);
  switch (found.kind) {
    case "found":
      return publishedSubject(found.row, atlas);
    case "ambiguous":
      throw new UserError("ambiguous-result", `\`${name}\` may be ${found.rows.length} results`, {
        saw: found.rows
          .slice(0, 8)
          .map(({ rowId }) => rowId)
          .join("\n"),
        hint: "write more of its folders: `v5.0/Dell/XE9680x8/bert`; `*` stands for anything",
      });
    case "unknown":
      return ownSubject(name, search, found.nearest);
  }
}

async function publishedSubject(row: Atlas["rows"][number], atlas: Atlas): Promise<CompareSubject> {
  const { folders } = atlas;
  const [runs, curves] = await Promise.all([
    readResultRuns(row.rowId, folders),
    readRunCurves(row.rowId, { folders }),
  ]);
  return subjectOf({ row, runs: runs.items, curves: curves.items, target: undefined }, atlas);
}

async function ownSubject(
  name: string,
  { atlas, request }: Search,
  nearest: string | undefined,
): Promise<CompareSubject> {
  const meant = await request.store.resolve(name.replace(/^own\//u, ""));
  if (meant.kind === "run" || meant.kind === "series") {
    const all = await ownResults(request.store, atlas.accelerators);
    const own = all.find(({ row }) => row.rowId === `own/${meant.seriesId}`);
    if (own !== undefined) return subjectOf(own, atlas);
    throw new UserError("run-not-finished", `\`${name}\` has no finished run yet`, {
      hint: `\`pitwall show ${name}\` says how far it came`,
    });
  }
  if (meant.kind === "ambiguous")
    throw new UserError("ambiguous-result", `\`${name}\` begins the names of several runs`, {
      saw: meant.candidates.slice(0, 5).join("\n"),
      hint: "write a few letters more, or `last`",
    });
  const own = meant.nearest === undefined ? undefined : meant.nearest;
  throw new UserError("unknown-result", `there is no result \`${name}\``, {
    hint:
      nearest === undefined && own === undefined
        ? "`pitwall results` lists them: round, submitter, system and benchmark together name one, `v5.0/Dell/XE9680x8/bert`"
        : `did you mean \`${nearest ?? own ?? ""}\`?`,
  });
}

function subjectOf({ row, runs, curves, target }: OwnResult, { rod }: Atlas): CompareSubject {
  return { name: row.rowId, measured: measureRow(row, rod), runs, curves, target };
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return false;
  }
}

function withShortNames(subjects: readonly CompareSubject[]): CompareSubject[] {
  const names = shortNames(subjects.map(({ name }) => name));
  return subjects.map((subject, index) => ({ ...subject, name: names[index] ?? subject.name }));
}
