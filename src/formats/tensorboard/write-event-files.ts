import type { ExportedRun } from "../../schema/run/exported-run.ts";
import { joinBytes } from "../binary/join-bytes.ts";
import type { FolderContext, FormatFile, WriterOptionValues } from "../format.ts";
import { trackedRun, type TrackedRun } from "../tracked/tracked-run.ts";
import { hparamsRecord, markdownRecord, scalarRecord, versionRecord } from "./event-file.ts";
import { sessionEnd, sessionStart } from "./hparams-message.ts";

/** Writes one folder per run, each with one event file. */
export function writeEventFiles(
  runs: readonly ExportedRun[],
  _options: WriterOptionValues,
  { cardOf }: FolderContext,
): FormatFile[] {
  return runs.map((page) => {
    const run = trackedRun(page);
    const bytes = joinBytes(eventRecords(run, cardOf(page)));
    return { path: `${run.runId}/${fileName(run)}`, content: { kind: "bytes", bytes } };
  });
}

/** TensorBoard reads only files whose name contains `tfevents`. */
function fileName({ startedMs, hostname }: TrackedRun): string {
  const host = hostname.replaceAll(/[^\w-]+/gu, "-") || "host";
  return `events.out.tfevents.${Math.floor(startedMs / 1000)}.${host}.pitwall`;
}

function eventRecords(run: TrackedRun, card: string): Uint8Array[] {
  const { startedMs, endedMs, points, system, lastStep, figures, status } = run;
  const isEnded = status !== "running";
  return [
    versionRecord(startedMs),
    hparamsRecord("_hparams_/session_start_info", startedMs, sessionStart(run)),
    ...(card === "" ? [] : [markdownRecord("result", endedMs, codeBlock(card))]),
    ...[...points, ...system]
      .toSorted((one, other) => one.timeMs - other.timeMs)
      .map((point) => scalarRecord(point.metric, point)),
    ...figures.map(([name, value]) =>
      scalarRecord(`result/${name}`, { timeMs: endedMs, step: lastStep, value }),
    ),
    ...(isEnded ? [hparamsRecord("_hparams_/session_end_info", endedMs, sessionEnd(run))] : []),
  ];
}

/** Markdown that keeps columns aligned and contains no markup. */
function codeBlock(text: string): string {
  return text
    .split("\n")
    .map((line) => `    ${line}`)
    .join("\n");
}
