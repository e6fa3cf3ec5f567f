import type { LayerMemory } from "./layer-kernels.ts";
import { panelColumns } from "./tile-product.ts";

// The right side of a product is read 8 columns at a time. Packed, those are adjacent in memory:
// [columns / 8][rows][8], the last panel filled up with zeros. All positions are in elements.

export function panelCountOf(columnCount: number): number {
  return Math.ceil(columnCount / panelColumns);
}

/** The number of elements of a packed matrix. */
export function packedLength(rowCount: number, columnCount: number): number {
  return panelCountOf(columnCount) * rowCount * panelColumns;
}

/** A matrix in `memory`: element (row, column) at start + row * rowStep + column * columnStep. */
export interface MatrixView {
  readonly start: number;
  readonly rowStep: number;
  readonly columnStep: number;
  readonly rowCount: number;
  readonly columnCount: number;
}

export function packPanelsInto(memory: LayerMemory, target: number, matrix: MatrixView): void {
  const { floats, vectors } = memory;
  const { start, rowStep, columnStep, rowCount, columnCount } = matrix;
  const bytes = Float32Array.BYTES_PER_ELEMENT;
  const isFast = vectors !== undefined && columnStep === 1;
  const wholeCount = isFast ? columnCount - (columnCount % panelColumns) : 0;
  let at = target;
  for (let first = 0; first < wholeCount; first += panelColumns) {
    vectors?.packPanel(bytes * (start + first), bytes * at, bytes * rowStep, rowCount);
    at += rowCount * panelColumns;
  }
  for (let first = wholeCount; first < columnCount; first += panelColumns) {
    const width = Math.min(panelColumns, columnCount - first);
    let from = start + first * columnStep;
    for (let row = 0; row < rowCount; row++) {
      for (let column = 0; column < width; column++) {
        floats[at + column] = floats[from + column * columnStep]!;
      }
      for (let column = width; column < panelColumns; column++) floats[at + column] = 0;
      at += panelColumns;
      from += rowStep;
    }
  }
}
