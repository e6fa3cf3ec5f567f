import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cholesky, solveLower, solveUpper } from "./cholesky.ts";

const entry = fc.double({ min: -2, max: 2, noNaN: true });

describe("cholesky", () => {
  test("solves a positive definite system", () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 1, max: 6 })
          .chain((size) =>
            fc.tuple(
              fc.constant(size),
              fc.array(entry, { minLength: size * size, maxLength: size * size }),
              fc.array(entry, { minLength: size, maxLength: size }),
            ),
          ),
        ([size, half, wanted]) => {
          const at = (row: number, column: number): number => half[row * size + column] ?? 0;
          const matrix = new Float64Array(size * size);
          for (let row = 0; row < size; row++)
            for (let column = 0; column < size; column++) {
              let sum = row === column ? 1 : 0;
              for (let inner = 0; inner < size; inner++) sum += at(row, inner) * at(column, inner);
              matrix[row * size + column] = sum;
            }
          const right = Float64Array.from({ length: size }, (_, row) =>
            wanted.reduce((sum, x, column) => sum + x * (matrix[row * size + column] ?? 0), 0),
          );
          const lower = cholesky(matrix, size);
          const solved = solveUpper(lower, solveLower(lower, right));
          for (const [index, value] of solved.entries())
            expect(value).toBeCloseTo(wanted[index] ?? 0, 6);
        },
      ),
    );
  });

  test("refuses a matrix that is not positive definite", () => {
    expect(() => cholesky(Float64Array.from([1, 2, 2, 1]), 2)).toThrow(RangeError);
  });
});
