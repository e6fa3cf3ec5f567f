// A ninth set: folders as an engineer with material of real tools would write them to test a diagnosis, and, in ninth/run-plan.js, runs. Sources of the texts' forms are named beside them.
// It was written without a look at the diagnosis, while another person changed it, and answered once as it came.
import { causeOf } from "./fourth-folders.js";
import { clusterFolders } from "./ninth/cluster-folders.js";
import { collectiveFolders } from "./ninth/collective-folders.js";
import { dumpFolders } from "./ninth/dump-folders.js";
import { healthyFolders } from "./ninth/healthy-folders.js";
import { launcherFolders } from "./ninth/launcher-folders.js";
import { numberFolders } from "./ninth/number-folders.js";
import { stackFolders } from "./ninth/stack-folders.js";

export const ninthFolders = [
  ...launcherFolders,
  ...collectiveFolders,
  ...clusterFolders,
  ...numberFolders,
  ...dumpFolders,
  ...stackFolders,
  ...healthyFolders,
].map(([about, expected, files]) => ({
  about: `folder: ${about}`,
  source: "unseen folders",
  expected: expected === "" ? [] : expected.split(" + ").map(causeOf),
  files,
}));
