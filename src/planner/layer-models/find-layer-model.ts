import type { LayerModel } from "./layer-work.ts";
import { layerModels } from "./layer-models.ts";

/** Other spellings, as `plain` writes them. */
const aliases: Readonly<Record<string, string>> = {
  resnet: "resnet50",
  resnet50v15: "resnet50",
  "3dunet": "unet3d",
  dlrm: "dlrmdcnv2",
  stablediffusion: "stablediffusionv2",
  sd2: "stablediffusionv2",
  sdv2: "stablediffusionv2",
  flux: "flux1",
  flux1schnell: "flux1",
  flux1dev: "flux1",
};

/** Kinds of training that no equations describe yet, and what they are. */
const notModelled: readonly { names: readonly string[]; kind: string }[] = [
  {
    names: ["minigo", "rl", "rlhf", "ppo", "grpo", "dpo", "reinforce"],
    kind: "reinforcement learning",
  },
  { names: ["rgat", "gnn", "opencatalyst", "dimenet"], kind: "graph networks" },
  { names: ["rnnt", "gnmt", "lstm"], kind: "recurrent networks" },
  { names: ["maskrcnn", "ssd", "yolo"], kind: "this kind of object detection" },
  { names: ["ncf"], kind: "neural collaborative filtering" },
  { names: ["openfold", "alphafold"], kind: "protein folding" },
  { names: ["cosmoflow", "deepcam"], kind: "this kind of convolutional network" },
  { names: ["mamba", "nemotronh", "nemotron3nano", "nemotron3super"], kind: "state-space layers" },
];

export type FoundLayerModel =
  | { kind: "layers"; model: LayerModel }
  | { kind: "not-modelled"; what: string };

/** The model of layers of that name; undefined if the name is neither one nor known as not modelled. */
export function findLayerModel(name: string): FoundLayerModel | undefined {
  if (!found.has(name)) {
    if (found.size >= mostKept) found.clear();
    found.set(name, lookedUp(name));
  }
  return found.get(name);
}

/** Names of earlier calls: files of layouts repeat a few names on thousands of lines. */
const found = new Map<string, FoundLayerModel | undefined>();
const mostKept = 1000;

function lookedUp(name: string): FoundLayerModel | undefined {
  const written = plain(name);
  const wanted = aliases[written] ?? written;
  const known = layerModels.find(({ model, benchmark }) =>
    [model.name, benchmark].some((one) => plain(one) === wanted),
  );
  if (known !== undefined) return { kind: "layers", model: known.model };
  const missing = notModelled.find(({ names }) => names.includes(wanted));
  return missing === undefined ? undefined : { kind: "not-modelled", what: missing.kind };
}

/** Names of the models of layers, and of their benchmarks and other spellings, for suggestions. */
export const layerModelNames: readonly string[] = [
  ...layerModels.flatMap(({ model, benchmark }) => [model.name, benchmark]),
  ...Object.keys(aliases),
];

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/gu, "");
}
