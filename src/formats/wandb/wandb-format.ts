import type { Format } from "../format.ts";

export const wandb: Format = {
  name: "wandb",
  summary: "offline runs that `wandb sync` uploads",
  fileEndings: [".wandb"],
  write: {
    gives: "folder",
    defaultFolder: "wandb",
    options: [],
    needsVerdict: false,
    next: (folder) => ({
      command: `wandb sync ${folder}`,
      does: "uploads the runs; `--project` and `--entity` choose where",
    }),
    load: async () => (await import("./write-offline-runs.ts")).writeOfflineRuns,
  },
};
