// The few parts of WebAssembly's binary format that a kernel needs: one function over one memory.
// Numbers are from the WebAssembly core specification 2.0, chapter 5,
// https://www.w3.org/TR/wasm-core-2/.

/** Value types. */
export const wasmType = { i32: 0x7f, f32: 0x7d, v128: 0x7b } as const;

/** A code sequence. */
export type WasmCode = readonly number[];

const blockOfNothing = 0x40;
/** Branches to the start of the loop around it. */
const branchIf = [0x0d, 0];
const alignedTo16 = 4;
const alignedTo4 = 2;
const magicAndVersion = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]; // "\0asm", 1

/** Instructions. Each pops its operands from the stack and pushes its result. */
export const wasm = {
  get: (local: number): WasmCode => [0x20, ...unsigned(local)],
  set: (local: number): WasmCode => [0x21, ...unsigned(local)],
  tee: (local: number): WasmCode => [0x22, ...unsigned(local)],
  i32Constant: (value: number): WasmCode => [0x41, ...signed(value)],
  i32Add: [0x6a] as WasmCode,
  i32Subtract: [0x6b] as WasmCode,
  i32Multiply: [0x6c] as WasmCode,
  /** [address] to [v128] */
  load: [...simd(0x00), alignedTo16, 0] as WasmCode,
  loadAt: (offset: number): WasmCode => [...simd(0x00), alignedTo4, ...unsigned(offset)],
  /** [address] to [v128], one f32 in every lane */
  loadSplatAt: (offset: number): WasmCode => [...simd(0x09), alignedTo4, ...unsigned(offset)],
  /** [address, v128] to [] */
  store: [...simd(0x0b), alignedTo16, 0] as WasmCode,
  storeAt: (offset: number): WasmCode => [...simd(0x0b), alignedTo4, ...unsigned(offset)],
  /** [] to [v128], all lanes 0 */
  zero: [...simd(0x0c), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] as WasmCode,
  /** [f32] to [v128] */
  splat: simd(0x13),
  squareRoot: simd(0xe3),
  add: simd(0xe4),
  subtract: simd(0xe5),
  multiply: simd(0xe6),
  /** [a, b] to [b where a < b, else a]: propagates a NaN in a */
  larger: simd(0xeb),
  /** Masks: all bits of a lane. */
  equal: simd(0x41),
  greater: simd(0x44),
  and: simd(0x4e),
  /** [a, b] to [a and not b] */
  andNot: simd(0x4f),
  /** [a, b, c] to [a * b + c], rounded once or twice depending on the machine; see `hasFusedMultiplyAdd` */
  fusedMultiplyAdd: simd(0x105),
  divide: simd(0xe7),
  /** Repeats the body while the value it leaves on the stack is not zero. */
  loop: (...body: readonly WasmCode[]): WasmCode => [
    0x03,
    blockOfNothing,
    ...body.flat(),
    ...branchIf,
    0x0b,
  ],
};

export function wasmCode(...parts: readonly WasmCode[]): WasmCode {
  return parts.flat();
}

/** Repeats by the count in the i32 local, which must be above zero and is zero afterwards. */
export function countingDown(local: number, body: WasmCode): WasmCode {
  const oneLess = wasmCode(wasm.get(local), wasm.i32Constant(1), wasm.i32Subtract);
  return wasm.loop(body, oneLess, wasm.tee(local));
}

/** An i32 local plus the value that the code leaves on the stack. */
export function advanced(local: number, by: WasmCode): WasmCode {
  return wasmCode(wasm.get(local), by, wasm.i32Add, wasm.set(local));
}

/** Whether relaxed SIMD's multiply-add is a single instruction on this machine. */
export function hasFusedMultiplyAdd(): boolean {
  const [v128, body] = [wasmType.v128, [0, 0x20, 0, 0x20, 1, 0x20, 2]];
  return WebAssembly.validate(
    Uint8Array.from([
      ...magicAndVersion,
      ...section(1, [1, 0x60, 3, v128, v128, v128, 1, v128]),
      ...section(3, [1, 0]),
      ...section(10, [1, ...vector([...body, ...wasm.fusedMultiplyAdd, 0x0b])]),
    ]),
  );
}

/** Runs the first code if the i32 on the stack is not zero, or else the second. */
export function wasmIf(then: WasmCode, otherwise: WasmCode): WasmCode {
  return [0x04, blockOfNothing, ...then, 0x05, ...otherwise, 0x0b];
}

declare const WebAssembly: {
  readonly validate: (bytes: Uint8Array) => boolean;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Memory: new (limits: { initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Instance: new (
    module: object,
    imports: object,
  ) => { readonly exports: Record<string, unknown> };
};

/** Memory that kernels compute in. */
export interface KernelMemory {
  readonly buffer: ArrayBuffer;
}

export function kernelMemory(byteCount: number): KernelMemory {
  return new WebAssembly.Memory({ initial: Math.max(1, Math.ceil(byteCount / 65536)) });
}

/** A compiled function, to be given memory. */
export interface WasmFunction {
  readonly over: (memory: KernelMemory) => (...values: readonly number[]) => void;
}

/** A function's locals, in index order. */
export interface WasmLocals {
  /** Types of the parameters. */
  readonly parameters: readonly number[];
  readonly i32Count?: number;
  readonly v128Count: number;
}

/** Compiles one function that returns nothing. */
export function compileWasmFunction(locals: WasmLocals, code: WasmCode): WasmFunction {
  const { parameters, i32Count = 0, v128Count } = locals;
  const declared = [2, ...unsigned(i32Count), wasmType.i32, ...unsigned(v128Count), wasmType.v128];
  const body = [...declared, ...code, 0x0b];
  const module = new WebAssembly.Module(
    Uint8Array.from([
      ...magicAndVersion,
      ...section(1, [1, 0x60, ...vector(parameters), 0]), // types: parameters, no results
      ...section(2, [1, ...name("world"), ...name("memory"), 2, 0, 1]), // imports: at least a page
      ...section(3, [1, 0]), // functions: one, of the type above
      ...section(7, [1, ...name("kernel"), 0, 0]), // exports: it
      ...section(10, [1, ...vector(body)]), // code
    ]),
  );
  return {
    over(memory) {
      const { exports } = new WebAssembly.Instance(module, { world: { memory } });
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- exported just above
      return exports["kernel"] as (...values: readonly number[]) => void;
    },
  };
}

function simd(opcode: number): WasmCode {
  return [0xfd, ...unsigned(opcode)];
}

function section(id: number, bytes: readonly number[]): number[] {
  return [id, ...vector(bytes)];
}

function vector(bytes: readonly number[]): number[] {
  return [...unsigned(bytes.length), ...bytes];
}

function name(text: string): number[] {
  return vector(Array.from(text, (letter) => letter.charCodeAt(0)));
}

/** LEB128. */
function unsigned(value: number): number[] {
  const low = value & 0x7f;
  const rest = value >>> 7;
  return rest === 0 ? [low] : [low | 0x80, ...unsigned(rest)];
}

function signed(value: number): number[] {
  const low = value & 0x7f;
  const rest = value >> 7;
  const signIsClear = (low & 0x40) === 0;
  const isLast = (rest === 0 && signIsClear) || (rest === -1 && !signIsClear);
  return isLast ? [low] : [low | 0x80, ...signed(rest)];
}
