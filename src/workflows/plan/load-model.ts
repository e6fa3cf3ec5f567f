import { basename, dirname, join, resolve } from "node:path";
import { UserError } from "../../foundation/errors/user-error.ts";
import { readModelConfig } from "../../formats/hugging-face/read-model-config.ts";
import { totalParameters } from "../../planner/model/count-parameters.ts";
import { findModel } from "../../planner/model/find-model.ts";
import type { TransformerShape } from "../../schema/plan/model-shape.ts";
import { readPlannerModels } from "../../store/catalogue/read-planner-models.ts";
import { fileKind, readText, unreadableFile } from "../../store/open-file.ts";

/** A model whose sizes are known. */
export interface LoadedModel {
  name: string;
  /** `seq` is the pre-training length of a named model, and the longest sequence of a configuration. */
  shape: TransformerShape;
  parameters: number;
  origin: "table" | "config";
  notes: readonly string[];
}

/**
 * Loads a model by its name in Pitwall's table, or from a Hugging Face `config.json` or the folder that has it.
 *
 * @param text as the user typed it
 * @throws UserError `unknown-model`, `not-modelled`, `file-unreadable`, `model-config-not-understood`, `model-config-incomplete`
 */
export async function loadModel(text: string, cwd: string): Promise<LoadedModel> {
  const path = resolve(cwd, text);
  const config = join(path, "config.json");
  // A local copy of a model comes before the table, whose names are also names of folders.
  if ((await fileKind(config)) === "file") return modelOfConfig(config);
  const kind = await fileKind(path);
  if (kind === "file" || /\.json$/iu.test(text)) return modelOfConfig(path);
  const found = findModel(text, await readPlannerModels());
  if (found.kind === "found") {
    const { name, shape } = found.model;
    return { name, shape, parameters: totalParameters(shape), origin: "table", notes: [] };
  }
  if (kind === "directory") return modelOfConfig(config);
  const { nearest } = found;
  const { findLayerModel } = await import("../../planner/layer-models/find-layer-model.ts");
  const other = findLayerModel(text);
  if (other !== undefined) {
    const what = other.kind === "layers" ? other.model.name : other.what;
    throw new UserError("not-modelled", `${what} is not a transformer, whose sizes are needed`, {
      at: text,
      hint:
        other.kind === "layers"
          ? "`pitwall predict` gives its memory beside its step time"
          : "give the path of a Hugging Face `config.json`, or a name such as `llama31-8b`",
    });
  }
  throw new UserError("unknown-model", `unknown model \`${text}\``, {
    hint:
      nearest === undefined
        ? "give the path of a Hugging Face `config.json`, or a name such as `llama31-8b`"
        : `did you mean \`${nearest}\`? The path of a Hugging Face \`config.json\` is accepted too`,
  });
}

async function modelOfConfig(path: string): Promise<LoadedModel> {
  const read = await readText(path, { followsLinks: true });
  if (read.kind !== "read") throw unreadableFile(path, read);
  const { shape, parameters, notes } = readModelConfig(parsedJson(read.text, path));
  return { name: nameOf(path), shape, parameters, origin: "config", notes };
}

function parsedJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UserError("model-config-not-understood", `\`${path}\` is not valid JSON`, {
      saw: error.message,
      hint: "the file must be a Hugging Face `config.json`",
    });
  }
}

/** `config.json` alone says nothing: the folder is usually named after the model. */
function nameOf(path: string): string {
  const file = basename(path);
  return file === "config.json" ? basename(dirname(path)) : file.replace(/\.json$/iu, "");
}
