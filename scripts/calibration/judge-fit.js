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

/**
 * How often each point counts with its layout, its model, or its source left out. A user's machine is a source that was
 * not measured, so that the last counts twice.
 */
const foldCounts = { layoutLeftOut: 1, modelLeftOut: 1, sourceLeftOut: 2 };

/**
 * Quantiles of measured over predicted, by how far a prediction is from the nearest measurement that is left.
 *
 * @param judged points with the ratios of `foldCounts`, and `distances` to the nearest measurement in each
 */
export function intervalsOf(judged, level) {
  const samples = judged.flatMap(({ point, distances, ...ratios }) =>
    Object.entries(foldCounts).flatMap(([fold, times]) =>
      Array.from({ length: times }, () => ({
        point,
        reach: intervalReach(distances[fold].distance, distances[fold].settingDistance),
        logRatio: -Math.log(ratios[fold]),
      })),
    ),
  );
  return intervalReaches.flatMap((reach) => {
    const within = samples.filter((sample) => sample.reach === reach);
    return intervalGroups.flatMap((fields) =>
      groupsOf(within, fields)
        .filter(({ members }) => fields.length === 0 || members.length >= fewestPoints)
        .map(({ scope, members }) => {
          const logs = members.map(({ logRatio }) => logRatio);
          return Object.assign(scope, { reach, points: members.length }, bounds(logs, level));
        }),
    );
  });
}

/** The quantiles in both directions, with the correction for a finite sample. */
function bounds(logs, level) {
  const sorted = logs.toSorted((a, b) => a - b);
  const tail = (1 - level) / 2;
  const at = (share) => {
    const position = Math.max(0, Math.min(sorted.length - 1, share * (sorted.length + 1) - 1));
    const below = Math.floor(position);
    const above = Math.min(sorted.length - 1, below + 1);
    return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
  };
  return { low: rounded(Math.exp(at(tail))), high: rounded(Math.exp(at(1 - tail))) };
}

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
