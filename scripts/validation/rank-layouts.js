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
    return correlation === undefined ? [] : [{ name, layouts: members.length, correlation, ideal }];
  });
  return { correlations, mean: mean(correlations.map(({ correlation }) => correlation)) };
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
