import { numpy as np } from "@jax-js/jax";

import { elementCount } from "./element-count.ts";

// Conversions between flat typed arrays and the tensor library's arrays. Both directions copy.

type Values = Float32Array | Int32Array;
type Shapes = Readonly<Record<string, { readonly shape: readonly number[] }>>;
type Inputs = Readonly<Record<string, Values>>;

/** One array per parameter, of values stored contiguously in the order of the names. */
export function uploadParameters(specs: Shapes, values: Float32Array): np.Array[] {
  let offset = 0;
  return Object.values(specs).map(({ shape }) => {
    const size = elementCount(shape);
    const part = values.subarray(offset, offset + size);
    offset += size;
    return upload(part, shape);
  });
}

/** @throws RangeError if an input is missing or of another size than its spec says */
export function uploadInputs(specs: Shapes, inputs: Inputs): np.Array[] {
  checkInputs(specs, inputs);
  return Object.entries(specs).map(([name, { shape }]) =>
    upload(inputs[name] ?? new Float32Array(), shape),
  );
}

/** @throws RangeError if an input is missing or of another size than its spec says */
export function checkInputs(specs: Shapes, inputs: Inputs): void {
  for (const [name, { shape }] of Object.entries(specs)) {
    if (inputs[name]?.length === elementCount(shape)) continue;
    throw new RangeError(`input ${name} needs shape ${shape.join(" x ")}`);
  }
}

export function upload(values: Values, shape: readonly number[]): np.Array {
  return np.array(values, { shape: [...shape] });
}

/** Takes ownership of the array. */
export function floatsOf(array: np.Array): Float32Array {
  const values = array.dataSync();
  return values instanceof Float32Array ? values : Float32Array.from(values);
}
