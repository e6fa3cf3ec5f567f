import type { LayerMemory } from "./layer-kernels.ts";
import { type MatrixView, packedLength, packPanelsInto, panelCountOf } from "./pack-panels.ts";
import { panelColumns, type TileCall, type TileProduct } from "./tile-product.ts";

/** The left sides of a group of products, in elements; the inner dimension in runs, as in `TileCall`. */
export interface LeftSide {
  groupCount: number;
  groupStep: number;
  start: number;
  rowStep: number;
  innerStep: number;
  segmentStep: number;
  segmentCount: number;
  runLength: number;
  rowCount: number;
}

/** Offsets of the products, one after the other, and of their right side. All in elements. */
export interface RightSide {
  /** Packed by `packPanelsInto`. */
  panels: number;
  columnCount: number;
  result: number;
  /** Scratch space of [groupCount][rowCount][8] for columns that do not fill a panel. */
  spill: number;
  accumulates: boolean;
}

const bytes = Float32Array.BYTES_PER_ELEMENT;

/** result [groups, rows, columns] (+)= left [groups, rows, inner] times right [inner, columns]. */
export function multiplyInto(
  memory: LayerMemory,
  tile: TileProduct,
  left: LeftSide,
  right: RightSide,
): void {
  const { columnCount, result, panels, accumulates, spill } = right;
  const panelLength = left.segmentCount * left.runLength * panelColumns;
  const wholeCount = Math.floor(columnCount / panelColumns);
  const call: TileCall = {
    groupCount: left.groupCount,
    leftGroupStride: bytes * left.groupStep,
    left: bytes * left.start,
    rowStride: bytes * left.rowStep,
    innerStride: bytes * left.innerStep,
    segmentStride: bytes * left.segmentStep,
    segmentCount: left.segmentCount,
    runLength: left.runLength,
    rowCount: left.rowCount,
    panel: bytes * panels,
    panelCount: wholeCount,
    result: bytes * result,
    resultStride: bytes * columnCount,
    resultGroupStride: bytes * columnCount * left.rowCount,
    accumulates,
  };
  if (wholeCount > 0) tile(call);
  if (columnCount % panelColumns === 0) return;
  call.panel += bytes * panelLength * wholeCount;
  call.panelCount = 1;
  call.result = bytes * spill;
  call.resultStride = bytes * panelColumns;
  call.resultGroupStride = bytes * panelColumns * left.rowCount;
  call.accumulates = false;
  tile(call);
  const { floats } = memory;
  const restCount = columnCount % panelColumns;
  for (let row = 0; row < left.groupCount * left.rowCount; row++) {
    const at = result + row * columnCount + wholeCount * panelColumns;
    for (let column = 0; column < restCount; column++) {
      const sum = floats[spill + row * panelColumns + column]!;
      floats[at + column] = accumulates ? floats[at + column]! + sum : sum;
    }
  }
}

/** 3 x 3 convolution of bordered images, see `copyInsideBorder`, as products row by row. */
export interface Convolution {
  /** [batch, height + 2, width + 2, channels], zeros around. */
  readonly bordered: number;
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/**
 * result [batch, height, width, columns] = convolution with packed weights [9 * channels, columns].
 *
 * The nine pixels that a result needs are three runs of 3 * channels numbers, one in each of three
 * bordered rows, so no patches are copied.
 */
export function convolveInto(
  memory: LayerMemory,
  tile: TileProduct,
  images: Convolution,
  right: Omit<RightSide, "accumulates">,
): void {
  const { bordered, batch, height, width, channels } = images;
  const rowLength = (width + 2) * channels;
  const left: LeftSide = {
    start: bordered,
    rowStep: channels,
    innerStep: 1,
    segmentStep: rowLength,
    segmentCount: 3,
    runLength: 3 * channels,
    rowCount: width,
    groupCount: height,
    groupStep: rowLength,
  };
  const target: RightSide = { ...right, accumulates: false };
  for (let sample = 0; sample < batch; sample++) {
    multiplyInto(memory, tile, left, target);
    left.start += (height + 2) * rowLength;
    target.result += height * width * right.columnCount;
  }
}

/** gradient of the weights [9 * channels, columns], from the slopes [batch, height, width, columns]. */
export function convolutionWeightGradientInto(
  memory: LayerMemory,
  tile: TileProduct,
  images: Convolution,
  right: Omit<RightSide, "accumulates"> & { readonly slopes: number },
): void {
  const { bordered, batch, height, width, channels } = images;
  const { columnCount, slopes, panels } = right;
  const rowLength = (width + 2) * channels;
  const left: LeftSide = {
    start: bordered,
    rowStep: 1,
    innerStep: channels,
    segmentStep: rowLength,
    segmentCount: height,
    runLength: width,
    rowCount: 3 * channels,
    groupCount: 3,
    groupStep: rowLength,
  };
  const view = {
    start: slopes,
    rowStep: columnCount,
    columnStep: 1,
    rowCount: height * width,
    columnCount,
  };
  const target: RightSide = { ...right, accumulates: false };
  for (let sample = 0; sample < batch; sample++) {
    packPanelsInto(memory, panels, view);
    multiplyInto(memory, tile, left, target);
    target.accumulates = true;
    left.start += (height + 2) * rowLength;
    view.start += height * width * columnCount;
  }
}

/**
 * The weights of the convolution that takes slopes back to the image, packed: kernel turned by half
 * a turn, channels in and out exchanged. [9 * channels, columns] gives [9 * columns, channels].
 */
export function packTurnedInto(
  memory: LayerMemory,
  target: number,
  { weight, channels, columnCount }: { weight: number; channels: number; columnCount: number },
): void {
  const turned = { rowStep: 1, columnStep: columnCount, rowCount: columnCount };
  const scratchRows = 9 * columnCount;
  for (let tap = 0; tap < 9; tap++) {
    const start = weight + (8 - tap) * channels * columnCount;
    const view: MatrixView = { ...turned, start, columnCount: channels };
    packTapInto(memory, target + tap * columnCount * panelColumns, { view, scratchRows });
  }
}

/** One tap's rows of every panel, of which each has `scratchRows` rows. */
function packTapInto(
  memory: LayerMemory,
  target: number,
  { view, scratchRows }: { view: MatrixView; scratchRows: number },
): void {
  for (let panel = 0; panel < panelCountOf(view.columnCount); panel++) {
    const first = panel * panelColumns;
    packPanelsInto(memory, target + panel * scratchRows * panelColumns, {
      ...view,
      start: view.start + first * view.columnStep,
      columnCount: Math.min(panelColumns, view.columnCount - first),
    });
  }
}

/** Elements that `packTurnedInto` writes. */
export function turnedLength(channels: number, columnCount: number): number {
  return packedLength(9 * columnCount, channels);
}
