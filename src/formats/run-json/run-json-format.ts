import type { Format } from "../format.ts";

export const runJson: Format = {
  name: "json",
  summary: "complete records as one JSON document",
  fileEndings: [".json"],
  write: {
    gives: "document",
    options: [],
    needsVerdict: false,
    load: async () => (await import("./write-run-json.ts")).writeRunJson,
  },
};
