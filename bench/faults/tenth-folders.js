// A tenth, smaller set of folders: other launchers, clusters, languages and forms of reports than in the earlier sets, with the sources of the texts' forms beside them.
// Written without a look at the diagnosis or at the corrections for the ninth set, and answered once as it came.
import { causeOf } from "./fourth-folders.js";
import { faultFolders } from "./tenth/fault-folders.js";
import { healthyFolders } from "./tenth/healthy-folders.js";
import { moreFolders } from "./tenth/more-folders.js";

export const tenthFolders = [...faultFolders, ...moreFolders, ...healthyFolders].map(
  ([about, expected, files]) => ({
    about: `folder: ${about}`,
    source: "unseen folders",
    expected: expected === "" ? [] : expected.split(" + ").map(causeOf),
    files,
  }),
);
