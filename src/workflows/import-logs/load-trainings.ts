import { openMlflow } from "../trackers/open-mlflow.ts";
import type { TrainingFiles } from "./find-trainings.ts";
import { loadText } from "./load-text.ts";
import { loadJson, loadMlflowRun, loadTensorboard, loadWandb } from "./load-values.ts";
import type { LoadedTraining } from "./loaded-training.ts";

/**
 * Loads the trainings of found files; none where they hold no numbers.
 *
 * @throws UserError `file-unreadable`, `log-empty`, `log-not-text`, `log-damaged`, `mlflow-database-invalid`
 */
export async function loadTrainings(found: TrainingFiles): Promise<LoadedTraining[]> {
  const { format, paths, given, folder } = found;
  const [path = ""] = paths;
  switch (format) {
    case "mlflow":
      return loadMlflow(path, given);
    case "wandb":
      return listOf(await loadWandb(paths, { given, folder }));
    case "tensorboard":
      return listOf(await loadTensorboard(paths, { given, folder: sharedFolder(paths) }));
    case "json":
      return listOf(await loadJson(path, given));
    case "text":
      return loadText(path, given);
  }
}

function listOf(training: LoadedTraining | undefined): LoadedTraining[] {
  return training === undefined ? [] : [training];
}

/** The folder of the event files; settings may be in a file in a folder below. */
function sharedFolder(paths: readonly string[]): string {
  const folders = paths.map((path) => path.slice(0, Math.max(0, path.lastIndexOf("/"))));
  return folders.reduce((least, folder) => (folder.length < least.length ? folder : least));
}

async function loadMlflow(path: string, given: string): Promise<LoadedTraining[]> {
  const store = await openMlflow(path);
  try {
    const trainings: LoadedTraining[] = [];
    for (const run of store.runs) trainings.push(...listOf(await loadMlflowRun(store, run, given)));
    return trainings;
  } finally {
    await store.close();
  }
}
