import { basename } from "node:path";
import { nameAccelerator } from "../../atlas/names/name-accelerator.ts";
import type { ResultsReader } from "../../formats/format.ts";
import {
  type ResultContents,
  type RoundContents,
  roundOf,
} from "../../schema/atlas/rounds/round-contents.ts";
import type { Accelerator } from "../../schema/catalogue.ts";
import { readAccelerators } from "../../store/catalogue/catalogue.ts";
import { readPieces } from "../../store/results/read-pieces.ts";

/** Reads a table of results in one pass. */
export async function readResultsFile(path: string, format: ResultsReader): Promise<RoundContents> {
  const reader = format.open(basename(path));
  const contents: ResultContents[] = [];
  for await (const bytes of readPieces(path)) contents.push(...reader.push(bytes));
  contents.push(...reader.end());
  if (format.hasPublishedAcceleratorNames !== true) return roundOf(format.round, contents);
  const accelerators = await readAccelerators();
  return roundOf(
    format.round,
    contents.map((result) => withAccelerator(result, accelerators)),
  );
}

function withAccelerator(
  { row, runs, curves }: ResultContents,
  accelerators: readonly Accelerator[],
): ResultContents {
  const systemName = `${row.systemName ?? ""} ${row.system}`;
  const named = nameAccelerator(row.acceleratorAsPublished, systemName, accelerators);
  return {
    row: { ...row, accelerator: named?.name, acceleratorFamily: named?.family },
    runs,
    curves,
  };
}
