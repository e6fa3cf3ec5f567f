import { headSizes } from "../model/count-parameters.ts";
import type { TransformerShape } from "../../schema/plan/model-shape.ts";
import type { AdapterTarget, TrainingLayout } from "../../schema/plan/training-layout.ts";

type Adapter = NonNullable<TrainingLayout["adapter"]>;
type Matrix = "query" | "key" | "value" | "output" | "gate" | "up" | "down";

const attentionMatrices: readonly Matrix[] = ["query", "key", "value", "output"];
const ffnMatrices: readonly Matrix[] = ["gate", "up", "down"];

const matricesOf: Readonly<Record<AdapterTarget, readonly Matrix[]>> = {
  "all-linear": [...attentionMatrices, ...ffnMatrices],
  attention: attentionMatrices,
  mlp: ffnMatrices,
  q_proj: ["query"],
  k_proj: ["key"],
  v_proj: ["value"],
  o_proj: ["output"],
  gate_proj: ["gate"],
  up_proj: ["up"],
  down_proj: ["down"],
  linear_qkv: ["query", "key", "value"],
  linear_proj: ["output"],
  linear_fc1: ["gate", "up"],
  linear_fc2: ["down"],
};

/** Trained parameters of the adapters of one layer; `expert` are those of all its routed experts. */
export interface AdapterParameters {
  attention: number;
  dense: number;
  expert: number;
  shared: number;
}

/** By shape, the parameters of the adapter that was asked for last. */
const knownParameters = new WeakMap<
  TransformerShape,
  { adapter: Adapter; parameters: AdapterParameters }
>();

/** Counts the trained parameters of the adapters of one layer. */
export function adapterParameters(shape: TransformerShape, adapter: Adapter): AdapterParameters {
  const known = knownParameters.get(shape);
  if (known?.adapter === adapter) return known.parameters;
  const parameters = countAdapters(shape, adapter);
  knownParameters.set(shape, { adapter, parameters });
  return parameters;
}

function countAdapters(shape: TransformerShape, adapter: Adapter): AdapterParameters {
  const targets = adapter.targets ?? ["all-linear"];
  const matrices = new Set(targets.flatMap((target) => matricesOf[target]));
  const sum = (of: readonly Matrix[], width: number): number =>
    of
      .filter((matrix) => matrices.has(matrix))
      .reduce((total, matrix) => total + adapter.rank * sizeSum(shape, matrix, width), 0);
  const width = shape.expertFfn === 0 ? shape.ffn : shape.expertFfn;
  return {
    attention: sum(attentionMatrices, 0),
    dense: sum(ffnMatrices, shape.ffn),
    expert: shape.experts * sum(ffnMatrices, width),
    shared: sum(ffnMatrices, shape.sharedExperts * width),
  };
}

interface KeptInputs {
  attention: boolean;
  ffn: boolean;
}

/** A search asks for each of its layouts, which share their adapter. */
const knownInputs = new WeakMap<Adapter, KeptInputs>();

/** Whether the inputs of frozen matrices are kept, because an adapter needs them too. */
export function keptInputs(adapter: Adapter): KeptInputs {
  const known = knownInputs.get(adapter);
  if (known !== undefined) return known;
  const matrices = (adapter.targets ?? ["all-linear"]).flatMap((target) => matricesOf[target]);
  const kept = {
    attention: matrices.some((matrix) => attentionMatrices.includes(matrix)),
    ffn: matrices.some((matrix) => ffnMatrices.includes(matrix)),
  };
  knownInputs.set(adapter, kept);
  return kept;
}

/** Rows and columns of a matrix together. */
function sizeSum(shape: TransformerShape, matrix: Matrix, ffn: number): number {
  const { hidden } = shape;
  switch (matrix) {
    case "query":
      return hidden + queryWidth(shape);
    case "key":
    case "value":
      return hidden + keyWidth(shape);
    case "output":
      return hidden + outputWidth(shape);
    case "gate":
      return shape.gated && ffn > 0 ? hidden + ffn : 0;
    case "up":
    case "down":
      return ffn > 0 ? hidden + ffn : 0;
  }
}

function queryWidth(shape: TransformerShape): number {
  const { mla } = shape;
  const size = mla === undefined ? headSizes(shape).headSize : mla.nopeSize + mla.ropeSize;
  return shape.heads * size;
}

function outputWidth(shape: TransformerShape): number {
  return shape.heads * (shape.mla?.vSize ?? headSizes(shape).headSize);
}

function keyWidth(shape: TransformerShape): number {
  const { kvHeads, headSize } = headSizes(shape);
  return shape.mla === undefined ? kvHeads * headSize : shape.mla.kvRank + shape.mla.ropeSize;
}
