import { init, jit, lax, makeJaxpr, nn, numpy as np, valueAndGrad } from "@jax-js/jax";

import { elementCount } from "./element-count.ts";
import { checkInputs, floatsOf, upload, uploadInputs, uploadParameters } from "./host-arrays.ts";
import { biasLayer, isChain, type LayerNode, productLayer, scaleLayer } from "./layer-graph.ts";
import { type LayerProgram, layerProgram } from "./layer-program.ts";

// The interface to the tensor library: `Tensor`s inside a traced function, flat typed arrays outside.
//
// A function that is handed to `compileForward` or `compileLossAndGradients` runs once, with
// tensors that are placeholders for later values; its operations are then compiled to WebAssembly and
// replayed on every call. So its control flow may depend on shapes, never on values.
//
// A function that is only a chain of the layers in layer-graph.ts runs on Pitwall's
// own kernels, which train two to six times faster; all others run on the library.

/** Storage of values outside the compiled function. */
export type HostArray = Float32Array | Int32Array;

/** Shape and number format of one tensor. */
export interface TensorSpec {
  readonly shape: readonly number[];
  readonly kind: "float32" | "int32";
}
export type TensorSpecs = Readonly<Record<string, TensorSpec>>;

/** The same names, each with the tensor that belongs to it. */
export type TensorsOf<Specs> = { readonly [Name in keyof Specs]: Tensor };
/** The same names, each with the typed array that belongs to it. */
export type HostArraysOf<Specs extends TensorSpecs> = {
  readonly [Name in keyof Specs]: HostArrayOf<Specs[Name]["kind"]>;
};
type HostArrayOf<Kind> = Kind extends "int32" ? Int32Array : Float32Array;

export type Operand = Tensor | number;

/** A value inside a traced function. Operations return new tensors and do not modify their operands. */
export class Tensor {
  readonly #array: np.Array;
  /** The layer of ours that computes it, if any. Not for models. */
  readonly layer: LayerNode | undefined;

  private constructor(array: np.Array, layer: LayerNode | undefined) {
    this.#array = array;
    this.layer = layer;
    traced?.push(array);
  }

  /** Takes over an array of the library below. Not for models. */
  static own(array: np.Array, layer?: LayerNode): Tensor {
    return new Tensor(array, layer);
  }

  /** The same value, marked as computed by a layer of ours. Not for models. */
  asLayer(of: (shape: readonly number[]) => LayerNode | undefined): Tensor {
    return Tensor.own(this.reference, of(this.shape));
  }

  /** One more reference to the array below, for an operation to consume. Not for models. */
  get reference(): np.Array {
    return this.#array.ref;
  }

  get shape(): readonly number[] {
    return this.#array.shape;
  }

  // Elementwise, with NumPy's broadcasting.
  add(other: Operand): Tensor {
    return Tensor.own(this.reference.add(referenceOf(other)), biasLayer(this, other));
  }
  sub(other: Operand): Tensor {
    return Tensor.own(this.reference.sub(referenceOf(other)));
  }
  mul(other: Operand): Tensor {
    return Tensor.own(this.reference.mul(referenceOf(other)), scaleLayer(this, other));
  }
  div(other: Operand): Tensor {
    return Tensor.own(this.reference.div(referenceOf(other)));
  }
  neg(): Tensor {
    return Tensor.own(this.reference.neg());
  }
  square(): Tensor {
    return this.mul(this);
  }
  sqrt(): Tensor {
    return Tensor.own(np.sqrt(this.reference));
  }
  exp(): Tensor {
    return Tensor.own(np.exp(this.reference));
  }
  log(): Tensor {
    return Tensor.own(np.log(this.reference));
  }
  sin(): Tensor {
    return Tensor.own(np.sin(this.reference));
  }
  cos(): Tensor {
    return Tensor.own(np.cos(this.reference));
  }
  tanh(): Tensor {
    return Tensor.own(np.tanh(this.reference));
  }
  sigmoid(): Tensor {
    return Tensor.own(nn.sigmoid(this.reference));
  }
  /** The gradient at zero is zero, as in other frameworks; the library's own gradient there is one. */
  relu(): Tensor {
    const { layer: of } = this;
    return this.greater(0)
      .select(this, 0)
      .asLayer((shape) => of && { kind: "relu", shape, of });
  }
  gelu(): Tensor {
    return Tensor.own(nn.gelu(this.reference));
  }
  /** log(1 + exp(x)), without overflow. */
  softplus(): Tensor {
    return Tensor.own(nn.softplus(this.reference));
  }
  maximum(other: Operand): Tensor {
    return Tensor.own(np.maximum(this.reference, referenceOf(other)));
  }
  minimum(other: Operand): Tensor {
    return Tensor.own(np.minimum(this.reference, referenceOf(other)));
  }

  // Comparisons give a mask for `select`.
  greater(other: Operand): Tensor {
    return Tensor.own(this.reference.greater(referenceOf(other)));
  }
  equal(other: Operand): Tensor {
    return Tensor.own(this.reference.equal(referenceOf(other)));
  }
  /** `ifTrue` where this mask is true, `ifFalse` elsewhere. */
  select(ifTrue: Operand, ifFalse: Operand): Tensor {
    return Tensor.own(np.where(this.reference, referenceOf(ifTrue), referenceOf(ifFalse)));
  }
  toFloat(): Tensor {
    return Tensor.own(this.reference.astype(np.float32), this.layer);
  }

