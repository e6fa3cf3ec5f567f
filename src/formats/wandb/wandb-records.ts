import { formatTag } from "../../schema/run/request/tag-text.ts";
import { joinBytes } from "../binary/join-bytes.ts";
import { integerField, messageField, textField } from "../binary/protobuf-message.ts";
import type { HistoryRow } from "../tracked/history-rows.ts";
import type { SystemPoint } from "../tracked/system-metrics.ts";
import type { TrackedRun } from "../tracked/tracked-run.ts";

/**
 * The records of an offline W&B run, each a protobuf message.
 *
 * @see wandb/proto/wandb_internal.proto of the wandb client
 */
export function wandbRecords(
  run: TrackedRun,
  { id, rows, notes, files }: WandbRunParts,
): Uint8Array[] {
  const runtimeSeconds = Math.round((run.endedMs - run.startedMs) / 1000);
  const isEnded = run.status !== "running";
  const bodies = [
    messageField(21, messageField(1, textField(1, "pitwall"), textField(2, oldestReader))),
    runRecord(run, { id, notes }),
    ...(files.length === 0 ? [] : [filesRecord(files)]),
    ...rows.map((row) => historyRecord(row, run.startedMs)),
    ...statsRecords(run.system),
    summaryRecord(run, rows, runtimeSeconds),
    ...(isEnded ? [exitRecord(run.exitCode, runtimeSeconds), messageField(22)] : []),
  ];
  return bodies.map((body, index) => joinBytes([integerField(1, index + 1), body]));
}

export interface WandbRunParts {
  id: string;
  rows: readonly HistoryRow[];
  /** Markdown. */
  notes: string;
  /** Paths in the folder `files`. */
  files: readonly string[];
}

/** The oldest client that can read the file. */
const oldestReader = "0.6.0";

function runRecord(run: TrackedRun, { id, notes }: { id: string; notes: string }): Uint8Array {
  const { name, seriesId, title, hostname, startedMs, parameters } = run;
  const config = [["_wandb", {}] as const, ...parameters].map(([key, value]) =>
    messageField(1, textField(1, key), textField(16, JSON.stringify(value))),
  );
  return messageField(
    17,
    textField(1, id),
    textField(3, name),
    messageField(4, ...config),
    textField(6, seriesId),
    textField(7, "train"),
    textField(8, title),
    textField(9, notes),
    ...["pitwall", ...Object.entries(run.tags).map(formatTag)].map((tag) => textField(10, tag)),
    textField(13, hostname),
    timestampField(17, startedMs),
  );
}

function timestampField(field: number, timeMs: number): Uint8Array {
  const seconds = Math.floor(timeMs / 1000);
  const nanoseconds = Math.floor((timeMs - seconds * 1000) * 1e6);
  return messageField(field, integerField(1, seconds), integerField(2, nanoseconds));
}

/** Files that are uploaded when the run is synced. */
function filesRecord(files: readonly string[]): Uint8Array {
  return messageField(6, ...files.map((path) => messageField(1, textField(1, path))));
}

function historyRecord(row: HistoryRow, startedMs: number): Uint8Array {
  const items = [...row.values, ...timeItems(row, startedMs)];
  const step = messageField(2, integerField(1, row.step));
  return messageField(2, ...items.map(item), step);
}

/** System metrics: a record for each time. */
function statsRecords(system: readonly SystemPoint[]): Uint8Array[] {
  const byTime = new Map<number, SystemPoint[]>();
  for (const point of system)
    byTime.set(point.timeMs, [...(byTime.get(point.timeMs) ?? []), point]);
  return [...byTime]
    .toSorted(([one], [other]) => one - other)
    .map(([timeMs, points]) =>
      messageField(7, timestampField(2, timeMs), ...points.map(statsItem)),
    );
}

/** W&B adds `system.` to the key. The client's own names where they mean the same. */
function statsItem({ metric, series, value }: SystemPoint): Uint8Array {
  const { device = "", host, name } = series;
  const index = /^accelerator (?<index>\d+)$/u.exec(device)?.groups?.["index"];
  const named = index === undefined ? undefined : deviceNames[name];
  const hosts = metric.includes(`/${host}/`) ? `/l:${host}` : "";
  const [key, figure] =
    named === undefined
      ? [
          metric
            .replace(/^system\//u, "")
            .replace(`${host}/`, "")
            .replaceAll("/", "."),
          value,
        ]
      : [`gpu.${index}.${named.key}`, value * named.factor];
  return messageField(3, textField(1, `${key}${hosts}`), textField(16, String(figure)));
}

const deviceNames: Readonly<Record<string, { key: string; factor: number }>> = {
  utilization_fraction: { key: "gpu", factor: 100 },
  memory_bytes: { key: "memoryAllocatedBytes", factor: 1 },
  power_watts: { key: "powerWatts", factor: 1 },
};

/** The last value of each metric, and the figures of the verdict. */
function summaryRecord(
  { figures, startedMs }: TrackedRun,
  rows: readonly HistoryRow[],
  runtimeSeconds: number,
): Uint8Array {
  const last = rows.at(-1);
  const values = new Map([
    ...rows.flatMap((row) => [...row.values]),
    ...figures,
    ...(last === undefined ? [] : timeItems(last, startedMs)),
  ]);
  const runtime = messageField(
    1,
    textField(2, "_wandb"),
    textField(2, "runtime"),
    textField(16, String(runtimeSeconds)),
  );
  return messageField(3, ...[...values].map(item), runtime);
}

function exitRecord(exitCode: number, runtimeSeconds: number): Uint8Array {
  return messageField(18, integerField(1, exitCode), integerField(2, runtimeSeconds));
}

/** The columns that W&B uses as axes. */
function timeItems({ step, timeMs }: HistoryRow, startedMs: number): [string, number][] {
  return [
    ["_step", step],
    ["_runtime", (timeMs - startedMs) / 1000],
    ["_timestamp", timeMs / 1000],
  ];
}

/** The client writes the name as one part of a nested key, also if it contains a slash. Not all values are JSON: NaN. */
function item([name, value]: readonly [string, number]): Uint8Array {
  return messageField(1, textField(2, name), textField(16, String(value)));
}
