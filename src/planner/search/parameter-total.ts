import type { TransformerShape } from "../../schema/plan/model-shape.ts";
import { countParameters } from "../model/count-parameters.ts";

/** All parameters of a transformer, with those of experts that a token does not visit. */
export function parameterTotal(shape: TransformerShape): number {
  const counts = countParameters(shape);
  const experts = counts.routedExperts + counts.sharedExperts + counts.router;
  return (
    shape.layers * (counts.attention + counts.norms) +
    counts.denseLayers * counts.denseFfn +
    counts.expertLayers * experts +
    shape.mtpLayers * counts.mtpLayer +
    counts.embedding +
    counts.head
  );
}