  // Reductions; without an axis over all elements.
  sum(axis?: Axis, { keepsDimensions = false } = {}): Tensor {
    return Tensor.own(this.reference.sum(axisOf(axis), { keepdims: keepsDimensions }));
  }
  mean(axis?: Axis, { keepsDimensions = false } = {}): Tensor {
    return Tensor.own(this.reference.mean(axisOf(axis), { keepdims: keepsDimensions }));
  }
  max(axis?: Axis, { keepsDimensions = false } = {}): Tensor {
    return Tensor.own(this.reference.max(axisOf(axis), { keepdims: keepsDimensions }));
  }
  /** Index of the largest element along an axis, as int32; the first of equals. */
  argmax(axis: number): Tensor {
    const { layer: of } = this;
    const isLast = axis === -1 || axis === this.shape.length - 1;
    return Tensor.own(np.argmax(this.reference, axis)).asLayer((shape) =>
      of && isLast ? { kind: "argmax", shape, of } : undefined,
    );
  }
  softmax(axis: number): Tensor {
    return Tensor.own(nn.softmax(this.reference, axis));
  }
  logSoftmax(axis: number): Tensor {
    return Tensor.own(nn.logSoftmax(this.reference, axis));
  }

  // Products.
  /** [..., m, k] times [..., k, n] gives [..., m, n]. */
  matmul(other: Tensor): Tensor {
    return Tensor.own(np.matmul(this.reference, other.reference), productLayer(this, other));
  }
  /** Rows of this table [rows, width...] by int32 index [...]: [..., width...]. */
  rows(indices: Tensor): Tensor {
    return Tensor.own(np.take(this.reference, indices.reference, 0));
  }
  /** int32 index [...] to [..., classCount], 1 at the index and 0 elsewhere. */
  oneHot(classCount: number): Tensor {
    return Tensor.own(nn.oneHot(this.reference, classCount));
  }

  // Shape.
  reshape(shape: readonly number[]): Tensor {
    const { layer: of } = this;
    return Tensor.own(this.reference.reshape([...shape])).asLayer(
      (shape) => of && { kind: "reshape", shape, of },
    );
  }
  transpose(axes?: readonly number[]): Tensor {
    return Tensor.own(this.reference.transpose(axes === undefined ? undefined : [...axes]));
  }
  /** One [start, stop) pair per axis from the first on; an empty pair keeps the axis whole. */
  slice(ranges: readonly (readonly [number, number] | readonly [])[]): Tensor {
    const slices = ranges.map((range): [] | [number, number] =>
      range.length === 0 ? [] : [range[0], range[1]],
    );
    return Tensor.own(this.reference.slice(...slices));
  }
  /** Zeros around it: [before, after] for each axis. */
  pad(widths: readonly (readonly [number, number])[]): Tensor {
    return Tensor.own(
      np.pad(
        this.reference,
        widths.map(([before, after]): [number, number] => [before, after]),
      ),
    );
  }
  /** The same value, as a constant to differentiation. */
  stopGradient(): Tensor {
    return Tensor.own(lax.stopGradient(this.reference));
  }
}

type Axis = number | readonly number[];

export function concatenate(tensors: readonly Tensor[], axis: number): Tensor {
  return Tensor.own(
    np.concatenate(
      tensors.map((tensor) => tensor.reference),
      axis,
    ),
  );
}

/** A constant inside a traced function. */
export function constant(values: HostArray, shape: readonly number[]): Tensor {
  return Tensor.own(upload(values, shape));
}

/** Initializes the backend. Await it once per thread before compiling anything. */
export async function startTensorBackend(): Promise<void> {
  const available = await init("wasm");
  if (!available.includes("wasm")) throw new Error("the tensor backend needs WebAssembly");
}

/** A compiled function of parameters and inputs. */
export interface Forward<Inputs extends TensorSpecs> {
  /** @param parameters all parameters, concatenated in the order of their specs */
  (parameters: Float32Array, inputs: HostArraysOf<Inputs>): Float32Array;
}

/** The arguments of a compiled function. The first dimension of `inputs` is the batch. */
export interface Signature<Parameters extends TensorSpecs, Inputs extends TensorSpecs> {
  readonly parameters: Parameters;
  readonly inputs: Inputs;
}

/** Compiles a function for values only. */
export function compileForward<Parameters extends TensorSpecs, Inputs extends TensorSpecs>(
  signature: Signature<Parameters, Inputs>,
  forward: (parameters: TensorsOf<Parameters>, inputs: TensorsOf<Inputs>) => Tensor,
): Forward<Inputs> {
  const program = layerProgramOf(signature, forward);
  if (program !== undefined) {
    return (parameters, inputs) => {
      checkInputs(signature.inputs, inputs);
      return program.run(parameters, inputs).slice();
    };
  }
  const names = Object.keys(signature.parameters);
  const compiled = jit((arrays: np.Array[]) =>
    traceScope(() => forward(...namedTensors(signature, arrays, names.length))),
  );
  return (parameters, inputs) => {
    const result = compiled([
      ...uploadParameters(signature.parameters, parameters),
      ...uploadInputs(signature.inputs, inputs),
    ]);
    return floatsOf(result);
  };
}

