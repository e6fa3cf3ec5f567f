/** What one kind of layer does for one sample. */
export interface LayerWork {
  /** Multiplications and additions of the forward pass. */
  flop: number;
  /** Rows of its matrix product: pixels, voxels, tokens; 1 for a layer that sees the sample as one vector. */
  rows: number;
  /** Elements that the forward pass reads and writes, with normalization and activation. */
  elements: number;
  parameters: number;
  /** Only the forward pass runs, as in a text encoder that is not trained. */
  isFrozen?: boolean;
}

/** A model as the layers that run for one sample. */
export interface LayerModel {
  /** As `pitwall predict` names it: `resnet-50`. */
  name: string;
  /** `image`, `volume`, `text-image pair`, `click`. */
  sample: string;
  layers: readonly LayerWork[];
  /** Bytes that are gathered from tables, and scattered back, per sample. */
  gatheredBytes: number;
  /** Tables that are spread over all accelerators. */
  tableBytes: number;
  /** Bytes that a sample sends to other accelerators and gets back, for tables that are spread over them. */
  exchangedBytes: number;
  source: string;
}

/** Sum over all layers. */
export function totalOf(model: LayerModel, field: "flop" | "parameters" | "elements"): number {
  return model.layers.reduce((sum, layer) => sum + layer[field], 0);
}

/** Forward and backward FLOP of one sample: three times the forward pass, once for a frozen layer. */
export function trainingFlop({ layers }: LayerModel): number {
  return layers.reduce((sum, { flop, isFrozen }) => sum + flop * (isFrozen === true ? 1 : 3), 0);
}

export function repeat(times: number, ...layers: readonly LayerWork[]): LayerWork[] {
  return Array.from({ length: times }, () => layers).flat();
}
