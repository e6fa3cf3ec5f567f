import type { TransformerShape } from "../../schema/plan/model-shape.ts";

/** What a `config.json` says about a model. */
export interface ConfigModel {
  shape: TransformerShape;
  /** Parameters beside the matrices that `shape` describes, and how many of them there are. */
  extras: ParameterExtras;
}

/** Parameters that the sizes of a model do not show. */
export interface ParameterExtras {
  /** Norms of one layer over the hidden size. */
  layerNorms: number;
  /** Norms have a bias. */
  normBias: boolean;
  /** The norm after the last layer exists. */
  finalNorm: boolean;
  queryBias: boolean;
  keyValueBias: boolean;
  outputBias: boolean;
  ffnBias: boolean;
  /** Sizes of the norms of queries and keys, together. */
  queryKeyNorms: number;
  /** Learned positions. */
  positions: number;
  /** Bias of the output matrix. */
  headBias: boolean;
  /** Once in the model. */
  other: number;
  /** In each layer. */
  otherPerLayer: number;
  /** In each layer with experts. */
  otherPerExpertLayer: number;
}

/** As most models since 2023: two norms without bias, and no other bias. */
export const noExtras: ParameterExtras = {
  layerNorms: 2,
  normBias: false,
  finalNorm: true,
  queryBias: false,
  keyValueBias: false,
  outputBias: false,
  ffnBias: false,
  queryKeyNorms: 0,
  positions: 0,
  headBias: false,
  other: 0,
  otherPerLayer: 0,
  otherPerExpertLayer: 0,
};

/** As GPT-2: biases everywhere. */
export const allBiases: ParameterExtras = {
  ...noExtras,
  normBias: true,
  queryBias: true,
  keyValueBias: true,
  outputBias: true,
  ffnBias: true,
};

/** Fields of a shape that most models leave at these values. */
export const plainShape = {
  gated: false,
  experts: 0,
  topK: 0,
  expertFfn: 0,
  sharedExperts: 0,
  denseLayers: 0,
  mtpLayers: 0,
  tiedEmbeddings: false,
  parallelBlock: false,
  bidirectional: false,
} as const;
