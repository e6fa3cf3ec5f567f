// An eleventh set of 80 folders, in two halves by chance: other programs, launchers and schedulers than in the earlier sets, with the sources of the texts' forms beside them.
// Written without a look at the diagnosis. The second half was kept back while rules were made from the first half's wrong answers.
import { causeOf } from "./fourth-folders.js";
import { firstDevices } from "./eleventh/first/devices.js";
import { firstEnded } from "./eleventh/first/ended.js";
import { firstHealthy } from "./eleventh/first/healthy.js";
import { firstHosts } from "./eleventh/first/hosts.js";
import { firstPrograms } from "./eleventh/first/programs.js";
import { firstStopped } from "./eleventh/first/stopped.js";
import { secondDevices } from "./eleventh/second/devices.js";
import { secondEnded } from "./eleventh/second/ended.js";
import { secondHealthy } from "./eleventh/second/healthy.js";
import { secondPrograms } from "./eleventh/second/programs.js";
import { secondSlow } from "./eleventh/second/slow.js";
import { secondStopped } from "./eleventh/second/stopped.js";

const firstHalf = [
  ...firstEnded,
  ...firstStopped,
  ...firstDevices,
  ...firstHosts,
  ...firstPrograms,
  ...firstHealthy,
];
const secondHalf = [
  ...secondEnded,
  ...secondStopped,
  ...secondDevices,
  ...secondSlow,
  ...secondPrograms,
  ...secondHealthy,
];

export const eleventhFolders = [...firstHalf, ...secondHalf].map(([about, expected, files]) => ({
  about: `folder: ${about}`,
  source: "unseen folders",
  expected: expected === "" ? [] : expected.split(" + ").map(causeOf),
  files,
}));
