import { hasColumns } from "../csv-table.ts";
import type { Format } from "../format.ts";
import { dawnbenchColumns } from "./dawnbench-columns.ts";

export const dawnbench: Format = {
  name: "dawnbench",
  summary: "DAWNBench training entries as a CSV table",
  fileEndings: [".csv"],
  read: {
    gives: "results",
    detect: (sample) => hasColumns(sample, dawnbenchColumns),
    load: async () => (await import("./read-dawnbench.ts")).dawnbenchReader,
  },
};
