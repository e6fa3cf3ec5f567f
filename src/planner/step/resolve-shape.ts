import { nearestWord } from "../../foundation/text/nearest-word.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import type { ModelReference, TransformerShape } from "../../schema/plan/model-shape.ts";

/** A model that layouts refer to by name. */
export interface NamedShape {
  name: string;
  aliases?: readonly string[] | undefined;
  shape: Partial<TransformerShape> &
    Pick<TransformerShape, "hidden" | "layers" | "heads" | "ffn" | "vocab" | "seq">;
}

const defaults = {
  gated: false,
  experts: 0,
  topK: 0,
  expertFfn: 0,
  sharedExperts: 0,
  denseLayers: 0,
  mtpLayers: 0,
  tiedEmbeddings: false,
  parallelBlock: false,
  bidirectional: false,
};

/**
 * @param otherNames of models that are no transformers, for suggestions
 * @throws UserError `unknown-model`, with the nearest name
 */
export function resolveShape(
  reference: Exclude<ModelReference, { config: string }>,
  models: readonly NamedShape[],
  otherNames: readonly string[] = [],
): TransformerShape {
  if (!("name" in reference)) return reference;
  const known = byPlainName(models).get(plain(reference.name));
  if (known === undefined) throw unknownModel(reference.name, models, otherNames);
  return wholeShape(
    known,
    reference.seq ?? known.shape.seq,
    reference.layers ?? known.shape.layers,
  );
}

const shapes = new WeakMap<NamedShape, Map<string, TransformerShape>>();

/** The same object for the same sizes, so that what is worked out for a shape is worked out once. */
function wholeShape(known: NamedShape, seq: number, layers: number): TransformerShape {
  const own = shapes.get(known) ?? new Map<string, TransformerShape>();
  shapes.set(known, own);
  const key = `${seq} ${layers}`;
  let shape = own.get(key);
  if (shape === undefined) own.set(key, (shape = { ...defaults, ...known.shape, seq, layers }));
  return shape;
}

const indexes = new WeakMap<readonly NamedShape[], Map<string, NamedShape>>();

/** Of models that share a name, the first. */
function byPlainName(models: readonly NamedShape[]): Map<string, NamedShape> {
  const known = indexes.get(models);
  if (known !== undefined) return known;
  const index = new Map<string, NamedShape>();
  for (const model of models) {
    for (const name of [model.name, ...(model.aliases ?? [])]) {
      if (!index.has(plain(name))) index.set(plain(name), model);
    }
  }
  indexes.set(models, index);
  return index;
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/gu, "");
}

function unknownModel(
  name: string,
  models: readonly NamedShape[],
  otherNames: readonly string[],
): UserError {
  const nearest = nearestWord(name, [...models.map((model) => model.name), ...otherNames]);
  return new UserError("unknown-model", `unknown model \`${name}\``, {
    hint:
      nearest === undefined
        ? "give the model by its sizes, or a name such as `llama31-8b`"
        : `did you mean \`${nearest}\`?`,
  });
}
