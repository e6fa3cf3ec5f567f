import type { StepParts } from "./step-prediction.ts";

/** What the parts of a step are called in tables and sentences. */
export const stepPartLabels: Readonly<Record<keyof StepParts, string>> = {
  gemm: "matrix products",
  attention: "attention",
  elementwise: "element-wise",
  tensorParallel: "tensor parallel",
  contextParallel: "context parallel",
  expertParallel: "expert parallel",
  pipelineTransfer: "pipeline transfer",
  bubble: "pipeline bubble",
  dataParallel: "data parallel",
  optimizer: "optimizer",
  offload: "offload",
  host: "host and launch",
  stragglers: "stragglers",
};
