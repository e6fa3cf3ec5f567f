import { layerCosts } from "../../build/planner/step/layer-costs.js";
import { withoutOverlap } from "../../build/planner/step/prepare-step.js";
import { partCount, stepPartsInto } from "../../build/planner/step/step-time.js";
import { constantNames, constantRules, priorOf } from "./constant-rules.js";

/** Relative error below which a point counts by its square, above by its size. */
const noise = 0.03;

/** The fitted values, one per constant and what it varies by, and which of them each point uses. */
export function layOutConstants(points) {
  const slots = [];
  const indexOf = new Map();
  const uses = points.map(({ scope }) =>
    constantNames.map((name) => {
      const { by } = constantRules[name];
      const where = Object.fromEntries(by.map((field) => [field, scope[field]]));
      const key = `${name} ${JSON.stringify(where)}`;
      if (!indexOf.has(key)) {
        indexOf.set(key, slots.length);
        slots.push({ name, where });
      }
      return indexOf.get(key);
    }),
  );
  return { slots, uses };
}

const parts = new Float64Array(partCount);

/** Predicted step time with the given logarithms of constants, ms. */
export function predictWith(logs, layout, points, index) {
  const point = points[index];
  const constants = {};
  const uses = layout.uses[index];
  for (let each = 0; each < uses.length; each++) {
    constants[constantNames[each]] = Math.exp(logs[uses[each]]);
  }
  point.context.constants = point.overlaps ? constants : withoutOverlap(constants);
  point.context.pace = Math.exp(-constants.yearlyGain * point.yearsFromReference);
  point.context.attentionPace = Math.exp(-constants.attentionYearlyGain * point.yearsFromReference);
  point.context.expertPace = Math.exp(-constants.expertYearlyGain * point.yearsFromReference);
  return stepPartsInto(parts, point.context, layerCosts(point.context, point.layer), point.spread);
}

const residual = (logs, layout, points, index) =>
  Math.log(predictWith(logs, layout, points, index) / points[index].stepTimeMs);

/** Each model and precision of a table counts as the root of its points, so that long tables do not decide alone. */
export function weightsOf(points) {
  const groupOf = ({ measurement, scope }) =>
    `${measurement.table} ${measurement.heldOutGroup} ${scope.precision}`;
  const counts = new Map();
  for (const point of points) counts.set(groupOf(point), (counts.get(groupOf(point)) ?? 0) + 1);
  return points.map((point) => 1 / Math.sqrt(counts.get(groupOf(point))));
}

/**
 * Levenberg and Marquardt's method on the logarithms of the constants: smoothed relative L1 error plus the priors.
 * Deterministic.
 */
export function fitConstants(layout, points, chosen, { start, rounds = 25 } = {}) {
  const weights = weightsOf(points);
  const priors = layout.slots.map(({ name, where }) => Math.log(priorOf(name, where)));
  const spreads = layout.slots.map(({ name }) => constantRules[name].spread);
  const users = usersOfSlots(layout, chosen);
  const errorsAt = (logs) => chosen.map((index) => residual(logs, layout, points, index));
  const costOf = (errors, logs) =>
    errors.reduce(
      (sum, error, at) => sum + weights[chosen[at]] * (Math.hypot(1, error / noise) - 1),
      0,
    ) + logs.reduce((sum, log, slot) => sum + ((log - priors[slot]) / spreads[slot]) ** 2 / 2, 0);
  let logs = (start ?? priors).slice();
  let errors = errorsAt(logs);
  let cost = costOf(errors, logs);
  let damping = 1e-2;
  for (let round = 0; round < rounds; round++) {
    const { matrix, gradient } = normalEquations();
    let gained = 0;
    for (let attempt = 0; attempt < 12 && gained === 0; attempt++) {
      const step = solve(
        matrix.map((row, slot) =>
          row.map((value, at) => (at === slot ? value * (1 + damping) : value)),
        ),
        gradient,
      );
      const next = logs.map((log, slot) => log - Math.max(-1, Math.min(1, step[slot])));
      const nextErrors = errorsAt(next);
      const nextCost = costOf(nextErrors, next);
      if (nextCost < cost) {
        gained = cost - nextCost;
        logs = next;
        errors = nextErrors;
        cost = nextCost;
        damping = Math.max(1e-3, damping / 4);
      } else damping *= 5;
    }
    if (gained <= 1e-5 * cost) break;
  }
  return { logs, cost };

  function normalEquations() {
    const size = logs.length;
    const matrix = Array.from({ length: size }, () => new Float64Array(size));
    const gradient = new Float64Array(size);
    const slopes = chosen.map(() => []);
    for (let slot = 0; slot < size; slot++) {
      const moved = logs.slice();
      moved[slot] += 1e-4;
      for (const at of users[slot]) {
        const slope = (residual(moved, layout, points, chosen[at]) - errors[at]) / 1e-4;
        if (slope !== 0) slopes[at].push([slot, slope]);
      }
    }
    for (const [at, list] of slopes.entries()) {
      const weight = weights[chosen[at]] / noise ** 2 / Math.hypot(1, errors[at] / noise);
      for (const [slot, slope] of list) {
        gradient[slot] += weight * slope * errors[at];
        for (const [other, otherSlope] of list) matrix[slot][other] += weight * slope * otherSlope;
      }
    }
    for (let slot = 0; slot < size; slot++) {
      matrix[slot][slot] += 1 / spreads[slot] ** 2;
      gradient[slot] += (logs[slot] - priors[slot]) / spreads[slot] ** 2;
    }
    return { matrix: matrix.map((row) => Array.from(row)), gradient: Array.from(gradient) };
  }
}

function usersOfSlots(layout, chosen) {
  const users = layout.slots.map(() => []);
  for (const [at, index] of chosen.entries()) {
    for (const slot of new Set(layout.uses[index])) users[slot].push(at);
  }
  return users;
}

/** Gaussian elimination with partial pivoting. */
function solve(matrix, right) {
  const rows = matrix.map((row, at) => [...row, right[at]]);
  const size = rows.length;
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column + 1; row < size; row++) {
      if (Math.abs(rows[row][column]) > Math.abs(rows[pivot][column])) pivot = row;
    }
    [rows[column], rows[pivot]] = [rows[pivot], rows[column]];
    for (let row = column + 1; row < size; row++) {
      const factor = rows[row][column] / rows[column][column];
      if (factor === 0) continue;
      for (let at = column; at <= size; at++) rows[row][at] -= factor * rows[column][at];
    }
  }
  const solution = Array.from({ length: size }, () => 0);
  for (let row = size - 1; row >= 0; row--) {
    let value = rows[row][size];
    for (let at = row + 1; at < size; at++) value -= rows[row][at] * solution[at];
    solution[row] = value / rows[row][row];
  }
  return solution;
}
