import { basename, dirname, join } from "node:path";
import { isJsonObject, type JsonValue } from "../../foundation/json.ts";
import { modelCardSettings } from "../../formats/json/model-card-settings.ts";
import { parsePythonJson } from "../../formats/json/parse-python-json.ts";
import { type Settings, settingsIn } from "../../formats/settings.ts";
import { readYamlSettings } from "../../formats/yaml-settings.ts";
import { readText } from "../../store/open-file.ts";

/** The settings that Lightning's CSV logger stores beside `metrics.csv`, in `hparams.yaml`. */
export async function settingsOfCsv(path: string): Promise<Settings> {
  if (basename(path) !== "metrics.csv") return new Map();
  const text = await textOf(join(dirname(path), "hparams.yaml"));
  return new Map(readYamlSettings(text));
}

const stateSettings = ["train_batch_size", "num_train_epochs", "max_steps"];

/**
 * The settings of a Hugging Face training: those that `trainer_state.json` has, and those in the model card `README.md`
 * that the trainer writes into the output folder.
 */
export async function settingsOfTrainerState(path: string): Promise<Settings> {
  if (basename(path) !== "trainer_state.json") return new Map();
  const state = parsePythonJson(await textOf(path));
  const folder = dirname(path);
  const cards = [folder, dirname(folder)].map((each) => textOf(join(each, "README.md")));
  const [card = "", cardAbove = ""] = await Promise.all(cards);
  const isCheckpoint = basename(folder).startsWith("checkpoint-");
  return new Map([
    ...settingsOfState(state),
    ...(isCheckpoint ? modelCardSettings(cardAbove) : []),
    ...modelCardSettings(card),
  ]);
}

function settingsOfState(state: JsonValue | undefined): [string, string][] {
  if (!isJsonObject(state)) return [];
  const kept = stateSettings.map((name): [string, JsonValue] => [name, state[name] ?? null]);
  const trial = state["trial_params"];
  return [
    ...settingsIn(Object.fromEntries(kept)),
    ...settingsIn(isJsonObject(trial) ? trial : null),
  ];
}

/** Empty if there is no such file. */
async function textOf(path: string): Promise<string> {
  const read = await readText(path, { followsLinks: true });
  return read.kind === "read" ? read.text : "";
}
