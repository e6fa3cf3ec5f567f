import { basename } from "node:path";
import type { ResultsReader } from "../../formats/format.ts";
import {
  type ResultContents,
  type RoundContents,
  roundOf,
} from "../../schema/atlas/round-contents.ts";
import { readPieces } from "../../store/results/read-pieces.ts";

/** Reads a table of results in one pass. */
export async function readResultsFile(path: string, format: ResultsReader): Promise<RoundContents> {
  const reader = format.open(basename(path));
  const contents: ResultContents[] = [];
  for await (const bytes of readPieces(path)) contents.push(...reader.push(bytes));
  contents.push(...reader.end());
  return roundOf(format.round, contents);
}
