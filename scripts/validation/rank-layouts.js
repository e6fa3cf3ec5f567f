// How well predictions rank the published layouts of one model on one machine.
import { groupsOf, mean, rankCorrelation } from "./error-statistics.js";

const fewestLayouts = 3;

/** The correlation of each model and machine with three or more layouts, by tokens per second. */
export function rankLayouts(points) {
  const groups = groupsOf(points, machineOf);
  const correlations = [...groups].flatMap(([name, members]) => {
    const layouts = new Set(members.map(({ measurement }) => layoutOf(measurement)));
    if (layouts.size < fewestLayouts) return [];
    const speed = (ms, { measurement: { line } }) => line.layout.globalBatch / ms;
    const correlation = rankCorrelation(
      members.map((point) => speed(point.stepTimeMs, point)),
      members.map((point) => speed(point.modelLeftOut.ratio * point.stepTimeMs, point)),
    );
    const ideal = rankCorrelation(
      members.map((point) => speed(point.stepTimeMs, point)),
      members.map((point) => speed(point.idealMs, point)),
    );
    if (correlation === undefined) return [];
    const merged = mergedTies(members.map((point) => [1 / speed(point.stepTimeMs, point), point]));
    const apart = rankCorrelation(
      merged.map((tied) => mean(tied.map((point) => speed(point.stepTimeMs, point)))),
      merged.map((tied) =>
        mean(tied.map((point) => speed(point.modelLeftOut.ratio * point.stepTimeMs, point))),
      ),
    );
    return [{ name, layouts: members.length, correlation, ideal, apart }];
  });
  const meanOf = (field) =>
    mean(correlations.map((one) => one[field]).filter((value) => value !== undefined));
  return { correlations, mean: meanOf("correlation"), meanApart: meanOf("apart") };
}

/** Speeds closer than this are not told apart: runs of one layout differ by as much. */
const noise = 0.01;

/** Members in groups, each of speeds of which neighbors are equal within the noise. */
function mergedTies(members) {
  const groups = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const [ms, point] of members.toSorted(([a], [b]) => a - b)) {
    if (ms > last * (1 + noise)) groups.push([]);
    groups.at(-1).push(point);
    last = ms;
  }
  return groups;
}

function machineOf({ measurement: { line, heldOutGroup, table } }) {
  const { model, hardware, layout } = line;
  const { accelerator, count } = hardware;
  return [
    table,
    heldOutGroup,
    `${model.layers ?? "all"} layers`,
    model.seq,
    `${count} x ${accelerator}`,
    layout.precision,
    layout.software,
  ].join(", ");
}

function layoutOf({ line: { layout } }) {
  return JSON.stringify(layout);
}
