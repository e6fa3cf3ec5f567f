import type { ResultRow } from "../../schema/atlas/results/result-row.ts";

type Hardware = Pick<
  ResultRow,
  "accelerator" | "acceleratorFamily" | "acceleratorCount" | "nodeCount"
>;

/**
 * The hardware of a DAWNBench entry. The contest is closed and its entries describe their machines in free text, so this
 * function maps each description: machine types by their provider's documentation, TPUs in chips (4 to a Cloud TPU,
 * 256 to a TPU v2 Pod), K80 and M60 boards by the processors that the machine shows.
 */
export function dawnbenchHardware(text: string): Hardware {
  if (/n1-standard-16\]|Xeon Platinum/.test(text)) {
    const nodes = /^(\d+) nodes/.exec(text)?.[1];
    return { nodeCount: nodes === undefined ? 1 : Number(nodes) };
  }
  const found = shapes.find(({ pattern }) => pattern.test(text));
  const model = models.find(({ pattern }) => pattern.test(text));
  if (model === undefined) return {};
  const { accelerator, acceleratorFamily } = model;
  const [nodeCount, perNode] = found?.size ?? [1, 1];
  return { accelerator, acceleratorFamily, nodeCount, acceleratorCount: nodeCount * perNode };
}

/** Nodes, and accelerators of each; the first that fits. */
const shapes: readonly { pattern: RegExp; size: readonly [number, number] }[] = [
  { pattern: /^16 nodes with InfiniBand \(8\*V100/, size: [16, 8] },
  { pattern: /^8 nodes with InfiniBand \(8\*P100/, size: [8, 8] },
  { pattern: /^16 \* 8 \* Tesla-V100/, size: [16, 8] },
  { pattern: /^16 p3\.16xlarge/, size: [16, 8] },
  { pattern: /^32 \* V100 \(4 machines/, size: [4, 8] },
  { pattern: /^64 \* V100 \(8 machines/, size: [8, 8] },
  { pattern: /^16 ecs\.gn6e-c12g1\.24xlarge/, size: [16, 8] },
  { pattern: /ecs\.gn6e-c12g1\.24xlarge|ND40s_v2|p3\.16xlarge/, size: [1, 8] },
  { pattern: /1\/4 of a TPUv2 Pod/, size: [16, 4] },
  { pattern: /1\/16 of a TPUv2 Pod/, size: [4, 4] },
  { pattern: /Half of a TPUv2 Pod/, size: [32, 4] },
  { pattern: /Cloud TPU|1 TPUv2/, size: [1, 4] },
  { pattern: /8\*V100|V100 \* 8 GPU|^8 (?:K80|P100)/, size: [1, 8] },
  { pattern: /4 \* Nvidia Tesla V100|V100 \* 4 GPU|^4 M60|4x GTX 1080 Ti/, size: [1, 4] },
];

const models: readonly {
  pattern: RegExp;
  accelerator: string;
  acceleratorFamily: string;
}[] = [
  { pattern: /gn6e|ND40s_v2/, accelerator: "v100-sxm2-32gb", acceleratorFamily: "V100" },
  { pattern: /V100|Volta|\bp3\./, accelerator: "v100-sxm2-16gb", acceleratorFamily: "V100" },
  { pattern: /TPU/, accelerator: "tpu-v2", acceleratorFamily: "TPU v2" },
  { pattern: /K80/, accelerator: "k80", acceleratorFamily: "K80" },
  { pattern: /P100/, accelerator: "p100-sxm2", acceleratorFamily: "P100" },
  { pattern: /M60|\bg3\./, accelerator: "m60", acceleratorFamily: "M60" },
  { pattern: /\bP4\b/, accelerator: "p4", acceleratorFamily: "P4" },
  { pattern: /\bT4\b/, accelerator: "t4", acceleratorFamily: "T4" },
  { pattern: /1080 Ti/i, accelerator: "gtx-1080-ti", acceleratorFamily: "GTX 1080 TI" },
  { pattern: /2080 RTX/, accelerator: "rtx-2080", acceleratorFamily: "RTX 2080" },
];