/** A compiled loss with its gradients. */
export interface LossAndGradients<Inputs extends TensorSpecs> {
  /**
   * Writes the gradients into `gradients`, laid out as the parameters are.
   *
   * @returns the loss
   */
  (parameters: Float32Array, inputs: HostArraysOf<Inputs>, gradients: Float32Array): number;
}

/** Compiles a scalar loss together with its gradient with respect to every parameter. */
export function compileLossAndGradients<Parameters extends TensorSpecs, Inputs extends TensorSpecs>(
  signature: Signature<Parameters, Inputs>,
  loss: (parameters: TensorsOf<Parameters>, inputs: TensorsOf<Inputs>) => Tensor,
): LossAndGradients<Inputs> {
  const program = layerProgramOf(signature, loss);
  if (program !== undefined) {
    return (parameters, inputs, gradients) => {
      checkInputs(signature.inputs, inputs);
      const [value = Number.NaN] = program.run(parameters, inputs);
      gradients.set(program.gradients(inputs));
      return value;
    };
  }
  const names = Object.keys(signature.parameters);
  const compiled = jit(
    valueAndGrad((parameters: np.Array[], inputs: np.Array[]) =>
      traceScope(() => loss(...namedTensors(signature, [...parameters, ...inputs], names.length))),
    ),
  );
  return (parameters, inputs, gradients) => {
    const [value, parts] = compiled(
      uploadParameters(signature.parameters, parameters),
      uploadInputs(signature.inputs, inputs),
    );
    let offset = 0;
    for (const part of parts) {
      const values = floatsOf(part);
      gradients.set(values, offset);
      offset += values.length;
    }
    return floatsOf(value)[0] ?? Number.NaN;
  };
}

/** The number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return elementCount(shape);
}

// Arrays of the library are consumed by the operation they are handed to. Inside a trace every
// operation gets its own reference, and the originals are given back when the trace ends.
let traced: np.Array[] | undefined;

function traceScope(body: () => Tensor): np.Array {
  const outer = traced;
  const mine: np.Array[] = [];
  traced = mine;
  try {
    return body().reference;
  } finally {
    for (const array of mine) array.dispose();
    traced = outer;
  }
}

/** A program of our own kernels, if the function is only a chain of layers. */
function layerProgramOf<Parameters extends TensorSpecs, Inputs extends TensorSpecs>(
  signature: Signature<Parameters, Inputs>,
  body: (parameters: TensorsOf<Parameters>, inputs: TensorsOf<Inputs>) => Tensor,
): LayerProgram | undefined {
  const parameterCount = Object.keys(signature.parameters).length;
  const specs = [...Object.values(signature.parameters), ...Object.values(signature.inputs)];
  let output: LayerNode | undefined;
  const { jaxpr } = makeJaxpr((arrays: np.Array[]) =>
    traceScope(() => {
      const result = body(...namedTensors(signature, arrays, parameterCount));
      output = result.layer;
      return result;
    }),
  )(
    specs.map(({ shape, kind }) =>
      np.zeros([...shape], { dtype: kind === "int32" ? np.int32 : np.float32 }),
    ),
  );
  jaxpr.dispose();
  return output !== undefined && isChain(output)
    ? layerProgram(output, signature.parameters)
    : undefined;
}

function namedTensors<Parameters extends TensorSpecs, Inputs extends TensorSpecs>(
  signature: Signature<Parameters, Inputs>,
  arrays: readonly np.Array[],
  parameterCount: number,
): [TensorsOf<Parameters>, TensorsOf<Inputs>] {
  const parameters = Object.entries(signature.parameters).map(([name, { shape }], index) =>
    ownNamed(arrays[index], { kind: "parameter", name, shape }),
  );
  const inputs = Object.entries(signature.inputs).map(([name, { shape, kind: format }], index) =>
    ownNamed(arrays[parameterCount + index], { kind: "input", name, shape, format }),
  );
  return [named(signature.parameters, parameters), named(signature.inputs, inputs)];
}

function ownNamed(array: np.Array | undefined, layer: LayerNode): Tensor {
  if (array === undefined) throw new RangeError("fewer arrays than names");
  return Tensor.own(array, layer);
}

function named<Specs extends TensorSpecs>(
  specs: Specs,
  tensors: readonly Tensor[],
): TensorsOf<Specs> {
  const entries = Object.keys(specs).map((name, index) => [name, tensors[index]] as const);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- fromEntries forgets the names
  return Object.fromEntries(entries) as TensorsOf<Specs>;
}

function referenceOf(operand: Operand): np.Array | number {
  return typeof operand === "number" ? operand : operand.reference;
}

function axisOf(axis: Axis | undefined): number | number[] | null {
  if (axis === undefined) return null;
  return typeof axis === "number" ? axis : [...axis];
}
