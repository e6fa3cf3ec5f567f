// A seventh set, of folders of logs, dumps and stacks after error texts of public issues and of the sources of the programs that print them, named beside them.
// It was written without a look at the diagnosis, and answered once as it came, before anything was changed for it.
import { causeOf } from "./fourth-folders.js";
import { collectiveFolders } from "./seventh/collective-folders.js";
import { dumpFolders } from "./seventh/dump-folders.js";
import { frameworkFolders } from "./seventh/framework-folders.js";
import { healthyFolders } from "./seventh/healthy-folders.js";
import { launcherFolders } from "./seventh/launcher-folders.js";
import { rayFolders } from "./seventh/ray-folders.js";
import { schedulerFolders } from "./seventh/scheduler-folders.js";

export const seventhFolders = [
  ...launcherFolders,
  ...rayFolders,
  ...collectiveFolders,
  ...schedulerFolders,
  ...frameworkFolders,
  ...dumpFolders,
  ...healthyFolders,
].map(([about, expected, files]) => ({
  about: `folder: ${about}`,
  source: "unseen folders",
  expected: expected === "" ? [] : expected.split(" + ").map(causeOf),
  files,
}));
