// Fits the constants of the step time to published measurements and writes data/planner/calibration.json (constants,
// errors, intervals) and data/planner/step-evidence.json (predicted over measured of each point).
//   npm run calibrate
// All measurements are fitted. To judge the fit, it is repeated without each model, without each source, and without the
// largest scales, and predicts those.
import { writeFileSync } from "node:fs";
import { layerCosts } from "../build/planner/step/layer-costs.js";
import { evidenceFeatures } from "../build/planner/step/evidence-features.js";
import { prepareStep } from "../build/planner/step/prepare-step.js";
import { partCount, stepPartsInto } from "../build/planner/step/step-time.js";
import { calibration, stepEvidenceList } from "../build/schema/plan/calibration.js";
import { blankCalibration } from "./calibration/blank-calibration.js";
import {
  errorsLeft,
  errorsWithout,
  inverseCovariance,
  weightsOf,
} from "./calibration/correct-errors.js";
import { fitConstants, layOutConstants, predictWith } from "./calibration/fit-constants.js";
import {
  distancesWithout,
  groupsBy,
  largestScales,
  layoutOf,
  modelOf,
  sourceOf,
} from "./calibration/folds.js";
import { evidenceOf, fitsOf, intervalsOf, newestSoftwareOf } from "./calibration/judge-fit.js";
import { readPoints } from "./calibration/read-points.js";

const level = 0.8;
/** Rounds of a fit that starts at the constants of all points. */
const refitRounds = 4;
const parts = new Float64Array(partCount);
const file = (name) => new URL(`../data/${name}`, import.meta.url);
const points = readPoints(
  {
    accelerators: file("accelerators.json"),
    models: file("planner/models.json"),
    measurements: file("planner/measurements.jsonl"),
  },
  blankCalibration,
);
const indexes = [...points.keys()];
const layout = layOutConstants(points);
const { logs } = fitConstants(layout, points, indexes, { rounds: 40 });
const shipped = {
  schemaVersion: 1,
  points: points.length,
  level,
  constants: constantsOf(),
  newestSoftware: newestSoftwareOf(points),
  fits: [],
  intervals: [],
};
const queries = points.map(queryOf);
const inverse = inverseCovariance(queries);
const plain = points.map(shippedRatio);
const errors = plain.map((ratio) => -Math.log(ratio));
const weights = weightsOf(inverse, errors);
const remaining = errorsLeft(inverse, errors);
const layouts = groupsBy(points, layoutOf);
const models = groupsBy(points, modelOf);
const layoutLeftOut = leftOut(layouts, () => plain);
const modelLeftOut = leftOut(models, refitted);
const tables = groupsBy(points, sourceOf);
const sourceLeftOut = leftOut(tables, refitted);
const largest = largestScales(points);
const distances = {
  layoutLeftOut: distancesWithout(queries, layouts),
  modelLeftOut: distancesWithout(queries, models),
  sourceLeftOut: distancesWithout(queries, tables),
  scaleLeftOut: distancesWithout(queries, [largest]),
};
const scaleLeftOut = leftOut([largest], refitted);

const judged = indexes.map((index) => ({
  point: points[index],
  query: queries[index],
  distances: {
    layoutLeftOut: distances.layoutLeftOut[index],
    modelLeftOut: distances.modelLeftOut[index],
    sourceLeftOut: distances.sourceLeftOut[index],
    scaleLeftOut: distances.scaleLeftOut[index],
  },
  weight: weights[index],
  ratio: Math.exp(-remaining[index]),
  layoutLeftOut: layoutLeftOut[index],
  modelLeftOut: modelLeftOut[index],
  sourceLeftOut: sourceLeftOut[index],
  scaleLeftOut: largest.includes(index) ? scaleLeftOut[index] : undefined,
}));
const result = { ...shipped, fits: fitsOf(judged), intervals: intervalsOf(judged, level) };
calibration.parse(result);
writeRows(file("planner/calibration.json"), result, [
  "constants",
  "newestSoftware",
  "fits",
  "intervals",
]);
const evidence = { entries: judged.map(evidenceOf) };
stepEvidenceList.parse(evidence);
writeRows(file("planner/step-evidence.json"), evidence, ["entries"]);
printFits();

function queryOf(point) {
  const { generation, precision, stack } = point.scope;
  const features = evidenceFeatures(point.context.sizes, point.whole, point.spread.count);
  return { generation, precision, stack, accelerator: point.accelerator, features };
}

/** Predicted over measured of each group, corrected by the errors of all others. */
function leftOut(groups, ratiosWithout) {
  const found = points.map(() => 1);
  for (const group of groups) {
    const ratios = ratiosWithout(group);
    const expected = errorsWithout(
      inverse,
      ratios.map((ratio) => -Math.log(ratio)),
      group,
    );
    for (const [at, index] of group.entries())
      found[index] = ratios[index] * Math.exp(expected[at]);
  }
  return found;
}

/** Predicted over measured of all points, with constants that no point of `group` was fitted to. */
function refitted(group) {
  const isLeftOut = new Set(group);
  const others = indexes.filter((index) => !isLeftOut.has(index));
  const without = fitConstants(layout, points, others, { start: logs, rounds: refitRounds });
  return points.map(
    ({ stepTimeMs }, index) => predictWith(without.logs, layout, points, index) / stepTimeMs,
  );
}

function constantsOf() {
  return layout.slots.map(({ name, where }, slot) => {
    const { kind, ...scope } = where;
    const generation = kind === "tpu" ? { generation: "tpu" } : {};
    const value = Number(Math.exp(logs[slot]).toPrecision(5));
    return Object.assign({ name }, generation, scope, { value });
  });
}

/** With the constants that predictions use. */
function shippedRatio({ setting, layer, spread, stepTimeMs }) {
  const { context } = prepareStep(setting, shipped);
  return stepPartsInto(parts, context, layerCosts(context, layer), spread) / stepTimeMs;
}

/** One line per entry of the long lists, so that differences are readable. */
function writeRows(path, document, lists) {
  const fields = Object.entries(document).map(([name, value]) => {
    if (!lists.includes(name)) return `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`;
    const rows = value.map((row) => `    ${JSON.stringify(row)}`).join(",\n");
    return `  ${JSON.stringify(name)}: [\n${rows}\n  ]`;
  });
  writeFileSync(path, `{\n${fields.join(",\n")}\n}\n`);
}

function printFits() {
  const percent = (share) => `${(100 * share).toFixed(1)} %`.padStart(8);
  console.log(`${points.length} points, ${result.constants.length} constants`);
  console.log(
    "left out:                                     points   nothing    layout     model    source",
  );
  for (const { generation, precision, stack, family, ...fit } of result.fits) {
    const group = [generation, precision, stack, family].filter(Boolean).join(" ");
    console.log(
      `${group.padEnd(44)}${String(fit.points).padStart(8)} ${percent(fit.meanError)}  ${percent(fit.layoutLeftOut)}  ${percent(fit.modelLeftOut)}  ${percent(fit.sourceLeftOut)}`,
    );
  }
}
