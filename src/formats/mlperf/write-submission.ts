import { toMlperfSystemJson } from "../../schema/logs/mlperf-system-file.ts";
import type { RunPage } from "../../schema/run/run-page.ts";
import type { FormatFile, WriterOptionValues } from "../format.ts";

/**
 * Writes runs as an MLPerf submission: `<submitter>/results/<system>/<benchmark>/result_<n>.txt` and
 * `<submitter>/systems/<system>.json`.
 *
 * @see https://github.com/mlcommons/policies/blob/master/submission_rules.adoc
 */
export function writeSubmission(
  runs: readonly RunPage[],
  options: WriterOptionValues,
): FormatFile[] {
  const submitter = safeName(options.submitter ?? "unnamed");
  const files = new Map<string, FormatFile>();
  const runCounts = new Map<string, number>();
  for (const run of runs) {
    const system = safeName(options.system ?? run.request.system.system_name);
    const folder = `${submitter}/results/${system}/${safeName(run.request.startable.name)}`;
    const number = runCounts.get(folder) ?? 0;
    runCounts.set(folder, number + 1);
    const log: FormatFile = {
      path: `${folder}/result_${number}.txt`,
      content: { kind: "log-of", run },
    };
    for (const file of [log, systemFile(run, { submitter, system })]) files.set(file.path, file);
  }
  return [...files.values()];
}

function systemFile(
  { request }: RunPage,
  { submitter, system }: { submitter: string; system: string },
): FormatFile {
  const description = toMlperfSystemJson(
    { ...request.system, system_name: system },
    { submitter, division: "open", status: "Research, Development, or Internal (RDI)" },
  );
  return {
    path: `${submitter}/systems/${system}.json`,
    content: { kind: "text", text: `${JSON.stringify(description, undefined, 2)}\n` },
  };
}

/** A name that is valid as one folder on every system. */
function safeName(name: string): string {
  return name.replaceAll(/[^\w.+-]+/gu, "-").replaceAll(/^[-.]+|[-.]+$/gu, "") || "unnamed";
}
