import { type VectorKernels, vectorKernelsOver } from "./vector-kernels.ts";
import type { KernelMemory } from "./wasm-function.ts";

// The layers that are not products, over one memory of float32: four at a time where the sizes
// allow it, else by plain loops. All positions are in elements; a matrix is [rowCount, columnCount]
// without gaps.

/** Typed views of a kernel memory, and its vector kernels. */
export interface LayerMemory {
  readonly floats: Float32Array;
  /** Absent if plain loops are used for everything. */
  readonly vectors: VectorKernels | undefined;
}

export function layerMemory(memory: KernelMemory): LayerMemory {
  return { floats: new Float32Array(memory.buffer), vectors: vectorKernelsOver(memory) };
}

const bytes = Float32Array.BYTES_PER_ELEMENT;
const lanes = 4;

interface Matrix {
  readonly start: number;
  readonly rowCount: number;
  readonly columnCount: number;
}

/** Adds a bias of one number per column to every row. */
export function addBiasInto(memory: LayerMemory, matrix: Matrix, bias: number): void {
  const { floats, vectors } = memory;
  const { start, rowCount, columnCount } = matrix;
  if (vectors !== undefined && columnCount % lanes === 0) {
    vectors.addBias(bytes * start, bytes * bias, rowCount, columnCount / lanes);
    return;
  }
  for (let row = 0; row < rowCount; row++) {
    const at = start + row * columnCount;
    for (let column = 0; column < columnCount; column++) {
      floats[at + column] = floats[at + column]! + floats[bias + column]!;
    }
  }
}

/** The sum of every column: the gradient of a bias. */
export function sumColumnsInto(memory: LayerMemory, target: number, matrix: Matrix): void {
  const { floats, vectors } = memory;
  const { start, rowCount, columnCount } = matrix;
  floats.fill(0, target, target + columnCount);
  if (vectors !== undefined && columnCount % lanes === 0) {
    vectors.addRows(bytes * start, bytes * target, rowCount, columnCount / lanes);
    return;
  }
  for (let row = 0; row < rowCount; row++) {
    const at = start + row * columnCount;
    for (let column = 0; column < columnCount; column++) {
      floats[target + column] = floats[target + column]! + floats[at + column]!;
    }
  }
}

export function reluInto({ floats, vectors }: LayerMemory, start: number, count: number): void {
  const whole = vectors === undefined ? 0 : count - (count % lanes);
  if (whole > 0) vectors?.relu(bytes * start, whole / lanes);
  for (let at = start + whole; at < start + count; at++) {
    // Not `> 0 ?`, which would replace NaN.
    if (floats[at]! < 0) floats[at] = 0;
  }
}

/** Sets a gradient to zero where the output of ReLU, elsewhere in memory, is zero. */
export function maskByReluInto(
  { floats, vectors }: LayerMemory,
  gradient: number,
  { output, count }: { readonly output: number; readonly count: number },
): void {
  const whole = vectors === undefined ? 0 : count - (count % lanes);
  if (whole > 0) vectors?.maskByRelu(bytes * gradient, bytes * output, whole / lanes);
  for (let index = whole; index < count; index++) {
    if (!(floats[output + index]! > 0)) floats[gradient + index] = 0;
  }
}

