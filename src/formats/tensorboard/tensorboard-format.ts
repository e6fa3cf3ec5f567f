import type { Format } from "../format.ts";

export const tensorboard: Format = {
  name: "tensorboard",
  summary: "event files for TensorBoard, one folder per run",
  fileEndings: [],
  write: {
    gives: "folder",
    defaultFolder: "tensorboard",
    options: [],
    needsVerdict: false,
    next: (folder) => ({
      command: `tensorboard --logdir ${folder}`,
      does: "shows the curves, settings and results",
    }),
    load: async () => (await import("./write-event-files.ts")).writeEventFiles,
  },
};
