// Compares the predictions of the planner with every published measurement, prints the errors and writes
// docs/accuracy.md.
//   npm run validate
import { readFileSync, writeFileSync } from "node:fs";
import { evaluatePublished } from "../build/planner/published/evaluate-published.js";
import { publishedMeasurement } from "../build/schema/plan/published-measurement.js";
import { readPublishedModel } from "../build/store/catalogue/read-plan-tables.js";
import { readResultRows } from "../build/store/results/read-results.js";
import { loadPlannerData } from "../build/workflows/plan/load-planner-data.js";
import { readCsv } from "./measurements/read-csv.js";
import {
  calculonTable,
  goalTable,
  layerTable,
  memoryTable,
  rankTable,
  roundTable,
  sourceTable,
  unfittedTable,
} from "./validation/accuracy-page.js";
import { memoryPoints } from "./validation/memory-points.js";
import { rankLayouts } from "./validation/rank-layouts.js";
import { unfittedPoints } from "./validation/unfitted-points.js";
import { validationPoints } from "./validation/validation-points.js";

const file = (name) => new URL(name, import.meta.url);
const measurements = readFileSync(file("../data/planner/measurements.jsonl"), "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => publishedMeasurement.parse(JSON.parse(line)));
const data = await loadPlannerData();
const { points, unpredicted } = validationPoints(measurements, data);
const ranks = rankLayouts(points);
const unfitted = unfittedPoints(data);
const calculon = readCsv(readFileSync(file("validation/calculon.csv"), "utf8"));
const [{ rows }, publishedModel] = await Promise.all([readResultRows(), readPublishedModel()]);
const sources = {
  rows,
  accelerators: new Map(data.accelerators.map((one) => [one.name, one])),
  model: publishedModel,
};
const rounds = evaluatePublished(["v3.0", "v3.1", "v4.0", "v4.1", "v5.0", "v5.1", "v6.0"], sources);

const sections = [
  [
    "How far predictions are off",
    `Written by \`npm run validate\`. Errors are |predicted / measured − 1| of step times. ${points.length} published measurements; their sources and layouts are in [measurements.jsonl](../data/planner/measurements.jsonl), and how they were converted is in [scripts/measurements](../scripts/measurements/README.md).

The constants are fitted to all of them, and the error of a prediction is corrected by those of measurements nearby. So each is judged by what a fit without it says:

- *Each model left out*: constants and corrections from other models alone.
- *Each source left out*: constants and corrections from other sources alone.
- *Largest scales left out*: of each source whose largest number of accelerators is at least eight times its smallest, the measurements on more than half of the largest number, all at once.
- *Each layout left out*: no correction from the same layout, whatever its software and precision. What to expect of another layout of a model that was measured.
- *One efficiency per group*: model FLOP over peak, divided by the median efficiency of the accelerator, number format and framework, of other models.

The terms for experts whose transfers run beside another micro batch, and for biases of experts that are operations of their own, were added for what the constants left of fitted measurements of DeepSeek-V3, Qwen3 and gpt-oss. Their form and the numbers of elements were read in the programs; only the share that shows is fitted, and without the model that is left out. Likewise with what left-out predictions of gpt-oss on TPUs and of torchtitan's layouts got wrong: rows that a TPU picks for experts and their biases, whose traffic is fitted; its whole tiles of attention and padded heads; what PyTorch repeats under selective checkpointing; and which recipes for B200 and B300 record whole steps. All but the traffic was read in programs and recipes.

*Inside 80 %* is the share inside the interval of the prediction, *width* the mean width of that interval over the prediction. Intervals widen with the distance of the nearest measurement. Beside one, at the same layout on another number of accelerators, and where other models were measured on such a machine with such software and layouts, they are quantiles over all measurements left out. In between, and where nothing of the kind was measured, each source counts alike, however many measurements it has, and a prediction is taken for one of a source that may be anywhere.`,
  ],
  ["Step time", goalTable(points)],
  ["By source", sourceTable(points)],
  [
    "Measurements that nothing was fitted to",
    `Collected after the fit, from further sources, and predicted as they are: neither constants nor corrections know them. They differ from what was fitted in more than the model: RoCE, frameworks of their own (InternEvo, FlagScale, KempnerForge), pipelines of DeepSpeed, V100. The 35 layouts of kempnerforge, moe-modelzoo and pai-megatron were 15.0 % off when first predicted, 51 % inside. Their long sequences led to a constant for what attention gains with a year of software, which is fitted to the other measurements. Figures of four more such tables, before they were fitted (TPU v6e and v7, MoE Parallel Folding, recipes for GPUs, fms-fsdp; 82 layouts): 13.3 % mean error, 50 % inside.\n\nAdded last, as first predicted: Megatron-LM on V100 (dlperf, 16 layouts) 18.9 % off, 75 % inside, with tensor parallelism over several nodes 61 % too fast; torchtitan on MI355X without compilation, in ten iterations (rocm-cvs, 6) 55 % too fast; a program with Transformers and no fused or compiled kernels on one GPU (universal-llm-trainer, 21 full and LoRA fine-tunings) 69 % too fast, none inside. **Predictions are of tuned programs: plain ones take two to five times as long.** The last two tables are not in the row of compiled or fused kernels. ${unfitted.points.length} layouts; rows and sources are in [scripts/measurements/unfitted](../scripts/measurements/unfitted).\n\n${unfittedTable(unfitted.points)}`,
  ],
  [
    "Beside Calculon",
    `[Calculon](https://github.com/calculon-ai/calculon) at caa4b11 on measurements that its efficiencies were not tuned on.\n\n${calculonTable(points, calculon)}`,
  ],
  [
    "Ranking of layouts",
    `Spearman's correlation of predicted and measured tokens per second, where a source has three or more layouts of one model on one machine, with the model left out. Mean: ${ranks.mean.toFixed(3)}; ${ranks.meanApart.toFixed(3)} where layouts whose published speeds differ by less than 1 % count as one.\n\n${rankTable(ranks)}`,
  ],
  [
    "Memory",
    `[memory-measurements.jsonl](../data/planner/memory-measurements.jsonl): whole layouts, without the reserve for CUDA and NCCL, which allocators do not count. Korthikanti's figures are computed by their formulas. What PyTorch keeps was read in its sources with the figures of torchtitan and torchtune in view; those of torchtitan-2025-06 were added after.\n\n${memoryTable(memoryPoints())}`,
  ],
  [
    "Convolutional, recommendation and diffusion models",
    `Fitted to results of MLPerf Training. *Held out*: results of other submitters and rounds. *Unseen accelerators*: the efficiency is the median of other accelerators.\n\n${layerTable(data.layerFits)}`,
  ],
  [
    "Times to train, from earlier rounds alone",
    `Times of MLPerf Training, each round predicted from the rounds before it.\n\n${roundTable(rounds)}`,
  ],
  [
    "Layouts that were run, and are refused or said not to fit",
    unpredictedList([...unpredicted, ...unfitted.unpredicted]),
  ],
];

function unpredictedList(list) {
  if (list.length === 0) return "None.";
  return list
    .map(
      ({ measurement, problem }) => `- ${measurement.id} (${measurement.heldOutGroup}): ${problem}`,
    )
    .join("\n");
}

const [[title, introduction], ...rest] = sections;
const page = [
  `# ${title}`,
  introduction,
  ...rest.map(([heading, text]) => `## ${heading}\n\n${text}`),
].join("\n\n");
writeFileSync(file("../docs/accuracy.md"), `${page}\n`);
console.log(page);
