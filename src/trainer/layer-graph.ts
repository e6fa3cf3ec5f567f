/**
 * A value as the layer that computes it, for models made only of the layers below: those run on
 * Pitwall's kernels. All other models run on the tensor library.
 */
export type LayerNode = { readonly shape: readonly number[] } & (
  | { readonly kind: "parameter"; readonly name: string }
  | { readonly kind: "input"; readonly name: string; readonly format: "float32" | "int32" }
  /** [rows, inner] times [inner, columns] */
  | { readonly kind: "product"; readonly left: LayerNode; readonly right: LayerNode }
  /** One number per column added to every row. */
  | { readonly kind: "bias"; readonly of: LayerNode; readonly bias: LayerNode }
  | { readonly kind: "relu"; readonly of: LayerNode }
  | { readonly kind: "reshape"; readonly of: LayerNode }
  | { readonly kind: "convolution"; readonly image: LayerNode; readonly weight: LayerNode }
  | { readonly kind: "max-pool"; readonly of: LayerNode }
  | { readonly kind: "cross-entropy"; readonly logits: LayerNode; readonly labels: LayerNode }
  | { readonly kind: "scale"; readonly of: LayerNode; readonly factor: number }
  | { readonly kind: "argmax"; readonly of: LayerNode }
);

/** A tensor and, if known, the layer that computes it. */
interface Layered {
  readonly shape: readonly number[];
  readonly layer: LayerNode | undefined;
}

export function biasLayer(of: Layered, bias: Layered | number): LayerNode | undefined {
  if (typeof bias === "number") return undefined;
  if (of.layer === undefined || bias.layer === undefined) return undefined;
  const isBias = bias.shape.length === 1 && bias.shape[0] === of.shape.at(-1);
  return isBias ? { kind: "bias", shape: of.shape, of: of.layer, bias: bias.layer } : undefined;
}

export function scaleLayer(of: Layered, factor: Layered | number): LayerNode | undefined {
  if (typeof factor !== "number" || of.layer === undefined) return undefined;
  return { kind: "scale", shape: of.shape, of: of.layer, factor };
}

export function productLayer(left: Layered, right: Layered): LayerNode | undefined {
  if (left.layer === undefined || right.layer === undefined) return undefined;
  if (left.shape.length !== 2 || right.shape.length !== 2) return undefined;
  const shape = [left.shape[0] ?? 0, right.shape[1] ?? 0];
  return { kind: "product", shape, left: left.layer, right: right.layer };
}

/** The inputs of a layer. */
export function sourcesOf(node: LayerNode): readonly LayerNode[] {
  switch (node.kind) {
    case "parameter":
    case "input":
      return [];
    case "product":
      return [node.left, node.right];
    case "bias":
      return [node.of, node.bias];
    case "convolution":
      return [node.image, node.weight];
    case "cross-entropy":
      return [node.logits, node.labels];
    case "relu":
    case "reshape":
    case "max-pool":
    case "scale":
    case "argmax":
      return [node.of];
  }
}

/** Layers in topological order. */
export function inOrder(output: LayerNode): LayerNode[] {
  const order: LayerNode[] = [];
  const seen = new Set<LayerNode>();
  const visit = (node: LayerNode): void => {
    if (seen.has(node)) return;
    seen.add(node);
    for (const source of sourcesOf(node)) visit(source);
    order.push(node);
  };
  visit(output);
  return order;
}

/**
 * Whether our kernels can compute it: every value is used once, as in a chain of layers, weights
 * are parameters, and at least one layer benefits from the kernels.
 */
export function isChain(output: LayerNode): boolean {
  const order = inOrder(output);
  const uses = order.flatMap((node) => sourcesOf(node));
  const usedOnce = new Set(uses).size === uses.length;
  const works = order.some(({ kind }) => kind === "product" || kind === "convolution");
  return usedOnce && works && order.every(isRunnable);
}

function isRunnable(node: LayerNode): boolean {
  const [main, side] = sourcesOf(node);
  if (main === undefined) return true;
  const wantedSide = node.kind === "cross-entropy" ? "input" : "parameter";
  if (side !== undefined && side.kind !== wantedSide) return false;
  if (main.kind === "parameter") return false;
  if (main.kind === "input") {
    return main.format === "float32" && (node.kind === "product" || node.kind === "convolution");
  }
  // These write over their source, and ReLU must still see its own output on the way back.
  const overwrites = node.kind === "bias" || node.kind === "cross-entropy";
  return !(overwrites && withoutReshape(main).kind === "relu");
}

function withoutReshape(node: LayerNode): LayerNode {
  return node.kind === "reshape" ? withoutReshape(node.of) : node;
}
