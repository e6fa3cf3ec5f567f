import type { TransformerShape } from "../../schema/plan/model-shape.ts";
import type { ConfigModel, ParameterExtras } from "./config-model.ts";

/** All parameters of a model, exactly: matrices, biases, norms and positions. */
export function configParameters({ shape, extras }: ConfigModel): number {
  const norm = shape.hidden * (extras.normBias ? 2 : 1);
  const denseLayers =
    shape.experts === 0 ? shape.layers : Math.min(shape.denseLayers, shape.layers);
  const expertLayers = shape.layers - denseLayers;
  const attention = attentionParameters(shape, extras) + extras.layerNorms * norm;
  const layer = attention + extras.otherPerLayer;
  const dense = layer + ffnParameters(shape, extras, shape.ffn);
  const expert = layer + expertParameters(shape, extras);
  const ahead = shape.mtpLayers * (expert + 2 * shape.hidden * shape.hidden + 3 * norm);
  return (
    vocabularyParameters(shape, extras) +
    denseLayers * dense +
    expertLayers * expert +
    ahead +
    (extras.finalNorm ? norm : 0) +
    extras.other
  );
}

function vocabularyParameters(shape: TransformerShape, extras: ParameterExtras): number {
  const matrices = shape.tiedEmbeddings ? 1 : 2;
  const bias = extras.headBias ? shape.vocab : 0;
  return (matrices * shape.vocab + extras.positions) * shape.hidden + bias;
}

function attentionParameters(shape: TransformerShape, extras: ParameterExtras): number {
  if (shape.mla !== undefined) return latentAttentionParameters(shape);
  const { hidden, heads } = shape;
  const headSize = shape.headSize ?? hidden / heads;
  const queries = heads * headSize;
  const keysAndValues = 2 * (shape.kvHeads ?? heads) * headSize;
  const biases =
    (extras.queryBias ? queries : 0) +
    (extras.keyValueBias ? keysAndValues : 0) +
    (extras.outputBias ? hidden : 0);
  return hidden * (2 * queries + keysAndValues) + biases + extras.queryKeyNorms;
}

function latentAttentionParameters({ hidden, heads, mla }: TransformerShape): number {
  if (mla === undefined) return 0;
  const { qRank, kvRank, ropeSize, nopeSize, vSize } = mla;
  const queries = heads * (nopeSize + ropeSize);
  const query = qRank === 0 ? hidden * queries : hidden * qRank + qRank + qRank * queries;
  const compressed = hidden * (kvRank + ropeSize) + kvRank;
  return query + compressed + kvRank * heads * (nopeSize + vSize) + heads * vSize * hidden;
}

function ffnParameters(shape: TransformerShape, extras: ParameterExtras, width: number): number {
  const inputs = shape.gated ? 2 : 1;
  const biases = extras.ffnBias ? inputs * width + shape.hidden : 0;
  return (inputs + 1) * shape.hidden * width + biases;
}

function expertParameters(shape: TransformerShape, extras: ParameterExtras): number {
  const one = ffnParameters(shape, extras, shape.expertFfn);
  const router = shape.experts * shape.hidden;
  return (shape.experts + shape.sharedExperts) * one + router + extras.otherPerExpertLayer;
}
