import { nearestWord } from "../foundation/text/nearest-word.ts";
import { spellingOf, type AcceleratorSpelling } from "./accelerator-spelling.ts";
import type { Accelerator } from "./catalogue.ts";

/** Result of looking up an accelerator; `unknown` contains what the error message needs. */
export type FoundAccelerator =
  | { kind: "found"; value: Accelerator }
  | { kind: "unknown"; wanted: string; nearest: string | undefined; known: readonly string[] };

/**
 * Finds an accelerator by any of its names: the catalogue's (`h100-sxm`), the driver's (`NVIDIA H100 80GB HBM3`), or a
 * usual spelling of model, form and memory (`H100-SXM5-80GB`, `v5p`). A form or a memory that the catalogue does not have
 * is unknown; a name that fits several is the one that the catalogue gives the model's plain name.
 */
export function findAccelerator(
  name: string,
  accelerators: readonly Accelerator[],
): FoundAccelerator {
  const wanted = plainName(name);
  const value = byPlainName(accelerators).get(wanted) ?? bySpelling(name, accelerators);
  if (value !== undefined) return { kind: "found", value };
  const known = accelerators.map((one) => one.name);
  const index = byPlainName(accelerators);
  const nearest = nearestWord(wanted, [...index.keys()]);
  const nearestName = nearest === undefined ? undefined : index.get(nearest)?.name;
  return { kind: "unknown", wanted, nearest: nearestName, known };
}

const indexes = new WeakMap<readonly Accelerator[], Map<string, Accelerator>>();

/** Of accelerators that share a name, the first. */
function byPlainName(accelerators: readonly Accelerator[]): Map<string, Accelerator> {
  const known = indexes.get(accelerators);
  if (known !== undefined) return known;
  const index = new Map<string, Accelerator>();
  for (const one of accelerators) {
    for (const name of [one.name, ...one.aliases]) {
      if (!index.has(plainName(name))) index.set(plainName(name), one);
    }
  }
  indexes.set(accelerators, index);
  return index;
}

/** Data sheets and drivers count memory differently: 192 GB of a B200 are 180 to programs. */
const memoryTolerance = 0.08;

function bySpelling(name: string, accelerators: readonly Accelerator[]): Accelerator | undefined {
  const wanted = spellingOf(name);
  if (wanted.model === "") return undefined;
  const fitting = accelerators
    .map((one) => ({ one, distance: spellingDistance(wanted, one) }))
    .filter(({ distance }) => distance <= memoryTolerance);
  const least = Math.min(...fitting.map(({ distance }) => distance));
  const closest = fitting.filter(({ distance }) => distance === least).map(({ one }) => one);
  if (closest.length <= 1) return closest[0];
  const plain = byPlainName(accelerators);
  const usual = plain.get(wanted.model) ?? plain.get(`${wanted.model}-${wanted.memoryGb}gb`);
  return usual !== undefined && closest.includes(usual) ? usual : undefined;
}

/** How far the memory is off, as a share; infinite for another model or form. */
function spellingDistance(wanted: AcceleratorSpelling, one: Accelerator): number {
  const own = [one.name, ...one.aliases].map(spellingOf);
  if (!own.some(({ model }) => model === wanted.model)) return Number.POSITIVE_INFINITY;
  const forms = own.flatMap(({ form }) => form ?? []);
  const isForm = wanted.form === undefined || forms.length === 0 || forms.includes(wanted.form);
  if (!isForm) return Number.POSITIVE_INFINITY;
  if (wanted.memoryGb === undefined) return 0;
  return Math.abs(wanted.memoryGb / (one.memoryBytes / 1e9) - 1);
}

/** Letters, digits and single hyphens, without the vendor prefix. */
function plainName(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .replace(/^(?:nvidia|amd|intel|google|aws)-/, "");
}
