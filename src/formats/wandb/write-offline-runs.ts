import type { ExportedRun } from "../../schema/run/exported-run.ts";
import type { FolderContext, FormatFile, WriterOptionValues } from "../format.ts";
import { historyRows } from "../tracked/history-rows.ts";
import { markdownNote } from "../tracked/markdown-note.ts";
import { trackedRun } from "../tracked/tracked-run.ts";
import { wandbRecords } from "./wandb-records.ts";
import { writeLogRecords } from "./write-log-records.ts";

/** Writes one offline run folder per run, as the W&B client does in offline mode. */
export function writeOfflineRuns(
  runs: readonly ExportedRun[],
  _options: WriterOptionValues,
  { cardOf }: FolderContext,
): FormatFile[] {
  return runs.flatMap((page) => {
    const run = trackedRun(page);
    const id = wandbId(run.runId);
    const folder = `offline-run-${dateAndTime(run.startedMs)}-${id}`;
    const card = cardOf(page);
    const texts = card === "" ? [] : [{ name: cardFile, text: `${card}\n` }];
    const records = wandbRecords(run, {
      id,
      rows: historyRows(run),
      notes: markdownNote(run.note, card),
      files: texts.map(({ name }) => name),
    });
    const log: FormatFile = {
      path: `${folder}/run-${id}.wandb`,
      content: { kind: "bytes", bytes: writeLogRecords(records) },
    };
    return [
      log,
      ...texts.map(({ name, text }): FormatFile => {
        return { path: `${folder}/files/${name}`, content: { kind: "text", text } };
      }),
    ];
  });
}

const cardFile = "pitwall-result.txt";
const maximumIdLength = 64;

/** W&B refuses some characters in ids, and ids of more than 64; the end of a run id is what makes it unique. */
function wandbId(runId: string): string {
  return runId.replaceAll(/[^\w-]+/gu, "-").slice(-maximumIdLength);
}

/** `20261128_184730`, in UTC. */
function dateAndTime(timeMs: number): string {
  return new Date(timeMs).toISOString().replaceAll(/[-:]/gu, "").replace("T", "_").slice(0, 15);
}
