import { hasColumns } from "../csv-table.ts";
import type { Format } from "../format.ts";
import { roundTableColumns } from "./round-table-columns.ts";

export const roundTable: Format = {
  name: "round-table",
  summary: "MLPerf Training v6.0 as a CSV table of middle runs and known scores",
  fileEndings: [".csv"],
  read: {
    gives: "results",
    detect: (sample) => hasColumns(sample, roundTableColumns),
    load: async () => (await import("./read-round-table.ts")).roundTableReader,
  },
};
