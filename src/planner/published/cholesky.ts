/**
 * The lower triangle L of a symmetric positive definite matrix, L Lᵀ = A, in row-major order.
 *
 * @param matrix [size, size]; only its lower triangle is read
 * @throws RangeError if the matrix is not positive definite
 */
export function cholesky(matrix: Float64Array, size: number): Float64Array {
  const lower = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = matrix[row * size + column] ?? 0;
      for (let inner = 0; inner < column; inner++)
        sum -= (lower[row * size + inner] ?? 0) * (lower[column * size + inner] ?? 0);
      if (row === column) {
        if (!(sum > 0)) throw new RangeError("the matrix is not positive definite");
        lower[row * size + row] = Math.sqrt(sum);
      } else {
        lower[row * size + column] = sum / (lower[column * size + column] ?? 1);
      }
    }
  }
  return lower;
}

/** Solves L x = b. */
export function solveLower(lower: Float64Array, right: Float64Array): Float64Array {
  const size = right.length;
  const solution = new Float64Array(size);
  for (let row = 0; row < size; row++) {
    let sum = right[row] ?? 0;
    for (let column = 0; column < row; column++)
      sum -= (lower[row * size + column] ?? 0) * (solution[column] ?? 0);
    solution[row] = sum / (lower[row * size + row] ?? 1);
  }
  return solution;
}

/** Solves Lᵀ x = b. */
export function solveUpper(lower: Float64Array, right: Float64Array): Float64Array {
  const size = right.length;
  const solution = new Float64Array(size);
  for (let row = size - 1; row >= 0; row--) {
    let sum = right[row] ?? 0;
    for (let below = row + 1; below < size; below++)
      sum -= (lower[below * size + row] ?? 0) * (solution[below] ?? 0);
    solution[row] = sum / (lower[row * size + row] ?? 1);
  }
  return solution;
}
