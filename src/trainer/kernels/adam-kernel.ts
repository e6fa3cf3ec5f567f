import {
  compileWasmFunction,
  kernelMemory,
  wasm,
  wasmType,
  type WasmCode,
} from "./wasm-function.ts";

// Adam over four float32 at a time. A loop in JavaScript takes five times as long: it computes in
// float64, one by one. Every operation is IEEE float32, so the bits are the same on every machine.

/** Scalar inputs of a step; all but the last two are as in Kingma and Ba's algorithm 1. */
export interface AdamFactors {
  readonly beta1: number;
  readonly beta2: number;
  /** Learning rate over 1 - beta1 ** step. */
  readonly firstCorrection: number;
  /** 1 over 1 - beta2 ** step. */
  readonly secondCorrection: number;
  readonly epsilon: number;
  /** The factor that decoupled weight decay applies to a parameter, in 0..1. */
  readonly keptFraction: number;
}

/** Arrays of one length in the kernel's memory, and the step over them. */
export interface AdamKernel {
  readonly parameters: Float32Array;
  readonly gradients: Float32Array;
  readonly firstMoment: Float32Array;
  readonly secondMoment: Float32Array;
  readonly step: (factors: AdamFactors) => void;
}

const lanes = 4;

/** @param count of parameters; the arrays start as zeros */
export function adamKernel(count: number): AdamKernel {
  compiled ??= compileWasmFunction(
    { parameters: parameterTypes, v128Count: vectorCount },
    adamCode(),
  );
  const groupCount = Math.ceil(count / lanes);
  const stride = groupCount * lanes * Float32Array.BYTES_PER_ELEMENT;
  const memory = kernelMemory(4 * stride);
  const call = compiled.over(memory);
  const part = (index: number): Float32Array =>
    new Float32Array(memory.buffer, index * stride, count);
  return {
    parameters: part(0),
    gradients: part(1),
    firstMoment: part(2),
    secondMoment: part(3),
    step({ beta1, beta2, firstCorrection, secondCorrection, epsilon, keptFraction }) {
      if (groupCount === 0) return;
      const factors = [beta1, 1 - beta1, beta2, 1 - beta2];
      const rest = [firstCorrection, secondCorrection, epsilon, keptFraction];
      call(groupCount, 0, stride, 2 * stride, 3 * stride, ...factors, ...rest);
    },
  };
}

let compiled: ReturnType<typeof compileWasmFunction> | undefined;

// Locals, in order: the function's parameters, then vectors.
const [groups, parameter, gradient, first, second] = [0, 1, 2, 3, 4];
const scalars = 5;
const scalarCount = 8;
const parameterTypes = [
  ...Array.from({ length: scalars }, () => wasmType.i32),
  ...Array.from({ length: scalarCount }, () => wasmType.f32),
];
const factors = scalars + scalarCount;
const [beta1, rest1, beta2, rest2] = [factors, factors + 1, factors + 2, factors + 3];
const [firstCorrection, secondCorrection] = [factors + 4, factors + 5];
const [epsilon, kept] = [factors + 6, factors + 7];
const [newGradient, newFirst, newSecond] = [factors + 8, factors + 9, factors + 10];
const vectorCount = scalarCount + 3;

function adamCode(): WasmCode {
  const splats = Array.from({ length: scalarCount }, (_, index) => [
    ...wasm.get(scalars + index),
    ...wasm.splat,
    ...wasm.set(factors + index),
  ]).flat();
  const body = wasm.loop(
    [...loadFrom(gradient), ...wasm.set(newGradient)],
    // first = beta1 first + (1 - beta1) gradient
    wasm.get(first),
    [...loadFrom(first), ...multiplyBy(beta1)],
    [...wasm.get(newGradient), ...multiplyBy(rest1)],
    [...wasm.add, ...wasm.tee(newFirst), ...wasm.store],
    // second = beta2 second + (1 - beta2) gradient gradient
    wasm.get(second),
    [...loadFrom(second), ...multiplyBy(beta2)],
    [...wasm.get(newGradient), ...multiplyBy(newGradient), ...multiplyBy(rest2)],
    [...wasm.add, ...wasm.tee(newSecond), ...wasm.store],
    // parameter = kept parameter - correction first / (sqrt(correction second) + epsilon)
    wasm.get(parameter),
    [...loadFrom(parameter), ...multiplyBy(kept)],
    [...wasm.get(newFirst), ...multiplyBy(firstCorrection)],
    [...wasm.get(newSecond), ...multiplyBy(secondCorrection), ...wasm.squareRoot],
    [...wasm.get(epsilon), ...wasm.add, ...wasm.divide, ...wasm.subtract, ...wasm.store],
    [parameter, gradient, first, second].flatMap(advance),
    [...wasm.get(groups), ...wasm.i32Constant(1), ...wasm.i32Subtract, ...wasm.tee(groups)],
  );
  return [...splats, ...body];
}

function loadFrom(address: number): WasmCode {
  return [...wasm.get(address), ...wasm.load];
}

function multiplyBy(factor: number): WasmCode {
  return [...wasm.get(factor), ...wasm.multiply];
}

function advance(address: number): WasmCode {
  return [...wasm.get(address), ...wasm.i32Constant(16), ...wasm.i32Add, ...wasm.set(address)];
}
