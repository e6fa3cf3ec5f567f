// How MaxText ran the models of its tables: MaxText/configs at 281e04bf3 (v4, 2023-04) and 76bd53b0f (2023-12).
import { readFileSync } from "node:fs";

const full = { recompute: "full", seq: 2048, software: "2023-12" };
const minimal = { ...full, recompute: "selective" };
const v4 = { recompute: "full", seq: 1024, software: "2023-04" };

export const maxtextLayouts = {
  "v4 22B": { ...v4, perDeviceBatch: 16 },
  "v4 52B": { ...v4, perDeviceBatch: 10 },
  "v5p 32B": { ...minimal, tp: 4, perDeviceBatch: 8 },
  "v5p 64B": { ...minimal, tp: 4, perDeviceBatch: 4 },
  "v5p 128B": { ...minimal, tp: 8, perDeviceBatch: 2 },
  "v5p 256B": { ...minimal, tp: 8, perDeviceBatch: 2 },
  "v5p 512B": { ...full, tp: 16, perDeviceBatch: 2 },
  "v5p 1024B": { ...full, tp: 16, perDeviceBatch: 2 },
  "v5e 16B": { ...full, perDeviceBatch: 6 },
  "v5e 32B": { ...full, perDeviceBatch: 4 },
  "v5e 64B": { ...full, perDeviceBatch: 2 },
  "v5e 128B": { ...full, tp: 16, perDeviceBatch: 1 },
};

const { entries } = JSON.parse(
  readFileSync(new URL("../../data/planner/models.json", import.meta.url), "utf8"),
);

/** Model FLOP per token as MaxText counted them then. */
export function maxtextFlopPerToken(name, software) {
  const { hidden, layers, heads, headSize, ffn, vocab, seq } = entries.find(
    (model) => model.name === name,
  ).shape;
  const width = heads * (headSize ?? hidden / heads);
  const block = layers * (4 * hidden * width + 2 * hidden * ffn);
  // Until the autumn of 2023: 6 x all parameters, with the input embedding.
  if (software === "2023-04") return 6 * (block + 2 * hidden * vocab);
  return 6 * (block + hidden * vocab) + 12 * layers * width * seq;
}
