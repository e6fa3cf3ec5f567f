import { archiveKindOf } from "../../foundation/bytes/archive-kind.ts";
import type { Format } from "../format.ts";

const fileEndings = [".tar", ".tar.gz", ".tgz", ".tar.zst", ".zip"] as const;

/** MLPerf submissions and rounds: `<organisation>/results/<system>/<benchmark>/result_<n>.txt`. */
export const mlperf: Format = {
  name: "mlperf",
  summary: "MLPerf logs as a folder or archive",
  fileEndings,
  read: {
    gives: "logs",
    detect(sample) {
      if (sample.kind === "folder") return true;
      const isNamedSo = fileEndings.some((ending) => sample.name.toLowerCase().endsWith(ending));
      return isNamedSo || archiveKindOf(sample.firstBytes) !== undefined;
    },
  },
  write: {
    gives: "folder",
    defaultFolder: "submission",
    options: ["submitter", "system"],
    needsVerdict: true,
    omitsTelemetry: true,
    notice: "These are unverified results: only MLCommons verifies a submission.",
    load: async () => (await import("./write-submission.ts")).writeSubmission,
  },
};
