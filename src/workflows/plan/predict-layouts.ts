import type { Document } from "yaml";
import { UserError } from "../../foundation/errors/user-error.ts";
import { findLayerModel, layerModelNames } from "../../planner/layer-models/find-layer-model.ts";
import { predictLayerModel } from "../../planner/layer-models/predict-layer-model.ts";
import { predictStep } from "../../planner/step/predict-step.ts";
import { resolveShape } from "../../planner/step/resolve-shape.ts";
import type { LayoutAnswer } from "../../schema/plan/step-prediction.ts";
import type { Accelerator } from "../../schema/catalogue.ts";
import type { HardwareReference, LayoutLine } from "../../schema/plan/training-layout.ts";
import { layoutLineReader } from "../../schema/plan/read-layout-line.ts";
import { findAccelerator } from "../../schema/find-accelerator.ts";
import { loadPlannerData, type PlannerData } from "./load-planner-data.ts";

/** A layout as it was read, if it could be, and its prediction. */
export interface PredictedLayout {
  line: LayoutLine | undefined;
  answer: LayoutAnswer;
}

/**
 * Predicts each layout of a text, in order: JSON Lines, JSON (one or a list), or YAML (one or several documents).
 *
 * @param cwd the folder that paths of `model.config` are relative to
 */
export async function* predictLayouts(text: string, cwd: string): AsyncGenerator<PredictedLayout> {
  const data = await loadPlannerData();
  const readLine = layoutLineReader();
  for (const read of await layoutsIn(text)) {
    const line = lineOf(read, readLine);
    if (line instanceof UserError) yield { line: undefined, answer: errorAnswer(line) };
    else if ("config" in line.model) yield await predictedConfig(line, data, cwd);
    else yield { line, answer: predictLine(line, data) };
  }
}

/** Predicts one layout. Names of models and accelerators are looked up in `data`. */
export function predictLine(line: LayoutLine, data: PlannerData): LayoutAnswer {
  try {
    const { model, hardware, layout } = line;
    if ("config" in model) {
      throw new UserError("model-config-unread", "`model.config` must be read first");
    }
    const machine = machineOf(hardware, data);
    const found = "name" in model ? findLayerModel(model.name) : undefined;
    if (found?.kind === "not-modelled") throw notModelled(found.what);
    if (found !== undefined) {
      return predictLayerModel(found.model, machine, layout, data.layerFits);
    }
    const shape = resolveShape(model, data.models, layerModelNames);
    return predictStep(shape, machine, layout, data);
  } catch (error) {
    return errorAnswer(error);
  }
}

function notModelled(what: string): UserError {
  return new UserError("not-modelled", `not modelled: ${what}`, {
    hint: "transformers, and resnet-50, retinanet, unet3d, dlrm-dcnv2, stable-diffusion-v2, flux-1 are",
  });
}

type Read = { kind: "value"; value: unknown } | { kind: "broken"; error: UserError };

function lineOf(read: Read, readLine: (value: unknown) => LayoutLine): LayoutLine | UserError {
  if (read.kind === "broken") return read.error;
  try {
    return readLine(read.value);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

async function predictedConfig(
  line: LayoutLine,
  data: PlannerData,
  cwd: string,
): Promise<PredictedLayout> {
  try {
    const sized = await withModelSizes(line, cwd);
    return { line: sized, answer: predictLine(sized, data) };
  } catch (error) {
    return { line: undefined, answer: errorAnswer(error) };
  }
}

/**
 * Replaces the path of a `config.json` by the sizes in it.
 *
 * @throws UserError `file-unreadable`, `model-config-not-understood`, `model-config-incomplete`
 */
export async function withModelSizes(line: LayoutLine, cwd: string): Promise<LayoutLine> {
  if (!("config" in line.model)) return line;
  const { config, seq, layers } = line.model;
  const { loadModel } = await import("./load-model.ts");
  const { shape } = await loadModel(config, cwd);
  return { ...line, model: { ...shape, seq: seq ?? shape.seq, layers: layers ?? shape.layers } };
}

function errorAnswer(error: unknown): LayoutAnswer {
  if (!(error instanceof UserError)) throw error;
  const { code, message, hint } = error;
  return { kind: "error", error: { code, message, ...(hint === undefined ? {} : { hint }) } };
}

type Machine = HardwareReference & { known: Accelerator };

const machines = new WeakMap<PlannerData, WeakMap<HardwareReference, Machine>>();

/** With the accelerator of the catalogue; the same object for the same hardware, which lines of a file share. */
function machineOf(hardware: HardwareReference, data: PlannerData): Machine {
  let found = machines.get(data);
  if (found === undefined) machines.set(data, (found = new WeakMap()));
  let machine = found.get(hardware);
  if (machine === undefined) {
    machine = { ...hardware, known: knownAccelerator(hardware.accelerator, data) };
    found.set(hardware, machine);
  }
  return machine;
}

function knownAccelerator(name: string, { accelerators }: PlannerData): Accelerator {
  const found = findAccelerator(name, accelerators);
  if (found.kind === "found") return found.value;
  throw new UserError("unknown-accelerator", `unknown accelerator \`${name}\``, {
    hint:
      found.kind === "unknown" && found.nearest !== undefined
        ? `did you mean \`${found.nearest}\`?`
        : "for example h100-sxm, a100-sxm-80gb, mi300x",
  });
}

async function layoutsIn(text: string): Promise<Iterable<Read>> {
  const trimmed = text.trim();
  if (trimmed === "") {
    throw new UserError("no-layouts", "the input has no layouts", {
      hint: "`pitwall predict --help` shows one",
    });
  }
  if (trimmed.startsWith("{") || trimmed.startsWith("[")) return jsonValues(trimmed);
  const { parseAllDocuments } = await import("yaml");
  return yamlDocuments(parseAllDocuments(text));
}

/** One value per line; a text that is one value over several lines, such as a printed object or a list, is read whole. */
function* jsonValues(text: string): Generator<Read> {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const [first = ""] = lines;
  if (lines.length > 1 && parsedJson(first).kind === "broken") {
    const whole = parsedJson(text);
    const isOneValue = whole.kind === "value" || !lines.some(isObject);
    if (isOneValue) {
      yield* valuesOf(whole);
      return;
    }
  }
  for (const line of lines) yield* valuesOf(parsedJson(line));
}

function isObject(line: string): boolean {
  return line.startsWith("{") && parsedJson(line).kind === "value";
}

/** The elements of a list, or the value itself. */
function* valuesOf(read: Read): Generator<Read> {
  if (read.kind === "value" && Array.isArray(read.value)) {
    for (const value of read.value) yield { kind: "value", value };
  } else yield read;
}

function parsedJson(text: string): Read {
  try {
    return { kind: "value", value: JSON.parse(text) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const broken = new UserError("layout-invalid", `invalid JSON: ${error.message}`, {
      hint: "one layout per line",
    });
    return { kind: "broken", error: broken };
  }
}

function* yamlDocuments(documents: Iterable<Document.Parsed>): Generator<Read> {
  for (const document of documents) {
    const [problem] = document.errors;
    if (problem === undefined) yield* valuesOf({ kind: "value", value: document.toJS() });
    else {
      const error = new UserError("layout-invalid", `invalid YAML: ${problem.message}`);
      yield { kind: "broken", error };
    }
  }
}
