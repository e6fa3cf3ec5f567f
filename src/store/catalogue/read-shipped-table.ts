import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { dataDirectory } from "./data-directory.ts";

/**
 * One of the package's own tables. A test holds every one of them to its schema, so here none is validated again: loading
 * the validator takes longer than all else that a command does before its answer.
 *
 * @param name of a file in the package's `data`
 */
export async function readShippedTable<Shape>(name: string): Promise<Shape> {
  const text = await readFile(join(dataDirectory, name), "utf8");
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a test holds the shipped files to this shape
  return JSON.parse(text) as Shape;
}
