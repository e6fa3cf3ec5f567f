import { createLogReader } from "../../mllog/log-reader.ts";
import type { LogLine } from "../../schema/logs/log-event.ts";
import type { RunChecklist } from "../../schema/run/run-checklist.ts";
import type { RunRules } from "../../schema/run/run-rules.ts";
import type { RunRecord } from "../../store/records/run-store.ts";
import { RunRulesCheck } from "./check-run-rules.ts";

/** How a recorded run stands against the rules; no verdict while it goes on. */
export interface RecordedRules {
  rules: RunRules | undefined;
  checklist: RunChecklist;
}

interface RecordedCheck {
  edition?: string | undefined;
  isOver?: boolean;
  alsoTake?: (line: LogLine) => void;
}

/**
 * Checks a recorded run's log again, by the edition of its verdict or request if none is named, in constant memory.
 *
 * @param edition instead of the one on record
 * @param isOver whether the log is taken to end here; default: unless the run goes on, which then gets no verdict
 * @param alsoTake is handed every MLPerf line too
 */
export async function checkRecordedRun(
  record: RunRecord,
  { edition, isOver = record.state.kind !== "running", alsoTake }: RecordedCheck = {},
): Promise<RecordedRules> {
  const { request, result } = record;
  const used = edition ?? request.edition ?? result?.rules?.edition;
  const check = new RunRulesCheck({ request, edition: used });
  for await (const lines of readLines(record)) {
    check.push(lines);
    // Else lines would pile up until the rules are there.
    await check.settle();
    if (alsoTake !== undefined) for (const line of lines) alsoTake(line);
  }
  await check.settle();
  const soFar = check.checklist();
  return isOver || soFar === undefined ? check.finish() : { rules: undefined, checklist: soFar };
}

async function* readLines(record: RunRecord): AsyncGenerator<LogLine[]> {
  const reader = createLogReader();
  for await (const bytes of record.readLog()) yield reader.push(bytes);
  yield reader.end();
}
