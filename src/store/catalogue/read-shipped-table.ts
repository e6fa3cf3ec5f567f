import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { dataDirectory } from "./data-directory.ts";

/**
 * Reads one of the package's own tables. A test validates each of them against its schema; they are not validated here
 * because loading the validator takes longer than the rest of a command.
 *
 * @param name of a file in the package's `data`
 */
export async function readShippedTable<Shape>(name: string): Promise<Shape> {
  const text = await readFile(join(dataDirectory, name), "utf8");
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a test validates the shipped files
  return JSON.parse(text) as Shape;
}
