import { init, jit, lax, nn, numpy as np, valueAndGrad } from "@jax-js/jax";

// The only file that knows which tensor library does the arithmetic. Everything above it sees
// `Tensor`s inside a traced function, and flat typed arrays outside.
//
// A function that is handed to `compileForward` or `compileLossAndGradients` runs once, with
// tensors that stand for values still to come; what it did is then compiled to WebAssembly and
// replayed on every call. So its control flow may depend on shapes, never on values.

/** Where values live outside the compiled function. */
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

/** A value inside a traced function. Operations return new tensors and leave their operands alone. */
export class Tensor {
  readonly #array: np.Array;

  private constructor(array: np.Array) {
    this.#array = array;
    traced?.push(array);
  }

  /** Takes over an array of the library below. Not for models. */
  static own(array: np.Array): Tensor {
    return new Tensor(array);
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
    return Tensor.own(this.reference.add(referenceOf(other)));
  }
  sub(other: Operand): Tensor {
    return Tensor.own(this.reference.sub(referenceOf(other)));
  }
  mul(other: Operand): Tensor {
    return Tensor.own(this.reference.mul(referenceOf(other)));
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
  /** Its gradient at zero is zero, as everywhere else; the library's own would be one. */
  relu(): Tensor {
    return this.greater(0).select(this, 0);
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
  /** Where this mask holds, `ifTrue`, elsewhere `ifFalse`. */
  select(ifTrue: Operand, ifFalse: Operand): Tensor {
    return Tensor.own(np.where(this.reference, referenceOf(ifTrue), referenceOf(ifFalse)));
  }
  toFloat(): Tensor {
    return Tensor.own(this.reference.astype(np.float32));
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
    return Tensor.own(np.argmax(this.reference, axis));
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
    return Tensor.own(np.matmul(this.reference, other.reference));
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
    return Tensor.own(this.reference.reshape([...shape]));
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

/** Makes the backend ready. To be awaited once per thread, before anything is compiled. */
export async function startTensorBackend(): Promise<void> {
  const available = await init("wasm");
  if (!available.includes("wasm")) throw new Error("the tensor backend needs WebAssembly");
}

/** A compiled function of parameters and inputs. */
export interface Forward<Inputs extends TensorSpecs> {
  /** @param parameters all parameters behind one another, in the order of their specs */
  (parameters: Float32Array, inputs: HostArraysOf<Inputs>): Float32Array;
}

/** What a compiled function is a function of. `inputs` have the batch dimension in front. */
export interface Signature<Parameters extends TensorSpecs, Inputs extends TensorSpecs> {
  readonly parameters: Parameters;
  readonly inputs: Inputs;
}

/** Compiles a function for values only. */
export function compileForward<Parameters extends TensorSpecs, Inputs extends TensorSpecs>(
  signature: Signature<Parameters, Inputs>,
  forward: (parameters: TensorsOf<Parameters>, inputs: TensorsOf<Inputs>) => Tensor,
): Forward<Inputs> {
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

/** How many numbers a shape holds. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
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

function namedTensors<Parameters extends TensorSpecs, Inputs extends TensorSpecs>(
  signature: Signature<Parameters, Inputs>,
  arrays: readonly np.Array[],
  parameterCount: number,
): [TensorsOf<Parameters>, TensorsOf<Inputs>] {
  const tensors = arrays.map((array) => Tensor.own(array));
  return [
    named(signature.parameters, tensors.slice(0, parameterCount)),
    named(signature.inputs, tensors.slice(parameterCount)),
  ];
}

function named<Specs extends TensorSpecs>(
  specs: Specs,
  tensors: readonly Tensor[],
): TensorsOf<Specs> {
  const entries = Object.keys(specs).map((name, index) => [name, tensors[index]] as const);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- fromEntries forgets the names
  return Object.fromEntries(entries) as TensorsOf<Specs>;
}

function uploadParameters(specs: TensorSpecs, values: Float32Array): np.Array[] {
  let offset = 0;
  return Object.values(specs).map(({ shape }) => {
    const size = sizeOf(shape);
    const part = values.subarray(offset, offset + size);
    offset += size;
    return upload(part, shape);
  });
}

function uploadInputs<Inputs extends TensorSpecs>(
  specs: Inputs,
  inputs: HostArraysOf<Inputs>,
): np.Array[] {
  const values: Readonly<Record<string, HostArray>> = inputs;
  return Object.entries(specs).map(([name, spec]) => {
    const array = values[name];
    if (array === undefined || array.length !== sizeOf(spec.shape)) {
      throw new RangeError(`input ${name} needs shape ${spec.shape.join(" x ")}`);
    }
    return upload(array, spec.shape);
  });
}

function upload(values: HostArray, shape: readonly number[]): np.Array {
  return np.array(values, { shape: [...shape] });
}

function referenceOf(operand: Operand): np.Array | number {
  return typeof operand === "number" ? operand : operand.reference;
}

function axisOf(axis: Axis | undefined): number | number[] | null {
  if (axis === undefined) return null;
  return typeof axis === "number" ? axis : [...axis];
}

function floatsOf(array: np.Array): Float32Array {
  const values = array.dataSync();
  return values instanceof Float32Array ? values : Float32Array.from(values);
}
