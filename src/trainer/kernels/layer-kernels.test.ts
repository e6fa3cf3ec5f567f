import { describe, expect, test } from "vitest";

import { type SeededRandom, seededRandom } from "../../foundation/numbers/seeded-random.ts";
import {
  addBiasInto,
  type LayerMemory,
  layerMemory,
  maskByReluInto,
  maxPoolInto,
  reluInto,
  sumColumnsInto,
  unpoolInto,
} from "./layer-kernels.ts";
import { type LeftSide, multiplyInto } from "./matrix-product.ts";
import { packPanelsInto } from "./pack-panels.ts";
import { tileProductOver } from "./tile-product.ts";
import { kernelMemory } from "./wasm-function.ts";

const length = 40_000;

/** Two copies of the same numbers: for vector kernels and for plain loops. */
function twins(random: SeededRandom): { fast: LayerMemory; plain: LayerMemory } {
  const fast = layerMemory(kernelMemory(4 * length));
  for (let index = 0; index < length; index++) {
    // Uses only a few values, including zero, so that maxima are tied.
    fast.floats[index] = random.below(5) - 2;
  }
  const plain = { floats: fast.floats.slice(), vectors: undefined };
  return { fast, plain };
}

describe("vector kernels and plain loops give the same bits", () => {
  test.each<{ name: string; apply: (memory: LayerMemory, random: SeededRandom) => void }>([
    {
      name: "bias",
      apply(memory, random) {
        const matrix = {
          start: random.below(9),
          rowCount: 1 + random.below(20),
          columnCount: 1 + random.below(20),
        };
        addBiasInto(memory, matrix, 5000);
      },
    },
    {
      name: "sums of columns",
      apply(memory, random) {
        const matrix = {
          start: random.below(9),
          rowCount: 1 + random.below(20),
          columnCount: 1 + random.below(20),
        };
        sumColumnsInto(memory, 5000, matrix);
      },
    },
    {
      name: "ReLU",
      apply: (memory, random) => reluInto(memory, random.below(9), random.below(100)),
    },
    {
      name: "ReLU's gradient",
      apply: (memory, random) =>
        maskByReluInto(memory, random.below(9), {
          output: 5000 + random.below(9),
          count: random.below(100),
        }),
    },
    {
      name: "max pooling and its gradient, the first of equals",
      apply(memory, random) {
        const size = {
          batch: 1 + random.below(3),
          height: 2 + random.below(7),
          width: 2 + random.below(7),
        };
        const images = { ...size, channels: 1 + random.below(9), image: 0 };
        maxPoolInto(memory, 5000, images);
        unpoolInto(memory, { pooled: 10_000, image: 20_000 }, images);
      },
    },
    {
      name: "packing",
      apply(memory, random) {
        const [rowCount, columnCount] = [1 + random.below(20), 1 + random.below(30)];
        const turned = random.below(2) === 0;
        const rowStep = turned ? 1 : columnCount;
        const columnStep = turned ? rowCount : 1;
        packPanelsInto(memory, 5000, { start: 3, rowStep, columnStep, rowCount, columnCount });
      },
    },
  ])("$name", ({ name, apply }) => {
    for (let round = 0; round < 60; round++) {
      const { fast, plain } = twins(seededRandom(`${name} ${round}`));
      apply(fast, seededRandom(round));
      apply(plain, seededRandom(round));
      const first = plain.floats.findIndex((value, at) => !Object.is(value, fast.floats[at]));
      expect({ round, first }).toEqual({ round, first: -1 });
    }
  });

  test("ReLU propagates NaN", () => {
    const memory = layerMemory(kernelMemory(64));
    memory.floats.set([Number.NaN, -1, 2, -0, Number.NaN, -3]);
    reluInto(memory, 0, 6);
    expect([...memory.floats.subarray(0, 6)]).toEqual([Number.NaN, 0, 2, -0, Number.NaN, 0]);
  });
});

describe("multiplyInto", () => {
  const places = { left: 0, right: 10_000, panels: 20_000, result: 30_000, spill: 38_000 };

  test("equals the plain sum of products on random shapes", () => {
    for (let round = 0; round < 120; round++) {
      const random = seededRandom(`product ${round}`);
      const memory = kernelMemory(4 * 60_000);
      const { floats, vectors } = layerMemory(memory);
      for (let index = 0; index < 20_000; index++) floats[index] = random.below(9) - 4;
      floats.fill(7, places.result, places.result + 5000);
      const [rows, columns] = [1 + random.below(14), 1 + random.below(20)];
      // The inner dimension in runs, and a group of products, as convolutions have them.
      const [runs, runLength, groups] = [
        1 + random.below(3),
        1 + random.below(9),
        1 + random.below(3),
      ];
      const inner = runs * runLength;
      const isTurned = random.below(2) === 0;
      const left: LeftSide = {
        start: places.left + random.below(5),
        rowStep: isTurned ? 1 : 40,
        innerStep: isTurned ? 40 : 1,
        segmentStep: 500,
        segmentCount: runs,
        runLength,
        rowCount: rows,
        groupCount: groups,
        groupStep: 2000,
      };
      const accumulates = random.below(2) === 0;
      const view = { start: places.right, rowStep: columns, columnStep: 1 };
      packPanelsInto({ floats, vectors }, places.panels, {
        ...view,
        rowCount: inner,
        columnCount: columns,
      });
      multiplyInto({ floats, vectors }, tileProductOver(memory), left, {
        panels: places.panels,
        spill: places.spill,
        columnCount: columns,
        result: places.result,
        accumulates,
      });
      const expected = plainProduct(floats, left, { start: places.right, columns });
      const start = accumulates ? 7 : 0;
      // Small whole numbers: float32 sums of them are exact.
      expect([...floats.subarray(places.result, places.result + expected.length)]).toEqual(
        expected.map((sum) => start + sum),
      );
      expect(floats[places.result + expected.length]).toBe(7);
    }
  });
});

function plainProduct(
  floats: Float32Array,
  left: LeftSide,
  right: { start: number; columns: number },
): number[] {
  const inner = left.segmentCount * left.runLength;
  const total = left.groupCount * left.rowCount * right.columns;
  return Array.from({ length: total }, (_, index) => {
    const column = index % right.columns;
    const row = Math.floor(index / right.columns) % left.rowCount;
    const group = Math.floor(index / right.columns / left.rowCount);
    let sum = 0;
    for (let k = 0; k < inner; k++) {
      const run = Math.floor(k / left.runLength);
      const inRun = (k % left.runLength) * left.innerStep;
      const at = left.start + group * left.groupStep + row * left.rowStep + run * left.segmentStep;
      sum += (floats[at + inRun] ?? 0) * (floats[right.start + k * right.columns + column] ?? 0);
    }
    return sum;
  });
}
