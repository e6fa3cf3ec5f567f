import {
  advanced,
  compileWasmFunction,
  countingDown,
  hasFusedMultiplyAdd,
  type KernelMemory,
  wasm,
  wasmCode,
  wasmIf,
  type WasmCode,
  type WasmFunction,
  wasmType,
} from "./wasm-function.ts";

// The hot loop: tiles of up to 6 rows and 8 columns of a matrix product, held in registers.
//
// 6 x 8 takes 12 vector registers for the sums, 2 for a row of the right side and 1 for an element
// of the left: 15 of the 16 that x86 has without AVX-512, so nothing spills.

const tileRows = 6;
/** Columns of a tile, and of a panel of the right side. */
export const panelColumns = 8;

/**
 * Products of one shape with the same right side, `groupCount` of them. Addresses and distances in
 * bytes. The inner dimension is `segmentCount` runs of `runLength`.
 */
export interface TileCall {
  groupCount: number;
  /** From the left side, and from the result, of one product to those of the next. */
  leftGroupStride: number;
  resultGroupStride: number;
  /**
   * Left side: its first element, and the distances between rows, inner elements and runs. Either
   * the rows or the inner elements must be adjacent, 4 bytes apart.
   */
  left: number;
  rowStride: number;
  innerStride: number;
  segmentStride: number;
  segmentCount: number;
  runLength: number;
  /** Right side: panels of [segmentCount * runLength][8], 8 adjacent columns of each row. */
  panel: number;
  panelCount: number;
  result: number;
  resultStride: number;
  /** Rows of the result. */
  rowCount: number;
  /** Whether to add to the existing result. */
  accumulates: boolean;
}

/** result[group][row][8 * panel + 0..8] (+)= sum over inner of left[group][row][inner] * panel[inner][0..8] */
export type TileProduct = (call: TileCall) => void;

export function tileProductOver(memory: KernelMemory): TileProduct {
  compiled ??= { rowsAdjacent: compileTiles(adjacentRows), innerAdjacent: compileTiles(apartRows) };
  const rowsAdjacent = compiled.rowsAdjacent.map((kernel) => kernel.over(memory));
  const innerAdjacent = compiled.innerAdjacent.map((kernel) => kernel.over(memory));
  return (call) => {
    const kernels = call.rowStride === 4 ? rowsAdjacent : innerAdjacent;
    const blockCount = Math.floor(call.rowCount / tileRows);
    const skipped = blockCount * tileRows;
    if (blockCount > 0) run(kernels[tileRows - 1]!, call, 0, blockCount);
    if (skipped < call.rowCount) run(kernels[call.rowCount - skipped - 1]!, call, skipped, 1);
  };
}

let compiled:
  | {
      readonly rowsAdjacent: readonly WasmFunction[];
      readonly innerAdjacent: readonly WasmFunction[];
    }
  | undefined;

type Kernel = (...values: readonly number[]) => void;

function run(kernel: Kernel, call: TileCall, skipped: number, blockCount: number): void {
  kernel(
    call.left + skipped * call.rowStride,
    call.rowStride,
    call.innerStride,
    call.segmentStride,
    call.segmentCount,
    call.runLength >> 2,
    call.runLength & 3,
    call.panel,
    call.panelCount,
    call.result + skipped * call.resultStride,
    call.resultStride,
    blockCount,
    call.accumulates ? 1 : 0,
    call.groupCount,
    call.leftGroupStride,
    call.resultGroupStride,
  );
}

// Locals: the parameters in the order of `run`, then addresses and counters, then vectors.
const [left, rowStride, innerStride, segmentStride, segmentCount] = [0, 1, 2, 3, 4];
const [fours, ones, panel, panelCount, result, resultStride] = [5, 6, 7, 8, 9, 10];
const [blockCount, accumulates, groupCount] = [11, 12, 13];
const [leftGroupStride, resultGroupStride] = [14, 15];
const parameterCount = 16;
const [segment, counter, segmentStart, panelAt] = [16, 17, 18, 19];
const [block, leftBlock, resultBlock, tile, resultTile] = [20, 21, 22, 23, 24];
const firstRowAddress = 25;

