import {
  advanced,
  compileWasmFunction,
  countingDown,
  type KernelMemory,
  wasm,
  wasmCode,
  type WasmCode,
  type WasmFunction,
  wasmType,
} from "./wasm-function.ts";

// The operations of layer-kernels.ts on four values at a time. Addresses and distances in bytes, lengths
// in vectors of four float32; every count must be above zero.

/** Each is documented at the function of the same name there. */
export interface VectorKernels {
  readonly relu: (start: number, vectors: number) => void;
  readonly maskByRelu: (gradient: number, output: number, vectors: number) => void;
  readonly addBias: (start: number, bias: number, rows: number, vectors: number) => void;
  /** Adds every row to the target. */
  readonly addRows: (start: number, target: number, rows: number, vectors: number) => void;
  /** Copies pieces of two vectors that are `stride` apart to adjacent positions. */
  readonly packPanel: (from: number, to: number, stride: number, pieces: number) => void;
  readonly maxPool: (image: number, pooled: number, ...size: PoolSize) => void;
  readonly unpool: (
    image: number,
    pooled: number,
    ...size: [...PoolSize, distance: number]
  ) => void;
}

/** Pairs of image rows, pairs of columns, vectors per pixel, and their bytes per pixel and row. */
type PoolSize = [rows: number, columns: number, vectors: number, pixel: number, row: number];

export function vectorKernelsOver(memory: KernelMemory): VectorKernels {
  compiled ??= compileAll();
  const { relu, maskByRelu, addBias, addRows, packPanel, maxPool, unpool } = compiled;
  return {
    relu: relu.over(memory),
    maskByRelu: maskByRelu.over(memory),
    addBias: addBias.over(memory),
    addRows: addRows.over(memory),
    packPanel: packPanel.over(memory),
    maxPool: maxPool.over(memory),
    unpool: unpool.over(memory),
  };
}

let compiled: Record<keyof VectorKernels, WasmFunction> | undefined;

const vectorBytes = wasm.i32Constant(16);
const load = (address: number): WasmCode => wasmCode(wasm.get(address), wasm.load);

function compileAll(): Record<keyof VectorKernels, WasmFunction> {
  return {
    relu: compileRelu(),
    maskByRelu: compileMask(),
    addBias: compileRows((at, other) =>
      wasmCode(wasm.get(at), load(at), load(other), wasm.add, wasm.store),
    ),
    addRows: compileRows((at, other) =>
      wasmCode(wasm.get(other), load(other), load(at), wasm.add, wasm.store),
    ),
    packPanel: compilePack(),
    maxPool: compilePool({ isBackward: false }),
    unpool: compilePool({ isBackward: true }),
  };
}

function compileFunction(
  parameterCount: number,
  counts: { readonly i32Count?: number; readonly v128Count?: number },
  code: WasmCode,
): WasmFunction {
  const parameters = Array.from({ length: parameterCount }, () => wasmType.i32);
  const { i32Count = 0, v128Count = 0 } = counts;
  return compileWasmFunction({ parameters, i32Count, v128Count }, code);
}

function compileRelu(): WasmFunction {
  const [at, vectors] = [0, 1];
  const positive = wasmCode(load(at), wasm.zero, wasm.larger);
  const body = wasmCode(wasm.get(at), positive, wasm.store, advanced(at, vectorBytes));
  return compileFunction(2, {}, countingDown(vectors, body));
}

function compileMask(): WasmFunction {
  const [gradient, output, vectors] = [0, 1, 2];
  const isOpen = wasmCode(load(output), wasm.zero, wasm.greater);
  const body = wasmCode(
    wasmCode(wasm.get(gradient), load(gradient), isOpen, wasm.and, wasm.store),
    advanced(gradient, vectorBytes),
    advanced(output, vectorBytes),
  );
  return compileFunction(3, {}, countingDown(vectors, body));
}

/** Loops over all rows of a matrix and all vectors of a row, paired with the same vector of one other row. */
function compileRows(each: (at: number, other: number) => WasmCode): WasmFunction {
  const [at, otherStart, rows, vectors, other, counter] = [0, 1, 2, 3, 4, 5];
  const inRow = wasmCode(each(at, other), advanced(at, vectorBytes), advanced(other, vectorBytes));
  const row = wasmCode(
    wasmCode(wasm.get(otherStart), wasm.set(other), wasm.get(vectors), wasm.set(counter)),
    countingDown(counter, inRow),
  );
  return compileFunction(4, { i32Count: 2 }, countingDown(rows, row));
}

function compilePack(): WasmFunction {
  const [from, to, stride, pieces] = [0, 1, 2, 3];
  const second = wasmCode(wasm.get(from), wasm.loadAt(16));
  const body = wasmCode(
    wasmCode(wasm.get(to), load(from), wasm.store),
    wasmCode(wasm.get(to), second, wasm.storeAt(16)),
    advanced(from, wasm.get(stride)),
    advanced(to, wasm.i32Constant(32)),
  );
  return compileFunction(4, {}, countingDown(pieces, body));
}

/**
 * Forward: the maximum of each four. Backward: `image` holds the values, `distance` after them are
 * its gradients, and `pooled` holds gradients: each is assigned to the first maximum of its four.
 */
function compilePool({ isBackward }: { isBackward: boolean }): WasmFunction {
  const [image, pooled, rows, columns, vectors, pixel, row, distance] = [0, 1, 2, 3, 4, 5, 6, 7];
  const parameterCount = isBackward ? 8 : 7;
  // Further i32 locals follow the parameters, then vectors.
  const column = parameterCount;
  const [vector, right, lower, diagonal] = [column + 1, column + 2, column + 3, column + 4];
  const [largest, left, mask] = [column + 5, column + 6, column + 7];
  const corners = [image, right, lower, diagonal];
  const addresses = wasmCode(
    wasmCode(wasm.get(image), wasm.get(pixel), wasm.i32Add, wasm.set(right)),
    wasmCode(wasm.get(image), wasm.get(row), wasm.i32Add, wasm.set(lower)),
    wasmCode(wasm.get(lower), wasm.get(pixel), wasm.i32Add, wasm.set(diagonal)),
  );
  const largestOfFour = wasmCode(
    wasmCode(load(image), load(right), wasm.larger),
    wasmCode(load(lower), load(diagonal), wasm.larger, wasm.larger),
  );
  const handOut = wasmCode(
    wasmCode(largestOfFour, wasm.set(largest), load(pooled), wasm.set(left)),
    ...corners.map((corner) =>
      wasmCode(
        wasmCode(load(corner), wasm.get(largest), wasm.equal, wasm.set(mask)),
        wasmCode(wasm.get(corner), wasm.get(distance), wasm.i32Add),
        wasmCode(wasm.get(left), wasm.get(mask), wasm.and, wasm.store),
        wasmCode(wasm.get(left), wasm.get(mask), wasm.andNot, wasm.set(left)),
      ),
    ),
  );
  const each = wasmCode(
    addresses,
    isBackward ? handOut : wasmCode(wasm.get(pooled), largestOfFour, wasm.store),
    advanced(image, vectorBytes),
    advanced(pooled, vectorBytes),
  );
  const inColumn = wasmCode(
    wasmCode(wasm.get(vectors), wasm.set(vector), countingDown(vector, each)),
    advanced(image, wasm.get(pixel)),
  );
  const inRow = wasmCode(
    wasmCode(wasm.get(columns), wasm.set(column), countingDown(column, inColumn)),
    advanced(image, wasm.get(row)),
  );
  const counts = { i32Count: 5, v128Count: 3 };
  return compileFunction(parameterCount, counts, countingDown(rows, inRow));
}
