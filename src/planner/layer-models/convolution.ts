import type { LayerWork } from "./layer-work.ts";

interface Convolution {
  from: number;
  to: number;
  kernel: number;
  /** Positions of the output: pixels of an image, voxels of a volume. */
  positions: number;
  /** 2 for images, 3 for volumes; default: 2. */
  dimensions?: number;
  /** Positions of the input; default: those of the output. */
  inputPositions?: number;
  groups?: number;
  isFrozen?: boolean;
}

/** A convolution with normalization and activation, as an implicit matrix product of `positions` rows. */
export function convolution(options: Convolution): LayerWork {
  const { from, to, kernel, positions, dimensions = 2, groups = 1 } = options;
  const { inputPositions = positions } = options;
  const weights = (from / groups) * to * kernel ** dimensions;
  return {
    flop: 2 * weights * positions,
    rows: positions,
    // Input, output, and the output again in and out of normalization with activation.
    elements: from * inputPositions + 3 * to * positions,
    parameters: weights + 2 * to,
    ...(options.isFrozen === true ? { isFrozen: true } : {}),
  };
}

/** A fully connected layer over `rows` vectors. */
export function dense(from: number, to: number, rows = 1): LayerWork {
  return {
    flop: 2 * from * to * rows,
    rows,
    elements: (from + 2 * to) * rows,
    parameters: from * to + to,
  };
}

/** Scores and weighted sums of attention of `rows` queries over `keys`; no parameters. */
export function attention(width: number, rows: number, keys: number): LayerWork {
  return { flop: 4 * width * rows * keys, rows, elements: 4 * width * rows, parameters: 0 };
}
