// docs/accuracy.md, from the figures of `npm run validate`.
import { errorsOf, groupsOf } from "./error-statistics.js";
import { goals } from "./validation-points.js";

const percent = (value) => (value === undefined ? "" : `${(100 * value).toFixed(1)} %`);
const signed = (value) => `${value < 0 ? "−" : "+"}${Math.abs(100 * value).toFixed(1)} %`;

/** Lines of a Markdown table. */
export function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const alignment = head.map((_, column) => (column === 0 ? "---" : "---:"));
  return [line(head), line(alignment), ...rows.map(line)].join("\n");
}

export function errorRow(name, points) {
  const errors = errorsOf(points);
  if (errors === undefined) return [name, "0", "", "", "", "", "", ""];
  return [
    name,
    String(errors.count),
    percent(errors.median),
    percent(errors.mean),
    percent(errors.maximum),
    signed(errors.bias),
    percent(errors.inside),
    percent(errors.width),
  ];
}

const errorHead = ["", "points", "median", "mean", "largest", "bias", "inside 80 %", "width"];

const without = (points, fold) => points.flatMap((point) => point[fold] ?? []);

export function goalTable(points) {
  return table(
    errorHead,
    goals.flatMap((goal) => {
      const members = points.filter((point) => point.goal === goal);
      return [
        errorRow(`${goal}: **each model left out**`, without(members, "modelLeftOut")),
        errorRow(`${goal}: each source left out`, without(members, "sourceLeftOut")),
        errorRow(`${goal}: largest scales left out`, without(members, "scaleLeftOut")),
        errorRow(`${goal}: each layout left out`, without(members, "layoutLeftOut")),
        errorRow(`${goal}: one efficiency per group, model left out`, without(members, "baseline")),
      ];
    }),
  );
}

export function sourceTable(points) {
  const groups = groupsOf(points, ({ measurement }) => measurement.table);
  return table(
    errorHead,
    [...groups].flatMap(([name, members]) => [
      errorRow(`${name}: each model left out`, without(members, "modelLeftOut")),
      errorRow(`${name}: source left out`, without(members, "sourceLeftOut")),
      errorRow(`${name}: each layout left out`, without(members, "layoutLeftOut")),
    ]),
  );
}

export function calculonTable(points, calculon) {
  const ofSet = {
    SC21: points.filter(({ measurement }) => measurement.table === "megatron-sc21"),
    "DGXC-175B-BF16-H100": points.filter(
      ({ measurement: { table: from, heldOutGroup, line, source } }) =>
        from === "nvidia-dgxc" &&
        heldOutGroup === "gpt3-175b" &&
        line.layout.precision === "bf16" &&
        source.includes("85380ff"),
    ),
  };
  return table(
    errorHead,
    Object.entries(ofSet).flatMap(([set, members]) => [
      errorRow(`${set}: Calculon, out of its sample`, calculonPoints(calculon, set)),
      errorRow(`${set}: Pitwall, model left out`, without(members, "modelLeftOut")),
    ]),
  );
}

function calculonPoints(rows, set) {
  return rows
    .filter((row) => row.set === set)
    .map((row) => ({ ratio: Number(row.calculon_s) / Number(row.measured_s) }));
}

export function memoryTable(points) {
  const groups = groupsOf(points, (point) => `${point.table}: ${point.kind}`);
  const whole = points.filter(({ kind }) => /^(?:allocated|reserved)/.test(kind));
  return table(
    errorHead.slice(0, -2),
    [...groups, ["all that was allocated or reserved", whole]].map(([name, members]) =>
      errorRow(name, members).slice(0, -2),
    ),
  );
}

export function layerTable(fits) {
  return table(
    ["model", "results", "in the fit", "held out", "unseen accelerators", "80 % of held out"],
    fits.map((fit) => [
      fit.model,
      String(fit.points),
      percent(fit.meanError),
      percent(fit.heldOutMeanError),
      percent(fit.unseenMeanError),
      `${fit.interval.low} to ${fit.interval.high}`,
    ]),
  );
}

export function roundTable(rounds) {
  return table(
    [
      "round",
      "results",
      "median",
      "mean",
      "largest",
      "bias",
      "inside 80 %",
      "nearest result, scaled",
    ],
    rounds.map((round) => [
      round.isHeldOut ? `${round.round}, held out` : round.round,
      String(round.pointCount),
      percent(round.medianError),
      percent(round.meanError),
      percent(round.maximumError),
      signed(round.bias),
      percent(round.insideFraction),
      percent(round.plainMedianError),
    ]),
  );
}

export function unfittedTable(points) {
  const groups = groupsOf(points, ({ table: name }) => name);
  return table(errorHead, [
    ...[...groups].map(([name, members]) => errorRow(name, members)),
    errorRow(
      "compiled or fused kernels",
      points.filter(({ table: name }) => !plainPrograms.has(name)),
    ),
    errorRow("all", points),
  ]);
}

/** Tables of programs without compiled or fused kernels, as their sources say. */
const plainPrograms = new Set(["rocm-cvs", "universal-llm-trainer"]);

export function rankTable({ correlations }) {
  return table(
    ["model and machine", "measurements", "predicted", "ties as one", "ideal FLOP alone"],
    correlations.map(({ name, layouts, correlation, apart, ideal }) => [
      name,
      String(layouts),
      correlation.toFixed(3),
      apart === undefined ? "" : apart.toFixed(3),
      ideal === undefined ? "" : ideal.toFixed(3),
    ]),
  );
}
