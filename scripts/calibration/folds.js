// What is left out of a fit to judge it.
import {
  evidenceDistance,
  evidenceScaleDistance,
  evidenceSettingDistance,
} from "../../build/planner/step/nearest-evidence.js";

/** Points by the value of a key; each group is left out in turn. */
export function groupsBy(points, keyOf) {
  const groups = new Map();
  for (const [index, point] of points.entries()) {
    const key = keyOf(point);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [index]);
    else group.push(index);
  }
  return [...groups.values()];
}

export const modelOf = ({ measurement }) => measurement.heldOutGroup;
export const sourceOf = ({ measurement }) => measurement.table;

/** A layout is the same with other software and in another precision. */
export function layoutOf({ measurement: { line } }) {
  const layout = { ...line.layout, software: undefined, precision: undefined };
  return JSON.stringify([line.model, line.hardware, layout]);
}

/**
 * The largest scales: of each source whose largest number of accelerators is at least eight times its smallest, the
 * measurements on more than half of the largest number.
 */
export function largestScales(points) {
  return groupsBy(points, sourceOf).flatMap((members) => {
    const counts = members.map((index) => points[index].spread.count);
    const largest = Math.max(...counts);
    if (largest < 8 * Math.min(...counts)) return [];
    return members.filter((index) => points[index].spread.count > largest / 2);
  });
}

/**
 * How far each query is from the nearest one outside its group, from the same layout at another scale, and from the nearest
 * setting.
 *
 * @param groups of indexes, disjoint; queries in none of them have no distance
 * @returns { distance, scaleDistance, settingDistance } of each query
 */
export function distancesWithout(queries, groups) {
  const found = [];
  for (const group of groups) {
    const members = new Set(group);
    const others = queries.filter((_, index) => !members.has(index));
    for (const index of group) {
      const shortest = (between) =>
        others.reduce(
          (least, other) => Math.min(least, between(queries[index], other)),
          Number.POSITIVE_INFINITY,
        );
      found[index] = {
        distance: shortest(evidenceDistance),
        scaleDistance: shortest(evidenceScaleDistance),
        settingDistance: shortest(evidenceSettingDistance),
      };
    }
  }
  return found;
}
