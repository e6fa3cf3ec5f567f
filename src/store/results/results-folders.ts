import { join } from "node:path";
import { dataDirectory } from "../catalogue/data-directory.ts";

/** The rounds that the package ships. */
export const shippedResultsFolder = join(dataDirectory, "results");

/** Where results are looked for: what is shipped, then what was imported into this home; the later of two wins. */
export function resultsFolders(home: string | undefined): readonly string[] {
  return home === undefined
    ? [shippedResultsFolder]
    : [shippedResultsFolder, ownResultsFolder(home)];
}

/** Where a user's own imports go. */
export function ownResultsFolder(home: string): string {
  return join(home, "results");
}

/** The folder of one round among others: `mlperf-training-v5.0`. */
export function roundFolderName({ suite, round }: { suite: string; round: string }): string {
  return `${suite}-${round}`;
}