/** Addressing of the elements of the left side for a step along the inner dimension. */
interface LeftWalk {
  /** At the start of a run, from `segmentStart`. */
  readonly begin: (rows: number) => WasmCode;
  /** [] to [v128]: a row's element in all lanes, the given number of steps ahead. */
  readonly splat: (row: number, ahead: number) => WasmCode;
  /** Advances by the given number of steps. */
  readonly move: (rows: number, steps: number) => WasmCode;
  /** Steps that can be read ahead. */
  readonly stepsAtOnce: 1 | 4;
}

/** One address for all rows, because they are adjacent. */
const adjacentRows: LeftWalk = {
  begin: () => wasmCode(wasm.get(segmentStart), wasm.set(firstRowAddress)),
  splat: (row) => wasmCode(wasm.get(firstRowAddress), wasm.loadSplatAt(4 * row)),
  move: () => advanced(firstRowAddress, wasm.get(innerStride)),
  stepsAtOnce: 1,
};

/** One address per row, valid for four steps, because the inner elements are adjacent. */
const apartRows: LeftWalk = {
  begin: (rows) =>
    eachOf(rows, (row) =>
      wasmCode(rowAddress(segmentStart, row, rowStride), wasm.set(firstRowAddress + row)),
    ),
  splat: (row, ahead) => wasmCode(wasm.get(firstRowAddress + row), wasm.loadSplatAt(4 * ahead)),
  move: (rows, steps) =>
    eachOf(rows, (row) => advanced(firstRowAddress + row, wasm.i32Constant(4 * steps))),
  stepsAtOnce: 4,
};

function compileTiles(walk: LeftWalk): readonly WasmFunction[] {
  const isFused = hasFusedMultiplyAdd();
  return Array.from({ length: tileRows }, (_, index) => compileTile(index + 1, walk, isFused));
}

/** The parameters of a tile's code and the locals of its vectors. */
interface TilePlan {
  readonly rows: number;
  readonly walk: LeftWalk;
  readonly isFused: boolean;
  readonly sum: (row: number, half: number) => number;
  readonly right: (half: number) => number;
  readonly factor: number;
}

function compileTile(rows: number, walk: LeftWalk, isFused: boolean): WasmFunction {
  const firstVector = firstRowAddress + rows;
  const plan: TilePlan = {
    rows,
    walk,
    isFused,
    sum: (row, half) => firstVector + 2 * row + half,
    right: (half) => firstVector + 2 * rows + half,
    factor: firstVector + 2 * rows + 2,
  };
  // All panels for the same rows in turn: the left side's rows stay in the nearest cache. Each tile
  // leaves `panelAt` at the start of the next panel.
  const oneBlock = wasmCode(
    wasmCode(wasm.get(panel), wasm.set(panelAt), wasm.get(resultBlock), wasm.set(resultTile)),
    wasmCode(wasm.get(panelCount), wasm.set(tile), countingDown(tile, oneTile(plan))),
    wasmCode(rowAddress(leftBlock, rows, rowStride), wasm.set(leftBlock)),
    wasmCode(rowAddress(resultBlock, rows, resultStride), wasm.set(resultBlock)),
  );
  const group = wasmCode(
    wasmCode(wasm.get(left), wasm.set(leftBlock), wasm.get(result), wasm.set(resultBlock)),
    wasmCode(wasm.get(blockCount), wasm.set(block), countingDown(block, oneBlock)),
    advanced(left, wasm.get(leftGroupStride)),
    advanced(result, wasm.get(resultGroupStride)),
  );
  const parameters = Array.from({ length: parameterCount }, () => wasmType.i32);
  const i32Count = firstRowAddress - parameterCount + rows;
  const locals = { parameters, i32Count, v128Count: 2 * rows + 3 };
  return compileWasmFunction(locals, countingDown(groupCount, group));
}

