import { readFileSync } from "node:fs";
import { acceleratorGeneration, hostOf } from "../../build/planner/step/accelerator-generation.js";
import { checkLayout } from "../../build/planner/step/check-layout.js";
import { layoutChoices, usualFramework } from "../../build/planner/step/choose-layout.js";
import {
  layerLayoutOf,
  prepareStep,
  spreadLayoutOf,
} from "../../build/planner/step/prepare-step.js";
import { resolveShape } from "../../build/planner/step/resolve-shape.js";
import { stackOf } from "../../build/planner/step/resolve-constants.js";
import { fastestLayout } from "../../build/planner/step/fastest-layout.js";
import { publishedMeasurement } from "../../build/schema/plan/published-measurement.js";

/** Measured steps as what `stepPartsInto` takes, and what their constants depend on. */
export function readPoints(paths, blankCalibration) {
  const { entries: accelerators } = JSON.parse(readFileSync(paths.accelerators, "utf8"));
  const { entries: models } = JSON.parse(readFileSync(paths.models, "utf8"));
  const points = [];
  for (const text of readFileSync(paths.measurements, "utf8").trim().split("\n")) {
    const measurement = publishedMeasurement.parse(JSON.parse(text));
    if (measurement.measured.stepTimeMs === undefined) continue;
    points.push(pointOf(measurement, { accelerators, models, blankCalibration }));
  }
  return points;
}

function pointOf(measurement, { accelerators, models, blankCalibration }) {
  const { model, hardware, layout } = measurement.line;
  const accelerator = accelerators.find(({ name }) => name === hardware.accelerator);
  const shape = resolveShape(model, models);
  const generation = acceleratorGeneration(accelerator);
  const dp = checkLayout(shape, layout, hardware.count);
  const framework = layout.framework ?? usualFramework(layout, generation.name);
  const software = layout.software;
  const overlaps = layout.overlap ?? true;
  const setting = {
    shape,
    accelerator,
    hardware,
    precision: layout.precision,
    framework,
    software,
    adapterRank: layout.adapter?.rank ?? 0,
    overlaps,
  };
  const { context } = prepareStep(setting, blankCalibration);
  const choices = layoutChoices(shape, layout, { dp, framework, software });
  // What a measurement does not say, such as virtual stages, is chosen as in a prediction.
  const machine = { shape, count: hardware.count, correctionOf: () => 1 };
  const { layout: whole } = fastestLayout(context, choices, machine);
  return {
    measurement,
    setting,
    overlaps,
    context,
    whole,
    accelerator: accelerator.name,
    layer: layerLayoutOf(whole),
    spread: spreadLayoutOf(whole, hardware.count),
    stepTimeMs: measurement.measured.stepTimeMs,
    yearsFromReference: yearsFromReference(software),
    scope: {
      generation: generation.name,
      precision: layout.precision === "fp16" ? "bf16" : layout.precision,
      stack: stackOf(framework, software),
      family: shape.experts > 0 ? "experts" : "dense",
      accelerator: accelerator.name,
      host: hostOf(accelerator),
      kind: generation.name === "tpu" ? "tpu" : "gpu",
    },
  };
}

function yearsFromReference(month) {
  return Number(month.slice(0, 4)) - 2025 + (Number(month.slice(5, 7)) - 3) / 12;
}
