import type { StatedField } from "../../schema/plan/finished-training.ts";

/** Names of a setting, as `plain` writes them: those of Megatron, NeMo, torchtitan, Hugging Face, DeepSpeed and MLPerf logs. */
const fieldNames: Readonly<Record<StatedField, readonly string[]>> = {
  globalBatch: ["globalbatchsize", "totaltrainbatchsize", "effectivebatchsize", "globalbatch"],
  microBatch: [
    "microbatchsize",
    "microbatch",
    "perdevicetrainbatchsize",
    "localbatchsize",
    "trainmicrobatchsizepergpu",
    "perdevicebatchsize",
  ],
  accumulation: [
    "gradientaccumulationsteps",
    "gradaccumsteps",
    "accumulategradbatches",
    "numgradientaccumulationsteps",
  ],
  tp: [
    "tensormodelparallelsize",
    "tensorparalleldegree",
    "tensorparallelsize",
    "tensorparallel",
    "tpsize",
    "icitensorparallelism",
    "tp",
  ],
  pp: [
    "pipelinemodelparallelsize",
    "pipelineparalleldegree",
    "pipelineparallelsize",
    "pipelineparallel",
    "ppsize",
    "icipipelineparallelism",
    "pp",
  ],
  cp: ["contextparallelsize", "contextparalleldegree", "contextparallel", "cpsize", "cp"],
  ep: [
    "expertmodelparallelsize",
    "expertparalleldegree",
    "expertparallelsize",
    "expertparallel",
    "epsize",
    "ep",
  ],
  etp: ["experttensorparallelsize", "experttensorparalleldegree", "etp"],
  dp: ["dataparallelsize", "dp"],
  vp: ["virtualpipelinemodelparallelsize", "vppsize", "vpp", "vp"],
  precision: ["precision", "mixedprecision", "traindtype", "dtype"],
  recompute: ["recomputegranularity", "activationscheckpointgranularity", "recompute"],
  sequenceParallel: ["sequenceparallel", "sequenceparallelenabled"],
  sharding: ["sharding"],
  framework: ["framework"],
  seq: [
    "maxsequencelength",
    "seqlength",
    "seqlen",
    "encoderseqlength",
    "sequencelength",
    "maxtargetlength",
    "blocksize",
    "maxseqlength",
    "seq",
  ],
  count: ["worldsize", "numdevices", "totaldevices"],
  perNode: ["pernode"],
  adapterRank: ["lorarank", "lorar", "loraloradim", "loradim", "adapterrank"],
};

const fieldOf = new Map(
  Object.entries(fieldNames).flatMap(([field, names]) =>
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of the table
    names.map((name) => [name, field as StatedField] as const),
  ),
);

/** Names of a model's sizes, by the field of its shape. */
const sizeNames: ReadonlyMap<string, string> = new Map([
  ["hiddensize", "hidden"],
  ["numlayers", "layers"],
  ["numhiddenlayers", "layers"],
  ["numattentionheads", "heads"],
  ["nlayer", "layers"],
  ["nembd", "hidden"],
  ["nhead", "heads"],
  ["ffnhiddensize", "ffn"],
  ["intermediatesize", "ffn"],
  ["numquerygroups", "kvHeads"],
  ["numkeyvalueheads", "kvHeads"],
  ["paddedvocabsize", "vocab"],
  ["vocabsize", "vocab"],
]);

const modelNames = new Set(["nameorpath", "modelname", "modelnameorpath", "basemodel", "model"]);

export type StatedSetting =
  | { kind: "field"; field: StatedField; value: string }
  | { kind: "size"; size: string; value: number }
  | { kind: "model"; name: string }
  /** The model trains adapters of this rank, or not; `bf16: true` names a precision. */
  | { kind: "none" };

/**
 * What a setting says about the layout or the model of a training.
 *
 * @param name as the program writes it, with its folders: `model.tensor_model_parallel_size`
 */
export function statedSetting(name: string, value: string): StatedSetting {
  const last = name.slice(Math.max(name.lastIndexOf("."), name.lastIndexOf("/")) + 1);
  const plainName = last.toLowerCase().replaceAll(/[^a-z0-9]/gu, "");
  const text = value.trim().replaceAll(/^["']|["']$/gu, "");
  if (text === "" || /^(?:none|null)$/iu.test(text)) return { kind: "none" };
  const precision = precisionOf(plainName, text);
  if (precision !== undefined) return { kind: "field", field: "precision", value: precision };
  const size = sizeNames.get(plainName);
  if (size !== undefined)
    return Number(text) > 0 ? { kind: "size", size, value: Number(text) } : { kind: "none" };
  if (modelNames.has(plainName)) return { kind: "model", name: text };
  const field = fieldOf.get(plainName);
  const given = field === undefined ? undefined : fieldValue(field, text);
  return field === undefined || given === undefined
    ? { kind: "none" }
    : { kind: "field", field, value: given };
}

const words: Readonly<Partial<Record<StatedField, RegExp>>> = {
  recompute: /^(?:none|selective|full)$/u,
  sequenceParallel: /^(?:true|false)$/iu,
  sharding: /^(?:none|zero[123]|fsdp)$/u,
  framework: /^(?:megatron|fsdp|maxtext|deepspeed)$/u,
};

function fieldValue(field: StatedField, text: string): string | undefined {
  if (field === "precision") return undefined;
  const word = words[field];
  if (word !== undefined) return word.test(text) ? text.toLowerCase() : undefined;
  const number = Number(text);
  return Number.isInteger(number) && number > 0 ? String(number) : undefined;
}

/** `bf16: true`, `fp8: hybrid`, `precision: bf16-mixed`. */
function precisionOf(name: string, text: string): string | undefined {
  const switched = switches.get(name);
  if (switched !== undefined)
    return /^(?:false|none|no|0|null)$/iu.test(text) ? undefined : switched;
  if (!fieldNames.precision.includes(name)) return undefined;
  const named = /nvfp4|mxfp8|fp8|bf16|bfloat16|fp16|float16|tf32|fp32|float32/iu.exec(text)?.[0];
  const word = named?.toLowerCase() ?? "";
  return longNames.get(word) ?? (word === "" ? undefined : word);
}

/** Settings that switch a precision on. */
const switches: ReadonlyMap<string, string> = new Map([
  ["fp8", "fp8"],
  ["fp8format", "fp8"],
  ["fp4", "nvfp4"],
  ["fp4format", "nvfp4"],
  ["bf16", "bf16"],
  ["fp16", "fp16"],
]);

const longNames: ReadonlyMap<string, string> = new Map([
  ["bfloat16", "bf16"],
  ["float16", "fp16"],
  ["float32", "fp32"],
]);
