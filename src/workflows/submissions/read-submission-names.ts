import type { ResultFolder } from "../../schema/logs/result-folder.ts";
import type { LoggedName } from "../../score/submission/compare-submitted-names.ts";
import { readLogLines } from "../logs/read-log-lines.ts";

/** Reads the values of `submission_…` keys before `run_start`, and how many logs have each. */
export async function readSubmissionNames(folder: ResultFolder): Promise<LoggedName[]> {
  const found = new Map<string, LoggedName>();
  for (const log of folder.logs) {
    for (const [key, value] of await submissionValues(log.path)) {
      const name = JSON.stringify([key, value]);
      const { logCount } = found.get(name) ?? { logCount: 0 };
      found.set(name, { key, value, logCount: logCount + 1 });
    }
  }
  return [...found.values()];
}

async function submissionValues(path: string): Promise<ReadonlyMap<string, string>> {
  const values = new Map<string, string>();
  await readLogLines(path, (lines) => {
    for (const line of lines) {
      if (line.kind !== "event") continue;
      const { key, value } = line.event;
      if (key === "run_start") return "stop";
      if (key.startsWith("submission_") && typeof value === "string") values.set(key, value);
    }
    return "go-on";
  });
  return values;
}
