import { elementCount } from "./element-count.ts";
import type { LayerNode } from "./layer-graph.ts";

/** Parameters by name, in memory order. */
export type ParameterShapes = Readonly<Record<string, { readonly shape: readonly number[] }>>;

/**
 * The offset of each value and its gradient, in elements of one float32 memory: all parameters first,
 * then their gradients. Bias, ReLU and reshape work in place and share the value of their source.
 */
export class MemoryLayout {
  readonly parameterCount: number;
  readonly #parameters = new Map<string, number>();
  readonly #inputs = new Map<string, number>();
  readonly #values = new Map<LayerNode, number>();
  readonly #slopes = new Map<LayerNode, number>();
  length: number;

  constructor(order: readonly LayerNode[], parameters: ParameterShapes) {
    let offset = 0;
    for (const [name, { shape }] of Object.entries(parameters)) {
      this.#parameters.set(name, offset);
      offset += elementCount(shape);
    }
    this.parameterCount = offset;
    this.length = 2 * offset;
    for (const node of order) this.#place(node);
  }

  /** Reserves this number of elements, 16-byte aligned. */
  take(count: number): number {
    const start = (this.length + 3) & ~3;
    this.length = start + count;
    return start;
  }
  valueOf(node: LayerNode): number {
    return found(this.#values, node);
  }
  slopeOf(node: LayerNode): number {
    return found(this.#slopes, node);
  }
  inputOf(name: string): number {
    return found(this.#inputs, name);
  }

  #place(node: LayerNode): void {
    if (node.kind === "parameter") {
      const offset = found(this.#parameters, node.name);
      this.#values.set(node, offset);
      this.#slopes.set(node, this.parameterCount + offset);
      return;
    }
    if (node.kind === "bias" || node.kind === "relu" || node.kind === "reshape") {
      this.#values.set(node, this.valueOf(node.of));
      this.#slopes.set(node, this.slopeOf(node.of));
      return;
    }
    this.#values.set(node, this.take(sizeOf(node)));
    if (node.kind === "input") {
      this.#inputs.set(node.name, this.valueOf(node));
      return;
    }
    this.#slopes.set(node, this.take(sizeOf(node)));
  }
}

export function sizeOf(node: LayerNode): number {
  return elementCount(node.shape);
}

function found<Key>(map: ReadonlyMap<Key, number>, key: Key): number {
  const value = map.get(key);
  if (value === undefined) throw new RangeError("no place for a layer's value");
  return value;
}
