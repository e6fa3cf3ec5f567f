import type { Format } from "../format.ts";

export const mlflow: Format = {
  name: "mlflow",
  summary: "an MLflow file store, or runs on an MLflow server (`--tracking-uri`)",
  fileEndings: [],
  write: {
    gives: "folder",
    defaultFolder: "mlruns",
    options: ["experiment", "trackingUri"],
    needsVerdict: false,
    next: (folder) => ({
      command: `MLFLOW_ALLOW_FILE_STORE=true mlflow ui --backend-store-uri ${folder}`,
      does: "shows the runs; MLflow before version 3 needs no variable",
    }),
    load: async () => (await import("./write-file-store.ts")).writeFileStore,
  },
};
