// A sixth set, of folders of logs after error texts of public issues, which are named beside them: texts, formats of steps, launchers and mixtures that no earlier set
// has. It was written without a look at the texts that the diagnosis reads, and answered once as it came, before anything was changed for it.
import { causeOf } from "./fourth-folders.js";
import { faultFolders } from "./sixth/fault-folders.js";
import { healthyFolders } from "./sixth/healthy-folders.js";

export const sixthFolders = [...faultFolders, ...healthyFolders].map(
  ([about, expected, files]) => ({
    about: `folder: ${about}`,
    source: "unseen folders",
    expected: expected === "" ? [] : expected.split(" + ").map(causeOf),
    files,
  }),
);
