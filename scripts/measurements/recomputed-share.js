// The share of the forward pass that a program repeats which keeps some tensors of a layer, as `remat_policy=custom` of
// MaxText does.
import { readFileSync } from "node:fs";
import { transformerSizes } from "../../build/planner/step/transformer-sizes.js";
import { resolveShape } from "../../build/planner/step/resolve-shape.js";

const { entries } = JSON.parse(
  readFileSync(new URL("../../data/planner/models.json", import.meta.url), "utf8"),
);

/**
 * By FLOP of one layer; a tensor that is kept is not computed again. The last product of a dense layer is not counted as
 * kept: compilers leave it out, which the step time knows already.
 *
 * @param kept `query`, `key`, `value`, `context` (what attention returns), `out`, `ffn-out`
 */
export function recomputedShare(model, kept) {
  const sizes = transformerSizes(resolveShape(model, entries));
  const flop = layerFlop(sizes);
  const total = Object.values(flop).reduce((sum, one) => sum + one, 0);
  const left = kept
    .filter((name) => name !== "ffn-out" || sizes.experts > 0)
    .reduce((sum, name) => {
      if (flop[name] === undefined) throw new Error(`unknown tensor ${name}`);
      return sum - flop[name];
    }, total);
  return Number((left / total).toFixed(3));
}

/** Of one token, by the tensor that the FLOP lead to. */
function layerFlop({ latent, hidden, querySize, keyValueSize, attentionOutputSize, ...sizes }) {
  const isDense = sizes.experts === 0;
  const width = isDense ? sizes.ffn : sizes.topK * sizes.expertFfn + sizes.sharedFfn;
  const keys = latent === undefined ? keyValueSize / 2 : 0;
  const compressed =
    latent === undefined
      ? 0
      : hidden * (latent.queryRank + latent.keyValueRank + latent.ropeSize) +
        latent.keyValueRank * (keyValueSize - sizes.heads * latent.ropeSize);
  const queryInput = latent === undefined ? hidden : latent.queryRank;
  return {
    query: 2 * queryInput * querySize,
    key: 2 * hidden * keys,
    value: 2 * hidden * keys,
    compressed: 2 * compressed,
    context: 2 * sizes.context * (querySize + attentionOutputSize),
    out: 2 * attentionOutputSize * hidden,
    "ffn-in": 2 * hidden * sizes.inputMatrices * width,
    "ffn-out": 2 * hidden * width,
  };
}
