import { stat } from "node:fs/promises";
import { resolve, sep } from "node:path";
import { UserError } from "../../foundation/errors/user-error.ts";
import { checkableEditions } from "../../schema/logs/edition-name.ts";
import type { EditionAssumption } from "../../schema/logs/edition-assumption.ts";
import type { MlperfEdition } from "../../schema/logs/mlperf-round.ts";
import type { ResultFolder } from "../../schema/logs/result-folder.ts";
import type { BenchmarkResult } from "../../schema/logs/submission.ts";
import { sizeOnDisk } from "../../store/open-file.ts";
import type { RunRecord, RunStore } from "../../store/records/run-store.ts";
import { roundInLog, type RoundOfLog } from "../check/round-of-log.ts";
import { scoreResults } from "./score-results.ts";

/** The logs of recorded runs, scored like the logs of a submitted result. */
export interface RecordsToScore {
  /** As it is shown: the run or series. */
  name: string;
  records: readonly RunRecord[];
  /** Default: what the first log says. */
  edition?: MlperfEdition | undefined;
}

/** The records of a run or series; undefined if the text is a path or names no run. */
export async function recordsNamed({
  text,
  workingFolder,
  store,
}: {
  text: string;
  workingFolder: string;
  store: RunStore;
}): Promise<RecordsToScore | undefined> {
  const isPath = await stat(resolve(workingFolder, text)).then(
    () => true,
    // A missing path: the text may be the name of a run.
    () => false,
  );
  if (isPath) return undefined;
  const meant = await store.resolve(text);
  switch (meant.kind) {
    case "run":
      return openRecords(meant.runId, [meant.runId], store);
    case "series":
      return openRecords(meant.seriesId, meant.runIds, store);
    case "ambiguous":
    case "unknown":
      return undefined;
  }
}

/** Undefined if none of them can be opened. */
export async function openRecords(
  name: string,
  runIds: readonly string[],
  store: RunStore,
): Promise<RecordsToScore | undefined> {
  const opened = await Promise.all(runIds.map((runId) => store.open(runId)));
  const records = opened.flatMap((each) => (each.kind === "opened" ? [each.record] : []));
  return records.length === 0 ? undefined : { name, records };
}

/**
 * Scores the logs of recorded runs as one result.
 *
 * @throws UserError `edition-unknown`, `log-of-inference`
 */
export async function scoreRecords(
  { name, records, edition }: RecordsToScore,
  signal: AbortSignal,
): Promise<{ result: BenchmarkResult; assumption: EditionAssumption | undefined }> {
  const round: RoundOfLog = edition === undefined ? await roundOf(name, records) : { edition };
  const planned = { folder: folderOf(name, records), edition: round.edition };
  for await (const event of scoreResults({ results: [planned], verdict: "checker" }, signal)) {
    const [scored] = event.kind === "scored" ? event.results : [];
    if (scored !== undefined) return { result: scored.result, assumption: round.assumption };
  }
  throw new Error("logs were scored without a result");
}

async function roundOf(name: string, records: readonly RunRecord[]): Promise<RoundOfLog> {
  for (const { logPath, runId } of records) {
    const round = await roundInLog({ absolutePath: logPath, path: runId });
    if (round !== undefined) return round;
  }
  throw new UserError("edition-unknown", `the log of \`${name}\` has no MLPerf lines`, {
    hint: `select the rules, for example \`--edition ${checkableEditions.at(-1) ?? ""}\``,
  });
}

function folderOf(name: string, records: readonly RunRecord[]): ResultFolder {
  const path = records[0]?.directory ?? name;
  return {
    path,
    pathParts: path.split(sep),
    shownAs: name,
    organisation: name,
    systemFolder: name,
    scalingKind: "strong",
    benchmarkFolder: undefined,
    isInSubmission: false,
    subfolder: undefined,
    logs: records.map(({ runId, logPath }) => ({
      name: runId,
      path: logPath,
      sizeBytes: sizeOnDisk(logPath),
      nodeMeters: [],
      switchMeters: [],
    })),
    system: { kind: "missing", path },
    scaling: { kind: "none", path },
    hasPower: false,
    asksForBypass: false,
  };
}
