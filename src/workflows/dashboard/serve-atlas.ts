import { UserError } from "../../foundation/user-error.ts";
import { describeResultsProblem } from "../../report/findings/describe-results-problem.ts";
import type { AtlasDocument, AtlasRowDocument } from "../../schema/dashboard/atlas-document.ts";
import { findRoundFiles, readResultRuns, readRunCurves } from "../../store/results/read-results.ts";
import type { RunStore } from "../../store/records/run-store.ts";
import { type Atlas, loadAtlas } from "../results/load-atlas.ts";
import { ownResults } from "../results/own-results.ts";

/** Whose atlas it is: published results, the home's own imports, and its runs. */
export interface AtlasHome {
  home: string;
  store: RunStore;
}

/** All results and what is needed to measure them by, as the dashboard shows them. */
export async function atlasDocument({ home, store }: AtlasHome): Promise<AtlasDocument> {
  const atlas = await loadAtlas({ home });
  const [own, { rounds }] = await Promise.all([
    ownResults(store, atlas.accelerators),
    findRoundFiles(atlas.folders),
  ]);
  return {
    rows: [...own.map(({ row }) => row), ...atlas.rows],
    accelerators: [...atlas.accelerators],
    prices: [...atlas.rod.prices.values()].map((price) =>
      Object.assign({}, price, { providers: [...price.providers] }),
    ),
    compatibility: [...atlas.groups],
    rounds: rounds.map(({ manifest }) => manifest),
    problems: atlas.problems.map(describeResultsProblem),
  };
}

/**
 * One result with its runs and curves.
 *
 * @throws UserError `unknown-row`
 */
export async function atlasRowDocument(
  { home, store }: AtlasHome,
  rowId: string,
): Promise<AtlasRowDocument> {
  const atlas = await loadAtlas({ home });
  if (rowId.startsWith("own/")) return ownRowDocument(atlas, store, rowId);
  const row = atlas.rows.find((candidate) => candidate.rowId === rowId);
  if (row === undefined) throw unknownRow(rowId);
  const [runs, curves] = await Promise.all([
    readResultRuns(rowId, atlas.folders),
    readRunCurves(rowId, { folders: atlas.folders }),
  ]);
  return { row, runs: runs.items, curves: curves.items };
}

async function ownRowDocument(
  atlas: Atlas,
  store: RunStore,
  rowId: string,
): Promise<AtlasRowDocument> {
  const own = await ownResults(store, atlas.accelerators);
  const found = own.find(({ row }) => row.rowId === rowId);
  if (found === undefined) throw unknownRow(rowId);
  const { row, runs, curves, target } = found;
  return { row, runs, curves, ...(target === undefined ? {} : { target }) };
}

function unknownRow(rowId: string): UserError {
  return new UserError("unknown-row", `there is no result \`${rowId.slice(0, 200)}\``, {
    hint: "`pitwall results --format json` lists them with their ids",
  });
}
