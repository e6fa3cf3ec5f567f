import { qualityOfRow } from "../../../atlas/rounds/quality-of-row.ts";
import { readBenchmarkFacts } from "../../../store/catalogue/read-atlas-tables.ts";
import { UserError } from "../../../foundation/errors/user-error.ts";
import { describeResultsProblem } from "../../../report/findings/describe-results-problem.ts";
import type { AtlasDocument, AtlasRowDocument } from "../../../schema/dashboard/atlas-document.ts";
import { readAccelerators } from "../../../store/catalogue/catalogue.ts";
import type { RunStore } from "../../../store/records/run-store.ts";
import {
  findRoundFiles,
  readResultRow,
  readResultRuns,
  readRunCurves,
} from "../../../store/results/read-results.ts";
import { resultsFolders } from "../../../store/results/results-folders.ts";
import { loadAtlas } from "../../results/load-atlas.ts";
import { benchmarksWithReferences } from "../../submissions/show-references.ts";
import { ownResults } from "../../results/own-results.ts";

/** `own/<series id>` is the id of a result of the home's own runs. */
const ownPrefix = "own/";

/** The home whose imports and runs are shown with the published results. */
export interface AtlasHome {
  home: string;
  store: RunStore;
}

/** All results with the prices and tables that the dashboard measures them by. */
export async function atlasDocument({ home, store }: AtlasHome): Promise<AtlasDocument> {
  const atlas = await loadAtlas({ home });
  const [own, { rounds }, referenceBenchmarks] = await Promise.all([
    ownResults(store, atlas.accelerators),
    findRoundFiles(atlas.folders),
    benchmarksWithReferences(),
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
    referenceBenchmarks,
  };
}

/**
 * One result with its runs and curves. Reads only the round of that result, or only the home's own runs.
 *
 * @throws UserError `unknown-row`
 */
export async function atlasRowDocument(
  { home, store }: AtlasHome,
  rowId: string,
): Promise<AtlasRowDocument> {
  if (rowId.startsWith(ownPrefix)) return ownRowDocument(store, rowId);
  const folders = resultsFolders(home);
  const row = await readResultRow(rowId, folders);
  if (row === undefined) throw unknownRow(rowId);
  const [runs, curves, facts] = await Promise.all([
    readResultRuns(rowId, folders),
    readRunCurves(rowId, { folders }),
    readBenchmarkFacts(),
  ]);
  const quality = qualityOfRow(row, facts);
  return {
    row,
    runs: runs.items,
    curves: curves.items,
    ...(quality === undefined ? {} : { quality }),
  };
}

async function ownRowDocument(store: RunStore, rowId: string): Promise<AtlasRowDocument> {
  const accelerators = await readAccelerators();
  const [found] = await ownResults(store, accelerators, rowId.slice(ownPrefix.length));
  if (found === undefined) throw unknownRow(rowId);
  const { row, runs, curves, target } = found;
  return { row, runs, curves, ...(target === undefined ? {} : { target }) };
}

function unknownRow(rowId: string): UserError {
  return new UserError("unknown-row", `unknown result \`${rowId.slice(0, 200)}\``, {
    hint: "`pitwall results --format json` lists the results with their ids",
  });
}
