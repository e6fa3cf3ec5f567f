import { readBenchmarkFacts } from "../../store/catalogue/read-atlas-tables.ts";
import { writeNewFile } from "../../store/write-new-file.ts";
import { planFileOf, type PlanFileSources } from "./plan-file-of.ts";
import type { PlannedRun } from "./plan-run.ts";

/** Where a file of a plan goes, and what the user said about it. */
interface PlanFileRequest extends Pick<
  PlanFileSources,
  "call" | "on" | "budget" | "deadline" | "pitwallVersion"
> {
  nowMs: number;
  /** Absent: it is not written. */
  path: string | undefined;
}

/**
 * The workload file of a plan, which is also written if it has a path.
 *
 * @throws UserError `option-unused`, `file-exists`; and what the disk reports
 */
export async function writePlanFile(
  planned: PlannedRun,
  { nowMs, path, ...request }: PlanFileRequest,
): Promise<string> {
  const facts = await readBenchmarkFacts();
  const plannedOn = new Date(nowMs).toISOString().slice(0, 10);
  const text = planFileOf({ ...planned, ...request, facts, plannedOn });
  if (path !== undefined) await writeNewFile(path, [text]);
  return text;
}
