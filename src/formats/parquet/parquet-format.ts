import type { Format } from "../format.ts";

export const parquet: Format = {
  name: "parquet",
  summary: "one row per value of a metric and of the telemetry, for pandas, DuckDB and others",
  fileEndings: [".parquet"],
  write: {
    gives: "document",
    isBinary: true,
    options: [],
    needsVerdict: false,
    load: async () => (await import("./write-points-parquet.ts")).writePointsParquet,
  },
};
