import { hasColumns } from "../csv-table.ts";
import type { Format } from "../format.ts";
import { speedrunColumns } from "./speedrun-columns.ts";

export const speedrun: Format = {
  name: "nanogpt-speedrun",
  summary: "NanoGPT speedrun records as a CSV table",
  fileEndings: [".csv"],
  read: {
    gives: "results",
    detect: (sample) => hasColumns(sample, speedrunColumns),
    load: async () => (await import("./read-speedrun.ts")).speedrunReader,
  },
};
