import { join } from "node:path";
import { dataDirectory } from "../catalogue/data-directory.ts";

/** The rounds shipped with the package. */
export const shippedResultsFolder = join(dataDirectory, "results");

/** The folders that contain results: the shipped ones, then those imported into this home; the later one wins. */
export function resultsFolders(home: string | undefined): readonly string[] {
  return home === undefined
    ? [shippedResultsFolder]
    : [shippedResultsFolder, ownResultsFolder(home)];
}

/** The folder for a user's own imports. */
export function ownResultsFolder(home: string): string {
  return join(home, "results");
}

/** The folder of one round among others: `mlperf-training-v5.0`. */
export function roundFolderName({ suite, round }: { suite: string; round: string }): string {
  return `${suite}-${round}`;
}