/** Images [batch, height, width, channels]. */
export interface Images {
  readonly image: number;
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** The largest of every 2 x 2 pixels, channel by channel; with an odd size, the last row or column is dropped. */
export function maxPoolInto(
  { floats, vectors }: LayerMemory,
  pooled: number,
  images: Images,
): void {
  const { image, channels, width } = images;
  if (vectors !== undefined && isWhole(images)) {
    vectors.maxPool(bytes * image, bytes * pooled, ...poolSize(images));
    return;
  }
  const below = width * channels;
  for (const [index, offset] of poolOffsets(images).entries()) {
    const at = image + offset;
    const upper = Math.max(floats[at]!, floats[at + channels]!);
    const lower = Math.max(floats[at + below]!, floats[at + below + channels]!);
    floats[pooled + index] = Math.max(upper, lower);
  }
}

/** Assigns the gradient of every maximum to the first pixel with that value; image gradients have the image's layout. */
export function unpoolInto(
  { floats, vectors }: LayerMemory,
  slopes: { readonly pooled: number; readonly image: number },
  images: Images,
): void {
  const { image, batch, height, width, channels } = images;
  if (vectors !== undefined && isWhole(images)) {
    const distance = bytes * (slopes.image - image);
    vectors.unpool(bytes * image, bytes * slopes.pooled, ...poolSize(images), distance);
    return;
  }
  floats.fill(0, slopes.image, slopes.image + batch * height * width * channels);
  const below = width * channels;
  for (const [index, offset] of poolOffsets(images).entries()) {
    const corners = [offset, offset + channels, offset + below, offset + below + channels];
    const values = corners.map((corner) => floats[image + corner]!);
    const first = corners[values.indexOf(Math.max(...values))];
    if (first !== undefined) floats[slopes.image + first] = floats[slopes.pooled + index]!;
  }
}

function isWhole({ height, width, channels }: Images): boolean {
  return height % 2 === 0 && width % 2 === 0 && channels % lanes === 0;
}

function poolSize(images: Images): [number, number, number, number, number] {
  const { batch, height, width, channels } = images;
  const [pixel, row] = [bytes * channels, bytes * channels * width];
  return [(batch * height) / 2, width / 2, channels / lanes, pixel, row];
}

/** For every pooled element, the index of its upper left pixel in the images. */
function poolOffsets({ batch, height, width, channels }: Images): number[] {
  const offsets: number[] = [];
  const [rows, columns] = [height >> 1, width >> 1];
  for (let row = 0; row < batch * rows; row++) {
    const sample = Math.floor(row / rows);
    const imageRow = sample * height + 2 * (row - sample * rows);
    for (let column = 0; column < columns * channels; column++) {
      const pixel = 2 * Math.floor(column / channels);
      offsets.push((imageRow * width + pixel) * channels + (column % channels));
    }
  }
  return offsets;
}

/** Copies images into the middle of images with a border of one pixel. */
export function copyInsideBorder({ floats }: LayerMemory, target: number, images: Images): void {
  const { image, batch, height, width, channels } = images;
  const length = width * channels;
  for (let row = 0; row < batch * height; row++) {
    const sample = Math.floor(row / height);
    const to = target + ((row + 2 * sample + 1) * (width + 2) + 1) * channels;
    floats.copyWithin(to, image + row * length, image + (row + 1) * length);
  }
}

/**
 * Softmax of every row in place, and the mean cross-entropy with the labels.
 *
 * @returns the loss, in double precision
 */
export function softmaxLossInto(
  { floats }: LayerMemory,
  { start, rowCount, columnCount }: Matrix,
  labels: Int32Array,
): number {
  let loss = 0;
  for (let row = 0; row < rowCount; row++) {
    const at = start + row * columnCount;
    let largest = Number.NEGATIVE_INFINITY;
    for (let column = 0; column < columnCount; column++) {
      largest = Math.max(largest, floats[at + column]!);
    }
    const labelled = floats[at + labels[row]!]! - largest;
    let sum = 0;
    for (let column = 0; column < columnCount; column++) {
      const power = Math.exp(floats[at + column]! - largest);
      floats[at + column] = power;
      sum += power;
    }
    for (let column = 0; column < columnCount; column++) {
      floats[at + column] = floats[at + column]! / sum;
    }
    loss += Math.log(sum) - labelled;
  }
  return loss / rowCount;
}

/** The gradient of the loss with respect to the input of softmax, times `factor`. */
export function softmaxGradientInto(
  { floats }: LayerMemory,
  target: number,
  softmax: Matrix & { readonly labels: Int32Array; readonly factor: number },
): void {
  const { start, rowCount, columnCount, labels, factor } = softmax;
  for (let row = 0; row < rowCount; row++) {
    for (let column = 0; column < columnCount; column++) {
      const at = row * columnCount + column;
      const wanted = column === labels[row] ? 1 : 0;
      floats[target + at] = (floats[start + at]! - wanted) * (factor / rowCount);
    }
  }
}

/** Index of the maximum of every row; the first of equal values. */
export function argmaxInto({ floats }: LayerMemory, target: number, matrix: Matrix): void {
  const { start, rowCount, columnCount } = matrix;
  for (let row = 0; row < rowCount; row++) {
    const at = start + row * columnCount;
    let best = 0;
    for (let column = 1; column < columnCount; column++) {
      if (floats[at + column]! > floats[at + best]!) best = column;
    }
    floats[target + row] = best;
  }
}
