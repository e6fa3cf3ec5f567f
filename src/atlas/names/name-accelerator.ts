import type { Accelerator } from "../../schema/catalogue.ts";

/** The normalized name of an accelerator, and its family, which charts color by. */
export interface NamedAccelerator {
  /** Name in accelerators.json, or derived by a pattern if it is not listed: `h100-sxm`. */
  name: string;
  /** `H100`, `TPU v5p`. */
  family: string;
}

/**
 * Normalizes the name of an accelerator; undefined for systems that train on processors.
 *
 * @param published from the system description: `NVIDIA A100-SXM4-80GB (400W)`; Google's may be only `TPU`
 * @param systemName used if the text is ambiguous
 */
export function nameAccelerator(
  published: string | undefined,
  systemName: string,
  accelerators: readonly Accelerator[],
): NamedAccelerator | undefined {
  const given = plainText(published ?? "");
  if (meansNone(given)) return undefined;
  const plain = given === "tpu" ? plainText(systemName) : given;
  const known = accelerators.find((one) =>
    [one.name, ...one.aliases].some((alias) => plainText(alias) === plain),
  );
  const model = models.find(({ pattern }) => pattern.test(plain));
  if (known !== undefined) return { name: known.name, family: model?.family ?? familyIn(plain) };
  if (model === undefined) return { name: plain.replaceAll(" ", "-"), family: familyIn(plain) };
  const variant = model.variants?.find(({ pattern }) => pattern.test(plain));
  return { name: variant?.name ?? model.name, family: model.family };
}

/** Lower case letters, digits and single spaces, without trademark signs, vendor names and words that do not identify the model. */
function plainText(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/\((?:r|tm|c)\)|[®™©]/g, " ")
    .replaceAll(/\(\s*\d+\s*w\s*\)|\b\d{3,4}w\b/g, " ")
    .replaceAll(/[^a-z0-9]+/g, " ")
    .replaceAll(
      /\b(?:nvidia|amd|intel|google|aws|huawei|habana labs|tesla|instinct|geforce|radeon)\b/g,
      " ",
    )
    .replaceAll(/\b(?:tensor core|gpus?|accelerators?|ai processor)\b/g, " ")
    .replaceAll(/ +/g, " ")
    .trim();
}

function meansNone(plain: string): boolean {
  return /^(?:n a|na|none|no|0|cpu|cpu only|not applicable|)$|\bxeon\b|\bepyc\b|\ba64fx\b/.test(
    plain,
  );
}

interface Model {
  /** Matched against the normalized text. */
  pattern: RegExp;
  name: string;
  family: string;
  /** The first matching variant gives the name. */
  variants?: readonly { pattern: RegExp; name: string }[];
}

const pcie40 = /pcie.*40|40.*pcie/;
const pcie = /pcie/;

/**
 * Spellings found in published rounds and elsewhere, more specific ones first. An ambiguous text is mapped to the
 * variant that is most common there: `NVIDIA A100` to the 80 GB module, `Tesla V100` to the 16 GB one.
 */
