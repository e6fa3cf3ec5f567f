import type { Format } from "../format.ts";

export const evaluationsCsv: Format = {
  name: "csv",
  summary: "one line per value of a metric and of the telemetry",
  fileEndings: [".csv"],
  write: {
    gives: "document",
    options: ["rawCsv"],
    needsVerdict: false,
    load: async () => (await import("./write-evaluations-csv.ts")).writeEvaluationsCsv,
  },
};
