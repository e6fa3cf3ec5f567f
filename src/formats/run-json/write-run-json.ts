import type { ExportedRun } from "../../schema/run/exported-run.ts";

/** Writes runs as one JSON document, a run at a time. */
export function* writeRunJson(runs: readonly ExportedRun[]): Generator<string> {
  yield '{"schemaVersion":1,"runs":[';
  for (const [index, run] of runs.entries())
    yield `${index === 0 ? "" : ","}\n${JSON.stringify(run)}`;
  yield "\n]}\n";
}
