// Predicts every published measurement of a step time, and collects what fits without it predicted.
import { stepInterval } from "../../build/planner/step/step-interval.js";
import { predictLine } from "../../build/workflows/plan/predict-layouts.js";
import { distancesWithout, groupsBy, layoutOf, modelOf, sourceOf } from "../calibration/folds.js";
import { groupsOf, median } from "./error-statistics.js";

/** What the accuracy goals of the planner distinguish. */
export const goals = [
  "A100 and H100, 16 bit",
  "FP8, Blackwell, mixture of experts",
  "FSDP",
  "TPU",
  "other accelerators",
];

/** What is left out of a fit, and the field of the evidence that has predicted over measured without it. */
export const folds = ["layoutLeftOut", "modelLeftOut", "sourceLeftOut", "scaleLeftOut"];

/**
 * @param data what `loadPlannerData` gives
 * @returns points with `ratio` (predicted over measured) and, for each fold, `{ ratio, isInside, width }`; and `unpredicted`
 *   measurements with the error
 */
export function validationPoints(measurements, data) {
  const evidence = new Map(data.evidence.map((one) => [one.id, one]));
  const points = [];
  const unpredicted = [];
  for (const measurement of measurements) {
    if (measurement.measured.stepTimeMs === undefined) continue;
    const answer = predictLine(measurement.line, data);
    if (answer.kind === "error" || !answer.fits) {
      unpredicted.push({
        measurement,
        problem: answer.kind === "error" ? answer.error.message : "does not fit",
      });
    }
    const known = evidence.get(measurement.id);
    if (known === undefined) throw new Error(`${measurement.id} is new: run npm run calibrate`);
    if (answer.kind === "predicted") points.push(pointOf(measurement, answer, known));
  }
  addIntervals(points, data.calibration);
  addBaselines(points);
  return { points, unpredicted };
}

function pointOf(measurement, answer, evidence) {
  const { stepTimeMs } = measurement.measured;
  return {
    measurement,
    evidence,
    ratio: answer.stepTimeMs / stepTimeMs,
    goal: goalOf(measurement.line),
    idealMs: answer.mfu * answer.stepTimeMs,
    stepTimeMs,
  };
}

/** The interval of a prediction depends on how far the nearest measurement is that was not left out. */
function addIntervals(points, calibration) {
  const queries = points.map(({ evidence }) => evidence);
  const scale = points.flatMap(({ evidence }, at) =>
    evidence.scaleLeftOut === undefined ? [] : [at],
  );
  const groups = {
    layoutLeftOut: groupsBy(points, layoutOf),
    modelLeftOut: groupsBy(points, modelOf),
    sourceLeftOut: groupsBy(points, sourceOf),
    scaleLeftOut: [scale],
  };
  for (const fold of folds) {
    const distances = distancesWithout(queries, groups[fold]);
    for (const [at, nearest] of distances.entries()) {
      if (nearest === undefined) continue;
      const point = points[at];
      const { generation, precision, stack, [fold]: ratio } = point.evidence;
      const family = hasExperts(point.measurement.line.model) ? "experts" : "dense";
      const scope = { generation, precision, stack, family };
      const certainty = { isTransferred: false, spreadOfChoices: 1, ...nearest };
      const { low, high } = stepInterval(ratio, calibration, scope, certainty);
      point[fold] = { ratio, isInside: low <= 1 && high >= 1, width: (high - low) / ratio };
    }
  }
}

function goalOf({ hardware: { accelerator }, layout: { precision, framework }, model }) {
  if (accelerator.startsWith("tpu")) return "TPU";
  if (!/^(?:a100|h100|h200|h800|b200|b300|gb200|gb300)/.test(accelerator))
    return "other accelerators";
  if (framework === "fsdp") return "FSDP";
  const isPlain = /^(?:a100|h100|h200)/.test(accelerator) && !hasExperts(model);
  return isPlain && /^(?:bf16|fp16|tf32)$/.test(precision)
    ? "A100 and H100, 16 bit"
    : "FP8, Blackwell, mixture of experts";
}

function hasExperts(model) {
  return "name" in model
    ? /^(?:deepseek|qwen2-57b|qwen3-(?:30b|235b)|gpt-oss|kimi|grok|mixtral|llama4|llama3-8x70b)/.test(
        model.name,
      )
    : (model.experts ?? 0) > 0;
}

/** What one efficiency per group would give: model FLOP over peak, divided by the median efficiency of other models. */
function addBaselines(points) {
  const everywhere = median(points.map(({ idealMs, stepTimeMs }) => idealMs / stepTimeMs));
  const groups = groupsOf(points, baselineGroup);
  for (const point of points) {
    const others = groups
      .get(baselineGroup(point))
      .filter((other) => modelOf(other) !== modelOf(point));
    point.baseline = { ratio: baselineRatio(point, others, everywhere) };
  }
}

function baselineGroup({ measurement: { line } }) {
  const { hardware, layout } = line;
  return [hardware.accelerator, layout.precision, layout.framework].join(" ");
}

function baselineRatio({ idealMs, stepTimeMs }, group, everywhere) {
  const efficiency =
    group.length === 0 ? everywhere : median(group.map((one) => one.idealMs / one.stepTimeMs));
  return idealMs / efficiency / stepTimeMs;
}