const models: readonly Model[] = [
  { pattern: /\bgb300\b|\bblackwell ultra gb300/, name: "gb300-nvl72", family: "GB300" },
  { pattern: /\bgb200\b/, name: "gb200-nvl72", family: "GB200" },
  { pattern: /\bb300\b/, name: "b300-sxm", family: "B300" },
  { pattern: /\bb200\b/, name: "b200-sxm", family: "B200" },
  { pattern: /\bgh200\b/, name: "gh200", family: "GH200" },
  {
    pattern: /\bh200\b/,
    name: "h200-sxm",
    family: "H200",
    variants: [{ pattern: /nvl/, name: "h200-nvl" }],
  },
  {
    pattern: /\bh100\b/,
    name: "h100-sxm",
    family: "H100",
    variants: [
      { pattern: /nvl/, name: "h100-nvl" },
      { pattern: pcie, name: "h100-pcie" },
      { pattern: /\b(?:sxm\d?)? ?(?:94|96)gb/, name: "h100-sxm-96gb" },
      { pattern: /\b64gb/, name: "h100-sxm-64gb" },
    ],
  },
  { pattern: /\bh800\b/, name: "h800-sxm", family: "H800" },
  { pattern: /\bh20\b/, name: "h20", family: "H20" },
  {
    pattern: /\ba100x?\b/,
    name: "a100-sxm-80gb",
    family: "A100",
    variants: [
      { pattern: pcie40, name: "a100-pcie-40gb" },
      { pattern: pcie, name: "a100-pcie-80gb" },
      { pattern: /40 ?gb/, name: "a100-sxm-40gb" },
      { pattern: /64 ?gb/, name: "a100-sxm-64gb" },
    ],
  },
  {
    pattern: /\bv100s?\b/,
    name: "v100-sxm2-16gb",
    family: "V100",
    variants: [
      { pattern: /v100s/, name: "v100s-pcie-32gb" },
      { pattern: /pcie.*32|32.*pcie/, name: "v100-pcie-32gb" },
      { pattern: pcie, name: "v100-pcie-16gb" },
      { pattern: /32 ?gb/, name: "v100-sxm2-32gb" },
    ],
  },
  {
    pattern: /\bp100\b/,
    name: "p100-sxm2",
    family: "P100",
    variants: [{ pattern: pcie, name: "p100-pcie-16gb" }],
  },
  { pattern: /\ba30\b/, name: "a30", family: "A30" },
  {
    pattern: /\brtx pro 6000\b/,
    name: "rtx-pro-6000-blackwell",
    family: "RTX PRO 6000",
  },
  { pattern: /\bmi355x\b/, name: "mi355x", family: "MI355X" },
  { pattern: /\bmi350x\b/, name: "mi350x", family: "MI350X" },
  { pattern: /\bmi325x\b/, name: "mi325x", family: "MI325X" },
  { pattern: /\bmi300x\b/, name: "mi300x", family: "MI300X" },
  { pattern: /\bmi300a\b/, name: "mi300a", family: "MI300A" },
  { pattern: /\bmi250x?\b/, name: "mi250x", family: "MI250X" },
  { pattern: /\bmi210\b/, name: "mi210", family: "MI210" },
  { pattern: /\bmi100\b/, name: "mi100", family: "MI100" },
  { pattern: /\bgaudi ?3\b|\bhl 325/, name: "gaudi3", family: "Gaudi 3" },
  { pattern: /\bgaudi ?2\b|\bhl 225/, name: "gaudi2", family: "Gaudi 2" },
  { pattern: /\bgaudi\b|\bhl 205/, name: "gaudi1-hl-205", family: "Gaudi" },
  { pattern: /\b(?:tpu )?ironwood\b|\btpu ?v?7x?\b/, name: "tpu-v7-ironwood", family: "TPU v7" },
  { pattern: /\b(?:tpu )?trillium\b|\btpu ?v6e?\b/, name: "tpu-v6e-trillium", family: "TPU v6e" },
  { pattern: /\btpu ?v5p\b/, name: "tpu-v5p", family: "TPU v5p" },
  { pattern: /\btpu ?v5(?:e| ?lite)\b/, name: "tpu-v5e", family: "TPU v5e" },
  { pattern: /\btpu ?v4i?\b/, name: "tpu-v4", family: "TPU v4" },
  { pattern: /\btpu ?v3\b/, name: "tpu-v3", family: "TPU v3" },
  { pattern: /\btpu ?v2\b/, name: "tpu-v2", family: "TPU v2" },
  { pattern: /\btpu\b/, name: "tpu", family: "TPU" },
  { pattern: /\bbow\b/, name: "graphcore-bow", family: "Graphcore Bow" },
  { pattern: /\bgc200\b|\bgraphcore\b/, name: "graphcore-gc200", family: "Graphcore GC200" },
  { pattern: /\bascend ?910b\b/, name: "ascend-910b", family: "Ascend 910B" },
  { pattern: /\bascend ?910\b/, name: "ascend-910", family: "Ascend 910" },
];

/** For unlisted models: the first word with a digit after letters (`RTX A5000`, `L40S`), or else the full text. */
function familyIn(plain: string): string {
  const rtx = /\brtx (?:pro )?[a-z]?\d{4}(?: (?:ti|ada|blackwell))?|\brx \d{4} ?[a-z]*/.exec(
    plain,
  )?.[0];
  const model = rtx ?? /\b[a-z]{1,4}\d{1,4}[a-z]{0,2}\b/.exec(plain)?.[0] ?? plain;
  return model.replaceAll(/\b(?!ti\b|ada\b|pro\b|blackwell\b)\S+/g, (word) => word.toUpperCase());
}
