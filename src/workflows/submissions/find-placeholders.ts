import type { ResultFolder } from "../../schema/logs/result-folder.ts";
import type { Placeholder } from "../../score/submission/list-submission-items.ts";
import { readLogLines } from "../logs/read-log-lines.ts";

const placeholder = /PLACEHOLDER|\bTODO\b|^\s*<[^>]*>\s*$/u;

/** Values of `submission_…` keys that are placeholders, read from the lines before `run_start`. */
export async function findPlaceholders(folder: ResultFolder): Promise<Placeholder[]> {
  const found = new Map<string, Placeholder>();
  for (const log of folder.logs) {
    for (const [key, value] of await submissionValues(log.path)) {
      if (!placeholder.test(value)) continue;
      const name = JSON.stringify([key, value]);
      const { logCount } = found.get(name) ?? { logCount: 0 };
      found.set(name, { place: folder.shownAs, key, value, logCount: logCount + 1 });
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
