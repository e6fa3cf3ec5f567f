import { TrainingObserver } from "../../planner/review/observe-training.ts";
import type { FinishedTraining } from "../../schema/plan/finished-training.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import { readPieces } from "../../store/results/read-pieces.ts";
import { findTrainings } from "../import-logs/find-trainings.ts";
import { loadTrainings } from "../import-logs/load-trainings.ts";
import type { LoadedTraining } from "../import-logs/loaded-training.ts";
import { LineObserver } from "./observe-lines.ts";

/** A training of a file, and where the file is. */
export interface FoundTraining {
  training: FinishedTraining;
  /** The log; undefined for trackers. */
  path: string | undefined;
}

/**
 * Reads the trainings of a log, or of a folder of logs.
 *
 * @throws UserError what `findTrainings` and `loadTrainings` throw, and `log-without-training`
 */
export async function finishedOfFiles(given: string, cwd: string): Promise<FoundTraining[]> {
  const { trainings } = await findTrainings(given, { cwd, requested: undefined });
  const loaded: LoadedTraining[] = [];
  for (const files of trainings) loaded.push(...(await loadSome(files, trainings.length > 1)));
  const counted = loaded.filter(({ isWarmup }) => isWarmup !== true);
  // Beside MLPerf logs, folders hold logs of checkers and power meters.
  const mlperf = counted.filter(({ isMllog }) => isMllog);
  const found: FoundTraining[] = [];
  for (const one of mlperf.length > 0 ? mlperf : counted)
    found.push({ training: await finishedOf(one), path: one.textFile });
  if (found.length > 0) return found;
  for (const { format, paths } of trainings)
    if (format === "text") for (const path of paths) found.push(...(await finishedOfOldLog(path)));
  if (found.length > 0) return found;
  throw new UserError("log-without-training", `\`${given}\` has no numbers of a training`, {
    hint: "give the log of a finished training, the folder of its seeds, or the name of a run",
  });
}

/** MLPerf logs of rounds 0.5 and 0.6, which importing does not know. */
async function finishedOfOldLog(path: string): Promise<FoundTraining[]> {
  const observer = new TrainingObserver();
  const lines = new LineObserver(observer, { readsText: false });
  for await (const bytes of readPieces(path)) lines.push(bytes, 0);
  lines.end(0);
  const training = observer.finish(path, { span: { fromMs: 0, toMs: 0 }, hasTimes: true });
  return training.endMs > training.startMs ? [{ training, path }] : [];
}

async function loadSome(
  files: Parameters<typeof loadTrainings>[0],
  isOneOfMany: boolean,
): Promise<LoadedTraining[]> {
  try {
    return await loadTrainings(files);
  } catch (error) {
    const isSkippable =
      error instanceof UserError && ["log-empty", "log-not-text"].includes(error.code);
    if (isOneOfMany && isSkippable) return [];
    throw error;
  }
}

/** Reads a training again, for what it says about its layout and its time. */
export async function finishedOf(
  loaded: LoadedTraining,
  observer: TrainingObserver = new TrainingObserver(),
): Promise<FinishedTraining> {
  const lines = new LineObserver(observer, { readsText: !loaded.isMllog });
  for (const [name, text] of loaded.settings ?? []) observer.setting(name, text, "settings");
  let lastMs = loaded.launchedMs;
  for await (const { bytes, timeMs } of loaded.pieces()) {
    lines.push(bytes, timeMs);
    lastMs = timeMs;
  }
  lines.end(lastMs);
  const part = loaded.part === undefined ? "" : `, training ${loaded.part.number}`;
  return observer.finish(`${loaded.textFile ?? loaded.path}${part}`, {
    span: { fromMs: loaded.launchedMs, toMs: loaded.endedMs },
    hasTimes: loaded.times.source !== "none",
  });
}
