import type { Precision } from "../../schema/plan/training-layout.ts";

/** Here as well as in the schema, because the schema loads the validator. */
const precisions = {
  bf16: "bf16",
  fp16: "fp16",
  fp8: "fp8",
  mxfp8: "mxfp8",
  nvfp4: "nvfp4",
  tf32: "tf32",
  fp32: "fp32",
} as const satisfies { [Name in Precision]: Name };

/** Undefined for words that are not a precision of the planner: `amp`. */
export function precisionNamed(text: string | undefined): Precision | undefined {
  const wanted = text?.toLowerCase();
  return Object.values(precisions).find((one) => one === wanted);
}
