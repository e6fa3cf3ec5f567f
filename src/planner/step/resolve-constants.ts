import type { Calibration, CalibrationScope } from "../../schema/plan/calibration.ts";
import { type StepConstantName, stepConstantNames } from "../../schema/plan/step-constant.ts";
import type { Framework, Precision } from "../../schema/plan/training-layout.ts";
import type { AcceleratorGeneration } from "./accelerator-generation.ts";
import type { StepConstants } from "./step-constants.ts";

/** What constants are looked up for. */
export interface ConstantScope {
  generation: AcceleratorGeneration;
  precision: Precision;
  stack: string;
  accelerator: string;
  family: "dense" | "experts";
  host: "grace" | "x86";
}

/** Constants, and what of the scope was never measured. */
export interface ResolvedConstants {
  constants: StepConstants;
  /** Whose constants are used because none were measured for the scope: `bf16 of hopper`; undefined if all were. */
  transferredFrom: string | undefined;
}

/** For each precision, those whose constants are used if it was not measured, best first. */
const nearestPrecisions: Readonly<Record<Precision, readonly Precision[]>> = {
  bf16: ["bf16"],
  fp16: ["bf16"],
  tf32: ["bf16"],
  fp32: ["bf16"],
  fp8: ["fp8", "mxfp8", "bf16"],
  mxfp8: ["mxfp8", "fp8", "bf16"],
  nvfp4: ["nvfp4", "mxfp8", "fp8", "bf16"],
};

const newest2022 = "2022-12";

/** The stack of a framework: FlashAttention and overlapping came to Megatron after 2022. */
export function stackOf(framework: Framework, software: string): string {
  if (framework === "megatron" && software <= newest2022) return "megatron-2022";
  return framework === "deepspeed" ? "fsdp" : framework;
}

const resolved = new WeakMap<Calibration, Map<string, ResolvedConstants>>();

/** The closest fitted value of each constant; the same object for the same scope. */
export function resolveConstants(
  calibration: Calibration,
  scope: ConstantScope,
): ResolvedConstants {
  let known = resolved.get(calibration);
  if (known === undefined) resolved.set(calibration, (known = new Map()));
  const { generation, precision, stack, accelerator, family, host } = scope;
  const kind = [generation.name, generation.nearest, precision, stack, accelerator, family, host];
  const key = kind.join(" ");
  let constants = known.get(key);
  if (constants === undefined) known.set(key, (constants = closestConstants(calibration, scope)));
  return constants;
}

function closestConstants(calibration: Calibration, scope: ConstantScope): ResolvedConstants {
  const constants: Partial<Record<StepConstantName, number>> = {};
  let transferredFrom: string | undefined;
  for (const name of stepConstantNames) {
    let best: { entry: Calibration["constants"][number]; distance: number } | undefined;
    for (const entry of calibration.constants) {
      if (entry.name !== name) continue;
      const distance = scopeDistance(entry, scope);
      if (best === undefined || distance < best.distance) best = { entry, distance };
    }
    if (best === undefined) throw new RangeError(`calibration without \`${name}\``);
    const isOther =
      best.entry.accelerator !== undefined && best.entry.accelerator !== scope.accelerator;
    constants[name] = isOther ? unmeasuredRate : best.entry.value;
    if (name === "gemmPeak") transferredFrom = transferOf(best.entry, scope);
  }
  // A copy: engines turn objects that grow by computed names into hash tables, which the search would pay for.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the loop sets every name
  return { constants: { ...constants } as StepConstants, transferredFrom };
}

/** Of an accelerator that was not measured, over that of its generation. */
const unmeasuredRate = 1;

function transferOf(entry: CalibrationScope, scope: ConstantScope): string | undefined {
  const samePrecision = nearestPrecisions[scope.precision][0] === entry.precision;
  if (entry.generation === scope.generation.name && samePrecision) return undefined;
  return `${entry.precision ?? "any precision"} of ${entry.generation ?? "all accelerators"}`;
}

/** 0: fitted for exactly this; a foreign generation counts more than a foreign precision, that more than a stack. */
function scopeDistance(entry: CalibrationScope, scope: ConstantScope): number {
  const { generation } = scope;
  return (
    generationDistance(entry.generation, generation) +
    10 * precisionDistance(entry.precision, scope.precision) +
    (entry.stack === undefined || entry.stack === scope.stack
      ? 0
      : 1 + stackDistance(entry.stack)) +
    (entry.accelerator === undefined || entry.accelerator === scope.accelerator ? 0 : 50) +
    (entry.family === undefined || entry.family === scope.family ? 0 : 5) +
    (entry.host === undefined || entry.host === scope.host ? 0 : 5)
  );
}

/** A constant of all generations is used where there is none of this one. */
function generationDistance(fitted: string | undefined, wanted: AcceleratorGeneration): number {
  if (fitted === wanted.name) return 0;
  if (fitted === undefined) return 0.5;
  return fitted === wanted.nearest ? 100 : 400;
}

function precisionDistance(fitted: string | undefined, wanted: Precision): number {
  if (fitted === undefined) return 0;
  const at = nearestPrecisions[wanted].findIndex((one) => one === fitted);
  return at === -1 ? 8 : at;
}

/** Constants of current Megatron are used for a stack that was not measured on a generation. */
function stackDistance(stack: string): number {
  return ["megatron", "fsdp", "maxtext", "megatron-2022"].indexOf(stack);
}