/** Computes one tile and advances to the next panel. */
function oneTile(plan: TilePlan): WasmCode {
  const { rows, walk, sum } = plan;
  const everySum = (body: (address: WasmCode, half: number, local: number) => WasmCode): WasmCode =>
    eachOf(rows, (row) =>
      eachOf(2, (half) => body(rowAddress(resultTile, row, resultStride), half, sum(row, half))),
    );
  const begun = wasmIf(
    everySum((address, half, local) => wasmCode(address, wasm.loadAt(16 * half), wasm.set(local))),
    everySum((_address, _half, local) => wasmCode(wasm.zero, wasm.set(local))),
  );
  const run = wasmCode(
    walk.begin(rows),
    repeated(fours, steps(plan, 4)),
    repeated(ones, steps(plan, 1)),
    advanced(segmentStart, wasm.get(segmentStride)),
  );
  return wasmCode(
    wasmCode(wasm.get(accumulates), begun),
    wasmCode(wasm.get(leftBlock), wasm.set(segmentStart)),
    wasmCode(wasm.get(segmentCount), wasm.set(segment), countingDown(segment, run)),
    everySum((address, half, local) => wasmCode(address, wasm.get(local), wasm.storeAt(16 * half))),
    advanced(resultTile, wasm.i32Constant(4 * panelColumns)),
  );
}

/** The given number of steps along the inner dimension. */
function steps(plan: TilePlan, count: number): WasmCode {
  const { walk, rows } = plan;
  const moves = advanced(panelAt, wasm.i32Constant(4 * panelColumns * count));
  return walk.stepsAtOnce === 1
    ? wasmCode(
        eachOf(count, (ahead) => wasmCode(step(plan, ahead), walk.move(rows, 1))),
        moves,
      )
    : wasmCode(
        eachOf(count, (ahead) => step(plan, ahead)),
        walk.move(rows, count),
        moves,
      );
}

function step({ rows, walk, isFused, sum, right, factor }: TilePlan, ahead: number): WasmCode {
  const addTerm = (target: number, half: number): WasmCode => {
    const operands = wasmCode(wasm.get(factor), wasm.get(right(half)));
    const fused = wasmCode(operands, wasm.get(target), wasm.fusedMultiplyAdd);
    const plain = wasmCode(wasm.get(target), operands, wasm.multiply, wasm.add);
    return wasmCode(isFused ? fused : plain, wasm.set(target));
  };
  return wasmCode(
    eachOf(2, (half) =>
      wasmCode(wasm.get(panelAt), wasm.loadAt(32 * ahead + 16 * half), wasm.set(right(half))),
    ),
    eachOf(rows, (row) =>
      wasmCode(
        wasmCode(walk.splat(row, ahead), wasm.set(factor)),
        eachOf(2, (half) => addTerm(sum(row, half), half)),
      ),
    ),
  );
}

/** Repeats by the count in the i32 local, which can be zero. */
function repeated(times: number, body: WasmCode): WasmCode {
  const loop = wasmCode(wasm.get(times), wasm.set(counter), countingDown(counter, body));
  return wasmCode(wasm.get(times), wasmIf(loop, []));
}

/** [] to [the address the given number of rows later] */
function rowAddress(start: number, row: number, stride: number): WasmCode {
  if (row === 0) return wasm.get(start);
  const distance = wasmCode(wasm.i32Constant(row), wasm.get(stride), wasm.i32Multiply);
  return wasmCode(wasm.get(start), distance, wasm.i32Add);
}

function eachOf(count: number, body: (index: number) => WasmCode): WasmCode {
  return wasmCode(...Array.from({ length: count }, (_, index) => body(index)));
}
