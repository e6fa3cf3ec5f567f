import type { RunPage } from "../../schema/run/run-page.ts";

/** Writes runs as one JSON document, a run at a time. */
export function* writeRunJson(runs: readonly RunPage[]): Generator<string> {
  yield '{"schemaVersion":1,"runs":[';
  for (const [index, run] of runs.entries())
    yield `${index === 0 ? "" : ","}\n${JSON.stringify(run)}`;
  yield "\n]}\n";
}
