import { intervalReaches } from "../../build/schema/plan/interval-reach.js";
import { intervalReach } from "../../build/planner/step/step-interval.js";

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const errorOf = (ratio) => Math.abs(ratio - 1);
const rounded = (value) => Number(value.toPrecision(5));

/** Fewest samples of a group that has an interval of its own. */
const fewestPoints = 26;

function groupsOf(judged, fields) {
  const groups = new Map();
  for (const each of judged) {
    const scope = Object.fromEntries(fields.map((field) => [field, each.point.scope[field]]));
    const key = JSON.stringify(scope);
    const group = groups.get(key) ?? { scope, members: [] };
    group.members.push(each);
    groups.set(key, group);
  }
  return [...groups.values()].toSorted((a, b) =>
    JSON.stringify(a.scope).localeCompare(JSON.stringify(b.scope)),
  );
}

/** Mean errors of each group: of the constants alone, and with a layout, a model or a source left out in turn. */
export function fitsOf(judged) {
  const groups = groupsOf(judged, ["generation", "precision", "stack", "family"]);
  return groups.map(({ scope, members }) => {
    const meanOf = (name) => rounded(mean(members.map((each) => errorOf(each[name]))));
    return Object.assign(scope, {
      points: members.length,
      meanError: meanOf("ratio"),
      layoutLeftOut: meanOf("layoutLeftOut"),
      modelLeftOut: meanOf("modelLeftOut"),
      sourceLeftOut: meanOf("sourceLeftOut"),
    });
  });
}

/** Groups that have an interval of their own if they are large enough, from all points to the most specific. */
const intervalGroups = [
  [],
  ["generation"],
  ["generation", "stack"],
  ["generation", "stack", "family"],
  ["generation", "precision", "stack", "family"],
];

/** How often each point counts with its layout, its model, its source, or the largest scales left out. */
const foldCounts = { layoutLeftOut: 1, modelLeftOut: 1, sourceLeftOut: 2, scaleLeftOut: 3 };

/**
 * Reaches at which what is known comes from other machines and frameworks. There a user's machine is a new source, and
 * sources differ by more than points of one of them. Of two or three sources, quantiles say nothing about another one.
 */
const reachesOfSources = new Set(["near", "far", "beyond"]);
/** What a new source is like: folds without a model or a source. */
const foldsOfSources = { modelLeftOut: 1, sourceLeftOut: 1 };
/** Fewest sources of a group that has an interval of its own. */
const fewestSources = 6;

/**
 * Quantiles of measured over predicted, by how far a prediction is from the nearest measurement that is left.
 *
 * @param judged points with the ratios of `foldCounts`, and `distances` to the nearest measurement in each
 */
export function intervalsOf(judged, level) {
  return intervalReaches.flatMap((reach) => {
    const isOfSources = reachesOfSources.has(reach);
    const within = samplesOf(judged, isOfSources ? foldsOfSources : foldCounts).filter(
      (sample) => sample.reach === reach,
    );
    return intervalGroups.flatMap((fields) =>
      groupsOf(within, fields)
        .filter(({ members }) => fields.length === 0 || isLargeEnough(members, reach))
        .map(({ scope, members }) =>
          Object.assign(scope, { reach, points: members.length }, boundsAt(reach, members, level)),
        ),
    );
  });
}

function samplesOf(judged, folds) {
  return judged.flatMap(({ point, distances, ...ratios }) =>
    Object.entries(folds).flatMap(([fold, times]) => {
      if (ratios[fold] === undefined) return [];
      const reach = intervalReach(distances[fold]);
      const sample = { point, reach, logRatio: -Math.log(ratios[fold]) };
      return Array.from({ length: times }, () => sample);
    }),
  );
}

function isLargeEnough(members, reach) {
  const sources = new Set(members.map(sourceOfSample)).size;
  if (reachesOfSources.has(reach)) return sources >= fewestSources;
  // No measurement of the model is near: one source alone has no interval of its own.
  return members.length >= fewestPoints && (sources > 1 || reach !== "setting");
}

function boundsAt(reach, members, level) {
  return reachesOfSources.has(reach) ? boundsOfNewSource(members, level) : bounds(members, level);
}

const sourceOfSample = ({ point }) => point.measurement.table;

/** The quantiles in both directions, with the correction for a finite sample. */
function bounds(members, level) {
  const sorted = members.map(({ logRatio }) => logRatio).toSorted((a, b) => a - b);
  const tail = (1 - level) / 2;
  const at = (share) => {
    const position = Math.max(0, Math.min(sorted.length - 1, share * (sorted.length + 1) - 1));
    const below = Math.floor(position);
    const above = Math.min(sorted.length - 1, below + 1);
    return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
  };
  return { low: rounded(Math.exp(at(tail))), high: rounded(Math.exp(at(1 - tail))) };
}

/**
 * The same for a new source, which counts as one that may be anywhere (hierarchical conformal prediction: Lee, Barber and
 * Willett 2023, arXiv:2306.06342).
 */
function boundsOfNewSource(members, level) {
  const sources = new Set(members.map(sourceOfSample)).size;
  const outside = ((1 - level) * (sources + 1) - 1) / sources;
  return boundsOfSources(members, Math.max(smallestTail, outside));
}

/** Quantiles where each source counts as much as any other, however many points it has; `outside`: the share of both tails. */
function boundsOfSources(members, outside) {
  const counts = new Map();
  for (const sample of members) {
    const source = sourceOfSample(sample);
    counts.set(source, (counts.get(source) ?? 0) + 1);
  }
  const sources = counts.size;
  const sorted = members.toSorted((a, b) => a.logRatio - b.logRatio);
  // Each sample stands for the middle of its share.
  let share = 0;
  const steps = sorted.map((sample) => {
    const own = 1 / counts.get(sourceOfSample(sample)) / sources;
    share += own;
    return { share: share - own / 2, logRatio: sample.logRatio };
  });
  const at = (wanted) => {
    const above = steps.findIndex((step) => step.share >= wanted);
    if (above <= 0) return steps.at(above).logRatio;
    const [a, b] = [steps[above - 1], steps[above]];
    const part = (wanted - a.share) / (b.share - a.share);
    return a.logRatio + part * (b.logRatio - a.logRatio);
  };
  return {
    low: rounded(Math.exp(at(outside / 2))),
    high: rounded(Math.exp(at(1 - outside / 2))),
  };
}

/** Of few sources, all samples but these are inside. */
const smallestTail = 0.02;

/** The newest month per generation and stack, and the median. */
export function newestSoftwareOf(points) {
  const months = new Map();
  for (const { scope, whole } of points) {
    const key = JSON.stringify({ generation: scope.generation, stack: scope.stack });
    months.set(key, [...(months.get(key) ?? []), whole.software]);
  }
  return [...months].map(([key, list]) => {
    const sorted = list.toSorted();
    return Object.assign(JSON.parse(key), {
      month: sorted.at(-1),
      typicalMonth: sorted[Math.floor(sorted.length / 2)],
    });
  });
}

/** Fields that are predicted over measured. */
const ratioNames = ["ratio", "layoutLeftOut", "modelLeftOut", "sourceLeftOut", "scaleLeftOut"];

/** A measurement as predictions refer to it. */
export function evidenceOf(judged) {
  const { point, query, weight } = judged;
  const { id, source } = point.measurement;
  return {
    id,
    source,
    ...query,
    weight: rounded(weight),
    ...Object.fromEntries(
      ratioNames.flatMap((name) =>
        judged[name] === undefined ? [] : [[name, rounded(judged[name])]],
      ),
    ),
  };
}
