// MaxText on TPU v4 and v5p. The tables give model FLOP/s per chip; the step time follows from MaxText's own count of
// model FLOP at that time: 2023-04: 6 x parameters; from 2023-10: 6 x parameters of matrices + 12 x layers x width of
// the heads x sequence length (attention not halved). Layouts: MaxText/configs at 281e04bf3 and 76bd53b0f.
import { buildMeasurement, Refusal } from "./build-measurement.js";
import { maxtextFlopPerToken, maxtextLayouts } from "./maxtext-layouts.js";

export function convertMaxtext(row) {
  const cells = JSON.parse(row.row);
  const tflops = Number(cells["TFLOP/sec/chip"] ?? cells["TFLOP/chip/sec"]);
  const hardware = cells["Hardware"] ?? `1x ${cells["Accelerator Type"]}`;
  const model = modelOf(row, cells, hardware);
  return maxtextMeasurement({ model, hardware, tflops, source: row.source });
}

/** @param run `model` such as `32B`, `hardware` such as `2x v5p-128`, `tflops` per chip */
export function maxtextMeasurement({ model, hardware, tflops, source }) {
  const [, slices, generation, size] = /^(\d+)x (v\w+)-(\d+)/.exec(hardware) ?? [];
  const name = `maxtext-${model.toLowerCase()}`;
  const layout = maxtextLayouts[`${generation} ${model}`];
  if (layout === undefined)
    throw new Refusal(`the settings of the ${model} model on ${generation} are not published`);
  // The number after v4 and v5p counts cores, of which a chip has two.
  const perNode = generation === "v5e" ? Number(size) : Number(size) / 2;
  const count = Number(slices) * perNode;
  const { tp = 1, perDeviceBatch, recompute, seq, software } = layout;
  const tokensPerStep = perDeviceBatch * seq;
  return buildMeasurement({
    model: { name, seq },
    heldOutGroup: name,
    accelerator: `tpu-${generation}`,
    count,
    perNode,
    layout: {
      tp,
      microBatch: perDeviceBatch * tp,
      globalBatch: perDeviceBatch * count,
      precision: "bf16",
      recompute,
      sharding: "fsdp",
      shardGroup: perNode / tp,
      framework: "maxtext",
      software,
    },
    measured: {
      published: "flop-per-second",
      stepTimeMs: ((maxtextFlopPerToken(name, software) * tokensPerStep) / (tflops * 1e12)) * 1000,
      tokensPerSecondPerAccelerator: (tflops * 1e12) / maxtextFlopPerToken(name, software),
    },
    source,
    note: `from ${tflops} TFLOP/s per chip`,
  });
}

function modelOf(row, cells, hardware) {
  if (cells["No. of params"] !== undefined) return cells["No. of params"];
  const named = /^(\d+B) model/.exec(row.section)?.[1];
  return named ?? (hardware.includes("v4-384") ? "52B" : "22B");
}
