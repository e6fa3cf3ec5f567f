// Fits how much of the roofline the models of layers (ResNet-50, RetinaNet, ...) reach, to the published results of
// MLPerf Training in data/results, and writes data/planner/layer-models.json.
//   npm run calibrate:layers
import { readFileSync, writeFileSync } from "node:fs";
import { layerModels } from "../build/planner/layer-models/layer-models.js";
import {
  layerStepParts,
  spreadOn,
  stepMsOf,
} from "../build/planner/layer-models/layer-step-time.js";
import { layerCalibration } from "../build/schema/plan/layer-calibration.js";
import { readResultRows } from "../build/store/results/read-results.js";
import { median, quantile, meanError } from "./calibration/layer-statistics.js";

/** Samples of one epoch (mlcommons/training references). */
const epochs = { resnet: 1_281_167, retinanet: 1_170_301, dlrm_dcnv2: 4_195_197_692 };
const foldCount = 5;

const { entries: accelerators } = JSON.parse(
  readFileSync(new URL("../data/accelerators.json", import.meta.url), "utf8"),
);
const { rows } = await readResultRows();
const entries = layerModels.map(({ model, benchmark }) => fitModel(model, benchmark));
const calibration = {
  fittedOn: new Date().toISOString().slice(0, 10),
  source:
    "MLPerf Training results, closed division: samples to converge over time, with evaluation",
  entries,
};
layerCalibration.parse(calibration);
const lines = entries.map((entry) => `    ${JSON.stringify(entry)}`).join(",\n");
writeFileSync(
  new URL("../data/planner/layer-models.json", import.meta.url),
  `{\n  "fittedOn": ${JSON.stringify(calibration.fittedOn)},\n  "source": ${JSON.stringify(calibration.source)},\n  "entries": [\n${lines}\n  ]\n}\n`,
);
for (const {
  model,
  points,
  meanError: inSample,
  heldOutMeanError,
  unseenMeanError,
  interval,
} of entries)
  console.log(
    `${model}: ${points} results, mean error ${percent(inSample)}, held out ${percent(heldOutMeanError)}, ` +
      `unseen accelerators ${percent(unseenMeanError)}, 80 % within ${interval.low} to ${interval.high} of the prediction`,
  );

function percent(value) {
  return `${(100 * value).toFixed(1)} %`;
}

function pointsOf(model, benchmark) {
  return rows.flatMap((row) => {
    const {
      acceleratorCount: count,
      globalBatchSize: globalBatch,
      samplesToConverge,
      unscaledMs,
    } = row;
    const accelerator = accelerators.find(({ name }) => name === row.accelerator);
    if (row.benchmark !== benchmark || row.division !== "closed" || row.repeats !== undefined)
      return [];
    if (
      row.suite !== "mlperf-training" ||
      !accelerator ||
      !samplesToConverge ||
      !unscaledMs ||
      !count ||
      !globalBatch
    )
      return [];
    const spread = spreadOn(accelerator, { count, globalBatch });
    if (spread === undefined) return [];
    const samples = samplesToConverge * (row.samplesUnit === "epochs" ? epochs[benchmark] : 1);
    const stepMs = (unscaledMs * globalBatch) / samples;
    return [
      { accelerator: accelerator.name, spread, stepMs, fold: foldOf(row.submitter + row.round) },
    ];
  });
}

function foldOf(text) {
  return (
    [...text].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 1009, 7) % foldCount
  );
}

function fitModel(model, benchmark) {
  const points = pointsOf(model, benchmark);
  const shared = fitShared(model, points);
  const fit = efficienciesOf(model, points, shared);
  const predicted = (point, { efficiencies, usual }) =>
    stepMsOf(
      layerStepParts(model, point.spread, {
        ...shared,
        efficiency: efficiencies[point.accelerator]?.value ?? usual,
      }),
    );
  const ratios = points.map((point) => point.stepMs / predicted(point, fit));
  const heldOut = points.map(
    (point) =>
      point.stepMs /
      predicted(
        point,
        efficienciesOf(
          model,
          points.filter(({ fold }) => fold !== point.fold),
          shared,
        ),
      ),
  );
  const unseen = points.map(
    (point) =>
      point.stepMs /
      predicted(
        point,
        efficienciesOf(
          model,
          points.filter(({ accelerator }) => accelerator !== point.accelerator),
          shared,
        ),
      ),
  );
  return {
    model: model.name,
    benchmark,
    efficiencies: fit.efficiencies,
    usualEfficiency: fit.usual,
    ...shared,
    interval: intervalOf(heldOut),
    unseenInterval: intervalOf(unseen),
    points: points.length,
    meanError: meanError(ratios),
    heldOutMeanError: meanError(heldOut),
    unseenMeanError: meanError(unseen),
  };
}

function intervalOf(ratios) {
  return { low: quantile(ratios, 0.1), high: quantile(ratios, 0.9), points: ratios.length };
}

/** The efficiency of each accelerator that fits the median of its results. */
function efficienciesOf(model, points, shared) {
  const efficiencies = {};
  for (const name of new Set(points.map(({ accelerator }) => accelerator))) {
    const own = points.filter(({ accelerator }) => accelerator === name);
    const values = own.map((point) => efficiencyOf(model, point, shared));
    efficiencies[name] = { value: Number(median(values).toPrecision(4)), points: own.length };
  }
  const usual = median(Object.values(efficiencies).map(({ value }) => value));
  return { efficiencies, usual: Number((usual || 0.3).toPrecision(4)) };
}

/** The efficiency with which a result is predicted exactly, found by bisection. */
function efficiencyOf(model, { spread, stepMs }, shared) {
  let [low, high] = [0.001, 3];
  for (let step = 0; step < 24; step += 1) {
    const efficiency = Math.sqrt(low * high);
    const isSlow = stepMsOf(layerStepParts(model, spread, { ...shared, efficiency })) > stepMs;
    if (isSlow) low = efficiency;
    else high = efficiency;
  }
  return Math.sqrt(low * high);
}

/** Constants that all accelerators share, by a search over a grid, one constant after the other. */
function fitShared(model, points) {
  const grids = {
    halfRows: [0, 300, 1000, 3000, 10_000, 30_000, 100_000],
    exposedExchange: [0, 0.1, 0.2, 0.3, 0.5, 0.7, 1],
    hostMs: [0, 0.2, 0.5, 1, 2, 4, 8, 16, 32, 64],
    straggling: [0, 0.005, 0.01, 0.02, 0.04, 0.08],
  };
  let best = { halfRows: 1000, exposedExchange: 0.2, hostMs: 1, straggling: 0.01 };
  const errorOf = (shared) => {
    const { efficiencies } = efficienciesOf(model, points, shared);
    const ratios = points.map(
      ({ accelerator, spread, stepMs }) =>
        stepMs /
        stepMsOf(
          layerStepParts(model, spread, { ...shared, efficiency: efficiencies[accelerator].value }),
        ),
    );
    return ratios.reduce((sum, ratio) => sum + Math.abs(Math.log(ratio)), 0) / ratios.length;
  };
  for (let round = 0; round < 2; round += 1)
    for (const [name, values] of Object.entries(grids)) {
      const tried = values.map((value) => Object.assign({}, best, { [name]: value }));
      const errors = tried.map(errorOf);
      best = tried[errors.indexOf(Math.min(...errors))];
    }
  return best;
}
