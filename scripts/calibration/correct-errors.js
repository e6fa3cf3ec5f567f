// The Gaussian process that corrects predictions by the errors of measurements nearby, and what it would say without
// some of them.
import { cholesky, solveLower, solveUpper } from "../../build/planner/published/cholesky.js";
import { correlationDistance } from "../../build/planner/step/evidence-corrections.js";
import { evidenceDistance } from "../../build/planner/step/nearest-evidence.js";

/** Variances of log(measured / predicted): what measurements nearby share, and what they do not. */
const variance = { shared: 0.02, own: 0.001 };

/** The inverse of the covariance of the errors, as rows. */
export function inverseCovariance(queries) {
  const size = queries.length;
  const matrix = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      const distance = evidenceDistance(queries[row], queries[column]);
      const own = row === column ? variance.own : 0;
      matrix[row * size + column] =
        variance.shared * Math.exp(-distance / correlationDistance) + own;
    }
  }
  const lower = cholesky(matrix, size);
  return Array.from({ length: size }, (_, at) => {
    const unit = new Float64Array(size);
    unit[at] = 1;
    return solveUpper(lower, solveLower(lower, unit));
  });
}

/** What `correctionsNear` multiplies each kernel with. */
export function weightsOf(inverse, errors) {
  return product(inverse, errors).map((value) => variance.shared * value);
}

/** What is left of the errors of all measurements after their corrections. */
export function errorsLeft(inverse, errors) {
  return product(inverse, errors).map((value) => variance.own * value);
}

/**
 * The errors of `chosen` as all others suggest them.
 *
 * @param errors log(measured / predicted) of all
 * @see Rasmussen and Williams 2006, section 5.4.2, for more than one left out
 */
export function errorsWithout(inverse, errors, chosen) {
  const size = chosen.length;
  const block = new Float64Array(size * size);
  for (const [row, from] of chosen.entries())
    for (const [column, to] of chosen.entries()) block[row * size + column] = inverse[from][to];
  const lower = cholesky(block, size);
  const right = Float64Array.from(chosen, (at) => dot(inverse[at], errors));
  const solved = solveUpper(lower, solveLower(lower, right));
  return chosen.map((at, row) => errors[at] - solved[row]);
}

function product(rows, vector) {
  return rows.map((row) => dot(row, vector));
}

function dot(row, vector) {
  let sum = 0;
  for (let at = 0; at < row.length; at++) sum += row[at] * vector[at];
  return sum;
}
