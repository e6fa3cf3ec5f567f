import { flux, stableDiffusion } from "./diffusion-models.ts";
import type { LayerModel } from "./layer-work.ts";
import { dlrmDcnv2 } from "./recommendation-model.ts";
import { resNet50, retinaNet, unet3d } from "./vision-models.ts";

/** Models that are no transformers of one sequence, and the benchmark of MLPerf Training that each one is. */
export const layerModels: readonly { model: LayerModel; benchmark: string }[] = [
  { model: resNet50, benchmark: "resnet" },
  { model: retinaNet, benchmark: "retinanet" },
  { model: unet3d, benchmark: "unet3d" },
  { model: dlrmDcnv2, benchmark: "dlrm_dcnv2" },
  { model: stableDiffusion, benchmark: "stable_diffusion" },
  { model: flux, benchmark: "flux1" },
];
