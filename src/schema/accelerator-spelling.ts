/** What the name of an accelerator says: `NVIDIA H100-SXM5-80GB` is `h100`, `sxm`, 80. */
export interface AcceleratorSpelling {
  /** Letters and digits of the model: `h100`, `rtx4090`, `v5p`. */
  model: string;
  /** `sxm`, `pcie`, `nvl`, `nvl72` or `oam`. */
  form: string | undefined;
  memoryGb: number | undefined;
}

/** Vendors, product lines and words that do not tell one model from another. */
const fillers = new Set(
  (
    "nvidia amd intel habana google cloud aws amazon huawei graphcore cerebras instinct geforce tesla radeon " +
    "hgx dgx tpu gpu gpus graphics tensor core cores accelerator accelerators superchip module r tm " +
    "hbm2 hbm2e hbm3 hbm3e gddr6 gddr6x gddr7"
  ).split(" "),
);

/** Reads the spelling of a name, in any case and with any separators. */
export function spellingOf(name: string): AcceleratorSpelling {
  const text = name
    .toLowerCase()
    .replaceAll(/(\d)\s*(?:gib|gb|g)\b/g, "$1gb")
    .replaceAll(/\btpu(?=[v\d])/g, "tpu ")
    .replaceAll(/(?<=[a-z0-9])(?=(?:sxm\d?|pcie|nvl\d*|oam)\b)/g, " ");
  const words: string[] = [];
  let form: string | undefined;
  let memoryGb: number | undefined;
  for (const word of text.split(/[^a-z0-9]+/)) {
    const memory = /^(\d+)gb$/.exec(word)?.[1];
    if (memory !== undefined) memoryGb = Number(memory);
    else if (/^(?:sxm\d?|pcie|nvl\d*|oam)$/.test(word))
      form = word.startsWith("sxm") ? "sxm" : word;
    else if (!fillers.has(word)) words.push(word);
  }
  return { model: words.join(""), form, memoryGb };
}
