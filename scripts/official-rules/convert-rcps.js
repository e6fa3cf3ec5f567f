// Converts the official reference convergence points, as `dump_rcps.py` prints them, to the form of `data/rcps.json`.
import { editionOfFolder } from "./read-action.js";

/**
 * What the numbers of a benchmark count, and the field of the logs that they are compared with. The official tables call
 * nearly all of them epochs. Newer benchmarks all count samples; add a benchmark here after checking its numbers.
 */
const kinds = {
  epochs: { unit: "epochs", logField: "epoch_num" },
  "samples in epoch_num": { unit: "samples", logField: "epoch_num" },
  samples: { unit: "samples", logField: "samples_count" },
  steps: { unit: "steps", logField: "step_num" },
  tokens: { unit: "tokens", logField: "epoch_num" },
};

const kindOfBenchmark = {
  bert: "samples in epoch_num",
  cosmoflow: "epochs",
  deepcam: "epochs",
  deepseekv3_671b: "samples",
  dlrm: "epochs",
  dlrm_dcnv2: "epochs",
  dlrmv4: "samples",
  flux1: "samples",
  gnn: "epochs",
  gpt3: "tokens",
  gpt_oss_20b: "samples",
  llama2_70b_lora: "samples",
  llama31_405b: "samples",
  llama31_8b: "samples",
  maskrcnn: "epochs",
  oc20: "epochs",
  openfold: "samples in epoch_num",
  qwen35_397b_grpo: "samples",
  resnet: "epochs",
  retinanet: "epochs",
  rgat: "epochs",
  rnnt: "epochs",
  ssd: "epochs",
  stable_diffusion: "samples",
  unet3d: "epochs",
};

/** Benchmarks whose numbers count something else in an edition, or since an edition. */
function kindOf(edition, benchmark) {
  if (benchmark === "unet3d" && Number(edition.split("-")[1]) >= 3.1) return "samples in epoch_num";
  if (benchmark === "stable_diffusion" && edition === "training-3.1") return "steps";
  const kind = kindOfBenchmark[benchmark];
  if (kind === undefined)
    throw new Error(
      `${edition}: benchmark \`${benchmark}\` has no entry in scripts/official-rules/convert-rcps.js`,
    );
  return kind;
}

export function convertReferencePoints({ folder, benchmark, points }) {
  const edition = editionOfFolder(folder);
  const { unit, logField } = kinds[kindOf(edition, benchmark)];
  return Object.entries(points).map(([name, point]) => ({
    edition,
    benchmark,
    name,
    globalBatchSize: point.BS,
    unit,
    logField,
    convergence: point["Epochs to converge"] ?? point["samples to converge"],
    hyperparameters: point.Hyperparams,
    creator: point.Creator ?? null,
    when: point.When ?? null,
    platform: point.Platform ?? null,
    precision: point.Precision ?? null,
  }));
}
