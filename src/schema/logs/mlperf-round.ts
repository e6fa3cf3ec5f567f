/** The benchmarks of each edition, in the order of the official summary's columns (mlcommons/logging, benchmark_meta). */
const benchmarksOf = {
  "training-0.5": ["resnet", "ssd", "maskrcnn", "gnmt", "transformer", "ncf", "minigo"],
  "training-0.6": ["resnet", "ssd", "maskrcnn", "gnmt", "transformer", "ncf", "minigo"],
  "training-0.7": ["bert", "dlrm", "gnmt", "maskrcnn", "minigo", "resnet", "ssd", "transformer"],
  "training-1.0": ["bert", "dlrm", "maskrcnn", "minigo", "resnet", "ssd", "rnnt", "unet3d"],
  "training-1.1": ["bert", "dlrm", "maskrcnn", "minigo", "resnet", "ssd", "rnnt", "unet3d"],
  "training-2.0": ["bert", "dlrm", "maskrcnn", "minigo", "resnet", "ssd", "rnnt", "unet3d"],
  "training-2.1": ["bert", "dlrm", "maskrcnn", "minigo", "resnet", "ssd", "rnnt", "unet3d"],
  "training-3.0": ["bert", "dlrm_dcnv2", "gpt3", "maskrcnn", "resnet", "ssd", "rnnt", "unet3d"],
  "training-3.1": [
    "bert",
    "dlrm_dcnv2",
    "gpt3",
    "maskrcnn",
    "resnet",
    "ssd",
    "rnnt",
    "unet3d",
    "stable_diffusion",
  ],
  "training-4.0": [
    "bert",
    "dlrm_dcnv2",
    "gpt3",
    "resnet",
    "ssd",
    "unet3d",
    "stable_diffusion",
    "llama2_70b_lora",
    "gnn",
  ],
  "training-4.1": [
    "bert",
    "dlrm_dcnv2",
    "gpt3",
    "ssd",
    "stable_diffusion",
    "llama2_70b_lora",
    "gnn",
  ],
  "training-5.0": [
    "bert",
    "dlrm_dcnv2",
    "retinanet",
    "stable_diffusion",
    "llama2_70b_lora",
    "rgat",
    "llama31_405b",
  ],
  "training-5.1": [
    "llama31_8b",
    "dlrm_dcnv2",
    "retinanet",
    "flux1",
    "llama2_70b_lora",
    "rgat",
    "llama31_405b",
  ],
  "training-6.0": [
    "dlrm_dcnv2",
    "flux1",
    "llama2_70b_lora",
    "llama31_8b",
    "llama31_405b",
    "gpt_oss_20b",
    "deepseekv3_671b",
  ],
  "training-6.1": [
    "flux1",
    "llama2_70b_lora",
    "llama31_8b",
    "gpt_oss_20b",
    "deepseekv3_671b",
    "qwen35_397b_grpo",
    "dlrmv4",
  ],
  "hpc-0.7": ["cosmoflow", "deepcam"],
  "hpc-1.0": ["cosmoflow", "deepcam", "oc20"],
  "hpc-2.0": ["cosmoflow", "deepcam", "oc20"],
  "hpc-3.0": ["cosmoflow", "deepcam", "oc20", "openfold"],
} as const;

/** A round's rules and benchmarks: `training-5.0`, `hpc-3.0`. */
export type MlperfEdition = keyof typeof benchmarksOf;
export const mlperfEditions: readonly MlperfEdition[] =
  Object.keys(benchmarksOf).filter(isMlperfEdition);

type Benchmarks = (typeof benchmarksOf)[MlperfEdition];
/** A benchmark of any edition. */
export type MlperfBenchmark = Benchmarks[number];

export function isMlperfEdition(text: string): text is MlperfEdition {
  return Object.hasOwn(benchmarksOf, text);
}

export function benchmarksOfEdition(edition: MlperfEdition): readonly MlperfBenchmark[] {
  return benchmarksOf[edition];
}

/** How many runs make a result: MLPerf training rules, section "Results", and HPC rules. */
const requiredRuns: Record<MlperfBenchmark, number> = {
  bert: 10,
  cosmoflow: 10,
  deepcam: 5,
  deepseekv3_671b: 3,
  dlrm: 5,
  dlrm_dcnv2: 10,
  dlrmv4: 10,
  flux1: 10,
  gnmt: 10,
  gnn: 10,
  gpt3: 3,
  gpt_oss_20b: 10,
  llama2_70b_lora: 10,
  llama31_405b: 3,
  llama31_8b: 10,
  maskrcnn: 5,
  minigo: 10,
  ncf: 100,
  oc20: 5,
  openfold: 10,
  qwen35_397b_grpo: 3,
  resnet: 5,
  retinanet: 5,
  rgat: 10,
  rnnt: 10,
  ssd: 5,
  stable_diffusion: 10,
  transformer: 10,
  unet3d: 40,
};

export const mlperfBenchmarks: readonly MlperfBenchmark[] =
  Object.keys(requiredRuns).filter(isMlperfBenchmark);

export function isMlperfBenchmark(text: string): text is MlperfBenchmark {
  return Object.hasOwn(requiredRuns, text);
}

export function requiredRunCount(benchmark: MlperfBenchmark): number {
  return requiredRuns[benchmark];
}

/** How many of the fastest, and of the slowest, runs are dropped. */
export function droppedAtEachEnd(benchmark: string): number {
  return benchmark === "unet3d" ? 4 : 1;
}

/** Google wrote `mask` for `maskrcnn` in round 0.6. */
export function benchmarkNamed(text: string): string {
  const name = text.toLowerCase();
  return name === "mask" ? "maskrcnn" : name;
}
