// A fourth set, of folders as a person who has no record passes them to `pitwall doctor <folder>`: logs of launchers and ranks, lines of kernels and
// schedulers, dumps and stacks. Texts are put together after public issues, named beside each; a third has no fault, some of them with alarming lines.
// It was written before anything was changed for it and answered once as it came; docs/diagnosis.md has that number.
import { faultFolders } from "./fourth/fault-folders.js";
import { dumpFolders } from "./fourth/dump-folders.js";
import { healthyFolders } from "./fourth/healthy-folders.js";

export const fourthFolders = [...faultFolders, ...dumpFolders, ...healthyFolders].map(
  ([about, expected, files]) => ({
    about: `folder: ${about}`,
    source: "unseen folders",
    expected: expected === "" ? [] : expected.split(" + ").map(causeOf),
    files,
  }),
);

export function causeOf(text) {
  const [kind, ranks = ""] = text.split(" ");
  return { kind, ranks: ranks === "" ? [] : ranks.split(",").map(Number) };
}
